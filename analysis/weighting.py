"""Weights that agree with known totals: post-stratification, raking, and what uneven weights cost.

The returned design remembers what was known, so that standard errors come from the residuals that the known totals
leave, not from the base formula.  Regression calibration is in ``analysis.calibration``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.design import Codes, Design
from analysis.intervals import Floats

_MARGINS_AGREE = 1e-6  # relative; published margins are rounded
_TRIMMED = 1e-10  # relative gap of the sum that is rounding
_RESIDUAL_ROUNDS = 10  # as many as R's survey takes


class WeightingError(ValueError):
    """Known totals that the sample cannot be made to agree with; the message names the cell."""


@dataclass(frozen=True, slots=True)
class Margin:
    """One known distribution.

    Attributes:
        name: Of the variable, for messages.
        categories: One a row.
        population: Units of the population in each category.
    """

    name: str
    categories: ArrayLike
    population: Mapping[str, float]


def kish_effective_n(weights: ArrayLike) -> float:
    """Return (Σw)² / Σw², the equally weighted sample that uneven weights leave.

    Kish, L. (1965), Survey Sampling, Wiley, section 11.2C.
    """
    w = np.asarray(weights, dtype=np.float64)
    return float(w.sum() ** 2 / np.square(w).sum())


def kish_design_effect(weights: ArrayLike) -> float:
    """Return n Σw² / (Σw)², the factor by which uneven weights enlarge a variance; rows without weight do not count."""
    w = np.asarray(weights, dtype=np.float64)
    return float(np.count_nonzero(w) / kish_effective_n(w))


def post_stratify(design: Design, margin: Margin) -> Design:
    """Weight the sample so that every category adds up to its known number.

    Raises:
        WeightingError: A category that is known but not sampled, or sampled but not known.
    """
    cell, population = _read_margin(design, margin)
    adjusted = _adjust(design.weights, cell, population)
    residual = _PostStratumResidual(cell, design.weights, adjusted)
    return replace(design, weights=adjusted, residuals=(*design.residuals, residual), is_simple=False)


def rake(design: Design, margins: Sequence[Margin], *, tolerance: float = 1e-10, max_rounds: int = 1000) -> Design:
    """Weight the sample so that several known distributions hold at once, by iterative proportional fitting.

    Deming, W. E. and Stephan, F. F. (1940), Ann. Math. Stat. 11, 427-444.

    Args:
        design: Whole.
        margins: At least one; their populations must add up to the same number, but for rounding, where the sum of
            the first holds.
        tolerance: Largest relative gap between a weighted and a known number at which the fit is called done.
        max_rounds: Rounds through all margins.

    Raises:
        WeightingError: As in ``post_stratify``, margins that disagree about the population, or no convergence.
    """
    read = [_read_margin(design, margin) for margin in margins]
    _refuse_disagreement(margins, read)
    whole = read[0][1].sum()
    read = [(cell, population * (whole / population.sum())) for cell, population in read]
    weights = design.weights
    for _ in range(max_rounds):
        for cell, population in read:
            weights = _adjust(weights, cell, population)
        gap, where = _worst_gap(weights, margins, read)
        if gap <= tolerance:
            residual = _RakingResidual(tuple(cell for cell, _ in read), weights)
            return replace(design, weights=weights, residuals=(*design.residuals, residual), is_simple=False)
    msg = f"raking did not converge: {where} is still off by {gap:.2g} of its number; join small categories"
    raise WeightingError(msg)


def trim_weights(weights: ArrayLike, *, lower: float = 0.0, upper: float = np.inf) -> Floats:
    """Bound the weights and spread what was cut off over the others in proportion, so that their sum stays.

    Rows without weight stay without.  Trimming gives up some agreement with known totals for precision; trim before
    calibrating, or calibrate with bounds.

    Raises:
        WeightingError: The bounds cannot hold the sum of the weights.
    """
    w = np.asarray(weights, dtype=np.float64)
    counted = w > 0
    total = float(w.sum())
    slack = _TRIMMED / 100.0
    if not counted.sum() * lower * (1.0 - slack) <= total <= counted.sum() * upper * (1.0 + slack):
        msg = f"weights between {lower:g} and {upper:g} cannot add up to {total:g}; widen the bounds"
        raise WeightingError(msg)
    trimmed = np.where(counted, np.clip(w, lower, upper), 0.0)
    missing = total - trimmed.sum()
    # Every round fills up at least one weight, or spreads all that is missing.
    while abs(missing) > _TRIMMED * total:
        free = counted & ((trimmed < upper) if missing > 0 else (trimmed > lower))
        trimmed[free] = np.clip(trimmed[free] * (1.0 + missing / trimmed[free].sum()), lower, upper)
        missing = total - trimmed.sum()
    return trimmed


@dataclass(frozen=True, slots=True)
class _PostStratumResidual:
    """Deviations from the mean of each cell, the cells weighted as before the adjustment."""

    cell: Codes
    before: Floats
    after: Floats

    def __call__(self, weighted: Floats) -> Floats:
        plain = weighted / np.where(self.after > 0, self.after, 1.0)[:, None]
        return np.asarray((plain - _cell_means(plain, self.cell, self.before)) * self.after[:, None])


@dataclass(frozen=True, slots=True)
class _RakingResidual:
    """Deviations from the means of each margin in turn, by alternating projections as R's ``survey`` takes them."""

    cells: tuple[Codes, ...]
    after: Floats

    def __call__(self, weighted: Floats) -> Floats:
        plain = weighted / np.where(self.after > 0, self.after, 1.0)[:, None]
        equal = np.ones(len(self.after))
        for _ in range(_RESIDUAL_ROUNDS):
            for cell in self.cells:
                plain = plain - _cell_means(plain, cell, equal)
        return np.asarray(plain * self.after[:, None])


