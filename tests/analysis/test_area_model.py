"""The area model where its likelihood is hard: many covariates, and two tops."""

from typing import Literal

import numpy as np
import pytest
from scipy.stats import norm

from analysis.small_area import fay_herriot


def test_many_covariates_take_their_degrees_of_freedom_from_the_variance() -> None:
    # With D the same everywhere the residual sum of squares decides: REML gives RSS / (m - p) - D, ML RSS / m - D.
    draw = np.random.default_rng(3)
    m, p, d = 12, 11, 1e-6
    x, y = np.column_stack([np.ones(m), draw.normal(size=(m, p - 1))]), draw.normal(size=m)
    rest = float(np.linalg.lstsq(x, y, rcond=None)[1][0])

    reml, ml = (fay_herriot(y, np.full(m, d**0.5), covariates=x, method=method) for method in ("reml", "ml"))

    assert rest / m > 10 * d
    assert reml.between_variance == pytest.approx(rest - d, rel=1e-9)
    assert ml.between_variance == pytest.approx(rest / m - d, rel=1e-9)


@pytest.mark.parametrize("unit", [1.0, 100.0])
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_of_two_tops_the_higher_one_is_taken(method: Literal["reml", "ml"], unit: float) -> None:
    # Two exact units agree, which draws the variance to 0; ten others differ by far more than their errors.
    y = np.array([0.0, 0.0, *[1.0, -1.0] * 5])
    d = np.array([1e-6, 1e-6, *[1e-2] * 10])

    def likelihood(between: float) -> float:
        v = between + d
        mean = np.average(y, weights=1 / v)
        restricted = -np.log((1 / v).sum()) / 2 if method == "reml" else 0.0
        return float(norm.logpdf(y, mean, np.sqrt(v)).sum()) + restricted

    found = fay_herriot(unit * y, unit * np.sqrt(d), method=method).between_variance / unit**2

    around = np.geomspace(1e-9, 100, 2000)
    assert likelihood(0.0) > likelihood(1e-9)
    assert likelihood(found) >= max(map(likelihood, [0.0, *around])) - 1e-9
    assert found > 0.5
