"""What becomes of a score when a round counts by another edition of its rubric: kept, counted anew, or not carried."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from analysis.rubric import ScoreError
from survey.models.rubric_content import LeafContent

# Why a score is not carried: no such line, another source, another formula, a value that the new line does not take.
Fate = Literal["kept", "recounted", "gone", "source", "formula", "value"]
CARRIED: tuple[Fate, ...] = ("kept", "recounted")


def fate_of(value: Fraction, points: Fraction | None, old: LeafContent | None, new: LeafContent | None) -> Fate:
    """Return what becomes of a score.

    ``old`` is None for one that an edition before the present left behind: it is kept where the new one gives it the
    same points, since nothing else is known of it.
    """
    if new is None:
        return "gone"
    if old is not None and old.source != new.source:
        return "source"
    if old is not None and old.rule.formula != new.rule.formula:
        return "formula"
    try:
        counted = new.rule.points(value)
    except ScoreError:
        return "value"
    if old is None:
        return "kept" if counted == points else "formula"
    return "kept" if old.rule == new.rule else "recounted"
