"""What the desk's pages of the index show: rubrics, rounds, how far each agency is, releases to take points from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import LOCAL_TIME
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import IndexObjection, IndexScore, IndexScoreChange
from survey.models.index_sources import ExternalSeries, ExternalValue, ExternalYear
from survey.models.releases import Release
from survey.models.rubrics import Rubric
from survey.queries.agencies import lives_on
from survey.queries.scope import RUNS_SURVEYS, Scope


@dataclass(frozen=True, slots=True)
class Progress:
    """How many leaves of an agency have points, and how many objections wait."""

    scored: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What of a ledger is wanted: a criterion, a stage, from a day on and up to one, here."""

    criterion: str = ""
    stage: str = ""
    first: date | None = None
    last: date | None = None


def list_own_roots(session: Session, scope: Scope) -> list[Agency]:
    """List the agencies with nobody above them whose surveys the official runs."""
    among = select(Agency).where(scope.agencies(RUNS_SURVEYS), Agency.parent_id.is_(None))
    return list(session.scalars(among.order_by(Agency.sort_key, Agency.code)))


def list_rubrics_for(session: Session, root_ids: Sequence[UUID], *, only_published: bool = False) -> list[Rubric]:
    """List the rubrics of some roots and those of everybody, the newest year first."""
    wanted = select(Rubric).where(or_(Rubric.agency_id.in_(root_ids), Rubric.agency_id.is_(None)))
    if only_published:
        wanted = wanted.where(Rubric.published_on.is_not(None))
    return list(session.scalars(wanted.order_by(Rubric.year.desc(), Rubric.rubric, Rubric.edition)))


def list_rounds(session: Session, scope: Scope) -> list[IndexRound]:
    """List the rounds that reach a scope, newest first, with their agency and rubric."""
    above = {UUID(part) for root, _ in scope.grants for part in root.strip("/").split("/")}
    wanted = (
        select(IndexRound)
        .join(IndexRound.agency)
        .options(contains_eager(IndexRound.agency), joinedload(IndexRound.rubric))
        .where(or_(scope.agencies(), Agency.id.in_(above)))
    )
    return list(session.scalars(wanted.order_by(IndexRound.year.desc(), IndexRound.code)))


def list_parts(
    session: Session, round_: IndexRound, scope: Scope, *, taken_out: bool = False
) -> list[IndexParticipant]:
    """List who of a scope takes part in a round, as agencies sort, with their agencies; or who was taken out of it."""
    is_out = IndexParticipant.removed_on.is_not(None)
    wanted = (
        select(IndexParticipant)
        .join(IndexParticipant.agency)
        .options(contains_eager(IndexParticipant.agency))
        .where(IndexParticipant.round_id == round_.id, scope.agencies(), is_out if taken_out else ~is_out)
    )
    return list(session.scalars(wanted.order_by(Agency.sort_key, Agency.code)))


def list_candidates(session: Session, root: Agency, kind: str, *, year: int) -> list[Agency]:
    """List the agencies of a kind below a root that lived at any time of a year."""
    wanted = select(Agency).where(
        Agency.path.startswith(root.path, autoescape=True),
        Agency.id != root.id,
        Agency.kind == kind,
        Agency.valid_from <= date(year, 12, 31),
        or_(Agency.valid_to.is_(None), Agency.valid_to > date(year, 1, 1)),
    )
    return list(session.scalars(wanted.order_by(Agency.sort_key, Agency.code)))


def list_kinds_below(session: Session, root: Agency) -> set[str]:
    """Return the kinds of the agencies below a root."""
    below = Agency.path.startswith(root.path, autoescape=True)
    return set(session.scalars(select(Agency.kind).where(below, Agency.id != root.id).distinct()))


def list_round_roots(session: Session, scope: Scope, *, today: date) -> list[Agency]:
    """List the agencies for which an official runs surveys and that have others below them."""
    parents = select(Agency.parent_id).where(Agency.parent_id.is_not(None))
    wanted = select(Agency).where(scope.agencies(RUNS_SURVEYS), lives_on(today), Agency.id.in_(parents))
    return list(session.scalars(wanted.order_by(Agency.sort_key, Agency.code)))


