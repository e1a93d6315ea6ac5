"""Expected numbers: tests/reference/survey.json, written by survey.R with prop.test, binom.test and qbeta."""

import warnings
from collections.abc import Callable
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intervals import BOUNDS, critical_value, normal_tail, tail_quantile, wald_bounds, wilson_bounds
from analysis.proportions import (
    agresti_coull,
    clopper_pearson,
    estimate_shares,
    jeffreys,
    wald,
    wilson,
    wilson_effective,
)
from analysis.results import Estimate
from known_survey import answers

METHODS = (wilson, agresti_coull, clopper_pearson, jeffreys)
Method = Callable[..., Estimate]
counts = st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


@pytest.mark.parametrize("case", answers()["counts"], ids=lambda case: f"{case['successes']}-of-{case['n']}")
@pytest.mark.parametrize("method", [wilson, clopper_pearson, jeffreys])
def test_intervals_equal_r(case: dict[str, object], method: Method) -> None:
    found = method(successes=case["successes"], n=case["n"])
    assert [found.ci.low, found.ci.high] == pytest.approx(case[method.__name__], rel=1e-9, abs=1e-15)


def test_agresti_and_coull_s_formula() -> None:
    z = 1.959963984540054
    share = (9 + z**2 / 2) / (12 + z**2)
    arm = z * sqrt(share * (1 - share) / (12 + z**2))
    found = agresti_coull(successes=9, n=12)
    assert (found.ci.low, found.ci.high) == pytest.approx((share - arm, share + arm))


def test_agresti_and_coull_s_interval_is_clipped() -> None:
    assert agresti_coull(successes=11, n=12).ci.high == 1
    assert agresti_coull(successes=1, n=12).ci.low == 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [1, 2, 30, 10**9])
def test_ends_are_exact_and_the_interval_has_a_width(method: Method, n: int) -> None:
    none, all_of_them = method(successes=0, n=n), method(successes=n, n=n)
    assert (none.value, none.ci.low) == (0.0, 0.0)
    assert (all_of_them.value, all_of_them.ci.high) == (1.0, 1.0)
    assert none.ci.high > 0
    assert all_of_them.ci.low < 1
    assert none.ci.high == pytest.approx(1 - all_of_them.ci.low, rel=1e-6)


@given(counts=counts, level=levels, method=st.sampled_from(METHODS))
def test_intervals_contain_the_estimate_and_stay_within_0_and_1(
    counts: tuple[int, int], level: float, method: Method
) -> None:
    found = method(successes=counts[0], n=counts[1], confidence_level=level)
    assert 0 <= found.ci.low <= found.value <= found.ci.high <= 1
    assert found.ci.low < found.ci.high
    assert found.margin_of_error >= (found.ci.high - found.ci.low) / 2 - 1e-15


@given(counts=counts, level=levels, method=st.sampled_from(METHODS))
def test_the_dissatisfied_have_the_mirrored_interval(counts: tuple[int, int], level: float, method: Method) -> None:
    successes, n = counts
    found = method(successes=successes, n=n, confidence_level=level)
    mirrored = method(successes=n - successes, n=n, confidence_level=level)
    assert 1 - found.ci.high == pytest.approx(mirrored.ci.low, rel=1e-6, abs=1e-9)


@given(counts=counts, method=st.sampled_from(METHODS))
def test_more_confidence_is_a_wider_interval(counts: tuple[int, int], method: Method) -> None:
    narrow, wide = (method(successes=counts[0], n=counts[1], confidence_level=level) for level in (0.9, 0.99))
    assert wide.ci.low <= narrow.ci.low
    assert narrow.ci.high <= wide.ci.high


@given(n=st.integers(2, 5000), data=st.data(), method=st.sampled_from(METHODS))
def test_a_finite_population_never_widens_the_interval(n: int, data: st.DataObject, method: Method) -> None:
    successes = data.draw(st.integers(0, n))
    population = data.draw(st.integers(n, 4 * n))
    plain = method(successes=successes, n=n)
    finite = method(successes=successes, n=n, population_size=population)
    # The exact interval moves in steps of one person of the population.
    step = 1 / population if method is clopper_pearson else 1e-12
    assert finite.ci.low >= plain.ci.low - step
    assert finite.ci.high <= plain.ci.high + step
    assert finite.ci.low <= finite.value <= finite.ci.high


@pytest.mark.parametrize("method", [*METHODS, wald])
@pytest.mark.parametrize("successes", [0, 7, 10])
def test_only_a_complete_enumeration_has_no_width(method: Method, successes: int) -> None:
    found = method(successes=successes, n=10, population_size=10)
    assert found.ci.low == found.ci.high == found.value
    assert found.standard_error == 0


