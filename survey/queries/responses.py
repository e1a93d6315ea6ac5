"""Which responses count, and how many of them there are.

``counted`` is the one place that says which responses count.  A withdrawn response is gone; any other that must not
count has an exclusion.  Every figure, gauge and list asks here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from survey.models.agencies import Service
from survey.models.responses import Exclusion, ExclusionCount, Response, WithdrawalCount
from survey.models.tallies import FoldMark

ROWS_AT_ONCE: Final = 20_000
RANGES_AT_ONCE: Final = 200  # two statements each; SQLite puts no more than 500 together
BEFORE_EVERYTHING: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Responses that count, of one day, counter, field of service, language, channel, and with or without a code."""

    day: date
    service_point_id: UUID | None
    service_field_id: UUID | None
    language: str
    count: int
    verified: bool = False
    channel: str = "qr"


@dataclass(frozen=True, slots=True)
class PatternCount:
    """Responses that count and agree in everything the tallies keep; ``answers`` is JSON text."""

    day: date
    channel: str
    verified: bool
    language: str
    service_point_id: UUID | None
    service_field_id: UUID | None
    answers: str
    count: int


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One response of a survey with strata, clusters or weights, as its estimation needs it."""

    agency_id: UUID
    stratum: str | None
    cluster: str | None
    weight: float | None
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Intake:
    """What may change under a reader's feet: responses stored, those that count, and those erased."""

    stored: int
    counted: int
    erased: int


@dataclass(frozen=True, slots=True)
class Erased:
    """Responses that are gone: taken back by citizens, or entered by an official who erased them again."""

    withdrawn: int
    corrected: int


def counted() -> ColumnElement[bool]:
    """Return the condition on ``Response`` that it counts: no exclusion names it."""
    return ~exists(
        select(literal(1)).where(
            Exclusion.agency_id == Response.agency_id,
            Exclusion.response_id == Response.id,
        )
    ).correlate(Response)


def held_by_tallies() -> ColumnElement[bool]:
    """Return the condition on ``Response`` that no fold has taken it out: no exclusion that is folded names it.

    For figures made of responses: one that is excluded leaves them when it leaves the tallies, or looking before and
    after would show what it said.
    """
    return ~exists(
        select(literal(1)).where(
            Exclusion.agency_id == Response.agency_id,
            Exclusion.response_id == Response.id,
            Exclusion.is_folded.is_(True),
        )
    ).correlate(Response)


def count_by_agency(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID], until: date | None = None
) -> dict[UUID, int]:
    """Count the responses of a wave that count, per agency that has any, up to and including a day."""
    condition = [Response.agency_id.in_(agency_ids), Response.wave_id == wave_id, counted()]
    if until is not None:
        condition.append(Response.answered_on <= until)
    rows = session.execute(select(Response.agency_id, func.count()).where(*condition).group_by(Response.agency_id))
    return {agency_id: count for agency_id, count in rows}  # noqa: C416  rows are not pairs to mypy


def count_since(session: Session, *, wave_id: UUID, since: Mapping[UUID, date]) -> dict[UUID, int]:
    """Count the responses of a wave that count, of each agency those given after its own day.

    With the last folded day of each agency the cost depends on what has come since, not on what is stored: each day is
    a range of the index, which a join with the marks would leave to the planner's luck.  What is excluded is counted by
    itself and taken away, for to look it up with every response takes the response and not only its place in the index.
    """
    by_day: dict[date, list[UUID]] = {}
    for agency_id, day in since.items():
        by_day.setdefault(day, []).append(agency_id)
    found: Counter[UUID] = Counter()
    # Put together, not with OR: SQLite would then look at every answer of the wave.
    days = list(by_day.items())
    for first in range(0, len(days), RANGES_AT_ONCE):
        some = days[first : first + RANGES_AT_ONCE]
        parts = [part(wave_id, *one) for part in (_stored_since, _excluded_since) for one in some]
        for agency_id, count in session.execute(union_all(*parts)):
            found[agency_id] += count
    return {agency_id: count for agency_id, count in found.items() if count}


def _stored_since(wave_id: UUID, day: date, agency_ids: Sequence[UUID]) -> Select[UUID, int]:
    return (
        select(Response.agency_id, func.count())
        .where(Response.agency_id.in_(agency_ids), Response.wave_id == wave_id, Response.answered_on > day)
        .group_by(Response.agency_id)
    )


def _excluded_since(wave_id: UUID, day: date, agency_ids: Sequence[UUID]) -> Select[UUID, int]:
    """Select, as what is to be taken away, exclusions of what came after a day; none is older than what it excludes."""
    excluded = (Exclusion.agency_id == Response.agency_id) & (Exclusion.response_id == Response.id)
    return (
        select(Response.agency_id, -func.count())
        .join(Exclusion, excluded)
        .where(Exclusion.agency_id.in_(agency_ids), Exclusion.excluded_on > day)
        .where(Response.wave_id == wave_id, Response.answered_on > day)
        .group_by(Response.agency_id)
    )


