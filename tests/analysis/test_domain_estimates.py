from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import sampling_design
from analysis.domain_estimates import (
    IntervalChoice,
    estimate_domain_shares,
    estimate_domain_values,
    pooled_design_effect,
    rank_standard_error,
)
from analysis.linearisation import means, totals
from analysis.proportions import clopper_pearson, wilson, wilson_effective
from analysis.results import Estimate
from analysis.share_intervals import SHARE_INTERVALS, Precision, share_interval

CLUSTERS = np.repeat(np.arange(6), 5)
MIXED = np.array([1, 1, 1, 1, 0] * 3 + [1, 1, 0, 0, 0] * 3, dtype=float)


def only(estimates: tuple[Estimate | None, ...]) -> Estimate:
    (estimate,) = estimates
    assert estimate is not None
    return estimate


def test_a_simple_sample_gets_the_classical_interval() -> None:
    satisfied = np.array([1.0] * 9 + [0.0] * 3)
    found = only(estimate_domain_shares(sampling_design(size=12), satisfied))
    exact = only(
        estimate_domain_shares(sampling_design(size=12), satisfied, choice=IntervalChoice(method="clopper_pearson"))
    )
    assert found.ci == wilson(successes=9, n=12).ci
    assert exact.ci == clopper_pearson(successes=9, n=12).ci
    assert (found.n, found.effective_n, found.method) == (12, 12, "wilson")


@pytest.mark.parametrize("method", SHARE_INTERVALS)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_an_interval_at_the_ends_has_a_width_and_an_exact_end(method: str, share: float) -> None:
    design = sampling_design(weights=np.linspace(1, 3, 30), clusters=[CLUSTERS])
    found = only(estimate_domain_shares(design, np.full(30, share), choice=IntervalChoice(method=method)))
    assert found.value == share
    assert found.standard_error == 0
    assert share in {found.ci.low, found.ci.high}
    assert found.ci.high - found.ci.low > 0.1
    assert found.design_effect is None


def test_an_unanimous_domain_rests_on_its_clusters_where_there_is_no_other() -> None:
    design = sampling_design(clusters=[CLUSTERS])
    found = only(estimate_domain_shares(design, np.ones(30)))
    assert found.effective_n == 6
    assert found.ci == wilson_effective(value=1.0, effective_n=6, n=30, degrees_of_freedom=5).ci


def test_an_unanimous_domain_takes_the_design_effect_of_the_others() -> None:
    domain = np.repeat([0, 1], 15)
    weights = np.tile([1.0, 2.0, 4.0], 10)
    design = sampling_design(weights=weights, clusters=[CLUSTERS])
    satisfied = np.where(domain == 0, 1.0, np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1] * 2, dtype=float))
    unanimous, other = estimate_domain_shares(design, satisfied, domain, 2)
    assert unanimous is not None
    assert other is not None
    assert other.design_effect is not None
    kish_n = weights[:15].sum() ** 2 / np.square(weights[:15]).sum()
    assert other.design_effect > 1
    assert unanimous.effective_n == pytest.approx(kish_n / other.design_effect)


def test_a_helpful_design_does_not_narrow_an_unanimous_domain() -> None:
    # Every cluster of the second domain holds the same mix: its design effect is below 1.
    domain = np.repeat([0, 1], 15)
    satisfied = np.where(domain == 0, 1.0, np.array([1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0] * 2, dtype=float))
    unanimous, other = estimate_domain_shares(sampling_design(clusters=[CLUSTERS]), satisfied, domain, 2)
    assert unanimous is not None
    assert other is not None
    assert other.design_effect is not None
    assert other.design_effect < 1
    assert unanimous.effective_n == 15


