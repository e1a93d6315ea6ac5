"""Shares of a simple random sample: counts in, an estimate with its interval out.

``wilson`` is the default of the house; the others stand beside it for comparison and for those who ask for them by
name.  For weighted or clustered samples see ``analysis.linearisation``; its intervals rest on the same bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from analysis.intervals import BOUNDS, Floats, critical_value, require_confidence_level, wilson_bounds
from analysis.results import Estimate, Interval


@dataclass(frozen=True, slots=True)
class Shares:
    """Many shares at once; all arrays have the same shape.

    Attributes:
        value: Shares 0–1; NaN where ``n`` is 0.
        low: Lower bounds; 0 where ``n`` is 0.
        high: Upper bounds; 1 where ``n`` is 0.
        standard_error: NaN where ``n`` is 0.
        n: Answers each share rests on.
        confidence_level: Of all intervals.
        method: Name of the interval.
    """

    value: Floats
    low: Floats
    high: Floats
    standard_error: Floats
    n: Floats
    confidence_level: float
    method: str


def wilson(*, successes: int, n: int, confidence_level: float = 0.95, population_size: int | None = None) -> Estimate:
    """Estimate a share with Wilson's score interval, without continuity correction.

    Wilson, E. B. (1927), J. Amer. Stat. Assoc. 22, 209-212.  With ``population_size`` N the sample must be random
    (or declared so) and n is replaced by n (N - 1) / (N - n); only a complete enumeration has an interval of no width.

    Raises:
        ValueError: Counts that cannot be (n below 1, successes outside 0–n, n above N) or a level outside 0–1.
    """
    return _estimate("wilson", successes, n, confidence_level, population_size)


def agresti_coull(
    *, successes: int, n: int, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate a share with the Agresti–Coull interval, clipped to 0–1; arguments and errors as in ``wilson``."""
    return _estimate("agresti_coull", successes, n, confidence_level, population_size)


def jeffreys(*, successes: int, n: int, confidence_level: float = 0.95, population_size: int | None = None) -> Estimate:
    """Estimate a share with the Jeffreys interval in the form of Brown, Cai and DasGupta (2001).

    The bound is exactly 0 at no success and exactly 1 at n; arguments and errors as in ``wilson``.
    """
    return _estimate("jeffreys", successes, n, confidence_level, population_size)


