"""Trimmed weights by hand, and weights to margins in units so small that a cell adds up to less than 1."""

import numpy as np
import pytest

from analysis.design import Design, sampling_design
from analysis.linearisation import means
from analysis.weighting import (
    Margin,
    WeightingError,
    kish_design_effect,
    kish_effective_n,
    post_stratify,
    rake,
    trim_weights,
)

SEX, AGE = ["m", "m", "f", "f", "f", "m"], ["y", "o", "y", "o", "o", "y"]
WEIGHTS, ANSWERS = np.array([1.0, 2, 2, 1, 3, 1]), np.array([1.0, 0, 1, 1, 0, 1])
OF_SEX, OF_AGE = {"m": 6.0, "f": 4.0}, {"y": 7.0, "o": 3.0}


@pytest.mark.parametrize(
    ("weights", "lower", "upper", "expected"),
    [
        ([1, 1, 1, 5], 0, 3, [5 / 3, 5 / 3, 5 / 3, 3]),
        ([0.1, 1, 1, 1.9], 0.5, 9, [0.5, 3.5 / 3.9, 3.5 / 3.9, 1.9 * 3.5 / 3.9]),
        ([1, 2.9, 6], 0, 4, [1.9, 4, 4]),
        ([0, 1, 1, 1, 5], 0, 3, [0, 5 / 3, 5 / 3, 5 / 3, 3]),
        ([1, 3], 2, 2, [2, 2]),
        ([400, 100, 100], 0, 300, [300, 150, 150]),
        ([0, 1, 3, 5], 2, 9, [0, 2, 2.625, 4.375]),
        ([0.1, 1.1, 6.8], 1, 9, [1, 1, 6]),
        ([0.5, 1, 2, 8.5], 1, 4, [2, 2, 4, 4]),
        ([0.1, 0.1, 3, 4.8], 1, 4.5, [1, 1, 2.4, 3.6]),
        ([0, 1, 1.5, 9.5], 1, 6, [0, 2.4, 3.6, 6]),
        ([0, 0], 0, 2, [0, 0]),
    ],
)
def test_what_is_cut_off_goes_to_the_others_in_proportion(
    weights: list[float], lower: float, upper: float, expected: list[float]
) -> None:
    assert trim_weights(weights, lower=lower, upper=upper).tolist() == pytest.approx(expected)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_the_weights_does_not_matter_to_trimming(unit: float) -> None:
    weights = np.array([0.5, 1, 2, 8.5])

    assert trim_weights(weights * unit, lower=unit, upper=4 * unit) == pytest.approx(np.array([2, 2, 4, 4]) * unit)


@pytest.mark.parametrize(("lower", "upper"), [(0, 1.9), (2.1, 9), (0, 2 - 4e-9), (2 + 4e-9, 9)])
def test_bounds_that_miss_the_sum_are_refused(lower: float, upper: float) -> None:
    with pytest.raises(WeightingError, match="cannot add up to 4; widen the bounds"):
        trim_weights([1, 3], lower=lower, upper=upper)


def weighted(kind: str, unit: float) -> Design:
    design = sampling_design(weights=WEIGHTS * unit)
    sex = Margin("sex", SEX, {name: count * unit for name, count in OF_SEX.items()})
    age = Margin("age", AGE, {name: count * unit for name, count in OF_AGE.items()})
    return post_stratify(design, sex) if kind == "post" else rake(design, [sex, age])


@pytest.mark.parametrize("kind", ["post", "rake"])
def test_the_unit_of_the_known_numbers_changes_no_estimate(kind: str) -> None:
    people, parts = weighted(kind, 1.0), weighted(kind, 1e-3)

    assert parts.weights.tolist() == pytest.approx((people.weights * 1e-3).tolist())
    for answers in (ANSWERS, np.roll(ANSWERS, 1)):
        one, other = means(people, answers), means(parts, answers)
        assert other.value[0] == pytest.approx(one.value[0])
        assert other.standard_error[0] == pytest.approx(one.standard_error[0])


def test_a_post_stratified_mean_has_the_variance_of_its_cell_residuals() -> None:
    found = means(weighted("post", 1.0), ANSWERS)

    factor = np.where(np.array(SEX) == "m", 6 / 4, 4 / 6)
    cell_mean = np.where(np.array(SEX) == "m", 2 / 4, 3 / 6)
    squares = (WEIGHTS * factor * (ANSWERS - cell_mean) / 10) ** 2
    assert found.value[0] == pytest.approx(0.6 * 2 / 4 + 0.4 * 3 / 6)
    assert found.standard_error[0] == pytest.approx(np.sqrt(6 / 5 * squares.sum()))