def test_the_pooled_design_effect_weighs_domains_by_their_answers() -> None:
    domain = np.array([0] * 5 + [1] * 10 + [2] * 15)
    statistics = means(sampling_design(clusters=[np.arange(30) // 3]), MIXED[::-1], domain, 3)
    effects, n = statistics.design_effect, statistics.n
    expected = (effects[1] * n[1] + effects[2] * n[2]) / (n[1] + n[2])
    assert pooled_design_effect(statistics, without=0) == pytest.approx(expected)
    assert pooled_design_effect(means(sampling_design(size=3), [1.0, 0, 1]), without=0) is None


def test_equal_clusters_leave_no_variance_and_still_no_certainty() -> None:
    # Two of five satisfied in every village: the linearised variance is 0 although the share is not.
    design = sampling_design(clusters=[CLUSTERS])
    found = only(estimate_domain_shares(design, np.tile([1.0, 1, 0, 0, 0], 6)))
    assert found.standard_error == pytest.approx(0, abs=1e-12)
    assert found.effective_n == 6
    assert found.ci.high - found.ci.low > 0.3


def test_a_complete_enumeration_is_certain() -> None:
    design = sampling_design(population_sizes=[np.full(4, 4)])
    found = only(estimate_domain_shares(design, [1.0, 1.0, 0.0, 1.0]))
    assert found.ci.low == found.ci.high == 0.75
    mean = only(estimate_domain_values(means(design, [1.0, 2.0, 3.0, 4.0]), IntervalChoice()))
    assert mean.ci.low == mean.ci.high == 2.5
    same = only(estimate_domain_values(means(design, [2.0] * 4), IntervalChoice(scale=(1, 5))))
    assert same.ci.low == same.ci.high == 2


def test_the_whole_design_s_degrees_of_freedom_are_an_option() -> None:
    design = sampling_design(clusters=[CLUSTERS])
    domain = np.where(CLUSTERS < 3, 0, -1)
    own = only(estimate_domain_shares(design, MIXED[::-1].copy(), domain))
    whole = only(estimate_domain_shares(design, MIXED[::-1].copy(), domain, choice=IntervalChoice(design_degrees=5)))
    assert (own.degrees_of_freedom, whole.degrees_of_freedom) == (2, 5)
    assert whole.ci.low >= own.ci.low


def test_a_domain_in_one_cluster_is_open_from_0_to_1() -> None:
    design = sampling_design(clusters=[CLUSTERS])
    domain = np.where(CLUSTERS == 3, 0, -1)
    share = only(estimate_domain_shares(design, MIXED, domain))
    mean = estimate_domain_values(means(design, MIXED, domain), IntervalChoice())
    on_scale = estimate_domain_values(means(design, MIXED * 4 + 1, domain), IntervalChoice(scale=(1, 5)))
    assert share.degrees_of_freedom == 0
    assert (share.ci.low, share.ci.high) == (0, 1)
    assert (only(mean).ci.low, only(mean).ci.high) == (-inf, inf)
    assert (only(on_scale).ci.low, only(on_scale).ci.high) == (1, 5)


def test_a_mean_without_variance_is_bounded_by_its_scale_or_by_nothing() -> None:
    statistics = means(sampling_design(clusters=[CLUSTERS]), np.full(30, 5.0))
    bounded = only(estimate_domain_values(statistics, IntervalChoice(scale=(1, 5))))
    share = wilson_effective(value=1.0, effective_n=6, n=30, degrees_of_freedom=5)
    assert bounded.ci.high == 5
    assert bounded.ci.low == pytest.approx(1 + 4 * share.ci.low)
    free = only(estimate_domain_values(statistics, IntervalChoice()))
    assert (free.ci.low, free.ci.high) == (-inf, inf)


def test_the_interval_of_a_mean_stops_at_its_scale() -> None:
    statistics = means(sampling_design(clusters=[[1, 1, 2, 2]]), [5.0, 5.0, 5.0, 1.0])
    bounded = only(estimate_domain_values(statistics, IntervalChoice(scale=(1, 5))))
    free = only(estimate_domain_values(statistics, IntervalChoice()))
    assert (bounded.ci.low, bounded.ci.high) == (1, 5)
    assert free.ci.low < 1
    assert free.ci.high > 5


def test_a_total_of_equal_answers_keeps_its_variance() -> None:
    domain = np.where(np.arange(30) % 3 == 0, 0, -1)
    found = only(estimate_domain_values(totals(sampling_design(size=30), np.ones(30), domain), IntervalChoice()))
    assert found.standard_error > 0
    assert (found.method, found.n) == ("t", 10)


def test_nobody_is_nothing() -> None:
    design, domain = sampling_design(size=4), np.zeros(4, dtype=int)
    assert estimate_domain_shares(design, [1.0, 0, 1, 0], domain, 2)[1] is None
    assert estimate_domain_values(means(design, [1.0, 0, 1, 0], domain, 2), IntervalChoice())[1] is None


def test_ranks_never_rest_on_a_standard_error_of_0() -> None:
    full = only(estimate_domain_shares(sampling_design(size=30), np.ones(30)))
    centre = 32 / 34
    assert rank_standard_error(full) == pytest.approx((centre * (1 - centre) / 34) ** 0.5)
    mixed = only(estimate_domain_shares(sampling_design(size=30), MIXED))
    assert rank_standard_error(mixed) == mixed.standard_error
    assert rank_standard_error(wilson(successes=4, n=4, population_size=4)) == 0
    assert rank_standard_error(Estimate(0.0, wilson(successes=0, n=30).ci, 0.0, 30)) == pytest.approx(
        rank_standard_error(full)
    )


@given(share=st.floats(1e-6, 1 - 1e-6), size=st.floats(2, 1e5), degrees=st.integers(1, 500))
def test_share_intervals_contain_the_share(share: float, size: float, degrees: int) -> None:
    precision = Precision(share * (1 - share) / size, 2000, degrees)
    for method in SHARE_INTERVALS:
        found = share_interval(share, precision, method=method)
        assert found.low <= share + 1e-9
        assert found.high >= share - 1e-9
        if method not in {"t", "mean"}:
            assert 0 <= found.low <= found.high <= 1


def test_a_single_answer_has_an_interval_by_every_method() -> None:
    design = sampling_design(clusters=[CLUSTERS])
    domain = np.where(np.arange(30) == 4, 0, 1)
    for method in SHARE_INTERVALS:
        choice = IntervalChoice(method=method, design_degrees=5)
        single, _ = estimate_domain_shares(design, MIXED, domain, 2, choice=choice)
        assert single is not None
        assert (single.n, single.value, single.ci.low) == (1, 0, 0)
        assert 0.5 < single.ci.high <= 1


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="no interval 'walt' for a share; choose one of wilson"):
        share_interval(0.5, Precision(0.01, 10, 9), method="walt")
