"""The area-level model of Fay and Herriot: y = x'β + u + e, with e of known variance D and u of variance A.

Fay, R. E. and Herriot, R. A. (1979), J. Amer. Stat. Assoc. 74, 269-277.  A is found by maximum likelihood or restricted
maximum likelihood and is 0 where the likelihood is largest there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Method = Literal["reml", "ml"]

GRID = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 41)])  # of A, in units of the smallest and the largest D
BISECTIONS = 80


@dataclass(frozen=True, slots=True)
class AreaModel:
    """A fitted model.

    Attributes:
        between_variance: A.
        coefficients: β, shape (covariates,).
        covariance: Of β given A, shape (covariates, covariates).
        asymptotic_variance: Of A, 2 / Σ (A + D)^-2.
        bias: Of A, to first order; 0 for REML, negative for ML.
    """

    between_variance: float
    coefficients: Floats
    covariance: Floats
    asymptotic_variance: float
    bias: float


def fit(y: Floats, d: Floats, x: Floats, method: Method) -> AreaModel:
    """Estimate A and β from all units; D is above 0, and there are more units than covariates."""
    between = _between_variance(y, d, x, method)
    v = between + d
    covariance: Floats = np.linalg.inv(x.T @ (x / v[:, None])).astype(np.float64)
    information = float((v**-2).sum())
    trace = float(np.trace(covariance @ (x.T @ (x / v[:, None] ** 2))))
    return AreaModel(
        between_variance=between,
        coefficients=covariance @ (x.T @ (y / v)),
        covariance=covariance,
        asymptotic_variance=2.0 / information,
        bias=-trace / information if method == "ml" else 0.0,
    )


def predict(model: AreaModel, y: Floats, d: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the best predictor, its mean squared error and the weight of y; D is infinite where y is missing.

    With B = D / (A + D): g1 = A B, g2 = B² x' C x, g3 = B² V(A) / (A + D), and g1 + g2 + 2 g3 for REML; for ML the bias
    of A times the slope B² of g1 is taken off.  Datta, G. S. and Lahiri, P. (2000), Statistica Sinica 10, 613-627.
    """
    with np.errstate(invalid="ignore"):
        borrowed = np.where(np.isinf(d), 1.0, d / (model.between_variance + d))
    synthetic = x @ model.coefficients
    g1 = model.between_variance * borrowed
    g2 = borrowed**2 * np.einsum("ui,ij,uj->u", x, model.covariance, x)
    g3 = borrowed**2 * model.asymptotic_variance / (model.between_variance + d)
    mse = g1 + g2 + 2.0 * g3 - model.bias * borrowed**2
    return (1.0 - borrowed) * y + borrowed * synthetic, mse, 1.0 - borrowed


def _between_variance(y: Floats, d: Floats, x: Floats, method: Method) -> float:
    """Find the place of the largest likelihood: roughly on a grid, then by the sign of its slope."""
    grid = np.unique(np.concatenate([GRID * d.min(), GRID * max(d.max(), float(y.var()))]))
    best = int(np.argmax([_likelihood(y, d, x, method, float(place))[0] for place in grid]))
    if best == 0 and _likelihood(y, d, x, method, 0.0)[1] <= 0.0:
        return 0.0
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _likelihood(y, d, x, method, middle)[1] > 0.0 else (low, middle)
    return (low + high) / 2.0


def _likelihood(y: Floats, d: Floats, x: Floats, method: Method, between: float) -> tuple[float, float]:
    """Return the (restricted) log-likelihood at A, but for a constant, and its slope."""
    v = between + d
    weighted = x / v[:, None]
    precision = x.T @ weighted
    residual = (y - x @ np.linalg.solve(precision, weighted.T @ y)) / v
    value = -float(np.log(v).sum() + (residual**2 * v).sum()) / 2.0
    slope = float((residual**2).sum() - (1.0 / v).sum()) / 2.0
    if method == "reml":
        value -= float(np.linalg.slogdet(precision)[1]) / 2.0
        slope += float(np.trace(np.linalg.solve(precision, weighted.T @ weighted))) / 2.0
    return value, slope
