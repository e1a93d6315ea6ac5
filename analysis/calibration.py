"""Calibration of weights to known totals of numbers, within bounds.

Deville, J.-C. and Särndal, C.-E. (1992), J. Amer. Stat. Assoc. 87, 376-382.  Standard errors rest on the residuals of
the regression on the auxiliary numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.design import Design
from analysis.intervals import Floats
from analysis.weighting import WeightingError

Distance = Literal["linear", "raking", "logit"]


def calibrate(
    design: Design,
    auxiliaries: ArrayLike,
    known_totals: ArrayLike,
    *,
    names: Sequence[str],
    distance: Distance = "linear",
    bounds: tuple[float, float] = (-inf, inf),
    tolerance: float = 1e-10,
    max_steps: int = 100,
) -> Design:
    """Change the weights as little as possible so that the auxiliary numbers add up to their known totals.

    Args:
        design: Whole.
        auxiliaries: Rows × numbers; a column of ones calibrates to the size of the population.
        known_totals: One a column.
        names: One a column, for messages.
        distance: ``"linear"`` may give negative weights without bounds; ``"logit"`` needs bounds.
        bounds: Lowest and highest factor by which a weight may change, around 1.
        tolerance: Largest relative gap at which the fit is called done.
        max_steps: Of Newton's method.

    Raises:
        WeightingError: Numbers that are missing, bounds that cannot hold, no convergence.
    """
    x = np.asarray(auxiliaries, dtype=np.float64)
    goal = np.asarray(known_totals, dtype=np.float64)
    _refuse_impossible(x, goal, names, distance, bounds)
    factor = _solve(x, design.weights, goal, names, _Change(distance, *bounds), (tolerance, max_steps))
    residual = _RegressionResidual(_orthonormal(x * np.sqrt(design.weights)[:, None]), factor * np.sqrt(design.weights))
    return replace(design, weights=design.weights * factor, residuals=(*design.residuals, residual), is_simple=False)


@dataclass(frozen=True, slots=True)
class _Change:
    """The factor of a weight as a function of its linear predictor, and the derivative."""

    distance: Distance
    low: float
    high: float

    def __call__(self, predictor: Floats) -> tuple[Floats, Floats]:
        if self.distance == "linear":
            factor = 1.0 + predictor
            inside = (factor > self.low) & (factor < self.high)
            return np.clip(factor, self.low, self.high), inside.astype(np.float64)
        if self.distance == "raking":
            factor = np.exp(np.minimum(predictor, 700.0))
            inside = (factor > self.low) & (factor < self.high)
            return np.clip(factor, self.low, self.high), np.where(inside, factor, 0.0)
        return self._logit(predictor)

    def _logit(self, predictor: Floats) -> tuple[Floats, Floats]:
        below, above = 1.0 - self.low, self.high - 1.0
        slope = (self.high - self.low) / (below * above)
        # Written with the odds of the upper bound, which cannot overflow.
        odds = 1.0 / (1.0 + above / below * np.exp(-np.clip(slope * predictor, -700.0, 700.0)))
        return self.low + (self.high - self.low) * odds, (self.high - self.low) * slope * odds * (1.0 - odds)


@dataclass(frozen=True, slots=True)
class _RegressionResidual:
    """Residuals of the regression on the auxiliary numbers, weighted as before the calibration."""

    basis: Floats
    scale: Floats

    def __call__(self, weighted: Floats) -> Floats:
        plain = weighted / np.where(self.scale != 0, self.scale, 1.0)[:, None]
        return np.asarray((plain - self.basis @ (self.basis.T @ plain)) * self.scale[:, None])


def _refuse_impossible(
    x: Floats, goal: Floats, names: Sequence[str], distance: str, bounds: tuple[float, float]
) -> None:
    low, high = bounds
    if not low < 1.0 < high:
        msg = f"the bounds are {low:g} and {high:g}; the factor 1 must lie between them"
        raise WeightingError(msg)
    if distance == "logit" and not (np.isfinite(low) and np.isfinite(high)):
        msg = "logit calibration needs two finite bounds, such as (0.3, 3)"
        raise WeightingError(msg)
    for index, name in enumerate(names):
        if not (np.isfinite(x[:, index]).all() and np.isfinite(goal[index])):
            msg = f"{name} is missing in a row or has no known total; complete it or leave it out"
            raise WeightingError(msg)


def _solve(
    x: Floats, weights: Floats, goal: Floats, names: Sequence[str], change: _Change, patience: tuple[float, int]
) -> Floats:
    """Return the factors by Newton's method, halving steps that lead away."""
    coefficients = np.zeros(x.shape[1])
    factor, derivative = change(x @ coefficients)
    gap = goal - x.T @ (weights * factor)
    tolerance, max_steps = patience
    for _ in range(max_steps):
        if np.all(np.abs(gap) <= tolerance * (1.0 + np.abs(goal))):
            return factor
        step = np.linalg.pinv((x * (weights * derivative)[:, None]).T @ x) @ gap
        for _ in range(30):
            trial_factor, trial_derivative = change(x @ (coefficients + step))
            trial_gap = goal - x.T @ (weights * trial_factor)
            if np.linalg.norm(trial_gap / (1.0 + np.abs(goal))) < np.linalg.norm(gap / (1.0 + np.abs(goal))):
                break
            step = step / 2.0
        else:
            break
        coefficients, factor, derivative, gap = coefficients + step, trial_factor, trial_derivative, trial_gap
    worst = int(np.argmax(np.abs(gap) / (1.0 + np.abs(goal))))
    msg = f"calibration did not converge: {names[worst]} is still off by {abs(gap[worst]):.4g}; widen the bounds"
    raise WeightingError(msg)


def _orthonormal(columns: Floats) -> Floats:
    """Return an orthonormal basis of the columns, of their rank."""
    left, singular, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, singular > singular[0] * 1e-11])
