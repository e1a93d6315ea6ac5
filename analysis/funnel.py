"""Control limits of a funnel plot: how far a unit of n respondents strays by chance alone from what all have.

Spiegelhalter, D. J. (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24, 1185-1202.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from analysis.intervals import critical_value
from analysis.results import Estimate, Interval


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits around a common share.

    Attributes:
        centre: The share of all, 0-1.
        deviation: Standard deviation of one respondent, pooled over the units: it holds what several items of one
            respondent have in common, which sqrt(p(1 - p)) does not.
    """

    centre: float
    deviation: float

    def limits(self, n: int, *, confidence_level: float) -> Interval:
        """Return what a unit of ``n`` respondents keeps within, if it is as all are; cut at 0 and 1."""
        half = critical_value(confidence_level) * self.deviation / sqrt(n)
        return Interval(max(0.0, self.centre - half), min(1.0, self.centre + half))

    def side(self, estimate: Estimate, *, confidence_level: float) -> int:
        """Return 1 above the limits, -1 below them, 0 between or on them."""
        limits = self.limits(estimate.n, confidence_level=confidence_level)
        return (estimate.value > limits.high) - (estimate.value < limits.low)


def funnel(estimates: Sequence[Estimate], *, centre: float) -> Funnel:
    """Make the funnel of the units' own estimates around the share of all of them.

    The variance of one respondent is pooled by degrees of freedom: se² of a unit is its s²/n.

    Raises:
        ValueError: There is no unit of two respondents or more.
    """
    free = sum(one.n - 1 for one in estimates)
    if free <= 0:
        msg = "a funnel needs a unit of two respondents at least"
        raise ValueError(msg)
    variance = sum((one.n - 1) * one.n * one.standard_error**2 for one in estimates) / free
    return Funnel(centre, sqrt(variance))
