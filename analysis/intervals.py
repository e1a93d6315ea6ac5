"""Bounds of confidence intervals for shares, on arrays.

Every function takes shares (0–1) and sample sizes that need not be whole numbers, broadcasts them against each other,
and returns the lower and the upper bounds.  At a share of exactly 0 or 1 the bound on that side is exactly 0 or 1,
the interval contains the share, and it has a width; a size of 0 gives the whole range from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import erfc, inf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]
BoundsFunction = Callable[..., Bounds]


def require_confidence_level(confidence_level: float) -> None:
    """Raise ValueError unless the level lies strictly between 0 and 1."""
    if not 0.0 < confidence_level < 1.0:
        msg = f"confidence_level is {confidence_level}; give a share between 0 and 1, such as 0.95"
        raise ValueError(msg)


def critical_value(confidence_level: float, degrees_of_freedom: float | None = None) -> float:
    """Return the two-sided quantile: Student's t, or the normal one where ``degrees_of_freedom`` is None or infinite.

    Infinite where there are no degrees of freedom left.
    """
    require_confidence_level(confidence_level)
    return tail_quantile((1.0 - confidence_level) / 2.0, degrees_of_freedom)


@lru_cache(maxsize=4096)
def tail_quantile(tail: float, degrees_of_freedom: float | None = None) -> float:
    """Return the quantile that leaves ``tail`` (0–0.5) above it; arguments as in ``critical_value``.

    The tail is what is passed on, since at high levels 1 less the tail rounds to 1.
    """
    if degrees_of_freedom is None or degrees_of_freedom == inf:
        return -NormalDist().inv_cdf(tail)
    if degrees_of_freedom <= 0:
        return inf
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy costs two seconds that most callers do not need

    return -float(stdtrit(degrees_of_freedom, tail))


def normal_tail(z: float) -> float:
    """Return the probability of a standard normal value above ``z``, with all its digits however small it is."""
    return erfc(z / sqrt(2.0)) / 2.0


def wilson_bounds(share: ArrayLike, n: ArrayLike, *, confidence_level: float, critical: float | None = None) -> Bounds:
    """Bound shares by Wilson's score interval without continuity correction.

    Wilson, E. B. (1927), J. Amer. Stat. Assoc. 22, 209-212.  ``critical`` replaces the normal quantile, for a t
    quantile on an effective sample size.
    """
    p, size = _prepare(share, n)
    z = critical_value(confidence_level) if critical is None else critical
    if np.isinf(z):
        return np.zeros_like(p), np.ones_like(p)
    centre, scale = 2.0 * size * p + z * z, 2.0 * (size + z * z)
    high = (centre + z * np.sqrt(z * z + 4.0 * size * p * (1.0 - p))) / scale
    # The product of the roots is np²/(n + z²): the lower one comes without a difference, and so without losing digits.
    low = p * p * size / ((size + z * z) * high)
    return _tidy(p, size, low, high)


def wilson_ends(share: float, n: float, *, confidence_level: float) -> tuple[float, float]:
    """Bound one share by Wilson's interval: to the last bit what ``wilson_bounds`` says, without the cost of arrays."""
    if not n > 0.0:
        return 0.0, 1.0
    z = critical_value(confidence_level)
    centre, scale = 2.0 * n * share + z * z, 2.0 * (n + z * z)
    high = (centre + z * sqrt(z * z + 4.0 * n * share * (1.0 - share))) / scale
    low = share * share * n / ((n + z * z) * high)
    return (
        0.0 if share <= 0.0 else max(min(low, share), 0.0),
        1.0 if share >= 1.0 else min(max(high, share), 1.0),
    )


def agresti_coull_bounds(share: ArrayLike, n: ArrayLike, *, confidence_level: float) -> Bounds:
    """Bound shares by the adjusted Wald interval, clipped to 0–1.

    Agresti, A. and Coull, B. A. (1998), The American Statistician 52, 119-126.
    """
    p, size = _prepare(share, n)
    z = critical_value(confidence_level)
    enlarged = size + z * z
    centre = (p * size + z * z / 2.0) / enlarged
    spread = z * np.sqrt(centre * (1.0 - centre) / enlarged)
    return _tidy(p, size, centre - spread, centre + spread)


def clopper_pearson_bounds(share: ArrayLike, n: ArrayLike, *, confidence_level: float) -> Bounds:
    """Bound shares by the exact binomial interval, in its beta form, so that ``n`` may be an effective size.

    Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy costs two seconds that most callers do not need

    p, size = _prepare(share, n)
    tail = (1.0 - confidence_level) / 2.0
    require_confidence_level(confidence_level)
    hits, misses = p * size, (1.0 - p) * size
    with np.errstate(invalid="ignore"):
        low = betaincinv(hits, misses + 1.0, tail)
        high = 1.0 - betaincinv(misses, hits + 1.0, tail)
    return _tidy(p, size, low, high)


def jeffreys_bounds(share: ArrayLike, n: ArrayLike, *, confidence_level: float) -> Bounds:
    """Bound shares by the equal-tailed Jeffreys interval, with the ends of Brown, Cai and DasGupta at 0 and 1.

    Brown, L. D., Cai, T. T. and DasGupta, A. (2001), Statistical Science 16, 101-133.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - scipy costs two seconds that most callers do not need

    p, size = _prepare(share, n)
    tail = (1.0 - confidence_level) / 2.0
    require_confidence_level(confidence_level)
    hits, misses = p * size + 0.5, (1.0 - p) * size + 0.5
    low = betaincinv(hits, misses, tail)
    high = 1.0 - betaincinv(misses, hits, tail)
    return _tidy(p, size, low, high)


def wald_bounds(share: ArrayLike, n: ArrayLike, *, confidence_level: float) -> Bounds:
    """Bound shares by the normal approximation; for comparison only.

    It is neither clipped nor widened at 0 and 1, since its failure there is what a comparison shows.
    """
    p, size = _prepare(share, n)
    spread = critical_value(confidence_level) * np.sqrt(p * (1.0 - p) / size)
    return p - spread, p + spread


BOUNDS: dict[str, BoundsFunction] = {
    "wilson": wilson_bounds,
    "clopper_pearson": clopper_pearson_bounds,
    "jeffreys": jeffreys_bounds,
    "agresti_coull": agresti_coull_bounds,
    "wald": wald_bounds,
}


def _prepare(share: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return both as float arrays of one shape."""
    p, size = np.broadcast_arrays(np.asarray(share, dtype=np.float64), np.asarray(n, dtype=np.float64))
    return p, size


def _tidy(p: Floats, size: Floats, low: Floats, high: Floats) -> Bounds:
    """Make the ends exact at 0 and 1, keep the share inside, and open the range where there is no answer."""
    low = np.maximum(np.minimum(low, p), 0.0)
    high = np.minimum(np.maximum(high, p), 1.0)
    nobody = ~(size > 0)
    low = np.where((p <= 0.0) | nobody, 0.0, low)
    high = np.where((p >= 1.0) | nobody, 1.0, high)
    return low, high
