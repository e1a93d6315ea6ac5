"""Newcombe's own table and the open cases hold the numbers; here stand the promises around them."""

from math import hypot, inf

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.comparison import (
    difference_from_standard_error,
    from_intervals,
    independent_difference,
    miettinen_nurminen,
    newcombe,
    two_sided_p_value,
    verdict,
)
from analysis.proportions import wilson, wilson_effective
from analysis.results import Difference, Estimate, Interval, Verdict

pairs = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def mean(value: float, standard_error: float, degrees: float | None = None) -> Estimate:
    arm = 2 * standard_error
    interval = Interval(value - arm, value + arm)
    return Estimate(value, interval, standard_error, 50, degrees_of_freedom=degrees)


def test_newcombe_1998_table_ii() -> None:
    # Newcombe (1998), Table II, method 10: 56/70 - 48/80 and 9/10 - 3/10.
    for (x1, n1), (x2, n2), low, high in (((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)):
        found = newcombe(earlier=wilson(successes=x2, n=n2), later=wilson(successes=x1, n=n1))
        assert (found.ci.low, found.ci.high) == pytest.approx((low, high), abs=5e-5)


def test_miettinen_and_nurminen_s_interval_in_newcombe_s_table_ii() -> None:
    # Ibid., method 5 (Mee) and 6 (Miettinen and Nurminen): 56/70 - 48/80.
    found = miettinen_nurminen(earlier_successes=48, earlier_n=80, later_successes=56, later_n=70)
    assert (found.ci.low, found.ci.high) == pytest.approx((0.0528, 0.3382), abs=1e-4)


@given(first=pairs, second=pairs)
@example(first=(0, 1), second=(31, 31))
def test_differences_turn_their_sign_with_their_sides(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, two = (wilson(successes=x, n=n) for x, n in (first, second))
    there, back = newcombe(earlier=one, later=two), newcombe(earlier=two, later=one)
    assert there.value == -back.value
    assert there.ci.low == pytest.approx(-back.ci.high, abs=1e-12)
    assert there.p_value == pytest.approx(back.p_value, abs=1e-9)
    assert -1 <= there.ci.low <= there.value <= there.ci.high <= 1


@given(first=pairs, second=pairs)
def test_interval_and_p_value_never_disagree(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, two = (wilson(successes=x, n=n) for x, n in (first, second))
    by_score = miettinen_nurminen(
        earlier_successes=first[0], earlier_n=first[1], later_successes=second[0], later_n=second[1]
    )
    for found in (newcombe(earlier=one, later=two), by_score):
        nearest = min(abs(found.ci.low), abs(found.ci.high))
        if nearest > 1e-6:
            assert (found.p_value < 0.05) == (found.ci.low > 0 or found.ci.high < 0)
        assert found.ci.low - 1e-12 <= found.value <= found.ci.high + 1e-12


def test_no_difference_has_p_value_one() -> None:
    same = wilson(successes=9, n=10)
    assert newcombe(earlier=same, later=same).p_value == 1.0


def test_a_vast_difference_has_a_p_value_that_is_no_zero() -> None:
    found = newcombe(earlier=wilson(successes=100, n=1000), later=wilson(successes=900, n=1000))
    assert 0 < found.p_value < 1e-100


def test_newcombe_rests_on_effective_sizes_and_degrees_of_freedom() -> None:
    plain = newcombe(earlier=wilson(successes=6, n=10), later=wilson(successes=9, n=10))
    clustered = newcombe(
        earlier=wilson_effective(value=0.6, effective_n=10, n=40),
        later=wilson_effective(value=0.9, effective_n=10, n=40),
    )
    few_clusters = newcombe(
        earlier=wilson_effective(value=0.6, effective_n=10, n=40, degrees_of_freedom=4),
        later=wilson_effective(value=0.9, effective_n=10, n=40, degrees_of_freedom=4),
    )
    assert (clustered.ci.low, clustered.ci.high) == pytest.approx((plain.ci.low, plain.ci.high))
    assert few_clusters.ci.low < clustered.ci.low
    assert few_clusters.p_value > clustered.p_value


def test_nothing_is_known_without_degrees_of_freedom() -> None:
    lone = wilson_effective(value=0.6, effective_n=10, n=40, degrees_of_freedom=0)
    found = newcombe(earlier=lone, later=wilson(successes=9, n=10))
    assert found.ci.low == pytest.approx(0.3 - hypot(0.9 - 0.5958, 0.4), abs=1e-4)
    assert found.p_value == pytest.approx(1.0, abs=1e-9)
    assert found.ci.high == pytest.approx(0.3 + hypot(wilson(successes=9, n=10).ci.high - 0.9, 0.6))
    back = newcombe(earlier=wilson(successes=9, n=10), later=lone)
    assert (back.ci.low, back.ci.high) == pytest.approx((-found.ci.high, -found.ci.low))


def test_an_estimate_without_an_effective_size_rests_on_its_n() -> None:
    bare = [Estimate(share, Interval(0.1, 0.95), 0.1, 10) for share in (0.6, 0.9)]
    plain = newcombe(earlier=wilson(successes=6, n=10), later=wilson(successes=9, n=10))
    found = newcombe(earlier=bare[0], later=bare[1])
    assert (found.ci.low, found.ci.high) == pytest.approx((plain.ci.low, plain.ci.high))


def test_an_enumeration_adds_no_uncertainty() -> None:
    counted, sampled = wilson(successes=6, n=10, population_size=10), wilson(successes=9, n=10)
    found = newcombe(earlier=counted, later=sampled)
    assert (found.ci.low, found.ci.high) == pytest.approx((sampled.ci.low - 0.6, sampled.ci.high - 0.6))


def test_estimates_of_different_levels_are_not_compared() -> None:
    low, high = wilson(successes=6, n=10, confidence_level=0.9), wilson(successes=9, n=10)
    for compare in (newcombe, independent_difference, from_intervals):
        with pytest.raises(ValueError, match=r"at 0\.9 and 0\.95; estimate both at one level"):
            compare(earlier=low, later=high)


def test_means_are_compared_by_welch_and_satterthwaite() -> None:
    found = independent_difference(earlier=mean(4.0, 0.1, 20), later=mean(4.3, 0.2, 9))
    assert found.standard_error == pytest.approx(hypot(0.1, 0.2))
    # (0.01 + 0.04)² / (0.01² / 20 + 0.04² / 9)
    assert found.degrees_of_freedom == pytest.approx(13.6778, abs=1e-4)
    assert found.method == "t"
    assert found.ci.low == pytest.approx(0.3 - 2.14955 * hypot(0.1, 0.2), abs=1e-4)


def test_means_without_degrees_of_freedom_take_the_normal_quantile() -> None:
    found = independent_difference(earlier=mean(4.0, 0.1), later=mean(4.3, 0.2, 9))
    assert (found.method, found.degrees_of_freedom) == ("normal", None)
    assert found.ci.high == pytest.approx(0.3 + 1.959964 * hypot(0.1, 0.2), abs=1e-6)


def test_two_means_without_any_spread_keep_the_fewer_degrees_of_freedom() -> None:
    found = independent_difference(earlier=mean(4.0, 0.0, 20), later=mean(4.3, 0.0, 9))
    assert found.degrees_of_freedom == 9
    assert (found.ci.low, found.p_value) == (pytest.approx(0.3), 0.0)


def test_p_values_at_their_limits() -> None:
    assert two_sided_p_value(0.0, 0.0) == 1.0
    assert two_sided_p_value(0.1, 0.0) == 0.0
    assert two_sided_p_value(1.959963984540054, 1.0) == pytest.approx(0.05)
    assert two_sided_p_value(2.2281388519649385, 1.0, 10) == pytest.approx(0.05)
    # Student's t with one degree of freedom is Cauchy's: half lies beyond one.
    assert two_sided_p_value(1.0, 1.0, 1) == pytest.approx(0.5)
    assert two_sided_p_value(2.0, 1.0, inf) == two_sided_p_value(2.0, 1.0)
    assert two_sided_p_value(2.0, 1.0, 0) == 1.0
    assert two_sided_p_value(-20.0, 1.0) == pytest.approx(5.507e-89, rel=1e-3)


def test_a_known_standard_error_gives_the_t_interval() -> None:
    found = difference_from_standard_error(value=0.3, standard_error=0.1, confidence_level=0.9, degrees_of_freedom=10)
    assert (found.ci.low, found.ci.high) == pytest.approx((0.3 - 0.18124611, 0.3 + 0.18124611))
    assert (found.confidence_level, found.degrees_of_freedom, found.method) == (0.9, 10, "t")
    lone = difference_from_standard_error(value=0.3, standard_error=0.1, degrees_of_freedom=0)
    assert (lone.ci.low, lone.ci.high, lone.p_value) == (-inf, inf, 1.0)


def test_intervals_alone_can_be_compared() -> None:
    found = from_intervals(earlier=mean(4.0, 0.1), later=mean(4.5, 0.1))
    assert (found.ci.low, found.ci.high) == pytest.approx((0.5 - hypot(0.2, 0.2), 0.5 + hypot(0.2, 0.2)))
    assert found.p_value == pytest.approx(two_sided_p_value(0.5, hypot(0.2, 0.2) / 1.959963984540054))
    back = from_intervals(earlier=mean(4.5, 0.1), later=mean(4.0, 0.1))
    assert back.p_value == pytest.approx(found.p_value)


def test_crooked_intervals_give_the_arm_that_faces_zero() -> None:
    low = Estimate(4.0, Interval(3.9, 4.3), 0.1, 50, confidence_level=0.9)
    high = Estimate(4.5, Interval(4.0, 4.6), 0.1, 50, confidence_level=0.9)
    up, down = from_intervals(earlier=low, later=high), from_intervals(earlier=high, later=low)
    facing = hypot(0.5, 0.3)
    assert (up.ci.low, up.ci.high) == pytest.approx((0.5 - facing, 0.5 + hypot(0.1, 0.1)))
    assert (down.ci.low, down.ci.high) == pytest.approx((-up.ci.high, -up.ci.low))
    assert (up.value, up.method, up.confidence_level) == (0.5, "from_intervals", 0.9)
    assert up.standard_error == pytest.approx(facing / 1.6448536269514722)
    assert down.standard_error == pytest.approx(up.standard_error)


def test_every_difference_keeps_its_level_and_value() -> None:
    first, second = (wilson(successes=x, n=10, confidence_level=0.9) for x in (4, 8))
    score = miettinen_nurminen(earlier_successes=4, earlier_n=10, later_successes=8, later_n=10, confidence_level=0.9)
    for found in (newcombe(earlier=first, later=second), independent_difference(earlier=first, later=second), score):
        assert found.confidence_level == 0.9
        assert found.value == pytest.approx(0.4)
        assert found.standard_error == pytest.approx(hypot(first.standard_error, second.standard_error))
    assert newcombe(earlier=first, later=second).method == "newcombe"
    assert score.method == "miettinen_nurminen"
    assert difference_from_standard_error(value=0.4, standard_error=0.1).value == 0.4


def test_equal_spreads_have_the_degrees_of_freedom_of_both() -> None:
    found = independent_difference(earlier=mean(4.0, 0.1, 8), later=mean(4.3, 0.1, 8))
    assert found.degrees_of_freedom == pytest.approx(16)


def test_a_certain_difference_stays_certain_without_degrees_of_freedom() -> None:
    found = difference_from_standard_error(value=0.3, standard_error=0.0, degrees_of_freedom=0)
    assert (found.ci.low, found.ci.high, found.p_value) == (0.3, 0.3, 0.0)


def test_an_interval_without_bounds_is_no_evidence() -> None:
    boundless = Estimate(5.0, Interval(-inf, inf), 0.0, 3)
    found = from_intervals(earlier=mean(4.0, 0.1), later=boundless)
    assert found.p_value == 1.0
    assert found.standard_error == inf
    assert verdict(found) is Verdict.NO_EVIDENCE


@pytest.mark.parametrize(
    ("counts", "problem"),
    [((0, 0, 1, 2), "0 successes of 0"), ((3, 2, 1, 2), "3 successes of 2"), ((1, 2, -1, 2), "-1 successes of 2")],
)
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int, int, int], problem: str) -> None:
    names = ("earlier_successes", "earlier_n", "later_successes", "later_n")
    with pytest.raises(ValueError, match=problem):
        miettinen_nurminen(**dict(zip(names, counts, strict=True)))


def test_the_score_interval_at_the_ends() -> None:
    best = miettinen_nurminen(earlier_successes=0, earlier_n=10, later_successes=10, later_n=10)
    worst = miettinen_nurminen(earlier_successes=10, earlier_n=10, later_successes=0, later_n=10)
    assert (best.value, best.ci.high) == (1.0, 1.0)
    assert (worst.value, worst.ci.low) == (-1.0, -1.0)
    assert best.ci.low == pytest.approx(-worst.ci.high)
    assert best.ci.low == pytest.approx(0.6636, abs=1e-4)
    nobody = miettinen_nurminen(earlier_successes=0, earlier_n=10, later_successes=0, later_n=10)
    assert nobody.ci.low < 0 < nobody.ci.high
    assert nobody.p_value == 1.0


def difference(value: float, p_value: float, level: float = 0.95) -> Difference:
    return Difference(value, Interval(value - 1, value + 1), 0.1, p_value, level)


@pytest.mark.parametrize(
    ("found", "p_adjusted", "comparable", "words"),
    [
        (difference(0.1, 0.01), None, True, "improved"),
        (difference(-0.1, 0.01), None, True, "declined"),
        (difference(0.1, 0.06), None, True, "no evidence of change"),
        (difference(0.1, 0.05), None, True, "no evidence of change"),
        (difference(0.1, 0.06, level=0.9), None, True, "improved"),
        (difference(0.1, 0.01), 0.2, True, "no evidence of change"),
        (difference(0.0, 0.0), None, True, "no evidence of change"),
        (difference(0.1, 0.01), None, False, "not comparable"),
        (None, None, True, "not comparable"),
    ],
)
def test_a_change_is_said_in_words(
    found: Difference | None,
    p_adjusted: float | None,
    comparable: bool,
    words: str,
) -> None:
    assert verdict(found, p_adjusted=p_adjusted, comparable=comparable) == words
