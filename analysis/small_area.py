"""Estimates for small units that borrow from all units; for ranking and screening, beside the direct ones.

Both models draw each unit towards what the others say, the more so the less it says itself.  They lower the error on
average and not for each unit, and a unit that really differs is drawn too: never print them instead of the direct
estimate.  Both work at the boundary, where units do not differ by more than chance, and with units at 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis import area_model
from analysis.beta_binomial import fit_prior, posterior
from analysis.intervals import critical_value, require_confidence_level, wilson_bounds

Floats = npt.NDArray[np.float64]

LEAST_PRECISION = 0.01  # of the beta distribution that stands for a posterior, where its variance is nearly the largest


@dataclass(frozen=True, slots=True, eq=False)
class SmallAreaEstimates:
    """Model-based estimates of all units, in the order of the input; every array but one has shape (units,).

    Attributes:
        direct: The unit's own estimate; NaN where it has none.
        value: The model's.
        low: Lower bound at ``confidence_level``.
        high: Upper bound.
        standard_error: Root of the estimated mean squared error; 0 only where all answers of all units are the same.
        own_weight: Of the direct estimate in the model's, 0–1.
        between_variance: Variance of the true values between units; 0 on the boundary.
        coefficients: Of the covariates, shape (covariates,); the mean alone where there are none.
        confidence_level: Of the intervals.
        method: ``"beta_binomial"``, ``"reml"`` or ``"ml"``.
    """

    direct: Floats
    value: Floats
    low: Floats
    high: Floats
    standard_error: Floats
    own_weight: Floats
    between_variance: float
    coefficients: Floats
    confidence_level: float
    method: str


def beta_binomial(satisfied: npt.ArrayLike, n: npt.ArrayLike, *, confidence_level: float = 0.95) -> SmallAreaEstimates:
    """Estimate shares by empirical Bayes from the counts of all units.

    A unit with k of n becomes (k + μM) / (n + M).  Its interval is that of the beta distribution with the posterior's
    mean and its variance, in which the prior's own uncertainty is contained.

    Args:
        satisfied: Shape (units,), not negative; effective counts need not be whole.
        n: Shape (units,); 0 for a unit without answers, which gets the mean of all.
        confidence_level: Of the intervals.

    Raises:
        ValueError: Counts that cannot be, or no answers at all.
    """
    require_confidence_level(confidence_level)
    k, size = np.asarray(satisfied, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if k.ndim != 1 or k.shape != size.shape or not ((k >= 0) & (k <= size) & (size < inf)).all() or not size.any():
        msg = "satisfied must lie between 0 and n for every unit, and some unit needs answers"
        raise ValueError(msg)
    prior = fit_prior(k, size)
    value, variance = posterior(prior, k, size)
    if prior.mean in {0.0, 1.0}:
        low, high = wilson_bounds(value, size.sum(), confidence_level=confidence_level)
    else:
        low, high = _beta_bounds(value, variance, confidence_level)
    return SmallAreaEstimates(
        direct=np.divide(k, size, out=np.full(k.shape, np.nan), where=size > 0),
        value=value,
        low=low,
        high=high,
        standard_error=np.sqrt(variance),
        own_weight=size / (size + prior.precision),
        between_variance=prior.mean * (1.0 - prior.mean) / (prior.precision + 1.0),
        coefficients=np.array([prior.mean]),
        confidence_level=confidence_level,
        method="beta_binomial",
    )


def fay_herriot(
    values: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    *,
    covariates: npt.ArrayLike | None = None,
    method: Literal["reml", "ml"] = "reml",
    confidence_level: float = 0.95,
) -> SmallAreaEstimates:
    """Estimate any figure from direct estimates with known standard errors: y = x'β + u + e.

    Fay, R. E. and Herriot, R. A. (1979), J. Amer. Stat. Assoc. 74, 269-277.  The mean squared error is that of Prasad
    and Rao in the forms of Datta and Lahiri (2000), Statistica Sinica 10, 613-627; intervals are normal and are not
    clipped to a range.

    Args:
        values: Direct estimates, shape (units,); NaN for a unit without one, which gets x'β.
        standard_errors: Shape (units,), above 0 (at 100 % those of ``ranking.cautious_standard_errors``); ignored
            where the value is NaN.
        covariates: Shape (units, covariates), with a column of ones if a constant is wanted; None for that alone.
        method: Of estimating the variance between units.
        confidence_level: Of the intervals.

    Raises:
        ValueError: Shapes that do not fit, a standard error that is not above 0, covariates that depend on each other,
            or not more units than covariates.
    """
    y, errors = np.asarray(values, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    x = np.ones((len(y), 1)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    known = ~np.isnan(y)
    _check_area(y, errors, x, known)
    fitted = area_model.fit(y[known], errors[known] ** 2, x[known], method)
    variance = np.where(known, errors**2, inf)
    value, mse, own_weight = area_model.predict(fitted, np.where(known, y, 0.0), variance, x)
    spread = critical_value(confidence_level) * np.sqrt(mse)
    return SmallAreaEstimates(
        direct=y,
        value=value,
        low=value - spread,
        high=value + spread,
        standard_error=np.sqrt(mse),
        own_weight=own_weight,
        between_variance=fitted.between_variance,
        coefficients=fitted.coefficients,
        confidence_level=confidence_level,
        method=method,
    )


def _beta_bounds(mean: Floats, variance: Floats, confidence_level: float) -> tuple[Floats, Floats]:
    from scipy.special import betaincinv  # noqa: PLC0415  # scipy costs two seconds that most callers do not need

    precision = np.maximum(mean * (1.0 - mean) / variance - 1.0, LEAST_PRECISION)
    tail = (1.0 - confidence_level) / 2.0
    low = betaincinv(mean * precision, (1.0 - mean) * precision, tail)
    high = 1.0 - betaincinv((1.0 - mean) * precision, mean * precision, tail)
    return np.minimum(low, mean), np.maximum(high, mean)


def _check_area(y: Floats, errors: Floats, x: Floats, known: npt.NDArray[np.bool_]) -> None:
    if y.ndim != 1 or errors.shape != y.shape or x.ndim != 2 or len(x) != len(y) or not np.isfinite(x).all():  # noqa: PLR2004  # units by covariates
        msg = f"{y.shape} values, {errors.shape} standard errors and {x.shape} covariates do not fit together"
        raise ValueError(msg)
    bad = np.flatnonzero(known & ~(np.isfinite(y) & np.isfinite(errors) & (errors > 0.0)))
    if len(bad):
        unit = int(bad[0])
        msg = f"unit {unit} has value {y[unit]} and standard error {errors[unit]}; the latter must be above 0"
        raise ValueError(msg)
    if known.sum() <= x.shape[1] or np.linalg.matrix_rank(x[known]) < x.shape[1]:
        msg = f"{int(known.sum())} units with a value cannot carry {x.shape[1]} covariates that say different things"
        raise ValueError(msg)
