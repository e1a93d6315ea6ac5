"""Expected numbers: tests/reference/survey.json, written by survey.R with postStratify, rake and calibrate."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.calibration import calibrate
from analysis.design import Design, sampling_design
from analysis.linearisation import means, totals
from analysis.weighting import (
    Margin,
    WeightingError,
    kish_design_effect,
    kish_effective_n,
    post_stratify,
    rake,
    trim_weights,
)
from known_survey import People, answers

FIELDS = {"civil": 3000.0, "land": 2500.0, "works": 1500.0}
SEXES = {"f": 3600.0, "m": 3400.0}
KNOWN = [7000.0, 3400.0, 105000.0]
NAMES = ("everybody", "men", "days")


def calibrated(kind: str) -> tuple[People, Design, Design]:
    people = People()
    plain = people.design("clustered")
    field, sex = Margin("field", people.text("field"), FIELDS), Margin("sex", people.text("sex"), SEXES)
    if kind == "post_stratified":
        return people, plain, post_stratify(plain, field)
    if kind == "raked":
        return people, plain, rake(plain, [field, sex])
    x = np.stack([np.ones(plain.size), people.text("sex") == "m", people.number("days")], axis=1)
    distance, bounds = {
        "linear": ("linear", (-inf, inf)),
        "bounded": ("linear", (0.7, 1.8)),
        "raking": ("raking", (-inf, inf)),
        "logit": ("logit", (0.5, 2.2)),
    }[kind]
    return people, plain, calibrate(plain, x, KNOWN, names=NAMES, distance=distance, bounds=bounds)  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize("kind", ["post_stratified", "raked", "linear", "bounded", "raking", "logit"])
def test_calibrated_estimates_and_their_standard_errors_equal_r(kind: str) -> None:
    people, plain, design = calibrated(kind)
    expected, due = answers()[kind], people.number("due")
    found, total = means(design, due), totals(design, due)
    assert found.value[0] == pytest.approx(expected["mean"], rel=1e-9)
    assert found.standard_error[0] == pytest.approx(expected["se"], rel=1e-8)
    assert total.standard_error[0] == pytest.approx(expected["total"], rel=1e-8)
    names, code = people.domain("wave")
    by = means(design, people.number("days"), code, len(names))
    assert by.value == pytest.approx(expected["by"], rel=1e-9)
    assert by.standard_error == pytest.approx(expected["by_se"], rel=1e-8)
    factors = design.weights / plain.weights
    assert [factors.min(), factors.max()] == pytest.approx([expected["low"], expected["high"]], rel=1e-8)


@pytest.mark.parametrize("kind", ["linear", "bounded", "raking", "logit"])
def test_known_totals_hold_and_have_no_standard_error(kind: str) -> None:
    people, _, design = calibrated(kind)
    found = totals(design, people.number("days"))
    assert found.value[0] == pytest.approx(105000)
    assert found.standard_error[0] == pytest.approx(0, abs=1e-6)


def test_raked_margins_hold_at_once() -> None:
    people, _, design = calibrated("raked")
    for column, known in (("field", FIELDS), ("sex", SEXES)):
        names, code = people.domain(column)
        weighted = np.bincount(code, weights=design.weights)
        assert dict(zip(names, weighted, strict=True)) == pytest.approx(known)


def test_post_strata_of_the_sample_s_own_sizes_change_no_weight() -> None:
    people = People()
    plain = people.design("weighted")
    names, code = people.domain("field")
    own = dict(zip(names, np.bincount(code, weights=plain.weights), strict=True))
    design = post_stratify(plain, Margin("field", people.text("field"), own))
    assert design.weights == pytest.approx(plain.weights)


@pytest.mark.parametrize(
    ("population", "problem"),
    [
        ({"a": 10, "b": 5, "c": 3}, "nobody in the sample has kind = c; join it"),
        ({"a": 10}, "kind = b occurs in the sample but has no known number"),
        ({"a": 10, "b": -1}, "the known number of kind = b is -1"),
        ({"a": 10, "b": float("nan")}, "the known number of kind = b is nan"),
    ],
)
def test_cells_that_cannot_be_filled_are_named(population: dict[str, float], problem: str) -> None:
    with pytest.raises(WeightingError, match=problem):
        post_stratify(sampling_design(size=3), Margin("kind", ["a", "a", "b"], population))


def test_a_cell_without_people_may_be_absent_from_the_sample() -> None:
    design = post_stratify(sampling_design(size=3), Margin("kind", ["a", "a", "b"], {"a": 10, "b": 5, "c": 0}))
    assert list(design.weights) == [5, 5, 5]


def test_rows_without_weight_stay_without() -> None:
    plain = sampling_design(weights=[1.0, 2.0, 0.0, 1.0])
    margins = [Margin("kind", ["a", "a", "b", "b"], {"a": 10, "b": 5}), Margin("sex", list("fmmf"), {"f": 8, "m": 7})]
    for design in (post_stratify(plain, margins[0]), rake(plain, margins)):
        assert design.weights[2] == 0
        assert np.isfinite(means(design, [1.0, 0.0, 1.0, 0.0]).variance[0])


def test_margins_that_disagree_are_refused() -> None:
    margins = [Margin("kind", ["a", "b"], {"a": 10, "b": 5}), Margin("sex", ["f", "m"], {"f": 9, "m": 9})]
    with pytest.raises(WeightingError, match=r"sex adds up to 18 and kind to 15"):
        rake(sampling_design(size=2), margins)


def test_raking_that_cannot_converge_names_a_cell() -> None:
    margins = [Margin("kind", ["a", "b"], {"a": 10, "b": 5}), Margin("sex", ["f", "m"], {"f": 9, "m": 6})]
    with pytest.raises(WeightingError, match=r"raking did not converge: kind = . is still off"):
        rake(sampling_design(size=2), margins, max_rounds=5)


def test_calibration_that_cannot_be_is_refused() -> None:
    design, x = sampling_design(size=4), np.array([[1.0, 1], [1, 2], [1, 3], [1, 4]])
    names = ("everybody", "visits")
    with pytest.raises(WeightingError, match="visits is still off by"):
        calibrate(design, x, [4.0, 40.0], names=names, bounds=(0.5, 1.5))
    with pytest.raises(WeightingError, match="calibration did not converge"):
        calibrate(design, x, [4.0, 12.0], names=names, distance="raking", max_steps=1)
    with pytest.raises(WeightingError, match=r"the bounds are 1.1 and 2; the factor 1"):
        calibrate(design, x, [4.0, 10.0], names=names, bounds=(1.1, 2))
    with pytest.raises(WeightingError, match="logit calibration needs two finite bounds"):
        calibrate(design, x, [4.0, 10.0], names=names, distance="logit")
    for bad_x, bad_total in ((np.where(x == 4, np.nan, x), 10.0), (x, float("nan"))):
        with pytest.raises(WeightingError, match="visits is missing in a row or has no known total"):
            calibrate(design, bad_x, [4.0, bad_total], names=names)


def test_calibration_to_impossible_totals_gives_up_after_its_steps() -> None:
    with pytest.raises(WeightingError, match="did not converge"):
        calibrate(sampling_design(size=2), [[1.0], [2.0]], [-5.0], names=["visits"], distance="raking")


def test_a_column_said_twice_changes_nothing() -> None:
    people, _, design = calibrated("linear")
    plain = people.design("clustered")
    x = np.stack([np.ones(plain.size), people.text("sex") == "m", people.number("days"), people.number("days")], axis=1)
    again = calibrate(plain, x, [*KNOWN, KNOWN[2]], names=(*NAMES, "days again"))
    due = people.number("due")
    assert means(again, due).standard_error == pytest.approx(means(design, due).standard_error, rel=1e-7)


@given(weights=st.lists(st.floats(0.01, 1000), min_size=2, max_size=30))
def test_kish_s_effective_size_lies_between_one_and_n(weights: list[float]) -> None:
    n = kish_effective_n(weights)
    assert 1 - 1e-9 <= n <= len(weights) + 1e-9
    assert kish_design_effect(weights) == pytest.approx(len(weights) / n)


def test_kish_leaves_out_rows_without_weight() -> None:
    assert kish_effective_n([2.0, 2.0, 0.0]) == 2
    assert kish_design_effect([2.0, 2.0, 0.0]) == 1


@given(weights=st.lists(st.floats(0.1, 100), min_size=3, max_size=30), lower=st.floats(0, 1), upper=st.floats(1, 3))
def test_trimmed_weights_keep_their_sum_and_their_bounds(weights: list[float], lower: float, upper: float) -> None:
    mean = sum(weights) / len(weights)
    trimmed = trim_weights(weights, lower=lower * mean, upper=upper * mean)
    assert trimmed.sum() == pytest.approx(sum(weights), rel=1e-6)
    assert trimmed.min() >= lower * mean * (1 - 1e-9)
    assert trimmed.max() <= upper * mean * (1 + 1e-9)


def test_weights_within_the_bounds_are_left_alone() -> None:
    assert list(trim_weights([1.0, 2.0, 0.0])) == [1, 2, 0]


def test_bounds_that_cannot_hold_the_sum_are_refused() -> None:
    with pytest.raises(WeightingError, match="weights between 0 and 2 cannot add up to 10"):
        trim_weights([5.0, 5.0], upper=2)
