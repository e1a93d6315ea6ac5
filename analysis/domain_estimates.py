"""Estimates with intervals for every domain of a design: what a table prints.

``analysis.linearisation`` gives values and variances; here they get their intervals, also where the variance says 0
although the sample does not know that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimators import AnyDesign, is_simple, means
from analysis.intervals import BOUNDS, critical_value, wilson_bounds
from analysis.linearisation import DomainStatistics
from analysis.results import Estimate, Interval
from analysis.share_intervals import Precision, share_interval

_NO_VARIANCE = 1e-20  # of a share; below it there is only rounding


@dataclass(frozen=True, slots=True)
class IntervalChoice:
    """How intervals are made.

    Attributes:
        method: One of ``analysis.share_intervals.SHARE_INTERVALS`` for shares; other statistics take the t interval.
        confidence_level: 0–1.
        design_degrees: Use these degrees of freedom, those of the whole design for example, in place of the domain's.
        scale: Lowest and highest possible value of a mean's outcome; None where it has no bounds.
    """

    method: str = "wilson"
    confidence_level: float = 0.95
    design_degrees: float | None = None
    scale: tuple[float, float] | None = None


def estimate_domain_shares(
    design: AnyDesign,
    satisfied: ArrayLike,
    domain: ArrayLike | None = None,
    domains: int = 1,
    *,
    choice: IntervalChoice = IntervalChoice(),
) -> tuple[Estimate | None, ...]:
    """Estimate a share in every domain; None where nobody answered.

    Args:
        design: Whole.
        satisfied: Per row 1 for satisfied, 0 for not, NaN for a missing answer.
        domain: Number of the row's domain from 0, -1 for none.
        domains: How many domains there are.
        choice: The interval.

    Where all answers of a domain are the same the linearised variance is 0; the interval then rests on Kish's size
    over max(1, the design effect pooled over the other domains), or on the number of clusters where there is no
    other.  A domain that was enumerated completely has an interval of no width.
    """
    statistics = means(design, satisfied, domain, domains)
    return tuple(_share(design, statistics, index, choice) for index in range(domains))


def estimate_domain_values(statistics: DomainStatistics, choice: IntervalChoice) -> tuple[Estimate | None, ...]:
    """Put t intervals around means, totals or ratios, cut off at the scale; None where nobody answered.

    A mean without variance is bounded as a share of its scale would be; without a scale nothing bounds it.
    """
    return tuple(_value(statistics, index, choice) for index in range(len(statistics.value)))


def rank_standard_error(estimate: Estimate) -> float:
    """Return the standard error that ranks and models may use: never 0 for a sample.

    At 0 and 1 it comes from (k + 2) / (n_eff + 4), Agresti and Coull's centre, since the linearised one is 0 there.
    """
    size = float(estimate.n) if estimate.effective_n is None else estimate.effective_n
    if estimate.value not in {0.0, 1.0} or estimate.ci.low == estimate.ci.high:
        return estimate.standard_error
    centre = (estimate.value * size + 2.0) / (size + 4.0)
    return float(np.sqrt(centre * (1.0 - centre) / (size + 4.0)))


def pooled_design_effect(statistics: DomainStatistics, *, without: int) -> float | None:
    """Return the mean design effect of the other domains, by their answers; None where no other has one."""
    usable = np.isfinite(statistics.design_effect) & ~_without_variance(statistics)
    usable[without] = False
    if not usable.any():
        return None
    return float(np.average(statistics.design_effect[usable], weights=statistics.n[usable]))


def _without_variance(statistics: DomainStatistics) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(~(statistics.variance > _NO_VARIANCE))


def _share(design: AnyDesign, statistics: DomainStatistics, index: int, choice: IntervalChoice) -> Estimate | None:
    n, share = int(statistics.n[index]), float(statistics.value[index])
    if n == 0:
        return None
    if statistics.is_constant[index]:
        share = float(round(share))
    degrees = _degrees(statistics, index, choice)
    effective_n = _effective_n(statistics, index)
    if statistics.is_enumerated[index]:
        ci = Interval(share, share)
    elif is_simple(design) and choice.method in BOUNDS:
        bounds = BOUNDS[choice.method](share, n, confidence_level=choice.confidence_level)
        ci = Interval(float(bounds[0]), float(bounds[1]))
        effective_n = float(n)
    else:
        stands_in = effective_n if _without_variance(statistics)[index] else None
        precision = Precision(float(statistics.variance[index]), n, degrees, stands_in)
        ci = share_interval(share, precision, method=choice.method, confidence_level=choice.confidence_level)
    return _estimate(statistics, index, choice, value=share, ci=ci, effective_n=effective_n, method=choice.method)


def _value(statistics: DomainStatistics, index: int, choice: IntervalChoice) -> Estimate | None:
    value = float(statistics.value[index])
    if np.isnan(value):
        return None
    spread = critical_value(choice.confidence_level, _degrees(statistics, index, choice))
    standard_error = float(statistics.standard_error[index])
    certain = bool(statistics.is_enumerated[index])
    effective_n = _effective_n(statistics, index)
    if choice.scale is not None and not certain and (spread == inf or standard_error**2 <= _NO_VARIANCE):
        low, high = choice.scale
        bounds = wilson_bounds(
            (value - low) / (high - low), effective_n, confidence_level=choice.confidence_level, critical=spread
        )
        ci = Interval(low + (high - low) * float(bounds[0]), low + (high - low) * float(bounds[1]))
    elif spread == inf or (standard_error == 0 and not certain):
        ci = Interval(value, value) if certain else Interval(-inf, inf)
    else:
        low, high = choice.scale or (-inf, inf)
        ci = Interval(max(value - spread * standard_error, low), min(value + spread * standard_error, high))
    return _estimate(statistics, index, choice, value=value, ci=ci, effective_n=effective_n, method="t")


def _degrees(statistics: DomainStatistics, index: int, choice: IntervalChoice) -> float:
    return float(statistics.degrees_of_freedom[index]) if choice.design_degrees is None else choice.design_degrees


def _effective_n(statistics: DomainStatistics, index: int) -> float:
    """Return n over the design effect, or what stands for it where the variance is 0."""
    effect = float(statistics.design_effect[index])
    if not _without_variance(statistics)[index] and effect > 0:
        return float(statistics.n[index]) / effect
    pooled = pooled_design_effect(statistics, without=index)
    kish_n = float(statistics.kish_n[index])
    if pooled is None:
        return min(kish_n, float(statistics.clusters[index]))
    return kish_n / max(1.0, pooled)


def _estimate(
    statistics: DomainStatistics,
    index: int,
    choice: IntervalChoice,
    *,
    value: float,
    ci: Interval,
    effective_n: float,
    method: str,
) -> Estimate:
    effect = float(statistics.design_effect[index])
    seen = not _without_variance(statistics)[index] and np.isfinite(effect)
    return Estimate(
        value=value,
        ci=ci,
        standard_error=float(statistics.standard_error[index]),
        n=int(statistics.n[index]),
        confidence_level=choice.confidence_level,
        method=method,
        design_effect=effect if seen else None,
        effective_n=effective_n,
        degrees_of_freedom=_degrees(statistics, index, choice),
    )