def count_by_day(session: Session, *, agency_id: UUID, wave_id: UUID, until: date) -> list[DayCount]:
    """Count the responses that count, by all that decides which tallies they belong to; in no order."""
    columns = (Response.answered_on, Response.service_point_id, Service.service_field_id, Response.language)
    rows = session.execute(
        select(*columns, func.count(), Response.verified, Response.channel)
        .select_from(Response)
        .outerjoin(Service, Service.id == Response.service_id)
        .where(*_of(agency_id, wave_id), Response.answered_on <= until, counted())
        .group_by(*columns, Response.verified, Response.channel)
    )
    return [DayCount(*row) for row in rows]


def count_patterns(
    session: Session, *, agency_id: UUID, wave_id: UUID, after: date, until: date
) -> Iterator[list[PatternCount]]:
    """Yield, in portions and in no order, the responses that count, given after one day and until another.

    Those that agree in everything come as one row with a count, so that a million answers are not a million rows.
    """
    answers = cast(Response.answers, String)
    columns = (
        Response.answered_on,
        Response.channel,
        Response.verified,
        Response.language,
        Response.service_point_id,
        Service.service_field_id,
        answers,
    )
    rows = session.execute(
        select(*columns, func.count())
        .select_from(Response)
        .outerjoin(Service, Service.id == Response.service_id)
        .where(*_of(agency_id, wave_id), Response.answered_on > after, Response.answered_on <= until, counted())
        .group_by(*columns),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for portion in rows.partitions():
        yield [PatternCount(*row) for row in portion]


def has_design(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> bool:
    """Tell whether any response carries a stratum, a cluster or a weight; such surveys are small, and imported."""
    carries = or_(Response.stratum.is_not(None), Response.cluster.is_not(None), Response.weight.is_not(None))
    found = session.scalar(
        select(literal(1)).where(Response.agency_id.in_(agency_ids), Response.wave_id.in_(wave_ids), carries).limit(1)
    )
    return found is not None


def list_design_rows(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> Iterator[DesignRow]:
    """Yield the responses that the agencies' own figures hold, in the order of their ids."""
    held = and_(
        FoldMark.agency_id == Response.agency_id,
        FoldMark.wave_id == Response.wave_id,
        FoldMark.dimension == "agency",
        FoldMark.folded_until >= Response.answered_on,
    )
    rows = session.execute(
        select(Response.agency_id, Response.stratum, Response.cluster, Response.weight, Response.answers)
        .join(FoldMark, held)
        .where(
            Response.agency_id.in_(agency_ids),
            FoldMark.agency_id.in_(agency_ids),
            Response.wave_id.in_(wave_ids),
            held_by_tallies(),
        )
        .order_by(Response.agency_id, Response.id),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for row in rows:
        yield DesignRow(*row)


def read_intake(session: Session, *, agency_id: UUID, wave_id: UUID, until: date) -> Intake:
    """Return what tells whether responses came, went or were excluded between two looks."""
    of_wave = [*_of(agency_id, wave_id), Response.answered_on <= until]
    stored = session.scalars(select(func.count()).select_from(Response).where(*of_wave)).one()
    kept = session.scalars(select(func.count()).select_from(Response).where(*of_wave, counted())).one()
    gone = sum_erased(session, wave_ids=[wave_id], agency_ids=[agency_id])
    return Intake(stored=stored, counted=kept, erased=gone.withdrawn + gone.corrected)


def sum_erased(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> Erased:
    """Count the responses that citizens took back, and those that officials entered and erased."""
    withdrawn, corrected = session.execute(
        select(func.sum(WithdrawalCount.count), func.sum(WithdrawalCount.corrected)).where(
            WithdrawalCount.agency_id.in_(agency_ids), WithdrawalCount.wave_id.in_(wave_ids)
        )
    ).one()
    return Erased(withdrawn=int(withdrawn or 0), corrected=int(corrected or 0))


def count_exclusions(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> dict[str, int]:
    """Count the excluded responses by rule, those included whose answers retention has erased; in order of the rule."""
    # A condition, not a join: from the few exclusions to their responses, never the other way round.
    of_waves = exists(
        select(literal(1)).where(
            Response.agency_id == Exclusion.agency_id,
            Response.id == Exclusion.response_id,
            Response.wave_id.in_(wave_ids),
        )
    ).correlate(Exclusion)
    living = session.execute(
        select(Exclusion.rule, func.count())
        .where(Exclusion.agency_id.in_(agency_ids), of_waves)
        .group_by(Exclusion.rule)
    )
    erased = session.execute(
        select(ExclusionCount.rule, func.sum(ExclusionCount.count))
        .where(ExclusionCount.agency_id.in_(agency_ids), ExclusionCount.wave_id.in_(wave_ids))
        .group_by(ExclusionCount.rule)
    )
    counts: dict[str, int] = {}
    for rule, count in (*living, *erased):
        counts[rule] = counts.get(rule, 0) + int(count)
    return dict(sorted(counts.items()))


def _of(agency_id: UUID, wave_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Response.agency_id == agency_id, Response.wave_id == wave_id
