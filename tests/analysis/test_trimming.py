"""Trimmed weights by hand, and weights to margins in units so small that a cell adds up to less than 1."""

import numpy as np
import pytest

from analysis.design import Design, sampling_design
from analysis.linearisation import means
from analysis.weighting import Margin, WeightingError, post_stratify, rake, trim_weights

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
    ],
)
def test_what_is_cut_off_goes_to_the_others_in_proportion(
    weights: list[float], lower: float, upper: float, expected: list[float]
) -> None:
    assert trim_weights(weights, lower=lower, upper=upper).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("lower", "upper"), [(0, 1.9), (2.1, 9)])
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
    one, other = means(people, ANSWERS), means(parts, ANSWERS)

    assert parts.weights.tolist() == pytest.approx((people.weights * 1e-3).tolist())
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
