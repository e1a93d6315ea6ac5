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
from analysis.results import Interval
from analysis.rubric import NOTHING, WHOLE, Leaf, Share

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
    return Measured(values, ends_of, SurveyPart(tuple(values), estimate))


def _ends(leaf: Leaf, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return the points of a leaf at the ends of its share; more may be worse."""
    shares = (min(max(end / leaf.maximum, NOTHING), WHOLE) for end in (low, high))
    lower, upper = sorted(leaf.formula.earned(share, leaf.maximum) for share in shares)
    return lower, upper