def progress_of(
    session: Session, round_id: UUID, agency_ids: Collection[UUID], *, criteria: Collection[str] | None = None
) -> dict[UUID, Progress]:
    """Return how far agencies are in a round, with all that has points or with some criteria alone."""
    among = () if criteria is None else (IndexScore.criterion.in_(criteria),)
    scored = (
        select(IndexScore.agency_id, func.count())
        .where(IndexScore.agency_id.in_(agency_ids), IndexScore.round_id == round_id, IndexScore.value.is_not(None))
        .where(*among)
        .group_by(IndexScore.agency_id)
    )
    waiting = (
        select(IndexObjection.agency_id, func.count())
        .where(
            IndexObjection.agency_id.in_(agency_ids),
            IndexObjection.round_id == round_id,
            IndexObjection.decided_at.is_(None),
        )
        .group_by(IndexObjection.agency_id)
    )
    have = dict(session.execute(scored).all())
    wait = dict(session.execute(waiting).all())
    return {one: Progress(have.get(one, 0), wait.get(one, 0)) for one in agency_ids}


def list_appraised(session: Session, round_id: UUID, agency_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return the leaves of agencies that were appraised in a round, by agency and code."""
    wanted = select(IndexScoreChange.agency_id, IndexScoreChange.criterion).where(
        IndexScoreChange.agency_id.in_(agency_ids),
        IndexScoreChange.round_id == round_id,
        IndexScoreChange.stage == "appraisal",
    )
    return {(agency_id, criterion) for agency_id, criterion in session.execute(wanted.distinct())}


def scores_of(session: Session, round_id: UUID, agency_id: UUID) -> dict[str, IndexScore]:
    """Return the scores of an agency in a round by leaf."""
    wanted = select(IndexScore).where(IndexScore.agency_id == agency_id, IndexScore.round_id == round_id)
    return {score.criterion: score for score in session.scalars(wanted)}


def changes_of_round(
    session: Session, round_id: UUID, agency_ids: Collection[UUID], wanted: LedgerFilter
) -> list[IndexScoreChange]:
    """List the ledger of agencies in a round, newest first; of what is wanted."""
    found = select(IndexScoreChange).where(
        IndexScoreChange.agency_id.in_(agency_ids), IndexScoreChange.round_id == round_id
    )
    if wanted.criterion:
        found = found.where(IndexScoreChange.criterion == wanted.criterion)
    if wanted.stage:
        found = found.where(IndexScoreChange.stage == wanted.stage)
    if wanted.first:
        found = found.where(IndexScoreChange.changed_at >= _midnight(wanted.first))
    if wanted.last:
        found = found.where(IndexScoreChange.changed_at < _midnight(wanted.last + timedelta(days=1)))
    return list(session.scalars(found.order_by(IndexScoreChange.changed_at.desc(), IndexScoreChange.id.desc())))


def _midnight(day: date) -> datetime:
    """Return when a day begins here, in UTC as changes are kept."""
    return datetime.combine(day, time(), tzinfo=LOCAL_TIME).astimezone(UTC)


def list_releases_for(session: Session, round_: IndexRound) -> list[tuple[Release, Wave | None]]:
    """List the public results that reach the agency of a round, of its year or the year before.

    Those of waves come with the wave; those of whole years without.
    """
    above = [UUID(part) for part in round_.agency.path.strip("/").split("/")]
    years = [round_.year, round_.year - 1]
    wanted = (
        select(Release, Wave)
        .outerjoin(Wave, Wave.id == Release.wave_id)
        .where(
            Release.released_on.is_not(None),
            Release.superseded_on.is_(None),
            or_(
                and_(Wave.agency_id.in_(above), Wave.index_year.in_(years)),
                and_(Release.agency_id.in_(above), Release.year.in_(years)),
            ),
        )
        .order_by(func.coalesce(Wave.index_year, Release.year).desc(), Release.kind.desc(), Wave.code, Release.form)
    )
    return [(release, wave) for release, wave in session.execute(wanted)]


def names_of_officials(session: Session, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """Return what officials are called."""
    wanted = select(Official.id, Official.name).where(Official.id.in_({one for one in ids if one}))
    return dict(session.execute(wanted).all())


def list_series(session: Session, root_ids: Sequence[UUID]) -> list[ExternalSeries]:
    """List the series of some roots and those of everybody, by code."""
    wanted = select(ExternalSeries).where(
        or_(ExternalSeries.agency_id.in_(root_ids), ExternalSeries.agency_id.is_(None))
    )
    return list(session.scalars(wanted.order_by(ExternalSeries.code)))


def list_series_years(session: Session, series_id: UUID) -> list[ExternalYear]:
    """List the years of a series, newest first."""
    wanted = select(ExternalYear).where(ExternalYear.series_id == series_id)
    return list(session.scalars(wanted.order_by(ExternalYear.year.desc())))


def values_of_series(session: Session, series_id: UUID, year: int) -> list[ExternalValue]:
    """List the units of a year of a series."""
    wanted = select(ExternalValue).where(ExternalValue.series_id == series_id, ExternalValue.year == year)
    return list(session.scalars(wanted.order_by(ExternalValue.unit)))
