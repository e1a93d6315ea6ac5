"""Calibration by its definition: F(0) = F'(0) = 1, factors within bounds, distances of Deville and Särndal (1992)."""

from math import inf

import numpy as np
import pytest

from analysis.calibration import Distance, _Change, calibrate
from analysis.design import sampling_design
from analysis.estimators import means
from analysis.weighting import WeightingError

AGE = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 2.0, 1.0, 4.0])
X = np.stack([np.ones(8), AGE], axis=1)
W = np.array([10.0, 10, 12, 8, 10, 9, 11, 10])
NAMES = ["people", "age"]
LOW, HIGH = 0.4, 2.5


def factors(distance: Distance, total: float, bounds: tuple[float, float] = (-inf, inf)) -> np.ndarray:
    design = sampling_design(weights=W)
    found = calibrate(design, X, [80.0, total], names=NAMES, distance=distance, bounds=bounds)
    assert X.T @ found.weights == pytest.approx([80.0, total])
    return found.weights / W


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_a_factor_begins_at_one_with_slope_one_and_has_its_derivative(distance: Distance) -> None:
    change = _Change(distance, LOW, HIGH)
    at = np.linspace(-0.5, 0.8, 27)

    value, slope = change(at)
    ahead, behind = change(at + 1e-6)[0], change(at - 1e-6)[0]

    assert [part[0] for part in change(np.zeros(1))] == pytest.approx([1.0, 1.0])
    assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)
    assert np.all((value > LOW) & (value < HIGH))


@pytest.mark.parametrize("distance", ["linear", "raking"])
def test_beyond_its_bounds_a_factor_stays_and_has_no_slope(distance: Distance) -> None:
    value, slope = _Change(distance, LOW, HIGH)(np.array([-9.0, 9.0]))

    assert value.tolist() == [LOW, HIGH]
    assert slope.tolist() == [0.0, 0.0]


def test_a_logit_factor_comes_near_its_bounds_and_overflows_nowhere() -> None:
    with np.errstate(over="raise"):
        value, slope = _Change("logit", LOW, HIGH)(np.array([-1e6, 1e6]))

    assert value.tolist() == pytest.approx([LOW, HIGH])
    assert slope.tolist() == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize(
    ("distance", "inverse"),
    [
        ("linear", lambda g: g - 1),
        ("raking", np.log),
        ("logit", lambda g: np.log((g - LOW) / (1 - LOW)) - np.log((HIGH - g) / (HIGH - 1))),
    ],
)
@pytest.mark.parametrize("total", [190.0, 250.0])
def test_factors_are_the_distance_s_function_of_a_line(distance: Distance, inverse: object, total: float) -> None:
    found = factors(distance, total, (LOW, HIGH) if distance == "logit" else (-inf, inf))

    line = inverse(found)  # type: ignore[operator]  # a function, see above
    fitted = X @ np.linalg.lstsq(X, line, rcond=None)[0]
    assert line == pytest.approx(fitted, abs=1e-7)


def test_bounded_factors_reach_their_bound_and_not_beyond() -> None:
    found = factors("linear", 227.0, (0.5, 1.05))

    assert found.max() == pytest.approx(1.05)
    assert found.min() > 0.5


def test_a_calibrated_sample_is_no_simple_one() -> None:
    simple = sampling_design(size=8)

    assert simple.is_simple
    assert calibrate(simple, X, [8.0, 23.0], names=NAMES).is_simple is False


@pytest.mark.parametrize("bounds", [(1.0, 2.0), (0.5, 1.0), (1.2, 2.0)])
def test_the_factor_one_lies_strictly_between_the_bounds(bounds: tuple[float, float]) -> None:
    with pytest.raises(WeightingError, match="the factor 1 must lie between them"):
        factors("linear", 230.0, bounds)


@pytest.mark.parametrize("bounds", [(0.3, inf), (-inf, 3.0)])
def test_logit_needs_both_bounds(bounds: tuple[float, float]) -> None:
    with pytest.raises(WeightingError, match=r"^logit calibration needs two finite bounds, such as \(0\.3, 3\)$"):
        factors("logit", 230.0, bounds)


def test_a_total_out_of_reach_names_the_column_that_is_relatively_furthest() -> None:
    design = sampling_design(weights=W)

    with pytest.raises(WeightingError, match="calibration did not converge: people is still off by"):
        calibrate(design, X[:, ::-1], [222.0, 800.0], names=NAMES[::-1], bounds=(0.9, 1.1))


def test_the_furthest_column_is_the_relatively_furthest_also_where_another_misses_more() -> None:
    # Weights may double at most: the first column ends 10 of 2,010 short, the second 2 of 4.
    design = sampling_design(weights=np.ones(2))

    with pytest.raises(WeightingError, match="few is still off by 2;"):
        calibrate(design, np.diag([1000.0, 1.0]), [2010.0, 4.0], names=["many", "few"], bounds=(0.5, 2.0))


def test_raking_to_ten_times_the_size_multiplies_every_weight_by_ten() -> None:
    # Newton's first step leads to exp(9), which is further off than the start: steps must become shorter.
    found = calibrate(sampling_design(weights=W), np.ones((8, 1)), [10 * W.sum()], names=["people"], distance="raking")

    assert found.weights == pytest.approx(10 * W)


def test_a_row_without_weight_changes_no_standard_error() -> None:
    def variance(rows: slice) -> float:
        # Clusters that both designs have, so that the row is nothing but a row.
        design = sampling_design(
            weights=np.append(W, 0.0)[rows], clusters=[np.array([0, 0, 1, 1, 2, 2, 3, 3, 3])[rows]]
        )
        calibrated = calibrate(design, np.vstack([X, [1.0, 9.0]])[rows], [82.0, 230.0], names=NAMES)
        return float(means(calibrated, np.append(AGE**2, 7.0)[rows]).variance[0])

    assert variance(slice(9)) == pytest.approx(variance(slice(8)))
