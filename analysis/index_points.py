"""Percent into index points by an edition's rule, at the estimate and at both ends of its interval.

At the estimate the rule is applied in exact fractions, from whole counts, part by part as the edition says: 85.15 % of
two points is 1.703, cut to 1.70, and no binary fraction can make it less.

The ends are those of the unrounded weighted total, Σ maximum · value, whose variance takes in the covariance of its
parts; each end is then cut by the rule once.  Adding up the ends of the parts would overstate the interval, since the
parts do not err together fully.  Cutting part by part can put the official figure outside an interval of very many
answers; the interval is then widened to contain it.

With bands the points are steps, and no variance describes them: the ends are then the rule at the ends of all parts,
each part's interval taken at the level 1 - (1 - level) / parts (Bonferroni), and the standard error is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import nan
from operator import attrgetter

from analysis.composite import stratified_mean_score, stratified_share
from analysis.moments import HIGHEST_SCORE, LOWEST_SCORE, SATISFIED, SCORES, Moments
from analysis.points_rule import Part, PointsRule, Source
from analysis.ratios import Basis, Group, bases, mean_estimate, share_estimate
from analysis.results import Estimate, Interval, exact_end

ONE_PERCENT = Fraction(1, 100)
# What is taken off a raw value, and what it is then divided by, to make it a share of the maximum.
UNIT: dict[Source, tuple[int, int]] = {
    "share": (0, 1),
    "scaled_mean": (LOWEST_SCORE, HIGHEST_SCORE - LOWEST_SCORE),
    "mean": (0, HIGHEST_SCORE),
}


@dataclass(frozen=True, slots=True)
class PartPoints:
    """Points of one part.

    Attributes:
        part: Its maximum and elements.
        value: Its source, 0–1, exact.
        points: By the rule.
        low: At the lower end of the part's own interval, cut once.
        high: Likewise at the upper end.
        lost: Maximum less points.
        worth_of_one_percent: Points that one more percentage point of the source would bring, before any cut;
            nothing at 100 %.
    """

    part: Part
    value: Fraction
    points: Fraction
    low: Fraction
    high: Fraction
    lost: Fraction
    worth_of_one_percent: Fraction


@dataclass(frozen=True, slots=True)
class Points:
    """Official points with their interval.

    Attributes:
        total: By the rule, exact.
        low: Lower end of the interval of the unrounded total, cut once.
        high: Upper end, likewise.
        maximum: Of all parts.
        lost: Maximum less total.
        worth_of_one_percent: Points that one more percentage point in every part would bring, before any cut.
        unrounded: The total without any cut, in points, with its interval.
        parts: In the order of the rule.
    """

    total: Fraction
    low: Fraction
    high: Fraction
    maximum: Fraction
    lost: Fraction
    worth_of_one_percent: Fraction
    unrounded: Estimate
    parts: tuple[PartPoints, ...]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The raw sources of a rule: exact values and estimates of the parts, and the estimate of their weighted mean."""

    values: tuple[Fraction, ...]
    parts: tuple[Estimate, ...]
    total: Estimate


def points(
    rule: PointsRule, moments: Moments, *, confidence_level: float = 0.95, population_size: int | None = None
) -> Points:
    """Turn the satisfaction with one agency (or several, pooled by response) into points.

    ``population_size`` is for random samples only, as in ``analysis.composite``.

    Raises:
        NothingRatedError: Nobody rated an element that a part comes from.
    """

    def satisfaction(level: float) -> Satisfaction:
        return _satisfaction(rule, moments, level, population_size)

    return points_of(rule, satisfaction, confidence_level)


def stratified_points(
    rule: PointsRule,
    children: Sequence[Moments],
    population_sizes: Sequence[int],
    *,
    confidence_level: float = 0.95,
    random_sample: bool = False,
) -> Points:
    """Turn the satisfaction with a parent agency into points, its children weighing as their populations.

    With ``random_sample`` the respondents of each child are a random sample of its population, and the finite
    population correction is made; without it, as for self-selected answers, it is not.

    Raises:
        NothingRatedError: Nobody rated an element of a child.
        ValueError: No children, or populations that do not fit them.
    """

    def satisfaction(level: float) -> Satisfaction:
        return _stratified(rule, children, population_sizes, level, random_sample=random_sample)

    return points_of(rule, satisfaction, confidence_level)


def _groups(rule: PointsRule, elements: int) -> list[Group]:
    return [part.elements or range(elements) for part in rule.parts]


def _satisfaction(
    rule: PointsRule, moments: Moments, confidence_level: float, population_size: int | None
) -> Satisfaction:
    groups = _groups(rule, moments.elements)
    maximum = rule.maximum
    weights = [part.maximum / maximum for part in rule.parts]
    share = rule.source == "share"
    part, estimate = (SATISFIED, share_estimate) if share else (SCORES, mean_estimate)

    def estimated(value: Fraction, on: Basis) -> Estimate:
        return estimate(float(value), on, confidence_level=confidence_level, population_size=population_size)

    each, whole, ratios = bases(moments, part, groups, [float(weight) for weight in weights])
    values = tuple(one.exact for one in ratios)
    return Satisfaction(
        values=values,
        parts=tuple(estimated(value, on) for value, on in zip(values, each, strict=True)),
        total=estimated(_mean(values, weights), whole),
    )


