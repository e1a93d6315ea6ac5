"""Sample sizes, families of comparisons, trends and quantiles: what the open cases do not promise.

Expected numbers: tests/reference/survey.json, written by survey.R.
"""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import sampling_design
from analysis.intervals import wilson_bounds
from analysis.multiplicity import ADJUSTMENTS, benjamini_hochberg, bonferroni, holm
from analysis.proportions import wilson
from analysis.quantiles import estimate_quantiles
from analysis.results import Estimate, Interval
from analysis.sample_size import (
    allocate_neyman,
    allocate_proportionally,
    answers_still_needed,
    guidance_sample_size,
    sample_size,
    sample_size_for_change,
    whole_numbers,
)
from analysis.trend import trend, trend_in_shares
from known_survey import answers


def test_families_equal_r() -> None:
    expected = answers()["adjusted"]
    for name, adjust in ADJUSTMENTS.items():
        assert adjust(expected["p"]) == pytest.approx(expected[name])


@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_p_values_keep_their_order_and_never_fall(p_values: list[float]) -> None:
    for adjust in ADJUSTMENTS.values():
        adjusted = adjust(p_values)
        assert np.all(adjusted >= np.array(p_values) - 1e-12)
        assert np.all(adjusted <= 1)
        order = np.argsort(p_values, kind="stable")
        assert np.all(np.diff(adjusted[order]) >= -1e-12)
    assert np.all(benjamini_hochberg(p_values) <= holm(p_values) + 1e-12)
    assert np.all(holm(p_values) <= bonferroni(p_values) + 1e-12)


def test_an_unknown_p_value_stays_unknown_and_does_not_count() -> None:
    for adjust in ADJUSTMENTS.values():
        adjusted = adjust([0.01, float("nan"), 0.04])
        assert np.isnan(adjusted[1])
        assert adjusted[[0, 2]] == pytest.approx(adjust([0.01, 0.04]))
    with pytest.raises(ValueError, match="a p-value lies outside 0–1"):
        holm([0.2, 1.2])


def test_trends_equal_r() -> None:
    found, expected = trend_in_shares(successes=[30, 44, 59], n=[60, 70, 80], scores=[2023, 2024, 2026]), answers()
    assert found.chi_squared == pytest.approx(expected["trend"]["chi_squared"])
    assert found.p_value == pytest.approx(expected["trend"]["p_value"])
    assert found.slope > 0


def test_no_trend_where_all_answers_are_the_same() -> None:
    found = trend_in_shares(successes=[10, 10], n=[10, 10], scores=[1, 2])
    assert (found.chi_squared, found.p_value, found.slope) == (0, 1, 0)


def test_a_trend_needs_two_times() -> None:
    waves = [wilson(successes=8, n=10), wilson(successes=9, n=10)]
    for scores in ([1], [1, 1]):
        with pytest.raises(ValueError, match="two different times"):
            trend_in_shares(successes=[5] * len(scores), n=[10] * len(scores), scores=scores)
    with pytest.raises(ValueError, match="two different times"):
        trend(waves, [2024, 2024])
    with pytest.raises(ValueError, match="all at one confidence level"):
        trend([waves[0], wilson(successes=9, n=10, confidence_level=0.9)], [2024, 2025])
    with pytest.raises(ValueError, match="no matter of chance"):
        trend([waves[0], wilson(successes=10, n=10, population_size=10)], [2024, 2025])


def test_a_line_through_two_waves_is_their_difference() -> None:
    waves = [wilson(successes=700, n=1000), wilson(successes=800, n=1000)]
    found = trend(waves, [2024, 2026])
    assert found.value == pytest.approx(0.05)
    assert found.standard_error == pytest.approx(np.hypot(*(wave.standard_error for wave in waves)) / 2)
    assert found.method == "weighted_trend"


def test_a_wave_at_100_percent_does_not_pin_the_line() -> None:
    waves = [wilson(successes=8, n=10), wilson(successes=10, n=10), wilson(successes=9, n=10)]
    assert trend(waves, [1, 2, 3]).standard_error > 0.01


def test_sizes_for_a_change_equal_r() -> None:
    assert sample_size_for_change(earlier_share=0.84, later_share=0.88) == pytest.approx(answers()["power"], rel=1e-6)


def test_the_design_effect_comes_before_the_finite_correction() -> None:
    found = sample_size(margin=0.05, design_effect=2, population_size=500, response_rate=0.5)
    size = 2 * 1.959963984540054**2 * 0.25 / 0.05**2
    assert found.unrounded == pytest.approx(size / (1 + (size - 1) / 500))
    assert (found.n, found.to_invite) == (304, 608)
    assert found.exceeds_population
    assert not sample_size(margin=0.05, population_size=500).exceeds_population


