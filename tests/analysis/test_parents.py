"""What a parent's estimate carries, in closed form, and what its children's options do to it."""

import numpy as np
import pytest
from scipy.stats import norm, t

from analysis import composite
from analysis.moments import Moments, answer_vectors
from analysis.proportions import wilson
from analysis.results import Estimate, Interval

MIXED, OTHER = [0, 1, 5, 10, 4], [1, 0, 0, 5, 5]


def test_a_parents_share_has_wilsons_interval_on_its_variance() -> None:
    children = [composite.item_share(MIXED), composite.item_share(OTHER)]

    parent = composite.stratified_share(children, [3, 1], confidence_level=0.9)

    p = 0.75 * 0.7 + 0.25 * 10 / 11
    variance = 0.75**2 * 0.7 * 0.3 / 19 + 0.25**2 * (10 / 11) * (1 / 11) / 10
    size, z = p * (1 - p) / variance, norm.ppf(0.95)
    centre, spread = p + z**2 / (2 * size), z * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2))
    assert parent.value == pytest.approx(p)
    assert parent.standard_error == pytest.approx(np.sqrt(variance))
    assert (parent.n, parent.confidence_level) == (31, 0.9)
    assert parent.ci.low == pytest.approx((centre - spread) / (1 + z**2 / size))
    assert parent.ci.high == pytest.approx((centre + spread) / (1 + z**2 / size))


@pytest.mark.parametrize("counts", [[5, 0, 0, 0, 0], [0, 0, 0, 0, 5]])
def test_a_parent_of_one_mind_has_no_standard_error_and_a_width(counts: list[int]) -> None:
    parent = composite.stratified_share([composite.item_share(counts)] * 2, [1, 1])

    assert parent.standard_error == 0.0
    assert parent.ci.low < parent.ci.high


def test_a_parent_at_100_percent_stands_on_effective_sizes_or_else_on_respondents() -> None:
    halved = Estimate(1.0, Interval(0.6, 1.0), 0.0, n=16, effective_n=8.0)
    bare = Estimate(1.0, Interval(0.8, 1.0), 0.0, n=16)

    assert composite.stratified_share([halved], [1]).effective_n == pytest.approx(8.0)
    assert composite.stratified_share([bare], [1]).effective_n == pytest.approx(16.0)


def test_a_parents_mean_has_the_t_interval_of_satterthwaite() -> None:
    # Of two people and of twenty: n - 1 is 1 and 19.
    pair, twenty = composite.item_mean_score([0, 0, 1, 1, 0]), composite.item_mean_score(MIXED)

    parent = composite.stratified_mean_score([pair, twenty], [1, 9], confidence_level=0.9)

    variance = np.array([0.01 * pair.standard_error**2, 0.81 * twenty.standard_error**2])
    freedom = variance.sum() ** 2 / (variance**2 / [1, 19]).sum()
    spread = t.ppf(0.95, freedom) * np.sqrt(variance.sum())
    assert parent.degrees_of_freedom == pytest.approx(freedom)
    assert parent.ci.low == pytest.approx(parent.value - spread)
    assert parent.ci.high == pytest.approx(parent.value + spread)
    assert (parent.n, parent.confidence_level, parent.method) == (22, 0.9, "t")


def test_a_child_of_equal_answers_enters_with_half_its_interval_over_z() -> None:
    equal, mixed = composite.item_mean_score([0, 0, 0, 0, 30]), composite.item_mean_score(MIXED)

    parent = composite.stratified_mean_score([equal, mixed], [1, 1])

    implied = (equal.ci.high - equal.ci.low) / 2 / norm.ppf(0.975)
    assert parent.standard_error == pytest.approx(np.sqrt(implied**2 + mixed.standard_error**2) / 2)


def test_complete_children_give_a_certain_parent_with_all_its_labels() -> None:
    share = composite.item_share([0, 0, 1, 0, 4], population_size=5)
    mean = composite.item_mean_score([0, 0, 1, 0, 4], population_size=5)

    of_shares = composite.stratified_share([share, share], [5, 5], confidence_level=0.9)
    of_means = composite.stratified_mean_score([mean, mean], [5, 5], confidence_level=0.9)

    assert of_shares == Estimate(0.8, Interval(0.8, 0.8), 0.0, 10, 0.9)
    assert of_means == Estimate(4.6, Interval(4.6, 4.6), 0.0, 10, 0.9, "t")


def test_the_level_and_the_population_reach_every_figure_of_an_item() -> None:
    share = composite.item_share(MIXED, confidence_level=0.8)
    mean = composite.item_mean_score(MIXED, confidence_level=0.8)
    bounds = wilson(successes=14, n=20, confidence_level=0.8).ci
    assert (share.ci.low, share.ci.high) == pytest.approx((bounds.low, bounds.high))
    assert mean.ci.high - mean.value == pytest.approx(t.ppf(0.9, 19) * mean.standard_error)

    of_level = composite.level_shares(MIXED, confidence_level=0.8, population_size=40)[3]
    bounds = wilson(successes=10, n=20, confidence_level=0.8, population_size=40).ci
    assert (of_level.ci.low, of_level.ci.high) == pytest.approx((bounds.low, bounds.high))


def test_weights_hold_for_mean_scores_too() -> None:
    ratings = np.array([[5, 1], [4, 2], [5, 2]])
    moments = Moments.from_answers(answer_vectors(ratings, element_of_item=(0, 1)), elements=2)

    found = composite.overall_mean_score(moments, aggregation="weights", weights=[3, 1])

    assert found.value == pytest.approx(0.75 * 14 / 3 + 0.25 * 5 / 3)
