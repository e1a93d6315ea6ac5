"""Intervals for a share whose variance comes from a complex design.

All are R's ``svyciprop`` (survey 4.5) by the same name, so that an analyst can compare: ``wilson`` is the score
interval on p(1-p)/v with the t quantile; ``beta`` is Korn and Graubard (1998), Survey Methodology 24, 193-201;
``logit``, ``asin`` are the delta method on those scales; ``t`` is R's ``mean``.  ``clopper_pearson``, ``jeffreys`` and
``agresti_coull`` rest on Korn and Graubard's effective size, as Dean and Pagano (2015), J. Survey Stat. Methodol. 3,
484-503, compare them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, exp, inf, log, pi, sin, sqrt

from analysis.intervals import BOUNDS, critical_value, wilson_bounds
from analysis.results import Interval

SHARE_INTERVALS = (
    "wilson",
    "clopper_pearson",
    "jeffreys",
    "agresti_coull",
    "beta",
    "logit",
    "xlogit",
    "asin",
    "t",
    "mean",
)

_ON_EFFECTIVE_SIZE = {
    "beta": "clopper_pearson",
    "clopper_pearson": "clopper_pearson",
    "jeffreys": "jeffreys",
    "agresti_coull": "agresti_coull",
}


@dataclass(frozen=True, slots=True)
class Precision:
    """What an interval rests on.

    Attributes:
        variance: Of the share, above 0; where it is 0 give ``effective_n`` to stand for it.
        n: Respondents.
        degrees_of_freedom: Of the variance.
        effective_n: Takes the place of p(1-p)/variance where that is not defined; else None.
    """

    variance: float
    n: int
    degrees_of_freedom: float
    effective_n: float | None = None


def share_interval(share: float, precision: Precision, *, method: str, confidence_level: float = 0.95) -> Interval:
    """Put an interval around a share of a complex sample.

    Where the variance is 0 and an effective size stands for it, the methods without a size of their own (logit, asin,
    t) give Wilson's interval.  Without degrees of freedom nothing is known and the interval is the whole range.

    Raises:
        ValueError: An unknown method.
    """
    if method not in SHARE_INTERVALS:
        msg = f"there is no interval {method!r} for a share; choose one of {', '.join(SHARE_INTERVALS)}"
        raise ValueError(msg)
    critical = critical_value(confidence_level, precision.degrees_of_freedom)
    if critical == inf:
        return Interval(0.0, 1.0)
    size = precision.effective_n if precision.effective_n is not None else share * (1.0 - share) / precision.variance
    if method in _ON_EFFECTIVE_SIZE:
        # A single answer has no degrees of freedom to compare with.
        reference = critical_value(confidence_level, precision.n - 1) if precision.n > 1 else critical
        adjusted = size * (reference / critical) ** 2
        low, high = BOUNDS[_ON_EFFECTIVE_SIZE[method]](share, adjusted, confidence_level=confidence_level)
        return Interval(float(low), float(high))
    if method == "wilson" or precision.effective_n is not None:
        low, high = wilson_bounds(share, size, confidence_level=confidence_level, critical=critical)
        return Interval(float(low), float(high))
    return _transformed(share, critical * sqrt(precision.variance), method)


def _transformed(share: float, spread: float, method: str) -> Interval:
    """Bound a share by the delta method on the scale of the method; ``spread`` is on the scale of the share."""
    if method in {"logit", "xlogit"}:
        middle, arm = log(share / (1.0 - share)), spread / (share * (1.0 - share))
        return Interval(_expit(middle - arm), _expit(middle + arm))
    if method == "asin":
        middle = asin(sqrt(share))
        arm = spread / (2.0 * sin(middle) * cos(middle))
        # R lets the ends fold back at 0 and 1, which takes the share out of its own interval.
        return Interval(sin(max(middle - arm, 0.0)) ** 2, sin(min(middle + arm, pi / 2.0)) ** 2)
    return Interval(share - spread, share + spread)


def _expit(logit: float) -> float:
    """Return the share that belongs to a logit, without overflow at either end."""
    if logit < 0:
        return exp(logit) / (1.0 + exp(logit))
    return 1.0 / (1.0 + exp(-logit))
