from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import isnan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.composite import element_share, overall_mean_score, overall_share, stratified_share
from analysis.index_points import points, stratified_points
from analysis.moments import Moments, NothingRatedError, answer_vectors
from analysis.points_rule import Band, Part, PointsRule

FIVE_PARTS = PointsRule(tuple(Part(Fraction(2), (element,)) for element in range(5)))
tables = hnp.arrays(np.int64, st.tuples(st.integers(1, 12), st.just(5)), elements=st.integers(0, 5))
SOURCES = st.sampled_from(["share", "scaled_mean", "mean"])


def moments_of(ratings: object) -> Moments:
    return Moments.from_answers(answer_vectors(np.asarray(ratings), element_of_item=range(5)), elements=5)


def satisfied(shares: list[int], n: int = 100) -> Moments:
    """Let so many of n respondents be satisfied (5) with each element, the same people first, the others not (2)."""
    return moments_of(np.where(np.arange(n)[:, None] < np.array(shares), 5, 2))


@pytest.fixture
def agency() -> Moments:
    return satisfied([96, 91, 88, 97, 84])


def test_counts_become_points_without_a_binary_fraction_in_between() -> None:
    # 8,515 of 10,000: in floating point 0.8515 * 2 is a hair below or above 1.703.
    found = points(FIVE_PARTS, satisfied([8515] * 5, n=10_000))

    assert found.total == Fraction("8.50")
    assert [part.points for part in found.parts] == [Fraction("1.70")] * 5


def test_ends_are_those_of_the_weighted_total_cut_once(agency: Moments) -> None:
    found = points(FIVE_PARTS, agency)

    weighted = overall_share(agency, aggregation="element_mean")
    assert found.unrounded.value == pytest.approx(10 * weighted.value)
    assert found.unrounded.ci.low == pytest.approx(10 * weighted.ci.low)
    assert found.unrounded.standard_error == pytest.approx(10 * weighted.standard_error)
    assert found.low == Fraction(int(1000 * weighted.ci.low), 100)
    assert found.high == Fraction(int(1000 * weighted.ci.high), 100)


def test_ends_of_the_total_lie_inside_the_sums_of_the_parts_ends(agency: Moments) -> None:
    found = points(FIVE_PARTS, agency)

    assert sum(part.low for part in found.parts) < found.low
    assert sum(part.high for part in found.parts) > found.high


def test_parts_carry_their_own_share_and_interval(agency: Moments) -> None:
    found = points(FIVE_PARTS, agency)

    for element, part in enumerate(found.parts):
        share = element_share(agency, element)
        assert float(part.value) == share.value
        assert part.low == Fraction(int(200 * share.ci.low), 100)
        assert part.high == Fraction(int(200 * share.ci.high), 100)
        assert part.lost == 2 - part.points


def test_lost_points_add_up(agency: Moments) -> None:
    found = points(FIVE_PARTS, agency)

    assert found.lost == found.maximum - found.total == sum(part.lost for part in found.parts)


def test_one_more_percentage_point_is_worth_a_hundredth_of_the_maximum(agency: Moments) -> None:
    found = points(FIVE_PARTS, agency)

    assert [part.worth_of_one_percent for part in found.parts] == [Fraction(2, 100)] * 5
    assert found.worth_of_one_percent == Fraction(1, 10)


def test_near_100_percent_only_the_rest_can_be_won() -> None:
    found = points(FIVE_PARTS, satisfied([1000, 995, 990, 900, 0], n=1000))

    worth = [part.worth_of_one_percent for part in found.parts]
    assert worth == [0, Fraction(1, 100), Fraction(2, 100), Fraction(2, 100), Fraction(2, 100)]


def test_full_satisfaction_earns_the_maximum_of_any_size() -> None:
    # 8.2 is below 82/10 as a binary fraction: cutting the upper end must not lose a hundredth.
    rule = PointsRule((Part(Fraction("8.2")),))

    found = points(rule, satisfied([50] * 5, n=50))

    assert found.total == found.high == found.maximum == Fraction("8.2")
    assert found.low < found.total
    assert found.lost == 0