def clopper_pearson(
    *, successes: int, n: int, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate a share with the exact interval of Clopper and Pearson (1934); arguments and errors as in ``wilson``.

    With ``population_size`` the hypergeometric distribution is inverted instead of the binomial one, with equal tails.
    """
    if population_size is None:
        return _estimate("clopper_pearson", successes, n, confidence_level, None)
    _require_counts(successes, n, population_size)
    ci = _hypergeometric(successes, n, confidence_level, population_size)
    return Estimate(
        value=successes / n,
        ci=ci,
        standard_error=_standard_error(successes, n, population_size),
        n=n,
        confidence_level=confidence_level,
        method="clopper_pearson",
    )


def wald(*, successes: int, n: int, confidence_level: float = 0.95, population_size: int | None = None) -> Estimate:
    """Estimate a share with the normal approximation, for comparison only: it fails near 0 and 1.

    Its interval is not clipped and has no width where all answers are the same.  Arguments and errors as in ``wilson``.
    """
    _require_counts(successes, n, population_size)
    share, standard_error = successes / n, _standard_error(successes, n, population_size)
    spread = critical_value(confidence_level) * standard_error
    return Estimate(
        value=share,
        ci=Interval(share - spread, share + spread),
        standard_error=standard_error,
        n=n,
        confidence_level=confidence_level,
        method="wald",
    )


def wilson_effective(
    *,
    value: float,
    effective_n: float,
    n: int,
    confidence_level: float = 0.95,
    standard_error: float | None = None,
    degrees_of_freedom: float | None = None,
) -> Estimate:
    """Put Wilson's interval around a share that rests on an effective sample size.

    Args:
        value: The share, 0–1.
        effective_n: n over the design effect; need not be whole.
        n: Respondents the share rests on, reported beside it.
        confidence_level: 0–1.
        standard_error: Reported as given; None for √(p (1 − p) / effective_n).
        degrees_of_freedom: For the t quantile; None for the normal one.

    Raises:
        ValueError: A share outside 0–1 or a size that is not above 0.
    """
    if not 0.0 <= value <= 1.0:
        msg = f"the share is {value}; it must lie between 0 and 1"
        raise ValueError(msg)
    if not effective_n > 0:
        msg = f"effective_n is {effective_n}; it must be above 0"
        raise ValueError(msg)
    critical = critical_value(confidence_level, degrees_of_freedom)
    low, high = wilson_bounds(value, effective_n, confidence_level=confidence_level, critical=critical)
    return Estimate(
        value=value,
        ci=Interval(float(low), float(high)),
        standard_error=sqrt(value * (1.0 - value) / effective_n) if standard_error is None else standard_error,
        n=n,
        confidence_level=confidence_level,
        method="wilson",
        design_effect=n / effective_n,
        effective_n=effective_n,
        degrees_of_freedom=degrees_of_freedom,
    )


def estimate_shares(
    *, successes: ArrayLike, n: ArrayLike, confidence_level: float = 0.95, method: str = "wilson"
) -> Shares:
    """Estimate many shares at once; a unit nobody answered for has the whole range and no value.

    ``method`` is one of ``analysis.intervals.BOUNDS``.  Counts broadcast against each other.

    Raises:
        ValueError: An unknown method, or successes outside 0–n.
    """
    if method not in BOUNDS:
        msg = f"there is no interval {method!r}; choose one of {', '.join(BOUNDS)}"
        raise ValueError(msg)
    hits, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if not np.all((hits >= 0) & (hits <= size)):
        msg = "successes must lie between 0 and n for every unit"
        raise ValueError(msg)
    with np.errstate(invalid="ignore"):
        share = hits / size
        low, high = BOUNDS[method](share, size, confidence_level=confidence_level)
        standard_error = np.sqrt(share * (1.0 - share) / size)
    return Shares(share, low, high, standard_error, size, confidence_level, method)


def _estimate(method: str, successes: int, n: int, confidence_level: float, population_size: int | None) -> Estimate:
    _require_counts(successes, n, population_size)
    share = successes / n
    effective_n = _finite_size(n, population_size)
    if effective_n is None:
        low = high = share
    else:
        bounds = BOUNDS[method](share, effective_n, confidence_level=confidence_level)
        low, high = float(bounds[0]), float(bounds[1])
    return Estimate(
        value=share,
        ci=Interval(low, high),
        standard_error=_standard_error(successes, n, population_size),
        n=n,
        confidence_level=confidence_level,
        method=method,
        design_effect=None if population_size is None or effective_n is None else n / effective_n,
        effective_n=effective_n,
    )


def _require_counts(successes: int, n: int, population_size: int | None) -> None:
    if n < 1:
        msg = f"n is {n}; a share needs at least one answer"
        raise ValueError(msg)
    if not 0 <= successes <= n:
        msg = f"successes is {successes}; it must lie between 0 and n = {n}"
        raise ValueError(msg)
    if population_size is not None and population_size < n:
        msg = f"n = {n} answers exceed the population of {population_size}; correct the population or look for doubles"
        raise ValueError(msg)


def _finite_size(n: int, population_size: int | None) -> float | None:
    """Return n enlarged by the finite population correction; None where everybody was asked."""
    if population_size is None:
        return float(n)
    if population_size == n:
        return None
    return n * (population_size - 1) / (population_size - n)


def _standard_error(successes: int, n: int, population_size: int | None) -> float:
    """Return √(pq/n), or the design-based √((1 − n/N) pq/(n − 1)) of Cochran (1977), equation 3.8."""
    share = successes / n
    if population_size is None:
        return sqrt(share * (1.0 - share) / n)
    return sqrt((1.0 - n / population_size) * share * (1.0 - share) / max(n - 1, 1))


def _hypergeometric(successes: int, n: int, confidence_level: float, population_size: int) -> Interval:
    """Invert the hypergeometric distribution: the satisfied in the population that both tails allow, over N."""
    from scipy.stats import hypergeom  # noqa: PLC0415 - scipy costs two seconds that most callers do not need

    require_confidence_level(confidence_level)
    tail = (1.0 - confidence_level) / 2.0

    def too_few(satisfied: int) -> bool:
        return bool(hypergeom.sf(successes - 1, population_size, satisfied, n) <= tail)

    def not_too_many(satisfied: int) -> bool:
        return bool(hypergeom.cdf(successes, population_size, satisfied, n) > tail)

    fewest, most = successes, population_size - (n - successes)
    low = _first_false(too_few, fewest, most)
    high = _first_false(not_too_many, fewest, most + 1) - 1
    return Interval(low / population_size, high / population_size)


def _first_false(holds: Callable[[int], bool], start: int, stop: int) -> int:
    """Return the first whole number from ``start`` on for which ``holds`` ends, at most ``stop``, by bisection."""
    while start < stop:
        middle = (start + stop) // 2
        if holds(middle):
            start = middle + 1
        else:
            stop = middle
    return start
