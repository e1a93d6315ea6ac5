"""The one place where points of the index are written: the present score, and a line of the ledger for every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from analysis.rubric import Bands, Formula, Given, Linear, ScoreError
from survey.models.columns import exact_text
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import IndexObjection, IndexScore, IndexScoreChange
from survey.models.rubric_content import LeafContent, RubricContent
from survey.services.errors import RoundError

# A plan may be more than fulfilled; what is beyond this was meant as a percentage.
_MOST_OF_A_SHARE: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Whose points, in which round, for which leaf."""

    round: IndexRound
    agency_id: UUID
    leaf: LeafContent

    @property
    def named(self) -> str:
        """Return how sentences and the ledger call it."""
        return f"{self.round.code} {self.leaf.code}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person gives, and why; ``revision`` is that of the score he saw, None where he saw none."""

    value: Fraction | None
    text: str
    by: UUID | None
    today: date
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written: the value, at which stage, why, by whom.  ``by`` is None for a job."""

    value: Fraction | None
    stage: str
    reason: str
    by: UUID | None
    today: date
    basis: Mapping[str, Any] | None = None
    # What the page showed; None where nobody was asked.
    revision: int | None = None


def place_of(round_: IndexRound, agency_id: UUID, criterion: str) -> Place:
    """Return the place of a leaf of the round's rubric.

    Raises:
        RoundError: The rubric has no such leaf.

    """
    leaf = content_of(round_).leaves.get(criterion)
    if leaf is None:
        raise RoundError(
            vi=f"Bộ tiêu chí {round_.rubric.name} không có tiêu chí chấm điểm mã “{criterion}”; hãy tải lại trang.",
            en=f"The rubric {round_.rubric.name} has no scored criterion “{criterion}”; load the page again.",
        )
    return Place(round_, agency_id, leaf)


def content_of(round_: IndexRound) -> RubricContent:
    """Return what the rubric of a round means."""
    return RubricContent.from_content(round_.rubric.content)


def find_score(session: Session, place: Place, *, lock: bool = False) -> IndexScore | None:
    """Return the present score of a place; with ``lock`` nobody else changes it until this transaction ends."""
    wanted = select(IndexScore).where(
        IndexScore.agency_id == place.agency_id,
        IndexScore.round_id == place.round.id,
        IndexScore.criterion == place.leaf.code,
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalar(wanted)


def decided_places(session: Session, round_: IndexRound) -> frozenset[tuple[UUID, str]]:
    """Return the agencies and leaves whose points stand by the decision of an objection: no figures replace them."""
    agencies = select(IndexParticipant.agency_id).where(IndexParticipant.round_id == round_.id)
    wanted = (
        select(IndexObjection.agency_id, IndexObjection.criterion)
        .join(
            IndexScore,
            and_(
                IndexScore.agency_id == IndexObjection.agency_id,
                IndexScore.round_id == IndexObjection.round_id,
                IndexScore.criterion == IndexObjection.criterion,
            ),
        )
        .where(
            IndexObjection.agency_id.in_(list(session.scalars(agencies))),
            IndexObjection.round_id == round_.id,
            IndexObjection.decision.in_(("accepted", "partly")),
            IndexScore.value.is_not(None),
            # Another edition of the rubric carries a decision over.
            IndexScore.stage.in_(("decision", "carried_over")),
        )
    )
    return frozenset((agency_id, criterion) for agency_id, criterion in session.execute(wanted))


def points_of(leaf: LeafContent, value: Fraction) -> Fraction:
    """Return the points of a value.

    Raises:
        RoundError: The leaf cannot take it; the sentence says what it can.

    """
    if value > _MOST_OF_A_SHARE and _counts_shares(leaf.rule.formula):
        said = exact_text(value)
        raise RoundError(
            vi=f"Tiêu chí {leaf.code} nhận tỷ lệ: {said.replace('.', ',')} được hiểu là "
            f"{exact_text(value * 100).replace('.', ',')} %; hãy ghi {said.replace('.', ',')} % nếu là phần trăm.",
            en=f"The criterion {leaf.code} takes a share: {said} means {exact_text(value * 100)} %; "
            f"write {said} % where it is a percentage.",
        )
    try:
        return leaf.rule.points(value)
    except ScoreError as error:
        low, high = (exact_text(end) if end is not None else "" for end in (error.low, error.high))
        said = exact_text(value)
        given = step_of(leaf)
        step = exact_text(given) if given else ""
        vi, en = (f", bước {step.replace('.', ',')}", f", in steps of {step}") if step else ("", "")
        raise RoundError(
            vi=f"Tiêu chí {leaf.code} không nhận giá trị {said.replace('.', ',')}: hãy ghi từ {low} đến "
            f"{high.replace('.', ',')}{vi}.",
            en=f"The criterion {leaf.code} does not take {said}: give {low} to {high}{en}.",
        ) from error


def step_of(leaf: LeafContent) -> Fraction | None:
    """Return the steps in which the points of a leaf are given; None where there are none."""
    return leaf.rule.formula.step if isinstance(leaf.rule.formula, Given) else None


def _counts_shares(formula: Formula) -> bool:
    """Return whether the limits of a formula are shares, so that 97 where 97 % was meant would earn everything."""
    if isinstance(formula, Linear):
        return max(formula.nothing_at, formula.all_at) <= 1
    if isinstance(formula, Bands):
        limits = [step.limit for step in formula.steps]
        return max(limits) <= 1 and any(limit.denominator > 1 for limit in limits)
    return False


def write_score(session: Session, place: Place, entry: Entry) -> IndexScore:
    """Write points, and the change of them into the ledger; the same points again for the same reason write nothing.

    Raises:
        RoundError: The leaf cannot take the value, or somebody else changed it since the page was shown.

    """
    points = None if entry.value is None else points_of(place.leaf, entry.value)
    score = find_score(session, place, lock=True)
    if entry.revision is not None and entry.revision != (score.revision if score else 0):
        raise _overtaken(place)
    before = score.points if score else None
    basis = dict(entry.basis) if entry.basis is not None else None
    told = (entry.value, entry.stage, entry.reason, basis)
    if score and (score.value, score.stage, score.reason, score.basis) == told:
        return score
    if score is None:
        score = _begun(session, place, entry)
    score.value, score.points, score.stage, score.reason = entry.value, points, entry.stage, entry.reason
    score.basis = basis
    score.revision, score.changed_by, score.changed_on = score.revision + 1, entry.by, entry.today
    session.add(
        IndexScoreChange(
            agency_id=place.agency_id,
            round_id=place.round.id,
            criterion=place.leaf.code,
            stage=entry.stage,
            points_before=before,
            points_after=points,
            value_after=entry.value,
            reason=entry.reason,
            changed_by=entry.by,
            changed_at=datetime.now(tz=UTC),
        )
    )
    session.flush()
    return score


def list_changes(session: Session, *, round_id: UUID, agency_id: UUID, criterion: str = "") -> list[IndexScoreChange]:
    """List the ledger of an agency in a round, oldest first; of one leaf, or of all."""
    wanted = select(IndexScoreChange).where(
        IndexScoreChange.agency_id == agency_id, IndexScoreChange.round_id == round_id
    )
    if criterion:
        wanted = wanted.where(IndexScoreChange.criterion == criterion)
    return list(session.scalars(wanted.order_by(IndexScoreChange.changed_at, IndexScoreChange.id)))


def _begun(session: Session, place: Place, entry: Entry) -> IndexScore:
    """Add the row of a place that has none yet; somebody may be doing the same."""
    score = IndexScore(
        agency_id=place.agency_id,
        round_id=place.round.id,
        criterion=place.leaf.code,
        stage=entry.stage,
        revision=0,
        changed_on=entry.today,
    )
    try:
        with session.begin_nested():
            session.add(score)
    except IntegrityError as error:
        raise _overtaken(place) from error
    return score


def _overtaken(place: Place) -> RoundError:
    return RoundError(
        vi=f"Điểm của tiêu chí {place.leaf.code} vừa được người khác sửa; hãy xem điểm mới rồi lưu lại nếu vẫn cần.",
        en=f"Somebody else has just changed the points of {place.leaf.code}; look at them and save again if needed.",
    )