def test_the_exact_interval_inverts_the_hypergeometric_distribution() -> None:
    # 20 of 30 drawn from 90: shared with the open cases, recomputed by hand from the distribution's tails.
    found = clopper_pearson(successes=20, n=30, population_size=90, confidence_level=0.9)
    assert (found.ci.low * 90, found.ci.high * 90) == pytest.approx((48, 70))


def test_wald_shows_its_failures() -> None:
    assert wald(successes=30, n=30).ci.low == 1.0
    assert wald(successes=29, n=30).ci.high > 1.0
    low, high = wald_bounds(29 / 30, 30, confidence_level=0.95)
    assert (low, high) == pytest.approx((0.9024, 1.0309), abs=1e-4)


@pytest.mark.parametrize(
    ("counts", "problem"),
    [
        ({"successes": 0, "n": 0}, "n is 0"),
        ({"successes": -1, "n": 3}, "successes is -1"),
        ({"successes": 4, "n": 3}, "successes is 4"),
        ({"successes": 2, "n": 3, "population_size": 2}, "exceed the population of 2"),
        ({"successes": 2, "n": 3, "confidence_level": 95}, "confidence_level is 95"),
        ({"successes": 2, "n": 3, "confidence_level": 0}, "confidence_level is 0"),
        ({"successes": 2, "n": 3, "confidence_level": 1}, "confidence_level is 1"),
        ({"successes": 2, "n": 3, "confidence_level": float("nan")}, "confidence_level is nan"),
    ],
)
@pytest.mark.parametrize("method", [*METHODS, wald])
def test_counts_that_cannot_be_are_refused(method: Method, counts: dict[str, float], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        method(**counts)


def test_the_exact_interval_of_a_finite_population_refuses_a_level_outside_0_and_1() -> None:
    with pytest.raises(ValueError, match="confidence_level is 95"):
        clopper_pearson(successes=2, n=3, population_size=10, confidence_level=95)


def test_standard_errors_follow_the_binomial_and_cochran() -> None:
    assert wilson(successes=20, n=30).standard_error == pytest.approx(sqrt(2 / 9 / 30))
    finite = wilson(successes=20, n=30, population_size=90)
    assert finite.standard_error == pytest.approx(sqrt((1 - 1 / 3) * 2 / 9 / 29))
    assert finite.effective_n == pytest.approx(30 * 89 / 60)
    assert finite.design_effect == pytest.approx(60 / 89)
    assert wilson(successes=1, n=2, population_size=5).standard_error == pytest.approx(sqrt(0.6 * 0.25))
    assert wilson(successes=1, n=1, population_size=5).standard_error == 0


def test_results_say_what_they_rest_on() -> None:
    found = jeffreys(successes=20, n=30, confidence_level=0.9)
    assert (found.n, found.confidence_level, found.method) == (30, 0.9, "jeffreys")
    assert (found.effective_n, found.design_effect, found.degrees_of_freedom) == (30.0, None, None)
    exact = clopper_pearson(successes=20, n=30, population_size=90, confidence_level=0.9)
    assert (exact.n, exact.confidence_level, exact.method) == (30, 0.9, "clopper_pearson")
    rough = wald(successes=20, n=30, confidence_level=0.9)
    assert (rough.n, rough.confidence_level, rough.method) == (30, 0.9, "wald")
    everybody = wilson(successes=3, n=4, population_size=4)
    assert (everybody.effective_n, everybody.design_effect) == (None, None)


def test_wald_is_the_standard_error_either_way() -> None:
    found = wald(successes=20, n=30, confidence_level=0.9)
    arm = 1.6448536269514722 * sqrt(2 / 9 / 30)
    assert (found.ci.low, found.ci.high) == pytest.approx((2 / 3 - arm, 2 / 3 + arm))


def test_effective_shares_may_be_extreme_and_small() -> None:
    for share in (0.0, 1.0):
        found = wilson_effective(value=share, effective_n=0.5, n=3, confidence_level=0.9)
        assert (found.value, found.confidence_level, found.standard_error) == (share, 0.9, 0)


def test_an_effective_size_takes_the_place_of_n() -> None:
    effective = wilson_effective(value=0.75, effective_n=12, n=30)
    assert effective.ci == wilson(successes=9, n=12).ci
    assert (effective.n, effective.design_effect, effective.effective_n) == (30, 2.5, 12)
    assert effective.standard_error == pytest.approx(sqrt(0.75 * 0.25 / 12))
    assert effective.method == "wilson"
    with_t = wilson_effective(value=0.75, effective_n=12, n=30, degrees_of_freedom=5, standard_error=0.2)
    assert with_t.ci.low < effective.ci.low
    assert (with_t.standard_error, with_t.degrees_of_freedom) == (0.2, 5)
    assert wilson_effective(value=0.75, effective_n=12, n=30, degrees_of_freedom=0).ci.high == 1


@pytest.mark.parametrize(
    ("problem", "given"),
    [
        ("the share is 1.2", {"value": 1.2, "effective_n": 10, "n": 10}),
        ("the share is -0.1", {"value": -0.1, "effective_n": 10, "n": 10}),
        ("effective_n is 0", {"value": 0.5, "effective_n": 0, "n": 10}),
        ("effective_n is nan", {"value": 0.5, "effective_n": float("nan"), "n": 10}),
    ],
)
def test_effective_shares_that_cannot_be_are_refused(problem: str, given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=problem):
        wilson_effective(**given)


@pytest.mark.parametrize("method", METHODS)
def test_many_shares_at_once_equal_one_by_one(method: Method) -> None:
    successes, n = [0, 3, 12, 190], [5, 12, 12, 220]
    many = estimate_shares(successes=successes, n=n, method=method.__name__, confidence_level=0.9)
    single = [method(successes=x, n=size, confidence_level=0.9) for x, size in zip(successes, n, strict=True)]
    assert many.value == pytest.approx([one.value for one in single])
    assert many.low == pytest.approx([one.ci.low for one in single])
    assert many.high == pytest.approx([one.ci.high for one in single])
    assert many.standard_error == pytest.approx([one.standard_error for one in single])
    assert (many.method, many.confidence_level) == (method.__name__, 0.9)
    assert list(many.n) == n
    assert many.n.dtype == np.float64


@pytest.mark.parametrize("method", [name for name in BOUNDS if name != "wald"])
def test_a_unit_nobody_answered_for_has_the_whole_range_and_no_value(method: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        many = estimate_shares(successes=[0, 1], n=[0, 2], method=method)
    assert np.isnan(many.value[0])
    assert (many.low[0], many.high[0]) == (0, 1)


def test_one_n_serves_many_counts() -> None:
    assert estimate_shares(successes=[1, 2, 3], n=4).value == pytest.approx([0.25, 0.5, 0.75])


def test_impossible_arrays_are_refused() -> None:
    for successes, n in (([5], [4]), ([-1], [4]), ([np.nan], [4])):
        with pytest.raises(ValueError, match=r"^successes must lie between 0 and n for every unit$"):
            estimate_shares(successes=successes, n=n)
    with pytest.raises(ValueError, match="no interval 'walt'; choose one of wilson, clopper_pearson"):
        estimate_shares(successes=[1], n=[4], method="walt")


@pytest.mark.parametrize("share", [1e-9, 1 - 1e-9])
def test_shares_next_to_the_ends_keep_their_digits_at_a_billion_answers(share: float) -> None:
    low, high = wilson_bounds(share, 10**9, confidence_level=0.95)
    # One event of a billion is Poisson: Wilson's ends go to n = 1 + z²/2 ± z √(1 + z²/4).
    z2 = 1.959963984540054**2
    ends = (1 + z2 / 2 - sqrt(z2 + z2**2 / 4)) * 1e-9, (1 + z2 / 2 + sqrt(z2 + z2**2 / 4)) * 1e-9
    found = (low, high) if share < 0.5 else (1 - high, 1 - low)
    assert found == pytest.approx(ends, rel=1e-6 if share < 0.5 else 1e-5)


def test_quantiles_at_their_limits() -> None:
    assert critical_value(0.95) == pytest.approx(1.959963984540054)
    assert critical_value(0.95, 10) == pytest.approx(2.2281388519649385)
    assert critical_value(0.95, 1) == pytest.approx(12.706204736174694)
    assert critical_value(0.95, inf) == critical_value(0.95)
    assert critical_value(0.95, 0) == inf
    assert tail_quantile(1e-300) == pytest.approx(37.0471, abs=1e-4)
    assert normal_tail(37.0471) == pytest.approx(1e-300, rel=1e-2)
    low, high = wilson_bounds([0.5, 0.9], 10, confidence_level=0.95, critical=inf)
    assert (list(low), list(high)) == ([0, 0], [1, 1])


def test_a_size_below_one_is_still_an_answer() -> None:
    low, high = wilson_bounds(0.4, 0.5, confidence_level=0.95)
    assert 0 < low < 0.4 < high < 1