def _stratified(
    rule: PointsRule,
    children: Sequence[Moments],
    population_sizes: Sequence[int],
    confidence_level: float,
    *,
    random_sample: bool,
) -> Satisfaction:
    found = [
        _satisfaction(rule, child, confidence_level, size if random_sample else None)
        for child, size in zip(children, population_sizes, strict=False)  # whether they fit is checked just below
    ]
    combine = stratified_share if rule.source == "share" else stratified_mean_score

    def combined(estimates: Sequence[Estimate]) -> Estimate:
        return combine(estimates, population_sizes, confidence_level=confidence_level)

    total = combined([child.total for child in found])  # first, since it checks the populations
    weights = [Fraction(size) / sum(population_sizes) for size in population_sizes]
    return Satisfaction(
        values=tuple(_mean(values, weights) for values in zip(*(child.values for child in found), strict=True)),
        parts=tuple(combined(parts) for parts in zip(*(child.parts for child in found), strict=True)),
        total=total,
    )


def _mean(values: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    return sum((weight * value for weight, value in zip(weights, values, strict=True)), Fraction(0))


def points_of(rule: PointsRule, satisfaction: Callable[[float], Satisfaction], confidence_level: float) -> Points:
    """Apply a rule to raw sources and to the ends of their intervals; ``satisfaction`` gives them at a level."""
    (less, width), maximum = UNIT[rule.source], rule.maximum
    found = satisfaction(confidence_level)
    values = [(value - less) / width for value in found.values] if (less, width) != (0, 1) else list(found.values)
    earned = rule.by_part(values)
    by_part = [
        _part_points(rule, part, value, points, _rescaled(estimate, less, width))
        for part, value, points, estimate in zip(rule.parts, values, earned, found.parts, strict=True)
    ]
    whole = _rescaled(found.total, less, width)
    unrounded = sum((rule.earned(part, value) for part, value in zip(rule.parts, values, strict=True)), Fraction(0))
    ends = [exact_end(end, whole.value, unrounded / maximum) * maximum for end in (whole.ci.low, whole.ci.high)]
    if rule.bands:
        surer = satisfaction(1.0 - (1.0 - confidence_level) / len(rule.parts)).parts
        ends = _stepped_ends(rule, values, [_rescaled(part, less, width) for part in surer])
    total = rule.together(earned)
    return Points(
        total=total,
        low=min(rule.cut(ends[0]), total),
        high=max(rule.cut(ends[1]), total),
        maximum=maximum,
        lost=maximum - total,
        worth_of_one_percent=sum((part.worth_of_one_percent for part in by_part), Fraction(0)),
        unrounded=replace(
            whole,
            value=float(unrounded),
            ci=Interval(*map(float, ends)),
            standard_error=nan if rule.bands else whole.standard_error * float(maximum),
            method="bonferroni" if rule.bands else whole.method,
        ),
        parts=tuple(by_part),
    )


def _part_points(rule: PointsRule, part: Part, value: Fraction, earned: Fraction, estimate: Estimate) -> PartPoints:
    ends = (exact_end(end, estimate.value, value) for end in (estimate.ci.low, estimate.ci.high))
    low, high = (rule.earned(part, end) for end in ends)
    more = part.maximum * min(ONE_PERCENT, 1 - value) if not rule.bands else None
    return PartPoints(
        part=part,
        value=value,
        points=earned,
        low=min(rule.cut(low), earned),
        high=max(rule.cut(high), earned),
        lost=part.maximum - earned,
        worth_of_one_percent=rule.earned(part, min(value + ONE_PERCENT, Fraction(1))) - rule.earned(part, value)
        if more is None
        else more,
    )


def _stepped_ends(rule: PointsRule, values: Sequence[Fraction], surer: Sequence[Estimate]) -> list[Fraction]:
    """Add up the points of all parts at their lower ends, and at their upper ends."""
    both = [
        [exact_end(end(one.ci), one.value, value) for one, value in zip(surer, values, strict=True)]
        for end in (attrgetter("low"), attrgetter("high"))
    ]
    return [
        sum((rule.earned(part, end) for part, end in zip(rule.parts, ends, strict=True)), Fraction(0)) for ends in both
    ]


def _rescaled(estimate: Estimate, less: int, width: int) -> Estimate:
    """Take ``less`` off and divide by ``width``."""
    return replace(
        estimate,
        value=(estimate.value - less) / width,
        ci=Interval((estimate.ci.low - less) / width, (estimate.ci.high - less) / width),
        standard_error=estimate.standard_error / width,
    )
