from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis import composite
from analysis.composite import item_share
from analysis.moments import Moments, NothingRatedError, answer_vectors
from analysis.proportions import wilson
from analysis.ratios import cautious_variance
from analysis.results import Estimate, Interval

# Made by tests/reference/composite.R with R's survey package.
KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "composite.json").read_text())
RATINGS = np.array(KNOWN["ratings"])
ITEMS = (0, 0, 1, 2)
Table = npt.NDArray[np.int64]
tables = hnp.arrays(np.int64, st.tuples(st.integers(1, 10), st.just(len(ITEMS))), elements=st.integers(0, 5))
levels = st.lists(st.integers(0, 40), min_size=5, max_size=5).filter(any)


def moments_of(ratings: npt.ArrayLike, items: tuple[int, ...] = ITEMS) -> Moments:
    return Moments.from_answers(answer_vectors(ratings, element_of_item=items), elements=max(items) + 1)


def known_moments(rows: slice | list[int] = slice(None)) -> Moments:
    return moments_of(RATINGS[rows], tuple(KNOWN["element_of_item"]))


def all_fives(respondents: int) -> Moments:
    return moments_of(np.full((respondents, len(ITEMS)), 5))


@pytest.mark.parametrize(
    ("name", "estimate"),
    [
        ("element_share_0", lambda m: composite.element_share(m, 0)),
        ("element_share_1", lambda m: composite.element_share(m, 1)),
        ("element_share_2", lambda m: composite.element_share(m, 2)),
        ("pooled_share", composite.overall_share),
        ("element_mean_score_0", lambda m: composite.element_mean_score(m, 0)),
        ("element_mean_score_2", lambda m: composite.element_mean_score(m, 2)),
        ("pooled_mean_score", composite.overall_mean_score),
        ("pooled_share_of_200", lambda m: composite.overall_share(m, population_size=200)),
        ("pooled_mean_score_of_200", lambda m: composite.overall_mean_score(m, population_size=200)),
    ],
)
def test_ratios_equal_those_of_r(name: str, estimate: Callable[[Moments], Estimate]) -> None:
    found = estimate(known_moments())

    assert found.value == pytest.approx(KNOWN[name]["value"], rel=1e-12)
    assert found.standard_error == pytest.approx(KNOWN[name]["standard_error"], rel=1e-9)
    assert found.n == KNOWN[name]["n"]


def test_the_design_effect_is_against_independent_ratings() -> None:
    known, ratings = KNOWN["pooled_share"], int((RATINGS > 0).sum())

    found = composite.overall_share(known_moments())

    independent = known["value"] * (1 - known["value"]) / (ratings - 1)
    assert found.design_effect == pytest.approx(known["standard_error"] ** 2 / independent, rel=1e-9)
    assert found.effective_n == pytest.approx(ratings * independent / known["standard_error"] ** 2, rel=1e-9)


def test_every_estimate_carries_its_level_and_its_method() -> None:
    moments = known_moments()
    for population in (None, 60):
        share = composite.overall_share(moments, confidence_level=0.9, population_size=population)
        score = composite.overall_mean_score(moments, confidence_level=0.9, population_size=population)
        assert (share.confidence_level, share.method) == (0.9, "wilson")
        assert (score.confidence_level, score.method) == (0.9, "t")
    equal = composite.element_mean_score(all_fives(30), 0, confidence_level=0.9)
    assert (equal.confidence_level, equal.n) == (0.9, 30)


def test_covariance_of_elements_equals_that_of_r() -> None:
    found = composite.element_share_covariance(known_moments(KNOWN["both_rows"]))

    assert found[:2, :2].ravel() == pytest.approx(KNOWN["both_covariance"], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "weights"), [("both_element_mean", (1.0, 1.0, 0.0)), ("both_weights_7_3", (7.0, 3.0, 0.0))]
)
def test_weighted_elements_equal_those_of_r(name: str, weights: tuple[float, ...]) -> None:
    found = composite.overall_share(known_moments(KNOWN["both_rows"]), aggregation="weights", weights=weights)

    assert found.value == pytest.approx(KNOWN[name]["value"], rel=1e-12)
    assert found.standard_error == pytest.approx(KNOWN[name]["standard_error"], rel=1e-9)


