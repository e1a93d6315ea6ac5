"""Ranks with confidence sets, chances of the top and the bottom, and groups that cannot be told apart.

The highest value has rank 1.  Units with the same value share the better rank and the next one is skipped (1, 2, 2, 4).
A unit whose value is NaN is missing: it is not ranked, does not count, and has rank, low_rank and high_rank 0.

A set holds every rank that the data do not rule out: low_rank is 1 plus the units proven better, high_rank the number
of ranked units less those proven worse.  *Marginal* sets answer "where do we stand": each one holds with the confidence
level.  *Simultaneous* sets belong to a league table: all of them hold together.

Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024), Review of Economic Studies 91, 476-518.  The pairwise
form replaces their bootstrap by Holm's procedure with normal quantiles: no random numbers, and slightly wider sets.
The estimates of different units must be independent, and their standard errors must not be 0 merely because all
answers were the same: see ``cautious_standard_errors``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.intervals import require_confidence_level
from analysis.rank_bootstrap import Bootstrap
from analysis.rank_pairs import (
    Floats,
    Integers,
    Rejections,
    bonferroni_critical_value,
    holm_limits,
    step_down,
    step_down_each,
    upper_triangle,
)
from analysis.ratios import PSEUDO_SUCCESSES

Sets = Literal["simultaneous", "marginal"]
Method = Literal["pairwise", "bootstrap"]
DRAWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class RankSets:
    """Ranks and their confidence sets, in the order of the input.

    Attributes:
        rank: int64; 0 for a missing unit, as in the next two.
        low_rank: Best rank of the set, int64.
        high_rank: Worst rank of the set, int64.
        critical_value: Of the last step for each unit's pairs; NaN for a missing unit, 0 where there is no pair.
        ranked: Number of units that have a rank.
        sets: ``"simultaneous"`` or ``"marginal"``.
        method: ``"pairwise"`` or ``"bootstrap"``.
        confidence_level: Of each set, or of all together.
        seed: Of the bootstrap; None for the closed form.
        draws: Of the bootstrap; 0 for the closed form.
    """

    rank: Integers
    low_rank: Integers
    high_rank: Integers
    critical_value: Floats
    ranked: int
    sets: Sets
    method: Method
    confidence_level: float
    seed: int | None
    draws: int


def ranks(values: npt.ArrayLike) -> Integers:
    """Rank values from the highest; ties share the better rank, NaN gets 0."""
    x = np.asarray(values, dtype=np.float64)
    ascending = np.sort(x[~np.isnan(x)])
    better = len(ascending) - np.searchsorted(ascending, x, side="right")
    return np.where(np.isnan(x), 0, better + 1).astype(np.int64)


def rank_sets(
    values: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    *,
    sets: Sets = "simultaneous",
    method: Method = "pairwise",
    confidence_level: float = 0.95,
    seed: int | None = None,
    draws: int = 1000,
) -> RankSets:
    """Rank units and say which ranks the data leave open.

    Args:
        values: Shape (units,); the highest is best, NaN is missing.
        standard_errors: Shape (units,), finite and not negative; ignored for missing units.
        sets: ``"simultaneous"`` for a league table, ``"marginal"`` for one unit's own rank.
        method: ``"pairwise"``, the closed form, or ``"bootstrap"`` of the largest statistic.
        confidence_level: Of the sets.
        seed: Of the bootstrap, which needs one; the same seed gives the same sets in any order of the units.
        draws: Of the bootstrap.

    Raises:
        ValueError: Arrays that do not fit, a standard error that is none, an unknown choice, a missing seed.
    """
    _check_choices(sets, method, seed, draws)
    require_confidence_level(confidence_level)
    x, errors = _checked(values, standard_errors)
    # From the best down; the order of the input has no say, so that the bootstrap's draws do not depend on it.
    order = np.lexsort((errors, -x))[: int(np.count_nonzero(~np.isnan(x)))]
    units = len(order)
    found = _rejections(
        x[order], errors[order] ** 2, sets, method, confidence_level, -1 if seed is None else seed, draws
    )
    low, high = np.zeros(len(x), dtype=np.int64), np.zeros(len(x), dtype=np.int64)
    critical = np.full(len(x), np.nan)
    low[order], high[order], critical[order] = 1 + found.better, units - found.worse, found.critical_value
    bootstrap = method == "bootstrap"
    return RankSets(
        rank=ranks(x),
        low_rank=low,
        high_rank=high,
        critical_value=critical,
        ranked=units,
        sets=sets,
        method=method,
        confidence_level=confidence_level,
        seed=seed if bootstrap else None,
        draws=draws if bootstrap else 0,
    )


def _rejections(
    values: Floats, variances: Floats, sets: Sets, method: Method, confidence_level: float, seed: int, draws: int
) -> Rejections:
    units = len(values)
    if units <= 1:
        nobody = np.zeros(units, dtype=np.int64)
        return Rejections(nobody, nobody, np.zeros(units))
    if method == "pairwise" and sets == "marginal":
        return step_down_each(values, variances, holm_limits(confidence_level))
    if method == "pairwise":
        return step_down(
            upper_triangle(values, variances),
            units,
            lambda pairs, _before: bonferroni_critical_value(pairs, confidence_level),
        )
    drawn = Bootstrap.draw(values, variances, draws=draws, seed=seed, confidence_level=confidence_level)
    if sets == "marginal":
        return step_down_each(values, variances, drawn.critical_values)
    return step_down(upper_triangle(values, variances), units, drawn.critical_value)


def cautious_standard_errors(
    values: npt.ArrayLike, standard_errors: npt.ArrayLike, effective_n: npt.ArrayLike
) -> Floats:
    """Replace standard errors of 0 of shares by those of the adjusted share (k + 2) / (n + 4).

    A unit at 100 % has a standard error of 0 and would be taken as known; ranks, Fay–Herriot and the like need this
    instead: Agresti, A. and Coull, B. A. (1998), The American Statistician 52, 119-126.  The same as
    ``ratios.cautious_variance``, for arrays.
    """
    share, errors, size = (np.asarray(part, dtype=np.float64) for part in (values, standard_errors, effective_n))
    enlarged = size + 2 * PSEUDO_SUCCESSES
    adjusted = (share * size + PSEUDO_SUCCESSES) / enlarged
    return np.where(errors > 0.0, errors, np.sqrt(adjusted * (1.0 - adjusted) / enlarged))


def top_probability(
    values: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    k: int,
    *,
    seed: int,
    draws: int = 10_000,
    bottom: bool = False,
) -> Floats:
    """Estimate each unit's chance of being among the k best (or, with ``bottom``, the k last).

    The share of draws of independent normal values around the estimates in which it is.  That is a posterior chance
    under a flat prior, not a confidence level; its own Monte Carlo error is at most 0.5 / √draws.  NaN for missing
    units; the order of the units does not matter.

    Raises:
        ValueError: k outside 1 to the number of ranked units, or arrays as in ``rank_sets``.
    """
    x, errors = _checked(values, standard_errors)
    order = np.lexsort((errors, -x))[: int(np.count_nonzero(~np.isnan(x)))]
    if not 1 <= k <= len(order):
        msg = f"k is {k}; it must lie between 1 and the {len(order)} ranked units"
        raise ValueError(msg)
    sign = 1.0 if bottom else -1.0
    generator = np.random.Generator(np.random.PCG64(seed))
    counts = np.zeros(len(order), dtype=np.int64)
    for start in range(0, draws, DRAWS_AT_ONCE):
        noise = generator.standard_normal((min(DRAWS_AT_ONCE, draws - start), len(order)))
        drawn = sign * (x[order] + errors[order] * noise)
        counts += np.bincount(np.argpartition(drawn, k - 1, axis=1)[:, :k].ravel(), minlength=len(order))
    chances = np.full(len(x), np.nan)
    chances[order] = counts / draws
    return chances


def indistinguishable_groups(
    values: npt.ArrayLike, standard_errors: npt.ArrayLike, *, confidence_level: float = 0.95
) -> tuple[Integers, ...]:
    """Group neighbours in the league table of whom no two are proven different, by the closed form.

    Each group is as long as it can be, from the best unit down, as indexes of the input; groups may overlap, and a unit
    that differs from both neighbours stands alone.  All statements hold together with the confidence level.
    """
    x, errors = _checked(values, standard_errors)
    order = np.lexsort((errors, -x))[: int(np.count_nonzero(~np.isnan(x)))]
    if len(order) == 0:
        return ()
    sets = rank_sets(x[order], errors[order], confidence_level=confidence_level)
    limit = sets.critical_value[0] ** 2
    nearest = np.full(len(order), len(order))
    for start, squares in upper_triangle(x[order], errors[order] ** 2):
        proven = squares > limit
        first = np.where(proven.any(axis=1), start + proven.argmax(axis=1), len(order))
        nearest[start : start + len(squares)] = first
    ends = np.minimum.accumulate(nearest[::-1])[::-1]  # first unit that differs from this one or any below it
    starts = np.flatnonzero(np.concatenate([[True], ends[1:] > ends[:-1]]))
    return tuple(order[start : ends[start]] for start in starts)


def _check_choices(sets: str, method: str, seed: int | None, draws: int) -> None:
    if sets not in {"simultaneous", "marginal"} or method not in {"pairwise", "bootstrap"}:
        msg = f"sets is {sets!r} and method {method!r}; choose simultaneous or marginal, pairwise or bootstrap"
        raise ValueError(msg)
    if method == "bootstrap" and (seed is None or draws < 1):
        msg = "the bootstrap needs a seed and at least one draw"
        raise ValueError(msg)


def _checked(values: npt.ArrayLike, standard_errors: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, errors = np.asarray(values, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    if x.ndim != 1 or x.shape != errors.shape:
        msg = f"values have shape {x.shape} and standard errors {errors.shape}; give one of each for every unit"
        raise ValueError(msg)
    known = ~np.isnan(x)
    bad = np.flatnonzero(known & ~(np.isfinite(x) & np.isfinite(errors) & (errors >= 0.0)))
    if len(bad):
        unit = int(bad[0])
        msg = (
            f"unit {unit} has value {x[unit]} and standard error {errors[unit]}; both must be finite, no error below 0"
        )
        raise ValueError(msg)
    return x, np.where(known, errors, 0.0)
