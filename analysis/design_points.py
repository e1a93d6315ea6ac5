"""Index points from a survey with strata, clusters or weights: the rule at the estimate and at both ends.

Every part is a ratio R = Σ w y / Σ w r of what its elements were given to how often they were rated, and the total
the weighted mean Σ c R of the parts.  It is linear in z = Σ c (R + (y - R r) / r̄), r̄ the weighted mean of r over the
domain: the mean of z is the total, and its linearised variance that of the total with the covariance of the parts
(Woodruff, R. S. 1971, J. Amer. Stat. Assoc. 66, 411-414; R's ``svycontrast`` of ``svyratio``).  Degrees of freedom are
those of the design: clusters less strata that hold the domain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from operator import mul

import numpy as np
import numpy.typing as npt

from analysis.design import Design
from analysis.domain_estimates import IntervalChoice, estimate_domain_values
from analysis.index_points import Points, Satisfaction, points_of
from analysis.linearisation import DomainStatistics, means
from analysis.moments import HIGHEST_SCORE, LOWEST_SCORE, NothingRatedError
from analysis.points_rule import PointsRule
from analysis.results import Estimate
from analysis.share_intervals import Precision, share_interval

Floats = npt.NDArray[np.float64]
_NO_VARIANCE = 1e-20  # of a share; below it there is only rounding


@dataclass(frozen=True, slots=True, eq=False)
class RatedSample:
    """A whole survey, a row a respondent, and the part of it that is told of.

    ``satisfied``, ``scores`` and ``rated`` have a column an element: items given 4 or 5, sum of ratings, items rated.
    """

    design: Design
    satisfied: Floats
    scores: Floats
    rated: Floats
    members: npt.NDArray[np.bool_]


def design_points(rule: PointsRule, sample: RatedSample, *, confidence_level: float = 0.95) -> Points:
    """Turn the satisfaction of a part of a survey into points, with the whole design behind every interval.

    Raises:
        NothingRatedError: Nobody of the part rated an element that the rule needs, or only with weight 0.
    """
    given, rated = _by_part(rule, sample)
    weights = np.where(sample.members, sample.design.weights, 0.0)
    sums = weights @ rated
    if not (sums > 0).all():
        msg = f"nobody rated what part {int(np.argmin(sums)) + 1} of the rule comes from; nothing can be estimated"
        raise NothingRatedError(msg)
    values = _exact(weights, given, rated)
    ratios = np.array([float(value) for value in values])
    residuals = (given - ratios * rated) / sums
    shares = [part.maximum / rule.maximum for part in rule.parts]
    each = [
        _linear(sample.design, value, residuals[:, at], np.where(rated[:, at] > 0, weights, 0.0))
        for at, value in enumerate(values)
    ]
    whole = sum((share * value for share, value in zip(shares, values, strict=True)), Fraction(0))
    mixed = residuals @ np.array([float(share) for share in shares])
    total = _linear(sample.design, whole, mixed, np.where(rated.any(axis=1), weights, 0.0))

    def satisfaction(level: float) -> Satisfaction:
        estimates = [_estimate(one, level, is_share=rule.source == "share") for one in (*each, total)]
        return Satisfaction(values=values, parts=tuple(estimates[:-1]), total=estimates[-1])

    return points_of(rule, satisfaction, confidence_level)


@dataclass(frozen=True, slots=True)
class _Linear:
    """A ratio, or a weighted mean of ratios, with the mean of z that has its variance."""

    value: float
    statistics: DomainStatistics


def _by_part(rule: PointsRule, sample: RatedSample) -> tuple[Floats, Floats]:
    """Return what every respondent gave to the parts of a rule, and how many items of them he rated."""
    over = sample.satisfied if rule.source == "share" else sample.scores
    groups = [list(part.elements) or list(range(over.shape[1])) for part in rule.parts]
    given, rated = (np.column_stack([table[:, at].sum(axis=1) for at in groups]) for table in (over, sample.rated))
    return given, rated


def _exact(weights: Floats, given: Floats, rated: Floats) -> tuple[Fraction, ...]:
    """Return the weighted ratios exactly, each weight being the decimal number that it was written as.

    A share of 0.85 must not become 0.8499… and lose a hundredth to the cut.
    """
    whole = [Fraction(repr(weight)) for weight in weights.tolist()]
    unit = lcm(*(one.denominator for one in whole))
    counts = [int(one * unit) for one in whole]
    tables = ([column.astype(int).tolist() for column in table.T] for table in (given, rated))
    return tuple(
        Fraction(*(sum(map(mul, counts, column)) for column in columns)) for columns in zip(*tables, strict=True)
    )


def _linear(design: Design, value: Fraction, residuals: Floats, weights: Floats) -> _Linear:
    """Return z for the rows with a weight: the value, and residuals that are already over Σ w r."""
    linear = np.where(weights > 0, float(value) + residuals * weights.sum(), np.nan)
    return _Linear(float(value), means(design, linear))


def _estimate(found: _Linear, confidence_level: float, *, is_share: bool) -> Estimate:
    statistics = found.statistics
    choice = IntervalChoice(confidence_level=confidence_level, scale=(float(LOWEST_SCORE), float(HIGHEST_SCORE)))
    if not is_share:
        (estimate,) = estimate_domain_values(statistics, choice)
        if estimate is None:
            msg = "a mean of no ratings"
            raise NothingRatedError(msg)
        return replace(estimate, value=found.value)
    variance, n = float(statistics.variance[0]), int(statistics.n[0])
    constant = variance <= _NO_VARIANCE
    size = min(float(statistics.kish_n[0]), float(statistics.clusters[0]))
    if not constant:
        size = found.value * (1.0 - found.value) / variance
    degrees = float(statistics.degrees_of_freedom[0])
    precision = Precision(variance, n, degrees, size if constant else None)
    return Estimate(
        value=found.value,
        ci=share_interval(found.value, precision, method="wilson", confidence_level=confidence_level),
        standard_error=0.0 if constant else variance**0.5,
        n=n,
        confidence_level=confidence_level,
        method="wilson",
        effective_n=size,
        degrees_of_freedom=degrees,
    )