def test_weighting_to_margins_ends_a_simple_sample() -> None:
    simple = sampling_design(size=6)
    sex, age = Margin("sex", SEX, OF_SEX), Margin("age", AGE, OF_AGE)

    assert simple.is_simple
    assert post_stratify(simple, sex).is_simple is False
    assert rake(simple, [sex, age]).is_simple is False


def test_a_single_person_nobody_stands_for_is_missed() -> None:
    with pytest.raises(WeightingError, match="nobody in the sample has sex = x; join it with another category"):
        post_stratify(sampling_design(size=6), Margin("sex", SEX, {**OF_SEX, "x": 1.0}))


def test_a_category_whose_people_have_no_weight_is_missed() -> None:
    weights = np.where(np.array(SEX) == "f", 0.0, 1.0)

    with pytest.raises(WeightingError, match="nobody in the sample has sex = f"):
        post_stratify(sampling_design(weights=weights), Margin("sex", SEX, OF_SEX))


def test_a_category_without_people_and_without_weight_hurts_nobody() -> None:
    plain = sampling_design(weights=[1.0, 2.0, 0.0, 0.0])
    kind = Margin("kind", ["a", "a", "b", "b"], {"a": 10, "b": 0})

    with np.errstate(all="raise"):
        for design in (post_stratify(plain, kind), rake(plain, [kind])):
            found = means(design, [1.0, 0.0, 1.0, 0.0])
            assert design.weights.tolist() == pytest.approx([10 / 3, 20 / 3, 0, 0])
            assert (found.value[0], found.variance[0] > 0) == (pytest.approx(1 / 3), True)


def test_margins_may_differ_by_the_rounding_of_large_numbers() -> None:
    sex, age = Margin("sex", SEX, {"m": 6e6, "f": 4e6}), Margin("age", AGE, {"y": 7e6 + 4, "o": 3e6})
    design = rake(sampling_design(weights=WEIGHTS), [sex, age])

    men, young = np.array(SEX) == "m", np.array(AGE) == "y"
    assert design.weights[men].sum() == pytest.approx(6e6, rel=1e-9)
    assert design.weights[young].sum() == pytest.approx((7e6 + 4) / (1 + 4e-7), rel=1e-9)
    with pytest.raises(
        WeightingError, match=r"age adds up to 1\.00001e\+07 and sex to 1e\+07; all margins must describe"
    ):
        rake(sampling_design(size=6), [sex, Margin("age", AGE, {"y": 7e6 + 100, "o": 3e6})])


def test_one_margin_raked_is_post_stratified_in_one_round() -> None:
    plain, sex = sampling_design(weights=WEIGHTS), Margin("sex", SEX, OF_SEX)

    raked = rake(plain, [sex], max_rounds=1, tolerance=1e-15)

    assert raked.weights.tolist() == pytest.approx(post_stratify(plain, sex).weights.tolist())
    assert rake(sampling_design(size=2), [Margin("sex", ["f", "m"], {"f": 1, "m": 1})], tolerance=0).size == 2


def test_known_numbers_that_are_all_0_are_refused() -> None:
    for weight in (lambda design, margin: rake(design, [margin]), post_stratify):
        with pytest.raises(WeightingError, match="the known numbers of sex add up to 0; give the numbers of the"):
            weight(sampling_design(size=6), Margin("sex", SEX, {"m": 0, "f": 0}))


def test_raking_that_does_not_end_names_the_worst_cell_and_its_gap() -> None:
    # Kinds are set to 6 and 2, then ages multiply the old by 2/3 and the young by 6/5: b is 2/3 + 6/5 and not 2.
    kind, age = ["a", "a", "a", "b", "b"], ["o", "y", "y", "o", "y"]
    margins = [Margin("kind", kind, {"a": 6, "b": 2}), Margin("age", age, {"y": 6, "o": 2})]

    with pytest.raises(WeightingError, match=r"did not converge: kind = b is still off by 0\.067 of its number"):
        rake(sampling_design(size=5), margins, max_rounds=1)


def test_kish_holds_for_whole_weights_of_any_size() -> None:
    assert kish_effective_n([2_000_000_000, 2_000_000_000]) == 2
    assert kish_design_effect([2_000_000_000, 2_000_000_000]) == 1
