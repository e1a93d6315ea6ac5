"""The posterior's error by numerical integration over the precision, and Tarone's boundary by its pairs."""

from math import exp, inf

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln
from scipy.stats import beta

from analysis.beta_binomial import BetaPrior, _log_likelihood, _slopes, fit_prior, posterior

SATISFIED, N = np.array([18.0, 30.0, 9.0, 44.0, 12.0]), np.array([20.0, 33.0, 14.0, 50.0, 12.0])


def error_by_integration(prior: BetaPrior, unit: int) -> float:
    """Average over M what its posterior, the unknown μ and the choice of M leave open; uniform in 1 / (M + 1)."""
    mu = prior.mean
    known = beta.mean(SATISFIED[unit] + mu * prior.precision, N[unit] - SATISFIED[unit] + (1 - mu) * prior.precision)

    def variance_of_mu(m: float) -> float:
        # A unit's share varies by μ(1 - μ)(n + M) / (n (M + 1)); the weighted mean of the units by the harmonic sum.
        return float(1.0 / (1.0 / (mu * (1 - mu) * (N + m) / (N * (m + 1)))).sum())

    def density(log_m: float) -> float:
        m = exp(log_m)
        a, b = mu * m, (1 - mu) * m
        likelihood = exp((betaln(SATISFIED + a, N - SATISFIED + b) - betaln(a, b)).sum() + 60.0)
        return likelihood * variance_of_mu(m) ** 0.5 * m / (m + 1) ** 2

    def open_(log_m: float) -> float:
        m = exp(log_m)
        one = beta(SATISFIED[unit] + mu * m, N[unit] - SATISFIED[unit] + (1 - mu) * m)
        return float(one.var() + (m / (N[unit] + m)) ** 2 * variance_of_mu(m) + (one.mean() - known) ** 2)

    options = {"limit": 200, "epsrel": 1e-8}
    whole = quad(density, -4, 14, **options)[0]
    return quad(lambda at: density(at) * open_(at), -4, 14, **options)[0] / whole


@pytest.mark.parametrize("precision", [8.0, 40.0])
def test_the_error_is_averaged_over_what_the_precision_could_be(precision: float) -> None:
    prior = BetaPrior(0.87, precision)

    value, error = posterior(prior, SATISFIED, N)

    assert value.tolist() == pytest.approx(((SATISFIED + 0.87 * precision) / (N + precision)).tolist())
    for unit in (0, 2, 4):
        assert error[unit] == pytest.approx(error_by_integration(prior, unit), rel=2e-3)


def test_units_that_differ_as_chance_does_or_less_have_one_share() -> None:
    # Pairs of one mind against pairs expected: for n = 2 and shares of ½ the score is 2·(units of one mind) - units.
    assert fit_prior(np.array([1.0, 1, 2, 0]), np.full(4, 2.0)) == BetaPrior(0.5, inf)
    assert fit_prior(np.array([1.0, 2, 2, 0, 0]), np.full(5, 2.0)).precision < inf
    assert fit_prior(np.array([1.0, 1, 1, 2, 0]), np.full(5, 2.0)) == BetaPrior(0.5, inf)


def test_a_little_more_likeness_than_chance_s_already_gives_a_precision() -> None:
    # One pair, of one mind, in three units with a share of a quarter: 2 / 0.75 - 2 = 2 / 3, above 0.
    assert fit_prior(np.array([0.0, 1, 0]), np.array([2.0, 1, 1])).precision < inf


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_all_are_of_one_mind_nothing_is_left_open(share: float) -> None:
    n = np.array([3.0, 8.0])

    mean, error = posterior(BetaPrior(share, inf), share * n, n)

    assert (mean.tolist(), error.tolist()) == ([share] * 2, [0.0] * 2)


def test_the_slopes_are_those_of_the_likelihood() -> None:
    def likelihood(logit: float, log_precision: float) -> float:
        return _log_likelihood(1 / (1 + exp(-logit)), exp(log_precision), SATISFIED, N - SATISFIED)

    h = 1e-5
    by_mu = (likelihood(1.2 + h, 2.5) - likelihood(1.2 - h, 2.5)) / (2 * h)
    by_precision = (likelihood(1.2, 2.5 + h) - likelihood(1.2, 2.5 - h)) / (2 * h)

    found = _slopes(1 / (1 + exp(-1.2)), exp(2.5), SATISFIED, N - SATISFIED)
    assert found == pytest.approx([by_mu, by_precision], rel=1e-5)
