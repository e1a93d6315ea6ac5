"""Several waves of one question: is there a straight-line trend, and how steep is it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.comparison import difference_from_standard_error
from analysis.intervals import critical_value, normal_tail
from analysis.results import Difference, Estimate


@dataclass(frozen=True, slots=True)
class TrendTest:
    """Cochran and Armitage's test.

    Attributes:
        chi_squared: One degree of freedom.
        p_value: Two-sided.
        slope: Change of the share a unit of the scores, by least squares weighted with n.
    """

    chi_squared: float
    p_value: float
    slope: float


def trend_in_shares(*, successes: ArrayLike, n: ArrayLike, scores: ArrayLike) -> TrendTest:
    """Test independent shares for a linear trend over scores (years, for example).

    Armitage, P. (1955), Biometrics 11, 375-386; as R's ``prop.trend.test``.  No trend where all answers are the same.

    Raises:
        ValueError: Fewer than two waves, or all at one time.
    """
    x, size, time = (np.asarray(array, dtype=np.float64) for array in (successes, n, scores))
    centred = time - np.average(time, weights=size)
    spread = float(np.sum(size * centred**2))
    if len(time) < 2 or spread == 0:  # noqa: PLR2004 - a trend is between two points in time
        msg = "a trend needs waves at two different times at least"
        raise ValueError(msg)
    share = float(x.sum() / size.sum())
    slope = float(np.sum(centred * x)) / spread
    variance = share * (1.0 - share) / spread
    if variance == 0:
        return TrendTest(0.0, 1.0, 0.0)
    chi_squared = slope**2 / variance
    return TrendTest(chi_squared, 2.0 * normal_tail(float(np.sqrt(chi_squared))), slope)


def trend(estimates: Sequence[Estimate], times: Sequence[float]) -> Difference:
    """Fit a straight line through independent estimates, each weighted by the inverse of its variance.

    The value is the change a unit of time, with a normal interval.  Estimates whose standard error is 0 take the one
    that their interval implies, so that a wave at 100 % does not pin the line.

    Raises:
        ValueError: Fewer than two times, or estimates of different confidence levels.
    """
    levels = {estimate.confidence_level for estimate in estimates}
    if len(set(times)) < 2 or len(levels) != 1:  # noqa: PLR2004 - a line goes through two points
        msg = "a trend needs estimates at two different times at least, all at one confidence level"
        raise ValueError(msg)
    variances = np.array([_standard_error(estimate) ** 2 for estimate in estimates])
    if np.any(variances == 0):
        msg = "an estimate has an interval of no width, so the trend is no matter of chance; compare the numbers"
        raise ValueError(msg)
    values, time, weights = np.array([estimate.value for estimate in estimates]), np.asarray(times), 1.0 / variances
    centred = time - np.average(time, weights=weights)
    spread = float(np.sum(weights * centred**2))
    return difference_from_standard_error(
        value=float(np.sum(weights * centred * values)) / spread,
        standard_error=float(1.0 / np.sqrt(spread)),
        confidence_level=levels.pop(),
        method="weighted_trend",
    )


def _standard_error(estimate: Estimate) -> float:
    if estimate.standard_error > 0:
        return estimate.standard_error
    return (estimate.ci.high - estimate.ci.low) / (2.0 * critical_value(estimate.confidence_level))
