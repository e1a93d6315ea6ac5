"""Another edition of the rubric for a round that is being scored: what becomes of each score, and the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from analysis.rubric import Formula, ScoreError
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexScore
from survey.models.rubric_content import LeafContent, RubricContent
from survey.models.rubrics import Rubric
from survey.services.audit import record
from survey.services.index_indicators import interval_in_points
from survey.services.index_ledger import Entry, Place, content_of, write_score
from survey.services.index_rounds import check_rubric, hold_round, list_participants, refuse_decided

# Why a score is not carried: no such line, another source, another formula, a value that the new line does not take,
# or an interval that it shares with lines of a survey that are others now.
Fate = Literal["kept", "recounted", "gone", "source", "formula", "value", "survey"]
CARRIED: tuple[Fate, ...] = ("kept", "recounted")
Leaves = Mapping[str, LeafContent]


def fate_of(
    value: Fraction, points: Fraction | None, old: LeafContent | None, new: LeafContent | None, *, survey_moves: bool
) -> Fate:
    """Return what becomes of a score.

    ``old`` is None for one that an edition before the present left behind: it is kept where the new one gives it the
    same points, since nothing else is known of it.  ``survey_moves`` as the function below says.
    """
    if new is None or (old is not None and _origin(old) != _origin(new)):
        return "source" if new else "gone"
    if new.source == "satisfaction" and survey_moves:
        return "survey"
    if old is not None and old.rule.formula != new.rule.formula:
        return "formula"
    try:
        counted = new.rule.points(value)
    except ScoreError:
        return "value"
    is_same = counted == points if old is None else old.rule == new.rule
    if is_same:
        return "kept"
    return "formula" if old is None else "recounted"


def survey_moves(old: Leaves, new: Leaves) -> bool:
    """Return whether the lines of the satisfaction survey are others, or count otherwise.

    Their points have one interval together: it cannot be counted anew from what is kept, only taken again.
    """
    return _satisfaction(old) != _satisfaction(new)


def change_rubric(session: Session, round_: IndexRound, rubric: Rubric, *, by: UUID | None, today: date) -> list[str]:
    """Count by another edition after scoring began: what fits the new leaf is carried over, nothing is erased.

    Return the codes of leaves whose scores could not be carried over: they count no longer, and the ledger keeps them.

    Raises:
        RoundError: The rubric is a draft or another root's, or the round is decided.

    """
    hold_round(session, round_, alone=True)
    refuse_decided(round_)
    check_rubric(round_.agency, rubric)
    old, before = content_of(round_).leaves, round_.rubric.name
    round_.rubric = rubric
    session.flush()
    new = content_of(round_).leaves
    moves, reason = survey_moves(old, new), f"{before} → {rubric.name}"
    lost: set[str] = set()
    for score in _scores(session, round_):
        leaf, own = new.get(score.criterion), old.get(score.criterion)
        if score.value is None or (leaf is None and own is None):
            continue
        fate = fate_of(score.value, score.points, own, leaf, survey_moves=moves)
        if fate not in CARRIED:
            lost.add(score.criterion)
        if leaf is None or fate == "kept":
            continue
        # A value that means something else by the new line must not count by it; the ledger keeps what it was.
        value = score.value if fate == "recounted" else None
        basis = None if value is None else _carried_basis(leaf, value, score.basis)
        write_score(
            session, Place(round_, score.agency_id, leaf), Entry(value, "carried_over", reason, by, today, basis=basis)
        )
    if moves:
        # Else everybody's missing points would read as too few answers.
        round_.release_id = None
    codes = sorted(lost)
    record(
        session,
        "index.rubric_changed",
        subject=round_.code,
        agency_id=round_.agency_id,
        details={"from": before, "to": rubric.name, "lost": codes},
    )
    return codes


def awaits_survey(session: Session, round_: IndexRound) -> bool:
    """Return whether another edition left the survey's points behind, and nobody has taken them again."""
    leaves = content_of(round_).leaves
    own = list(_satisfaction(leaves))
    if not own or not round_.survey_is_run or round_.release_id is not None or round_.state == "decided":
        return False
    left_behind = and_(IndexScore.stage == "survey", IndexScore.criterion.not_in(list(leaves)))
    blanked = and_(IndexScore.stage == "carried_over", IndexScore.value.is_(None), IndexScore.criterion.in_(own))
    wanted = select(IndexScore.criterion).where(
        IndexScore.agency_id.in_([one.agency_id for one in list_participants(session, round_)]),
        IndexScore.round_id == round_.id,
        or_(left_behind, blanked),
    )
    return session.scalar(wanted.limit(1)) is not None


def leaves_of(rubric: Rubric) -> Leaves:
    """Return the lines of a rubric that are scored."""
    return RubricContent.from_content(rubric.content).leaves


def _origin(leaf: LeafContent) -> tuple[str, str, str]:
    return leaf.source, leaf.indicator, leaf.survey


def _satisfaction(leaves: Leaves) -> dict[str, tuple[str, Fraction, Formula]]:
    return {
        leaf.code: (leaf.element, leaf.rule.maximum, leaf.rule.formula)
        for leaf in leaves.values()
        if leaf.source == "satisfaction"
    }


def _carried_basis(leaf: LeafContent, value: Fraction, basis: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a score rests on, with the interval of another survey in points of the new line."""
    if basis is None or "other" not in basis:
        return basis
    low, high = (Fraction(str(basis[end])) for end in ("low", "high"))
    return basis | {"other": interval_in_points(leaf, value, low, high)}


def _scores(session: Session, round_: IndexRound) -> list[IndexScore]:
    agencies = [one.agency_id for one in list_participants(session, round_)]
    wanted = select(IndexScore).where(IndexScore.agency_id.in_(agencies), IndexScore.round_id == round_.id)
    return list(session.scalars(wanted))