def test_cut_parts_of_very_many_answers_stay_inside_their_interval() -> None:
    n = 10**9
    share = round(0.93399 * n)
    sums = (share, n, 0) * 5
    products = np.tile([[share, share, 0], [share, n, 0], [0, 0, 0]], (5, 5))
    cross = products[np.triu_indices(15)].tolist()

    found = points(FIVE_PARTS, Moments(5, n, sums, tuple(cross)))

    assert found.total == Fraction("9.30")
    assert found.unrounded.ci.low > 9.33
    assert found.low == found.total


@given(tables, SOURCES, st.sampled_from(["truncate", "round_half_up", "none"]))
def test_the_interval_contains_the_points_and_stays_in_range(ratings: object, source: object, rounding: object) -> None:
    moments = moments_of(ratings)
    assume(all(moments.rated(element) for element in range(5)))
    rule = PointsRule(FIVE_PARTS.parts, source=source, rounding=rounding)  # type: ignore[arg-type]  # drawn literals

    found = points(rule, moments)

    assert 0 <= found.low <= found.total <= found.high <= 10
    assert found.unrounded.ci.low < found.unrounded.ci.high
    for part in found.parts:
        assert 0 <= part.low <= part.points <= part.high <= 2


@given(tables)
def test_a_mean_can_be_the_source(ratings: object) -> None:
    moments = moments_of(ratings)
    assume(any(moments.rated(element) for element in range(5)))
    whole = (Part(Fraction(10)),)

    scaled = points(PointsRule(whole, source="scaled_mean", rounding="none"), moments)
    plain = points(PointsRule(whole, source="mean", rounding="none"), moments)

    mean = overall_mean_score(moments)
    assert float(scaled.total) == pytest.approx(10 * (mean.value - 1) / 4)
    assert float(scaled.high) == pytest.approx(10 * (mean.ci.high - 1) / 4)
    assert float(plain.total) == pytest.approx(10 * mean.value / 5)
    assert float(plain.low) == pytest.approx(10 * mean.ci.low / 5)


def test_one_overall_part_is_the_pooled_share(agency: Moments) -> None:
    rule = PointsRule((Part(Fraction(18)),), rounding="none")

    found = points(rule, agency)

    assert float(found.total) == pytest.approx(18 * overall_share(agency).value)
    assert float(found.low) == pytest.approx(18 * overall_share(agency).ci.low)


def test_bands_step_at_the_ends_of_all_parts(agency: Moments) -> None:
    bands = (Band(Fraction("0.9"), Fraction(1)), Band(Fraction("0.75"), Fraction("0.5")))

    found = points(replace(FIVE_PARTS, bands=bands), agency)

    surer = [element_share(agency, element, confidence_level=0.99).ci for element in range(5)]
    assert found.total == 2 + 2 + 1 + 2 + 1
    assert found.low == sum((ci.low >= 0.75) + (ci.low >= 0.9) for ci in surer)
    assert found.high == sum((ci.high >= 0.75) + (ci.high >= 0.9) for ci in surer)
    assert isnan(found.unrounded.standard_error)
    assert found.unrounded.method == "bonferroni"


def test_bands_of_one_part_use_the_level_itself(agency: Moments) -> None:
    share = overall_share(agency)
    just_inside = Band(Fraction(share.ci.low), Fraction(1))

    found = points(PointsRule((Part(Fraction(1)),), bands=(just_inside,)), agency)

    assert found.low == found.total == found.high == 1


def test_a_random_sample_of_a_population_has_a_narrower_interval(agency: Moments) -> None:
    assert points(FIVE_PARTS, agency, population_size=120).low > points(FIVE_PARTS, agency).low
    assert points(FIVE_PARTS, agency, population_size=100).low == points(FIVE_PARTS, agency).total


def test_an_element_that_nobody_rated_has_no_points() -> None:
    with pytest.raises(NothingRatedError, match="element 4"):
        points(FIVE_PARTS, moments_of([[5, 5, 5, 5, 0]]))


