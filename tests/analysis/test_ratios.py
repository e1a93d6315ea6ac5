"""Intervals around ratios by hand, from what they stand on."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from analysis.intervals import wilson_bounds, wilson_ends
from analysis.moments import SATISFIED, SCORES, Moments, NothingRatedError, answer_vectors
from analysis.ratios import Basis, bases, basis, covariance, mean_estimate, ratio, share_estimate
from analysis.results import Estimate, Interval


def test_a_share_of_a_finite_population_by_hand() -> None:
    on = Basis(variance=0.002, ratings=120, n=60, equal_n=60.0)

    found = share_estimate(0.8, on, confidence_level=0.9, population_size=90)

    # 0.16 / 119 if ratings were independent; (N - 1) / (N - n) = 89 / 30; 1 - n / N = 1 / 3.
    design_effect = 0.002 * 119 / 0.16
    assert found.design_effect == pytest.approx(design_effect)
    assert found.effective_n == pytest.approx(120 / design_effect * 89 / 30)
    assert found.standard_error == pytest.approx(sqrt(0.002 / 3))
    expected = wilson_bounds(0.8, 120 / design_effect * 89 / 30, confidence_level=0.9)
    assert (found.ci.low, found.ci.high) == pytest.approx([float(end) for end in expected])
    assert (found.value, found.n, found.confidence_level, found.method) == (0.8, 60, 0.9, "wilson")


def test_a_share_never_rests_on_more_than_its_ratings() -> None:
    found = share_estimate(0.8, Basis(variance=0.0005, ratings=120, n=60, equal_n=60.0), confidence_level=0.95)

    assert found.design_effect == pytest.approx(0.0005 * 119 / 0.16)
    assert found.effective_n == 120


def test_equal_answers_rest_on_the_respondents_that_stand_for_them() -> None:
    found = share_estimate(1.0, Basis(variance=0.0, ratings=120, n=60, equal_n=40.0), confidence_level=0.95)

    assert (found.effective_n, found.design_effect, found.standard_error) == (40, None, 0.0)


def test_a_mean_of_a_finite_population_by_hand() -> None:
    on = Basis(variance=0.01, ratings=120, n=60, equal_n=60.0)

    found = mean_estimate(4.2, on, confidence_level=0.9, population_size=90)

    # R: qt(.95, 59) = 1.671093.
    assert found.standard_error == pytest.approx(sqrt(0.01 / 3))
    assert found.ci.high - 4.2 == pytest.approx(1.671093 * sqrt(0.01 / 3), rel=1e-6)
    assert 4.2 - found.ci.low == pytest.approx(1.671093 * sqrt(0.01 / 3), rel=1e-6)
    assert (found.n, found.degrees_of_freedom, found.confidence_level, found.method) == (60, 59, 0.9, "t")


def test_a_mean_does_not_leave_the_scale() -> None:
    wide = Basis(variance=4.0, ratings=3, n=3, equal_n=3.0)

    assert mean_estimate(3.0, wide, confidence_level=0.95).ci == Interval(1, 5)


def test_equal_scores_of_a_finite_population_leave_room_for_the_rest() -> None:
    on = Basis(variance=0.0, ratings=30, n=30, equal_n=20.0)

    found = mean_estimate(4.0, on, confidence_level=0.9, population_size=60)

    others = float(wilson_bounds(0.0, 20 * 59 / 30, confidence_level=0.9)[1])
    assert (found.ci.low, found.ci.high) == pytest.approx((4 - 3 * others, 4 + others))
    assert (found.n, found.confidence_level, found.method, found.standard_error) == (30, 0.9, "equal_answers", 0.0)


@pytest.mark.parametrize("estimate", [share_estimate, mean_estimate])
def test_everybody_answered_or_more_than_everybody(estimate: object) -> None:
    on = Basis(variance=0.01, ratings=30, n=30, equal_n=30.0)

    known = estimate(1.0, on, confidence_level=0.9, population_size=30)  # type: ignore[operator]  # either function
    assert (known.ci, known.standard_error, known.n, known.confidence_level) == (Interval(1, 1), 0, 30, 0.9)
    with pytest.raises(ValueError, match="30 respondents out of a population of 29: double answers"):
        estimate(1.0, on, confidence_level=0.9, population_size=29)  # type: ignore[operator]  # either function


def test_equal_answers_of_groups_of_unequal_size_add_their_errors_up() -> None:
    ratings = np.full((100, 2), 5)
    ratings[4:, 1] = 0
    moments = Moments.from_answers(answer_vectors(ratings, element_of_item=(0, 1)), elements=2)

    found = basis(moments, SATISFIED, [[0], [1]], [0.75, 0.25])

    # 1/√n = 0.75 / 10 + 0.25 / 2 = 0.2.
    assert found.equal_n == pytest.approx(25)
    assert (found.variance, found.ratings, found.n) == (0.0, 104, 100)


def test_the_covariance_of_two_elements_by_hand() -> None:
    # Four respondents; the third did not rate the second element.
    ratings = np.array([[5, 5], [5, 1], [1, 0], [1, 1]])
    moments = Moments.from_answers(answer_vectors(ratings, element_of_item=(0, 1)), elements=2)

    found = covariance(moments, SATISFIED, [[0], [1]])

    # u = ±1/2 of four; w = 2/3, -1/3, none, -1/3 of three.
    assert found[0, 0] == pytest.approx(4 / 3 * 1 / 16)
    assert found[1, 1] == pytest.approx(3 / 2 * (4 / 9 + 1 / 9 + 1 / 9) / 9)
    assert found[0, 1] == found[1, 0] == pytest.approx(sqrt(4 / 3 * 3 / 2) * (1 / 3 - 1 / 6 + 1 / 6) / 12)


def test_a_ratio_pools_its_group_and_needs_a_rating() -> None:
    moments = Moments.from_answers([(1, 2, 7, 3, 3, 13, 0, 0, 0), (0, 1, 2, 0, 0, 0, 0, 0, 0)], elements=3)

    found = ratio(moments, SATISFIED, [0, 1])

    assert (found.part, found.rated, found.exact.denominator) == (4, 6, 3)
    with pytest.raises(NothingRatedError, match="element 2; nothing can"):
        ratio(moments, SATISFIED, [2])


def test_the_margin_of_error_is_the_longer_arm() -> None:
    assert Estimate(0.5, Interval(0.25, 0.625), 0.1, 10).margin_of_error == 0.25
    assert Estimate(0.5, Interval(0.375, 0.75), 0.1, 10).margin_of_error == 0.25


def test_two_respondents_are_as_many_less_one() -> None:
    moments = Moments.from_answers([(1, 1, 5), (0, 1, 1)], elements=1)

    # u = ±1/2 of two: 2 / (2 - 1) · (1/4 + 1/4) / 2².
    assert covariance(moments, SATISFIED, [[0]])[0, 0] == pytest.approx(0.25)


def test_a_group_that_nobody_rated_is_named_by_all_its_elements() -> None:
    with pytest.raises(NothingRatedError, match="of element 0, 1; nothing"):
        ratio(Moments.zero(2), SATISFIED, [0, 1])


def test_two_answers_have_a_design_effect_of_one_and_a_complete_count_keeps_its_own() -> None:
    two = Basis(variance=0.25, ratings=2, n=2, equal_n=2.0)

    assert share_estimate(0.5, two, confidence_level=0.95).design_effect == pytest.approx(1.0)
    assert share_estimate(0.5, two, confidence_level=0.95, population_size=2).design_effect == pytest.approx(1.0)


def test_one_interval_is_to_the_last_bit_that_of_the_arrays() -> None:
    shares = [0.0, 1e-9, 0.05, 1 / 3, 0.5, 0.925, 1 - 1e-12, 1.0]
    for n in (0.0, 0.3, 1.0, 7.5, 412.0, 1e9):
        for share in shares:
            one = wilson_ends(share, n, confidence_level=0.95)
            assert one == tuple(float(end) for end in wilson_bounds(share, n, confidence_level=0.95))


@pytest.mark.parametrize("part", [SATISFIED, SCORES])
def test_what_stands_behind_groups_at_once_is_what_stands_behind_each(part: int) -> None:
    dice = np.random.default_rng(5)
    vectors = answer_vectors(dice.integers(0, 6, size=(40, 6)), element_of_item=[0, 0, 1, 1, 1, 2])
    moments, groups = Moments.from_answers(vectors, elements=3), [[0], [1, 2], range(3)]
    weights = [0.25, 0.25, 0.5]

    each, whole, ratios = bases(moments, part, groups, weights)

    assert each == [basis(moments, part, [group], [1.0]) for group in groups]
    assert whole == basis(moments, part, groups, weights)
    assert ratios == [ratio(moments, part, group) for group in groups]
    assert [one.value for one in ratios] == [float(one.exact) for one in ratios]
    matrix = covariance(moments, part, groups)
    assert [one.variance for one in each] == [float(matrix[at, at]) for at in range(3)]
