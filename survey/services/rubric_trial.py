"""What a rubric would give: everything reached, nothing, or stated shares, with and without the survey part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from analysis.index_total import IndexTotal, SurveyMissingError, classified, index_total
from analysis.rubric import NOTHING, WHOLE, Bands, Given, Leaf, Linear, Rubric, Share, YesNo


@dataclass(frozen=True, slots=True)
class Outcome:
    """A total and its class; None where the rubric gives none without the survey."""

    total: IndexTotal | None
    class_code: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A case: "full", "bonus", "penalty", "shares" or "none", with the survey part and without it."""

    case: str
    run: Outcome
    not_run: Outcome


def try_out(rubric: Rubric, *, judged: Fraction, surveyed: Fraction) -> list[Trial]:
    """Count the cases of a rubric; ``judged`` and ``surveyed`` are shares, 0–1, of what is and is not from surveys."""
    full = _values(rubric.counted, WHOLE, WHOLE)
    cases: dict[str, Mapping[str, Fraction]] = {"full": full}
    if rubric.bonus:
        cases["bonus"] = full | _values(rubric.bonus, WHOLE, WHOLE)
    if rubric.penalty:
        cases["penalty"] = full | _values(rubric.penalty, WHOLE, WHOLE)
    cases["shares"] = _values(rubric.counted, judged, surveyed)
    cases["none"] = _values(rubric.counted, NOTHING, NOTHING)
    return [
        Trial(case, _outcome(rubric, values, survey_is_run=True), _outcome(rubric, values, survey_is_run=False))
        for case, values in cases.items()
    ]


def _outcome(rubric: Rubric, values: Mapping[str, Fraction], *, survey_is_run: bool) -> Outcome:
    try:
        total = index_total(rubric, values, survey_is_run=survey_is_run)
    except SurveyMissingError:
        return Outcome(None, None)
    return Outcome(total, classified(rubric.bands, total).code if rubric.bands else None)


def _values(leaves: tuple[Leaf, ...], judged: Fraction, surveyed: Fraction) -> dict[str, Fraction]:
    return {leaf.code: value_at(leaf, surveyed if leaf.is_survey else judged) for leaf in leaves}


def value_at(leaf: Leaf, share: Fraction) -> Fraction:
    """Return the value that brings a leaf the most points that do not exceed a share of its maximum."""
    formula = leaf.formula
    if isinstance(formula, Share):
        return share
    if isinstance(formula, YesNo):
        return WHOLE if share == WHOLE else NOTHING
    if isinstance(formula, Linear):
        return formula.nothing_at + share * (formula.all_at - formula.nothing_at)
    if isinstance(formula, Given):
        points = share * leaf.maximum
        stepped = floor(points / formula.step) * formula.step if formula.step else points
        return points if share == WHOLE else stepped
    return _in_bands(formula, share * leaf.maximum, is_full=share == WHOLE)


def _in_bands(formula: Bands, most: Fraction, *, is_full: bool) -> Fraction:
    reached = [step for step in formula.steps if is_full or step.points <= most]
    if reached:
        return max(reached, key=lambda step: step.points).limit
    limits = list(_limits(formula))
    return max(limits) + 1 if formula.downwards else min(limits) - 1


def _limits(formula: Bands) -> Iterator[Fraction]:
    return (step.limit for step in formula.steps)
