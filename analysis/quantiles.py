"""Quantiles of a score in domains of a complex sample.

The quantile is the smallest score that at least the given share of the population does not exceed (R's ``math``
rule).  Its interval is Woodruff's (1952, J. Amer. Stat. Assoc. 47, 635-646): the t interval of that share, carried
back to scores; as R's ``svyquantile``, save that an end below 0 or above 1 gives the outermost score and not a gap.
"""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimators import AnyDesign, means
from analysis.intervals import Floats, critical_value
from analysis.linearisation import DomainStatistics, answering_rows
from analysis.results import Estimate, Interval

_ROUNDING = 1e-12  # shares closer than this are the same step of the distribution


def estimate_quantiles(
    design: AnyDesign,
    outcome: ArrayLike,
    probability: float,
    domain: ArrayLike | None = None,
    domains: int = 1,
    *,
    confidence_level: float = 0.95,
) -> tuple[Estimate | None, ...]:
    """Estimate one quantile in every domain; None where nobody answered.

    Args:
        design: Whole.
        outcome: One number a row; NaN for a missing answer.
        probability: 0.5 for the median; strictly between 0 and 1.
        domain: Number of the row's domain from 0, -1 for none; None for one domain of all rows.
        domains: How many domains there are.
        confidence_level: 0–1.

    The standard error is the width of the interval over twice the t quantile.

    Raises:
        ValueError: A probability outside 0–1.
    """
    if not 0.0 < probability < 1.0:
        msg = f"the quantile asked for is {probability}; give a share between 0 and 1, such as 0.5"
        raise ValueError(msg)
    y = np.asarray(outcome, dtype=np.float64)
    members = answering_rows(design, y, domain)
    steps = [_distribution(y[members == d], design.weights[members == d]) for d in range(domains)]
    values = np.array([_invert(step, probability) for step in steps])
    below = np.where(members >= 0, (y <= np.take(values, members, mode="clip")).astype(np.float64), np.nan)
    statistics = means(design, below, members, domains)
    return tuple(
        _estimate(step, probability, statistics, index, confidence_level) if len(step[0]) else None
        for index, step in enumerate(steps)
    )


def _estimate(
    step: tuple[Floats, Floats], probability: float, statistics: DomainStatistics, index: int, confidence_level: float
) -> Estimate:
    """Carry the t interval of the share at or below the quantile back to scores."""
    degrees = float(statistics.degrees_of_freedom[index])
    critical = critical_value(confidence_level, degrees)
    spread = 1.0 if critical == inf else critical * sqrt(max(float(statistics.variance[index]), 0.0))
    share = float(statistics.value[index])
    low, high = _invert(step, share - spread), _invert(step, share + spread)
    return Estimate(
        value=_invert(step, probability),
        ci=Interval(low, high),
        standard_error=(high - low) / (2.0 * critical),
        n=int(statistics.n[index]),
        confidence_level=confidence_level,
        method="woodruff",
        degrees_of_freedom=degrees,
    )


def _distribution(y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the scores that occur, ascending, and the share of the weight at or below each."""
    scores, position = np.unique(y, return_inverse=True)
    cumulative = np.cumsum(np.bincount(position.reshape(-1), weights=weights, minlength=len(scores)))
    return scores, np.asarray(cumulative / cumulative[-1:], dtype=np.float64)


def _invert(distribution: tuple[Floats, Floats], probability: float) -> float:
    """Return the smallest score whose cumulative share reaches the probability; the outermost ones beyond 0 and 1."""
    scores, cumulative = distribution
    if not len(scores):
        return float("nan")
    index = int(np.searchsorted(cumulative, probability - _ROUNDING, side="left"))
    return float(scores[min(index, len(scores) - 1)])
