"""What the estimates of small units carry beside their value, and their bounds in closed form."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, norm

from analysis.beta_binomial import fit_prior
from analysis.small_area import beta_binomial, fay_herriot

SATISFIED, N = [18, 30, 5, 44, 0.5, 0], [20, 33, 14, 50, 0.8, 0]
Y, ERRORS = np.array([0.7, 0.8, 0.95, 0.6, np.nan]), np.array([0.02, 0.05, 0.03, 0.04, np.nan])


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_shares_have_the_bounds_of_the_beta_distribution_with_their_mean_and_error(level: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = beta_binomial(SATISFIED, N, confidence_level=level)

    precision = found.value * (1 - found.value) / found.standard_error**2 - 1
    posterior = beta(found.value * precision, (1 - found.value) * precision)
    assert found.low == pytest.approx(posterior.ppf((1 - level) / 2))
    assert found.high == pytest.approx(posterior.ppf((1 + level) / 2))
    assert (found.confidence_level, found.method) == (level, "beta_binomial")


def test_shares_say_how_much_is_their_own_and_how_much_units_differ() -> None:
    found = beta_binomial(SATISFIED, N)

    prior = fit_prior(np.array(SATISFIED), np.array(N))
    of_units = beta(prior.mean * prior.precision, (1 - prior.mean) * prior.precision)
    assert found.direct[:5] == pytest.approx([18 / 20, 30 / 33, 5 / 14, 44 / 50, 0.5 / 0.8])
    assert np.isnan(found.direct[5])
    assert found.between_variance == pytest.approx(of_units.var())
    assert found.own_weight == pytest.approx(np.array(N) / (np.array(N) + prior.precision))
    assert found.coefficients.tolist() == [prior.mean]


def test_a_unit_of_whole_numbers_is_a_unit() -> None:
    whole: Any = [True, 30, 9], [1, 33, 14]

    assert beta_binomial(*whole).value == pytest.approx(beta_binomial([1.0, 30.0, 9.0], [1.0, 33.0, 14.0]).value)


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_areas_have_normal_bounds_at_their_level(method: Any) -> None:
    with np.errstate(all="raise"):
        found = fay_herriot(Y, ERRORS, method=method, confidence_level=0.8)

    arm = norm.ppf(0.9) * found.standard_error
    between = found.between_variance
    assert found.low == pytest.approx(found.value - arm)
    assert found.high == pytest.approx(found.value + arm)
    assert (found.confidence_level, found.method) == (0.8, method)
    assert found.own_weight[:4] == pytest.approx(between / (between + ERRORS[:4] ** 2))
    assert np.array_equal(found.direct, Y, equal_nan=True)


def test_none_is_a_unit_without_a_direct_estimate() -> None:
    values, errors = ([None if np.isnan(one) else one for one in column.tolist()] for column in (Y, ERRORS))

    found, expected = fay_herriot(values, errors), fay_herriot(Y, ERRORS)
    by_objects = fay_herriot(Y, ERRORS, covariates=np.ones((5, 1), dtype=object))

    assert found.value.tolist() == by_objects.value.tolist() == expected.value.tolist()
    with pytest.raises(ValueError, match="must lie between 0 and n"):
        beta_binomial([1.0, None], [2.0, 3.0])
    with pytest.raises(ValueError, match="must lie between 0 and n"):
        beta_binomial([1.0, 1.0], [2.0, None])
