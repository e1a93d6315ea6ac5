"""Tests of all pairs of units at once, for confidence sets of ranks.

Units come sorted from the highest value to the lowest, with their variances; their estimates are independent.  The
statistic of a pair is t = |x - y| / √(v + w): 0 where the values are the same, infinite where they differ without any
variance.  A family is all pairs (simultaneous sets) or, for each unit, the pairs it is part of (marginal sets).
Pairs that are rejected leave the family, the critical value falls, and so on until nothing more is rejected: Holm's
procedure with the normal distribution and Bonferroni's inequality, Romano and Wolf's with the bootstrap.

Holm, S. (1979), Scand. J. Statist. 6, 65-70.  Romano, J. P. and Wolf, M. (2005), Econometrica 73, 1237-1282.

No pair is visited by Python: rows are taken in blocks small enough for the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Block = tuple[int, Floats]  # first row, and t² of its rows with all columns from the first row on

ROWS_AT_ONCE = 32  # at most 255, since columns of a block are counted in one byte


@dataclass(frozen=True, slots=True)
class Rejections:
    """For each unit, sorted as it came: how many are proven better and worse, and the critical value of its family."""

    better: Integers
    worse: Integers
    critical_value: Floats


def bonferroni_critical_value(pairs: int, confidence_level: float) -> float:
    """Return the two-sided normal quantile for a family of so many pairs."""
    return -NormalDist().inv_cdf((1.0 - confidence_level) / (2.0 * pairs))


def upper_triangle(values: Floats, variances: Floats) -> list[Block]:
    """Return t² of every pair once, in blocks of rows; 0 below the diagonal of a block."""
    units, found = len(values), []
    for start in range(0, units, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, units)
        squares = squared_statistics(values[start:stop], variances[start:stop], values[start:], variances[start:])
        squares[:, : stop - start] = np.triu(squares[:, : stop - start], k=1)
        found.append((start, squares))
    return found


def squared_statistics(
    values: Floats, variances: Floats, other_values: Floats | None = None, other_variances: Floats | None = None
) -> Floats:
    """Return t² of some units (rows) with others (columns; the same units where none are given)."""
    others = values if other_values is None else other_values
    spread = variances if other_variances is None else other_variances
    squares: Floats = values[:, None] - others
    np.multiply(squares, squares, out=squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(squares, variances[:, None] + spread, out=squares)
    if not (variances.all() and spread.all()):
        np.nan_to_num(squares, copy=False, nan=0.0, posinf=np.inf)
    return squares


def step_down(triangle: list[Block], units: int, critical_value: Callable[[int, float], float]) -> Rejections:
    """Reject pairs of one family of all pairs.

    ``critical_value`` gets the number of pairs left in the family and the critical value that left them (infinite at
    first), and returns the next one.
    """
    pairs = units * (units - 1) // 2
    limit, rejected, before = np.inf, 0, -1
    while before < rejected < pairs:
        before = rejected
        limit = critical_value(pairs - rejected, limit)
        rejected = sum(int(np.count_nonzero(squares > limit**2)) for _, squares in triangle)
    better, worse = np.zeros(units, dtype=np.int64), np.zeros(units, dtype=np.int64)
    for start, squares in triangle:
        proven = squares > limit**2
        worse[start : start + len(squares)] += np.count_nonzero(proven, axis=1)
        better[start:] += proven.view(np.uint8).sum(axis=0, dtype=np.uint8)
    return Rejections(better, worse, np.full(units, limit))


def step_down_each(
    values: Floats, variances: Floats, critical_values: Callable[[Integers, Floats], Floats]
) -> Rejections:
    """Reject pairs of one family a unit.

    ``critical_values`` gets, for each unit, the number of pairs left in its family and the critical value that left
    them (infinite at first), and returns the next ones; where no pair is left it may return anything.
    """
    units = len(values)
    squares = np.empty((units, units))
    parts = [slice(start, min(start + ROWS_AT_ONCE, units)) for start in range(0, units, ROWS_AT_ONCE)]
    for rows in parts:
        squares[rows] = squared_statistics(values[rows], variances[rows], values, variances)
    limits, rejected, before = np.full(units, np.inf), np.zeros(units, dtype=np.int64), np.full(units, -1)
    while (open_ := (before < rejected) & (rejected < units - 1)).any():
        before = rejected.copy()
        limits = np.where(open_, critical_values(units - 1 - rejected, limits), limits)
        for rows in parts:
            rejected[rows] = np.count_nonzero(squares[rows] > limits[rows, None] ** 2, axis=1)
    better = np.zeros(units, dtype=np.int64)
    for rows in parts:
        before_all, among = slice(rows.start), squares[rows, rows] > limits[rows, None] ** 2
        better[rows] = np.count_nonzero(squares[rows, before_all] > limits[rows, None] ** 2, axis=1)
        better[rows] += np.count_nonzero(np.tril(among), axis=1)
    return Rejections(better, rejected - better, limits)


def holm_limits(confidence_level: float) -> Callable[[Integers, Floats], Floats]:
    """Return the critical values of Bonferroni for each unit's family, for ``step_down_each``."""

    def limits(pairs_left: Integers, _before: Floats) -> Floats:
        sizes, place = np.unique(np.maximum(pairs_left, 1), return_inverse=True)
        return np.array([bonferroni_critical_value(int(size), confidence_level) for size in sizes])[place]

    return limits
