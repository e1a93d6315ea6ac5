"""What an estimate of a domain carries besides its value: level, effective size, design effect, and ends by hand."""

import numpy as np
import pytest
from scipy.stats import norm, t

from analysis.design import sampling_design
from analysis.domain_estimates import (
    IntervalChoice,
    estimate_domain_shares,
    estimate_domain_values,
    pooled_design_effect,
    rank_standard_error,
)
from analysis.linearisation import means
from analysis.results import Estimate, Interval

CLUSTERS = np.repeat(np.arange(6), 5)
CLUSTERED = sampling_design(clusters=[CLUSTERS])
SCORES = np.array([5.0, 4, 1, 3, 2, 5, 4, 4, 1, 3, 5, 5, 5, 4, 4, 2, 1, 1, 3, 2, 4, 4, 5, 2, 3, 1, 5, 4, 3, 2])
# Every cluster gives the same mean; its rows stand in another order, so that rounding is left.
ALIKE = np.concatenate([np.roll([1.1, 2.3, 4.7, 3.1, 3.3], turn) for turn in range(6)])
AT_90 = IntervalChoice(confidence_level=0.9, scale=(1, 5))


def wilson_by_hand(p: float, n: float, critical: float) -> tuple[float, float]:
    centre, half = p + critical**2 / (2 * n), critical * np.sqrt(p * (1 - p) / n + critical**2 / (4 * n**2))
    return (centre - half) / (1 + critical**2 / n), (centre + half) / (1 + critical**2 / n)


def test_a_mean_carries_its_t_interval_its_level_and_its_effective_size() -> None:
    statistics = means(CLUSTERED, SCORES)
    (found,) = estimate_domain_values(statistics, AT_90)

    totals = (SCORES - SCORES.mean()).reshape(6, 5).sum(axis=1) / 30
    error = np.sqrt(6 / 5 * (totals**2).sum())
    effect = error**2 / (SCORES.var(ddof=1) / 30)
    assert found is not None
    assert found.value == pytest.approx(SCORES.mean())
    assert found.ci.high - found.value == pytest.approx(t.ppf(0.95, 5) * error)
    assert (found.confidence_level, found.degrees_of_freedom) == (0.9, 5)
    assert found.design_effect == pytest.approx(effect)
    assert found.effective_n == pytest.approx(30 / effect)


def test_a_helpful_design_makes_the_effective_size_larger_than_the_sample() -> None:
    (found,) = estimate_domain_values(means(sampling_design(strata=SCORES > 3), SCORES), IntervalChoice())

    assert found is not None
    assert found.design_effect is not None
    assert found.design_effect < 1
    assert found.effective_n == pytest.approx(30 / found.design_effect)


def test_a_mean_with_nothing_but_rounding_for_a_variance_is_bounded_as_a_share_of_its_scale() -> None:
    statistics = means(CLUSTERED, ALIKE)
    (found,) = estimate_domain_values(statistics, AT_90)

    low, high = wilson_by_hand((2.9 - 1) / 4, 6, t.ppf(0.95, 5))
    assert 0 < statistics.standard_error[0] < 1e-12
    assert found is not None
    assert (found.ci.low, found.ci.high) == pytest.approx((1 + 4 * low, 1 + 4 * high))
    assert (found.effective_n, found.design_effect) == (6, None)


def test_a_small_variance_is_a_variance() -> None:
    (found,) = estimate_domain_values(means(CLUSTERED, 3 + SCORES * 1e-8), AT_90)

    assert found is not None
    assert 1e-9 < found.standard_error < 1e-8
    assert found.ci.high - found.value == pytest.approx(t.ppf(0.95, 5) * found.standard_error)


def test_the_level_of_a_share_reaches_its_interval() -> None:
    satisfied = np.where(SCORES >= 4, 1.0, 0.0)
    (found,) = estimate_domain_shares(CLUSTERED, satisfied, choice=IntervalChoice(confidence_level=0.9))

    assert found is not None
    size = found.value * (1 - found.value) / found.standard_error**2
    assert (found.ci.low, found.ci.high) == pytest.approx(wilson_by_hand(found.value, size, t.ppf(0.95, 5)))
    assert found.confidence_level == 0.9


def test_one_case_that_is_all_there_is_is_certain() -> None:
    design = sampling_design(population_sizes=[[1]])

    for choice in (IntervalChoice(), IntervalChoice(scale=(1, 5))):
        (found,) = estimate_domain_values(means(design, [4.0]), choice)
        assert found is not None
        assert (found.value, found.ci) == (4.0, Interval(4.0, 4.0))


def test_a_domain_without_variance_does_not_enter_the_pooled_design_effect() -> None:
    domain = np.repeat([0, 1, 2], 30)
    outcome = np.concatenate([np.ones(30), ALIKE, SCORES])
    statistics = means(sampling_design(clusters=[np.tile(CLUSTERS, 3)]), outcome, domain, 3)

    assert np.isfinite(statistics.design_effect[1])
    assert pooled_design_effect(statistics, without=0) == statistics.design_effect[2]


@pytest.mark.parametrize(("effective_n", "size"), [(8.0, 8.0), (None, 16.0)])
def test_ranks_at_100_percent_rest_on_the_effective_size_where_there_is_one(
    effective_n: float | None, size: float
) -> None:
    centre = (size + 2) / (size + 4)

    found = rank_standard_error(Estimate(1.0, Interval(0.6, 1.0), 0.0, n=16, effective_n=effective_n))

    assert found == pytest.approx(np.sqrt(centre * (1 - centre) / (size + 4)))


def test_a_simple_sample_takes_the_normal_quantile() -> None:
    (found,) = estimate_domain_shares(sampling_design(size=4), [1.0, 1, 0, 1], choice=AT_90)

    assert found is not None
    assert (found.ci.low, found.ci.high) == pytest.approx(wilson_by_hand(0.75, 4, norm.ppf(0.95)))