@given(tables, tables)
def test_a_parent_weighs_exactly_by_population(one: object, other: object) -> None:
    first, second = moments_of(one), moments_of(other)
    assume(all(moments.rated(element) for element in range(5) for moments in (first, second)))
    rule = PointsRule(FIVE_PARTS.parts, rounding="none")

    parent = stratified_points(rule, [first, second], [1, 2])

    assert parent.total == (points(rule, first).total + 2 * points(rule, second).total) / 3
    assert parent.low <= parent.total <= parent.high


def test_a_parents_interval_is_that_of_its_weighted_share(agency: Moments) -> None:
    other = satisfied([40, 45, 50, 48, 47], n=50)

    found = stratified_points(FIVE_PARTS, [agency, other], [300, 700])

    shares = [overall_share(child, aggregation="element_mean") for child in (agency, other)]
    expected = stratified_share(shares, [300, 700])
    assert found.unrounded.ci.low == pytest.approx(10 * expected.ci.low)
    assert found.unrounded.ci.high == pytest.approx(10 * expected.ci.high)
    assert found.unrounded.n == 150


def test_a_parent_of_random_samples_has_a_narrower_interval(agency: Moments) -> None:
    children, sizes = [agency, satisfied([40, 45, 50, 48, 47], n=50)], [120, 80]

    random, chosen = (stratified_points(FIVE_PARTS, children, sizes, random_sample=one) for one in (True, False))
    complete = stratified_points(FIVE_PARTS, children, [100, 50], random_sample=True)

    assert random.unrounded.ci.low > chosen.unrounded.ci.low
    assert random.total == chosen.total
    assert complete.unrounded.ci.low == complete.unrounded.ci.high


def test_a_parents_points_can_come_from_means_and_bands(agency: Moments) -> None:
    bands = (Band(Fraction("0.8"), Fraction(1)),)

    mean = stratified_points(replace(FIVE_PARTS, source="scaled_mean"), [agency, agency], [1, 1])
    banded = stratified_points(replace(FIVE_PARTS, bands=bands), [agency, agency], [1, 1])

    assert mean.total == points(replace(FIVE_PARTS, source="scaled_mean"), agency).total
    assert banded.total == 10


def test_populations_that_do_not_fit_are_refused(agency: Moments) -> None:
    with pytest.raises(ValueError, match="1 children"):
        stratified_points(FIVE_PARTS, [agency], [1, 2])
    with pytest.raises(ValueError, match="0 children"):
        stratified_points(FIVE_PARTS, [], [])


def test_points_from_means_carry_the_standard_error_in_points(agency: Moments) -> None:
    mean = overall_mean_score(agency)
    whole = (Part(Fraction(10)),)

    scaled = points(PointsRule(whole, source="scaled_mean"), agency).unrounded
    plain = points(PointsRule(whole, source="mean"), agency).unrounded

    # A tenth of a score is 10 / 4 tenths of a point where the scale begins at 1, and 10 / 5 where it begins at 0.
    assert scaled.standard_error == pytest.approx(10 * mean.standard_error / 4)
    assert plain.standard_error == pytest.approx(10 * mean.standard_error / 5)


def test_points_say_their_rule_and_their_method(agency: Moments) -> None:
    found = points(FIVE_PARTS, agency)

    assert tuple(part.part for part in found.parts) == FIVE_PARTS.parts
    assert found.unrounded.method == overall_share(agency, aggregation="element_mean").method


@pytest.mark.parametrize("source", ["share", "scaled_mean"])
def test_a_parents_points_have_the_confidence_asked_for(agency: Moments, source: object) -> None:
    rule = replace(FIVE_PARTS, source=source)  # type: ignore[arg-type]  # one of the literals
    children = [agency, satisfied([40, 45, 50, 48, 47], n=50)]

    usual, surer = (
        stratified_points(rule, children, [3, 7], confidence_level=level).unrounded for level in (0.95, 0.99)
    )

    assert surer.confidence_level == 0.99
    assert surer.ci.low < usual.ci.low < usual.ci.high < surer.ci.high