def test_a_whole_size_is_not_rounded_up_by_a_rounding_error() -> None:
    assert sample_size(margin=0.1, share=0.0).n == 1
    assert guidance_sample_size(population_size=10000, margin=0.05) == pytest.approx(384.615, abs=1e-3)
    assert guidance_sample_size(population_size=10000) == guidance_sample_size(population_size=10000, margin=0.05)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"margin": 5}, "margin is 5; give it as a share: 5 points are 0.05"),
        ({"margin": 0}, "margin is 0"),
        ({"margin": 0.05, "share": 85}, "share is 85"),
        ({"margin": 0.05, "response_rate": 0}, "response_rate is 0"),
        ({"margin": 0.05, "response_rate": 35}, "response_rate is 35"),
        ({"margin": 0.05, "design_effect": 0}, "design_effect is 0"),
        ({"margin": 0.05, "population_size": 0}, "population_size is 0"),
        ({"margin": 0.05, "confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_plans_that_cannot_be_are_refused(given: dict[str, float], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        sample_size(**given)


def test_changes_that_cannot_be_seen_are_refused() -> None:
    with pytest.raises(ValueError, match="the two shares are equal"):
        sample_size_for_change(earlier_share=0.8, later_share=0.8)
    with pytest.raises(ValueError, match="power is 80"):
        sample_size_for_change(earlier_share=0.8, later_share=0.9, power=80)
    with pytest.raises(ValueError, match="later_share is 90"):
        sample_size_for_change(earlier_share=0.8, later_share=90)


def test_neyman_asks_no_stratum_for_more_than_it_has() -> None:
    found = allocate_neyman(n=150, population_sizes=[1000, 20, 500], standard_deviations=[0.1, 10, 0.2])
    assert found[1] == 20
    assert found.sum() == pytest.approx(150)
    assert found[0] == pytest.approx(found[2])
    everybody = allocate_neyman(n=30, population_sizes=[20, 10], standard_deviations=[0.5, 0.1])
    assert list(everybody) == [20, 10]
    spreadless = allocate_neyman(n=25, population_sizes=[20, 10], standard_deviations=[0.5, 0.0])
    assert list(spreadless) == [20, 0]
    with pytest.raises(ValueError, match="40 answers are wanted of a population of 30"):
        allocate_neyman(n=40, population_sizes=[20, 10], standard_deviations=[1, 1])


@given(sizes=st.lists(st.integers(1, 10000), min_size=1, max_size=20), n=st.integers(1, 500))
def test_whole_allocations_add_up_to_the_sample(sizes: list[int], n: int) -> None:
    whole = whole_numbers(allocate_proportionally(n=n, population_sizes=sizes))
    assert sum(whole) == n
    exact = allocate_proportionally(n=n, population_sizes=sizes)
    assert np.all(np.abs(np.array(whole) - exact) < 1 + 1e-6)


@given(share=st.floats(0, 1), n=st.integers(0, 2000), margin=st.sampled_from([0.02, 0.05, 0.1]))
def test_the_answers_still_needed_are_just_enough(share: float, n: int, margin: float) -> None:
    more = answers_still_needed(share=share, n=n, margin=margin, design_effect=1.5)

    def arm(total: int) -> float:
        found = estimate(share, total / 1.5)
        return max(share - found.low, found.high - share)

    assert arm(n + more) <= margin
    assert more == 0 or n + more == 1 or arm(n + more - 1) > margin


def estimate(share: float, size: float) -> Interval:
    low, high = wilson_bounds(share, size, confidence_level=0.95)
    return Interval(float(low), float(high))


def test_a_unit_never_needs_more_answers_than_it_has_people() -> None:
    assert answers_still_needed(share=0.5, n=40, margin=0.01, population_size=60) == 20
    assert answers_still_needed(share=0.5, n=60, margin=0.01, population_size=60) == 0
    assert answers_still_needed(share=0.9, n=300, margin=0.05) == 0
    with pytest.raises(ValueError, match="n cannot be negative"):
        answers_still_needed(share=0.9, n=-1, margin=0.05)
    with pytest.raises(ValueError, match="the effect must be above 0"):
        answers_still_needed(share=0.9, n=1, margin=0.05, design_effect=0)


def test_a_quantile_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the quantile asked for is 50; give a share"):
        estimate_quantiles(sampling_design(size=2), [1.0, 2.0], 50)


def test_quantiles_of_domains() -> None:
    design = sampling_design(size=9)
    low, high, nobody = estimate_quantiles(design, [1.0, 1, 2, 2, 3, 4, 5, 5, np.nan], 0.5, [0] * 4 + [1] * 5, 3)
    assert isinstance(low, Estimate)
    assert isinstance(high, Estimate)
    assert (low.value, low.n, low.method) == (1.0, 4, "woodruff")
    assert (high.value, high.n) == (4.0, 4)
    assert nobody is None


def test_a_quantile_s_interval_stops_at_the_outermost_scores() -> None:
    (found,) = estimate_quantiles(sampling_design(size=4), [2.0, 3.0, 3.0, 4.0], 0.5)
    assert found is not None
    assert (found.ci.low, found.ci.high) == (2.0, 4.0)


def test_a_quantile_of_one_cluster_is_open_over_all_its_scores() -> None:
    design = sampling_design(clusters=[[1, 1, 1, 2]])
    (found,) = estimate_quantiles(design, [2.0, 3.0, 4.0, 9.0], 0.5, [0, 0, 0, -1])
    assert found is not None
    assert (found.ci.low, found.ci.high) == (2.0, 4.0)
    assert found.standard_error != inf
