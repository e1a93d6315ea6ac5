"""Many comparisons at once: p-values adjusted for a named family.

Holm for claims (the chance of a single false claim in the family), Benjamini and Hochberg for screening (the expected
share of false ones among those picked out).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.intervals import Floats


def holm(p_values: ArrayLike) -> Floats:
    """Adjust by Holm's step-down Bonferroni procedure.

    Holm, S. (1979), Scand. J. Statistics 6, 65-70.  Valid under any dependence.  NaN stays NaN and does not count.
    """
    p = _read(p_values)
    order, size = _ascending(p)
    factors = np.arange(size, 0, -1)
    return _place(p, order, np.maximum.accumulate(p[order] * factors))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Adjust by Benjamini and Hochberg's step-up procedure.

    Benjamini, Y. and Hochberg, Y. (1995), J. R. Stat. Soc. B 57, 289-300.  NaN stays NaN and does not count.
    """
    p = _read(p_values)
    order, size = _ascending(p)
    factors = size / np.arange(1, size + 1)
    return _place(p, order, np.minimum.accumulate((p[order] * factors)[::-1])[::-1])


def bonferroni(p_values: ArrayLike) -> Floats:
    """Multiply by the number of comparisons; Holm is never worse.  NaN stays NaN and does not count."""
    p = _read(p_values)
    order, size = _ascending(p)
    return _place(p, order, p[order] * size)


ADJUSTMENTS = {"holm": holm, "benjamini_hochberg": benjamini_hochberg, "bonferroni": bonferroni}


def _read(p_values: ArrayLike) -> Floats:
    p = np.asarray(p_values, dtype=np.float64)
    if not np.all(np.isnan(p) | ((p >= 0) & (p <= 1))):
        msg = "a p-value lies outside 0–1; give probabilities"
        raise ValueError(msg)
    return p


def _ascending(p: Floats) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """Return the places of the p-values that are known, smallest first, and how many they are."""
    size = int(np.count_nonzero(~np.isnan(p)))
    return np.argsort(p, kind="stable")[:size].astype(np.int64), size


def _place(p: Floats, order: np.ndarray[tuple[int], np.dtype[np.int64]], adjusted: Floats) -> Floats:
    placed = np.full(p.shape, np.nan)
    placed[order] = np.minimum(adjusted, 1.0)
    return placed