def test_national_figures_come_out_with_item_weights() -> None:
    # SIPAS 2024 and 2023: elements of 3, 4, 3, 3, 3 items and the policy block of 23, as published.
    def moments(shares: dict[float, int]) -> Moments:
        sums = [number for share, items in shares.items() for number in (round(share * 100 * items), 10_000 * items, 0)]
        width = len(sums)
        return Moments(len(shares), 10_000, tuple(sums), (0,) * (width * (width + 1) // 2))

    service_2024 = moments({84.27: 3, 84.23: 4, 84.29: 3, 84.12: 3, 83.50: 3})
    whole_2024 = moments({83.84: 23, 84.091: 16})
    whole_2023 = moments({82.49: 23, 82.896: 16})

    assert pooled(service_2024) == pytest.approx(84.09, abs=0.005)
    assert pooled(whole_2024) == pytest.approx(83.94, abs=0.005)
    assert pooled(whole_2023) == pytest.approx(82.66, abs=0.005)


def pooled(moments: Moments) -> float:
    every = range(moments.elements)
    return 100.0 * sum(map(moments.satisfied, every)) / sum(map(moments.rated, every))


@given(levels)
def test_an_item_has_the_binomial_interval_of_wilson(counts: list[int]) -> None:
    found = composite.item_share(counts)

    expected = wilson(successes=counts[3] + counts[4], n=sum(counts))
    assert found.value == expected.value
    assert found.ci.low == pytest.approx(expected.ci.low, abs=1e-12)
    assert found.ci.high == pytest.approx(expected.ci.high, abs=1e-12)
    assert found.effective_n == pytest.approx(sum(counts), rel=1e-12)


@given(levels)
def test_an_item_from_levels_is_an_element_of_one_item(counts: list[int]) -> None:
    ratings = np.repeat([1, 2, 3, 4, 5], counts)[:, None]

    assert composite.item_moments(counts) == moments_of(ratings, (0,))
    assert composite.item_share(counts) == composite.element_share(moments_of(ratings, (0,)), 0)
    assert composite.item_mean_score(counts) == composite.element_mean_score(moments_of(ratings, (0,)), 0)


@given(levels)
def test_mean_and_standard_error_of_an_item_are_the_usual_ones(counts: list[int]) -> None:
    ratings = np.repeat([1, 2, 3, 4, 5], counts)
    assume(len(ratings) > 1)

    found = composite.item_mean_score(counts)

    assert found.value == pytest.approx(ratings.mean())
    assert found.standard_error == pytest.approx(ratings.std(ddof=1) / np.sqrt(len(ratings)), abs=1e-12)


@given(levels)
def test_shares_of_the_levels_add_up_to_one(counts: list[int]) -> None:
    found = composite.level_shares(counts)

    assert sum(level.value for level in found) == pytest.approx(1.0)
    assert [level.value * sum(counts) for level in found] == pytest.approx(counts)


@given(tables)
def test_every_interval_contains_its_estimate_and_has_width(ratings: Table) -> None:
    moments = moments_of(ratings)
    for element in range(3):
        if moments.rated(element) == 0:
            with pytest.raises(NothingRatedError, match=f"element {element}"):
                composite.element_share(moments, element)
            continue
        share, score = composite.element_share(moments, element), composite.element_mean_score(moments, element)
        assert 0.0 <= share.ci.low <= share.value <= share.ci.high <= 1.0
        assert 1.0 <= score.ci.low <= score.value <= score.ci.high <= 5.0
        assert share.ci.low < share.ci.high
        assert score.ci.low < score.ci.high


@given(tables, st.sampled_from(["pooled", "element_mean", "block_mean"]))
def test_no_more_is_claimed_than_independent_ratings_would_give(
    ratings: Table, aggregation: composite.Aggregation
) -> None:
    moments = moments_of(ratings)
    assume(all(moments.rated(element) for element in range(3)))

    found = composite.overall_share(moments, aggregation=aggregation, blocks=[[0, 1], [2]])

    assert found.effective_n is not None
    assert 0 < found.effective_n <= sum(map(moments.rated, range(3)))


@given(tables)
def test_the_order_of_respondents_does_not_matter(ratings: Table) -> None:
    assume((ratings > 0).any())

    assert composite.overall_share(moments_of(ratings)) == composite.overall_share(moments_of(ratings[::-1]))


@given(tables)
def test_the_covariance_is_that_of_the_overall_figures(ratings: Table) -> None:
    moments = moments_of(ratings)
    assume(all(moments.rated(element) for element in range(3)))

    for matrix, overall in (
        (composite.element_share_covariance(moments), composite.overall_share(moments, aggregation="element_mean")),
        (composite.element_mean_covariance(moments), composite.overall_mean_score(moments, aggregation="element_mean")),
    ):
        assert np.allclose(matrix, matrix.T)
        assert np.linalg.eigvalsh(matrix).min() >= -1e-12
        assert matrix.mean() == pytest.approx(overall.standard_error**2, abs=1e-12)


def test_ratings_of_one_respondent_are_not_counted_as_independent() -> None:
    together = moments_of(np.repeat([[5, 5, 5, 5], [2, 2, 2, 2]], [80, 20], axis=0))

    found = composite.overall_share(together)

    assert found.n == 100
    assert found.effective_n == pytest.approx(100, rel=0.01)
    assert found.design_effect == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("aggregation", ["pooled", "element_mean", "block_mean"])
def test_at_100_percent_the_interval_stands_on_respondents(aggregation: composite.Aggregation) -> None:
    found = composite.overall_share(all_fives(30), aggregation=aggregation, blocks=[[0], [1, 2]])

    expected = wilson(successes=30, n=30)
    assert found.value == 1.0
    assert found.ci.high == 1.0
    assert found.ci.low == pytest.approx(expected.ci.low, abs=1e-12)
    assert found.standard_error == 0.0
    assert found.design_effect is None


def test_at_0_percent_the_interval_stands_on_respondents() -> None:
    found = composite.overall_share(moments_of(np.full((30, 4), 3)))

    assert (found.value, found.ci.low) == (0.0, 0.0)
    assert found.ci.high == pytest.approx(wilson(successes=0, n=30).ci.high, abs=1e-12)


def test_at_100_percent_an_element_few_rated_counts_with_its_own_respondents() -> None:
    ratings = np.full((100, 4), 5)
    ratings[10:, 3] = 0

    found = composite.overall_share(moments_of(ratings), aggregation="element_mean")

    assert found.n == 100
    assert found.effective_n is not None
    assert 10 < found.effective_n < 100


def test_respondents_in_the_same_proportion_do_not_make_it_certain() -> None:
    found = composite.element_share(moments_of([[5, 2, 0, 0]] * 20), 0)

    assert found.value == 0.5
    assert found.effective_n == 20
    assert found.ci.high - found.ci.low > 0.3


def test_elements_that_make_up_for_each_other_do_not_make_it_certain() -> None:
    # All three have a mean of 3.25, by different elements; the terms of the variance cancel but for rounding.
    moments = moments_of([[5, 1, 3, 4], [3, 5, 1, 4], [3, 4, 5, 1]], (0, 1, 2, 3))

    found = composite.overall_mean_score(moments, aggregation="element_mean")

    assert (found.standard_error, found.method) == (0.0, "equal_answers")
    assert found.ci.high - found.ci.low > 1.0


def test_one_respondent_gives_a_wide_interval() -> None:
    found = composite.overall_share(moments_of([[5, 2, 4, 4]]))

    assert found.n == 1
    assert found.ci.high - found.ci.low > 0.7


def test_equal_answers_leave_room_for_those_who_did_not_answer() -> None:
    found = composite.element_mean_score(all_fives(30), 0)

    others = wilson(successes=0, n=30).ci.high
    assert (found.value, found.ci.high, found.method) == (5.0, 5.0, "equal_answers")
    assert found.ci.low == pytest.approx(5.0 - 4.0 * others)


def test_equal_answers_in_the_middle_leave_room_on_both_sides() -> None:
    found = composite.overall_mean_score(moments_of(np.full((30, 4), 4)))

    others = wilson(successes=0, n=30).ci.high
    assert found.ci.low == pytest.approx(4.0 - 3.0 * others)
    assert found.ci.high == pytest.approx(4.0 + others)


def test_a_mean_score_uses_t_and_stays_on_the_scale() -> None:
    found = composite.item_mean_score([0, 0, 0, 1, 4])

    # R: x <- c(4, 5, 5, 5, 5); mean(x) - qt(.975, 4) * sd(x) / sqrt(5) gives 4.24471098
    assert found.degrees_of_freedom == 4
    assert found.ci.low == pytest.approx(4.2447109789)
    assert found.ci.high == 5.0


def test_the_scaled_score_is_the_mean_on_0_to_1() -> None:
    mean = composite.item_mean_score([1, 2, 3, 4, 5])

    scaled = composite.scaled_score(mean)

    assert scaled.value == pytest.approx((mean.value - 1) / 4)
    assert scaled.ci.low == pytest.approx((mean.ci.low - 1) / 4)
    assert scaled.ci.high == pytest.approx((mean.ci.high - 1) / 4)
    assert scaled.standard_error == pytest.approx(mean.standard_error / 4)
    assert scaled.n == mean.n


def test_a_complete_enumeration_is_certain() -> None:
    moments = known_moments()

    share = composite.overall_share(moments, population_size=60)
    score = composite.overall_mean_score(moments, population_size=60)

    assert share.ci.low == share.ci.high == share.value
    assert score.ci.low == score.ci.high == score.value
    assert share.standard_error == score.standard_error == 0.0
    assert (share.method, score.method) == ("wilson", "t")


def test_a_finite_population_narrows_the_interval() -> None:
    moments = known_moments()

    finite, infinite = composite.overall_share(moments, population_size=90), composite.overall_share(moments)

    assert finite.ci.high - finite.ci.low < infinite.ci.high - infinite.ci.low
    assert composite.item_share([0, 0, 0, 0, 9], population_size=10).ci.low == pytest.approx(
        wilson(successes=9, n=9, population_size=10).ci.low
    )
    assert composite.item_share([0, 0, 2, 0, 9], population_size=20).ci.low == pytest.approx(
        wilson(successes=9, n=11, population_size=20).ci.low
    )
    others = wilson(successes=0, n=9, population_size=10).ci.high
    assert composite.item_mean_score([0, 0, 0, 0, 9], population_size=10).ci.low == pytest.approx(5.0 - 4.0 * others)


def test_more_respondents_than_the_population_are_refused() -> None:
    with pytest.raises(ValueError, match="60 respondents out of a population of 59"):
        composite.overall_share(known_moments(), population_size=59)
    with pytest.raises(ValueError, match="60 respondents out of a population of 59"):
        composite.overall_mean_score(known_moments(), population_size=59)


def test_elements_without_weight_may_be_unrated() -> None:
    moments = moments_of([[5, 5, 4, 0], [5, 3, 2, 0]])

    found = composite.overall_share(moments, aggregation="weights", weights=[3, 1, 0])

    assert found.value == pytest.approx(0.75 * 0.75 + 0.25 * 0.5)
    with pytest.raises(NothingRatedError):
        composite.overall_share(moments, aggregation="element_mean")


def test_weights_can_be_given_to_blocks() -> None:
    moments = known_moments()
    blocks = [[0], [1, 2]]

    found = composite.overall_share(moments, aggregation="weights", weights=[1, 3], blocks=blocks)
    mean = composite.overall_mean_score(moments, aggregation="block_mean", blocks=blocks)

    shares = [composite.block_share(moments, block).value for block in blocks]
    scores = [composite.block_mean_score(moments, block).value for block in blocks]
    assert found.value == pytest.approx(0.25 * shares[0] + 0.75 * shares[1])
    assert mean.value == pytest.approx(sum(scores) / 2)


def test_only_the_proportions_of_weights_matter() -> None:
    moments = known_moments()

    small, large = (
        composite.overall_share(moments, aggregation="weights", weights=weights)
        for weights in ([0.125, 0.25, 0.0625], [2, 4, 1])
    )

    assert small == large


@pytest.mark.parametrize("weights", [None, [1, 2], [1, 1, -1], [0, 0, 0], [1, 1, float("inf")]])
def test_weights_that_do_not_fit_are_refused(weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match="needs 3 weights"):
        composite.overall_share(known_moments(), aggregation="weights", weights=weights)


def test_a_block_mean_needs_blocks() -> None:
    with pytest.raises(ValueError, match="needs blocks"):
        composite.overall_share(known_moments(), aggregation="block_mean")


@pytest.mark.parametrize("counts", [[1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [0, 0, 0, -1, 5]])
def test_levels_that_are_no_counts_are_refused(counts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"argument|negative"):
        composite.item_share(counts)


def test_a_parent_weighs_its_children_by_population() -> None:
    first, second = composite.item_share([0, 0, 20, 30, 50]), composite.item_share([0, 0, 5, 5, 10])

    parent = composite.stratified_share([first, second], [9_000, 1_000])

    assert parent.value == pytest.approx(0.9 * 0.8 + 0.1 * 0.75)
    variance = 0.81 * first.standard_error**2 + 0.01 * second.standard_error**2
    assert parent.standard_error == pytest.approx(variance**0.5)
    assert parent.effective_n == pytest.approx(parent.value * (1 - parent.value) / variance)
    assert parent.n == 120
    assert parent.ci.low < parent.value < parent.ci.high


def test_a_child_at_100_percent_is_not_taken_as_known() -> None:
    sure, unsure = composite.item_share([0, 0, 0, 0, 20]), composite.item_share([0, 0, 10, 0, 90])

    parent = composite.stratified_share([sure, unsure], [100, 100])

    adjusted = 22 / 24 * 2 / 24 / 24
    assert parent.standard_error == pytest.approx((0.25 * adjusted + 0.25 * unsure.standard_error**2) ** 0.5)


def test_a_parent_at_100_percent_has_a_width() -> None:
    children = [composite.item_share([0, 0, 0, 0, 20]), composite.item_share([0, 0, 0, 0, 80])]

    parent = composite.stratified_share(children, [20, 80])

    assert parent.ci.low == pytest.approx(wilson(successes=100, n=100).ci.low)
    assert parent.standard_error == 0.0
    assert composite.stratified_share(children, [80, 20]).ci.low < parent.ci.low


def test_a_parent_of_complete_children_is_certain() -> None:
    complete = composite.item_share([0, 0, 1, 0, 4], population_size=5)

    parent = composite.stratified_share([complete, complete], [5, 5])

    assert parent.ci.low == parent.ci.high == 0.8


def test_a_complete_child_at_100_percent_adds_no_uncertainty() -> None:
    complete = composite.item_share([0, 0, 0, 0, 5], population_size=5)
    sampled = composite.item_share([0, 0, 0, 0, 30])

    parent = composite.stratified_share([complete, sampled], [5, 95])

    assert parent.effective_n == pytest.approx(30 / 0.95**2)


def test_a_share_without_effective_size_counts_its_respondents() -> None:
    bare = wilson(successes=20, n=20)

    assert composite.stratified_share([bare], [1]).ci.low == pytest.approx(bare.ci.low)
    assert composite.stratified_share([bare, wilson(successes=1, n=2)], [1, 1]).value == 0.75


def test_the_cautious_variance_is_the_adjusted_one_only_where_nothing_varies() -> None:
    unsure, sure, bare = item_share([0, 0, 1, 0, 9]), item_share([0, 0, 0, 0, 16]), wilson(successes=0, n=16)
    clustered = composite.overall_share(all_fives(16))
    halved = Estimate(1.0, Interval(0.6, 1.0), 0.0, n=16, effective_n=8.0)

    assert cautious_variance(unsure) == pytest.approx(unsure.standard_error**2)
    for estimate in (sure, bare, clustered):
        assert cautious_variance(estimate) == pytest.approx(0.9 * 0.1 / 20)
    assert cautious_variance(halved) == pytest.approx(10 / 12 * 2 / 12 / 12)
    assert cautious_variance(item_share([0, 0, 0, 0, 5], population_size=5)) == 0.0


def test_a_parents_mean_score_combines_variances_and_degrees_of_freedom() -> None:
    first, second = composite.item_mean_score([0, 1, 5, 10, 4]), composite.item_mean_score([1, 0, 0, 5, 5])

    parent = composite.stratified_mean_score([first, second], [3, 1])

    parts = [(0.75 * first.standard_error) ** 2, (0.25 * second.standard_error) ** 2]
    assert parent.value == pytest.approx(0.75 * first.value + 0.25 * second.value)
    assert parent.standard_error == pytest.approx(sum(parts) ** 0.5)
    assert parent.degrees_of_freedom == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 19 + parts[1] ** 2 / 10))


def test_a_parent_of_children_with_equal_answers_has_a_width() -> None:
    parent = composite.stratified_mean_score([composite.item_mean_score([0, 0, 0, 0, 30])] * 2, [1, 1])

    assert parent.value == parent.ci.high == 5.0
    assert parent.ci.low < 4.95


def test_a_parents_mean_of_complete_children_is_certain() -> None:
    complete = composite.item_mean_score([0, 0, 1, 0, 4], population_size=5)

    parent = composite.stratified_mean_score([complete], [5])

    assert parent.ci.low == parent.ci.high == pytest.approx(4.6)


def test_covariances_combine_with_squared_weights() -> None:
    one, two = np.array([[4.0, 1.0], [1.0, 9.0]]), np.array([[2.0, 0.0], [0.0, 2.0]])

    found = composite.stratified_covariance([one, two], [3, 1])

    assert np.allclose(found, 0.5625 * one + 0.0625 * two)


@pytest.mark.parametrize("populations", [[], [1, 2], [0], [float("nan")], [float("inf")]])
def test_populations_that_do_not_fit_are_refused(populations: list[float]) -> None:
    with pytest.raises(ValueError, match="1 children need"):
        composite.stratified_share([composite.item_share([0, 0, 0, 1, 1])], populations)
    with pytest.raises(ValueError, match="0 children"):
        composite.stratified_share([], [])


@given(st.lists(tables, min_size=2, max_size=4))
def test_figures_of_the_sum_are_figures_of_the_whole(parts: list[Table]) -> None:
    whole = np.concatenate(parts)
    assume((whole > 0).any())

    added = Moments.total(map(moments_of, parts), elements=3)

    assert composite.overall_share(added) == composite.overall_share(moments_of(whole))
    assert composite.overall_mean_score(added) == composite.overall_mean_score(moments_of(whole))


def test_a_billion_respondents_lose_no_digit() -> None:
    # All satisfied with two items but one respondent, who is with neither.
    n = 10**9
    moments = Moments(1, n, (2 * n - 2, 2 * n, 0), (4 * n - 4, 4 * n - 4, 0, 4 * n, 0, 0), (n, n))

    found = composite.element_share(moments, 0)

    # u is 2/n for all but one, and -2 + 2/n for that one: exactly 4 (1 - 1/n) in all.
    exact = n / (n - 1) * 4 * (1 - 1 / n) / (2 * n) ** 2
    assert found.standard_error == pytest.approx(exact**0.5, rel=1e-12)
    assert found.effective_n == pytest.approx(n, rel=1e-6)
    assert found.ci.high < 1.0
