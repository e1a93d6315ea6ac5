"""What one satisfaction survey brings to an index: the value of every leaf, and their points together with an interval.

Where all leaves are shares of their maximum the interval is that of their unrounded weighted total, with the covariance
of the elements (``analysis.index_points``).  Where one is linear between two values, or steps, no variance describes
the total: its ends are then the formulas at the ends of all leaves, each interval at the level 1 - (1 - level) / leaves
(Bonferroni), and the standard error is NaN, so that ``SurveyPart.standard_error`` takes what the interval implies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import nan

from analysis.index_points import Points
from analysis.index_total import SurveyPart
from analysis.points_rule import Part, PointsRule, Source
from analysis.results import Estimate, Interval
from analysis.rubric import NOTHING, WHOLE, Bands, Formula, Leaf, Linear, Share

# Gives the points of a rule at a confidence level: ``index_points.points`` or ``stratified_points`` with its answers.
Estimator = Callable[[PointsRule, float], Points]


@dataclass(frozen=True, slots=True)
class MeasuredLeaf:
    """A leaf and the elements it is measured by, pooled; none means all of them."""

    leaf: Leaf
    elements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """The value of every leaf, exact, the ends of its own interval, and what the survey brings together."""

    values: Mapping[str, Fraction]
    ends: Mapping[str, tuple[float, float]]
    part: SurveyPart


def measured(
    leaves: Sequence[MeasuredLeaf], estimator: Estimator, *, source: Source = "share", confidence_level: float = 0.95
) -> Measured:
    """Estimate what a survey brings to some leaves of a rubric.

    Raises:
        NothingRatedError: Nobody rated an element that a leaf is measured by.
        ValueError: No leaves.
    """
    rule = PointsRule(
        parts=tuple(Part(one.leaf.maximum, one.elements) for one in leaves), rounding="none", source=source
    )
    found = estimator(rule, confidence_level)
    values = {one.leaf.code: part.value for one, part in zip(leaves, found.parts, strict=True)}
    ends_of = {
        one.leaf.code: (float(part.low / one.leaf.maximum), float(part.high / one.leaf.maximum))
        for one, part in zip(leaves, found.parts, strict=True)
    }
    estimate = found.unrounded
    if not all(isinstance(one.leaf.formula, Share) for one in leaves):
        surer = estimator(rule, 1.0 - (1.0 - confidence_level) / len(leaves)).parts
        ends = [_ends(one.leaf, part.low, part.high) for one, part in zip(leaves, surer, strict=True)]
        earned = sum((one.leaf.formula.earned(values[one.leaf.code], one.leaf.maximum) for one in leaves), NOTHING)
        estimate = replace(
            estimate,
            value=float(earned),
            ci=Interval(float(sum(low for low, _ in ends)), float(sum(high for _, high in ends))),
            standard_error=nan,
            confidence_level=confidence_level,
            method="bonferroni",
        )
    return Measured(values, ends_of, SurveyPart(tuple(values), estimate, ends_of))


def lost_points(leaf: Leaf, value: Fraction | float) -> float:
    """Return the points that a value, 0–1, leaves to the maximum, before any cut."""
    inside = min(max(Fraction(value), NOTHING), WHOLE)
    return float(leaf.maximum - leaf.formula.earned(inside, leaf.maximum))


@dataclass(frozen=True, slots=True)
class ElementLoss:
    """What an element of a pooled leaf costs, with both ends; ``in_points``, else as a share, 0–1, that is lacking."""

    lost: float
    low: float
    high: float
    in_points: bool


def shared_loss(leaf: Leaf, value: Fraction, elements: Sequence[tuple[int, Estimate]]) -> list[ElementLoss]:
    """Share the points that a pooled leaf lost among its elements, each with its number of ratings.

    A share or a linear formula is a weighted mean of its elements, so that each costs what it lacks to the value that
    brings all points, by its part of the ratings; they add up to what the leaf lost, before any cut, also where one
    lies beyond that value and makes up for another.  The ends are the same at the ends of each element's own interval.
    Steps cannot be taken apart: for them it is only told what each element lacks to the highest step.
    """
    ratings = sum(size for size, _ in elements)
    short = [_lacking(leaf.formula, one.value) for _, one in elements]
    ends = [[_lacking(leaf.formula, end) for end in (one.ci.low, one.ci.high)] for _, one in elements]
    if isinstance(leaf.formula, Bands) or not ratings:
        return [ElementLoss(own, min(both), max(both), in_points=False) for own, both in zip(short, ends, strict=True)]
    weights = [size / ratings for size, _ in elements]
    lacking, lost = sum(weight * own for weight, own in zip(weights, short, strict=True)), lost_points(leaf, value)
    worth = lost / lacking if lacking and lost else float(leaf.maximum) / _width(leaf.formula)
    found = []
    for weight, own, both in zip(weights, short, ends, strict=True):
        cost = worth * weight * own if lost else 0.0
        low, high = (worth * weight * end for end in (min(both), max(both)))
        found.append(ElementLoss(cost, min(low, cost), max(high, cost), in_points=True))
    return found


def _lacking(formula: Formula, value: float) -> float:
    """Return what a value lacks to where all points begin, 0–1; less may be better."""
    best, downwards = WHOLE, False
    if isinstance(formula, Linear):
        best, downwards = formula.all_at, formula.all_at < formula.nothing_at
    elif isinstance(formula, Bands):
        downwards = formula.downwards
        best = (min if downwards else max)(step.limit for step in formula.steps)
    return max(value - float(best) if downwards else float(best) - value, 0.0)


def _width(formula: Formula) -> float:
    return float(abs(formula.all_at - formula.nothing_at)) if isinstance(formula, Linear) else 1.0


def _ends(leaf: Leaf, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return the points of a leaf at the ends of its share; more may be worse."""
    shares = (min(max(end / leaf.maximum, NOTHING), WHOLE) for end in (low, high))
    lower, upper = sorted(leaf.formula.earned(share, leaf.maximum) for share in shares)
    return lower, upper