def _cell_means(values: Floats, cell: Codes, weights: Floats) -> Floats:
    """Return per row and column the weighted mean of the row's cell."""
    below = np.bincount(cell, weights=weights)
    sums = np.stack([np.bincount(cell, weights=weights * column) for column in values.T], axis=1)
    return np.asarray((sums / np.where(below > 0, below, 1.0)[:, None])[cell])


def _read_margin(design: Design, margin: Margin) -> tuple[Codes, Floats]:
    """Return the category of each row by number and the population of each number."""
    names, cell = np.unique(np.asarray(margin.categories).astype(str), return_inverse=True)
    cell = cell.reshape(-1).astype(np.int64)
    known = {str(category): float(count) for category, count in margin.population.items()}
    for category in names:
        if str(category) not in known:
            msg = f"{margin.name} = {category} occurs in the sample but has no known number; add it or recode the rows"
            raise WeightingError(msg)
    _refuse_empty(design, margin, known, names, cell)
    return cell, np.array([known[str(category)] for category in names])


def _refuse_empty(
    design: Design, margin: Margin, known: Mapping[str, float], names: NDArray[np.str_], cell: Codes
) -> None:
    if sum(known.values()) == 0:
        msg = f"the known numbers of {margin.name} add up to 0; give the numbers of the population"
        raise WeightingError(msg)
    sampled = dict(zip(map(str, names), np.bincount(cell, weights=design.weights), strict=True))
    for category, count in known.items():
        if not count >= 0 or not np.isfinite(count):
            msg = f"the known number of {margin.name} = {category} is {count:g}; give a number of at least 0"
            raise WeightingError(msg)
        if count > 0 and sampled.get(category, 0.0) == 0:
            msg = f"nobody in the sample has {margin.name} = {category}; join it with another category"
            raise WeightingError(msg)


def _refuse_disagreement(margins: Sequence[Margin], read: Sequence[tuple[Codes, Floats]]) -> None:
    totals = [float(population.sum()) for _, population in read]
    for margin, total in zip(margins, totals, strict=True):
        if abs(total - totals[0]) > _MARGINS_AGREE * totals[0]:
            msg = (
                f"{margin.name} adds up to {total:g} and {margins[0].name} to {totals[0]:g}; "
                "all margins must describe the same population"
            )
            raise WeightingError(msg)


def _adjust(weights: Floats, cell: Codes, population: Floats) -> Floats:
    sampled = np.bincount(cell, weights=weights, minlength=len(population))
    factor = population / np.where(sampled > 0, sampled, 1.0)
    return np.asarray(weights * factor[cell])


def _worst_gap(weights: Floats, margins: Sequence[Margin], read: Sequence[tuple[Codes, Floats]]) -> tuple[float, str]:
    worst, where = 0.0, ""
    for margin, (cell, population) in zip(margins, read, strict=True):
        gap = np.abs(np.bincount(cell, weights=weights) - population) / np.maximum(population, 1.0)
        if gap.max() > worst:
            category = np.unique(np.asarray(margin.categories).astype(str))[int(np.argmax(gap))]
            worst, where = float(gap.max()), f"{margin.name} = {category}"
    return worst, where
