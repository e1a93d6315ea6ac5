from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.beta_binomial import fit_prior
from analysis.proportions import wilson
from analysis.ranking import cautious_standard_errors
from analysis.small_area import beta_binomial, fay_herriot

# Made by tests/reference/small_area.R with metafor, VGAM and matrices written out.
KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "small_area.json").read_text())
Y, SE = np.array(KNOWN["y"]), np.array(KNOWN["se"])
WITH_Z = np.column_stack([np.ones(len(Y)), KNOWN["z"]])
units = st.lists(st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=8)
areas = st.lists(st.tuples(st.floats(0, 1), st.floats(0.001, 0.3)), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("name", "covariates", "factor"),
    [
        ("reml", None, 1.0),
        ("ml", None, 1.0),
        ("reml_covariate", WITH_Z, 0.5),
        ("ml_covariate", WITH_Z, 0.5),
        ("reml_boundary", None, 4.0),
    ],
)
def test_fay_herriot_equals_metafor(name: str, covariates: npt.ArrayLike | None, factor: float) -> None:
    method: Literal["reml", "ml"] = "ml" if name.startswith("ml") else "reml"

    found = fay_herriot(Y, SE * factor, covariates=covariates, method=method)

    known = KNOWN[name]
    assert found.between_variance == pytest.approx(known["between_variance"][0], rel=1e-6, abs=1e-12)
    assert found.coefficients == pytest.approx(known["coefficients"], rel=1e-7)
    assert found.value == pytest.approx(known["value"], rel=1e-7)
    assert found.standard_error**2 == pytest.approx(known["mse"], rel=1e-5)


def test_on_the_boundary_all_units_are_the_weighted_mean() -> None:
    found = fay_herriot(Y, 4 * SE)

    assert found.between_variance == 0.0
    assert found.value == pytest.approx(np.full(len(Y), np.average(Y, weights=SE**-2)))
    assert (found.own_weight == 0.0).all()
    assert (found.low < found.high).all()


def test_equal_standard_errors_have_a_closed_form() -> None:
    # With D the same everywhere REML gives A = s² - D and ML A = (m - 1)/m s² - D.
    reml, ml = fay_herriot(Y, np.full(len(Y), 0.02)), fay_herriot(Y, np.full(len(Y), 0.02), method="ml")

    assert reml.between_variance == pytest.approx(Y.var(ddof=1) - 0.02**2, rel=1e-9)
    assert ml.between_variance == pytest.approx(Y.var() - 0.02**2, rel=1e-9)
    assert reml.coefficients == pytest.approx([Y.mean()])


@given(areas, st.sampled_from(["reml", "ml"]))
@settings(max_examples=50)
def test_a_model_estimate_lies_between_the_direct_one_and_the_mean(
    rows: list[tuple[float, float]], method: Literal["reml", "ml"]
) -> None:
    direct, errors = np.array(rows).T

    found = fay_herriot(direct, errors, method=method)

    mean = found.coefficients[0]
    assert (found.value >= np.minimum(direct, mean) - 1e-9).all()
    assert (found.value <= np.maximum(direct, mean) + 1e-9).all()
    assert ((found.own_weight >= 0.0) & (found.own_weight <= 1.0)).all()
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()


@given(areas, st.randoms())
@settings(max_examples=25)
def test_the_order_of_units_does_not_matter(rows: list[tuple[float, float]], random: Any) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    direct, errors = np.array(rows).T

    found, again = fay_herriot(direct, errors), fay_herriot(direct[order], errors[order])

    assert again.value == pytest.approx(found.value[order], rel=1e-6)


def test_a_unit_at_100_percent_can_take_part() -> None:
    direct, n = np.array([1.0, 0.9, 0.8, 0.7]), np.array([12, 50, 60, 80])
    errors = cautious_standard_errors(direct, np.sqrt(direct * (1 - direct) / n), n)

    found = fay_herriot(direct, errors)

    assert found.value[0] < 1.0
    assert 0.0 < found.own_weight[0] < found.own_weight[3] < 1.0


def test_a_unit_without_a_direct_estimate_gets_what_the_others_say() -> None:
    missing = fay_herriot(np.append(Y, np.nan), np.append(SE, np.nan))
    without = fay_herriot(Y, SE)

    assert missing.value[:-1] == pytest.approx(without.value)
    assert missing.value[-1] == pytest.approx(without.coefficients[0])
    assert missing.own_weight[-1] == 0.0
    assert missing.standard_error[-1] > np.sqrt(without.between_variance)
    assert np.isnan(missing.direct[-1])


def test_the_mean_squared_error_is_what_simulation_finds() -> None:
    generator = np.random.default_rng(8)
    d = np.repeat([0.01, 0.02, 0.03], 10) ** 2
    squared, claimed = np.zeros(30), np.zeros(30)
    trials = 100
    for _ in range(trials):
        truth = 0.85 + 0.02 * generator.standard_normal(30)
        found = fay_herriot(truth + np.sqrt(d) * generator.standard_normal(30), np.sqrt(d))
        squared += (found.value - truth) ** 2 / trials
        claimed += found.standard_error**2 / trials

    by_size = [claimed[part].mean() / squared[part].mean() for part in (slice(10), slice(10, 20), slice(20, 30))]
    assert by_size == pytest.approx([1.0] * 3, abs=0.2)


@pytest.mark.parametrize(
    ("values", "errors", "covariates", "message"),
    [
        ([0.9, 0.8], [0.1], None, "do not fit together"),
        ([0.9, 0.8], [0.1, 0.1], [1.0, 1.0], "do not fit together"),
        ([0.9, 0.8], [0.1, 0.1], [[1.0]], "do not fit together"),
        ([0.9, 0.8], [0.1, 0.1], [[1.0], [np.nan]], "do not fit together"),
        ([0.9, 1.0], [0.1, 0.0], None, "unit 1 has value 1.0 and standard error 0.0"),
        ([0.9, np.inf], [0.1, 0.1], None, "unit 1"),
        ([0.9], [0.1], None, "1 units with a value cannot carry 1 covariates"),
        ([0.9, 0.8, 0.7], [0.1] * 3, [[1.0, 2.0]] * 3, "say different things"),
    ],
)
def test_areas_that_cannot_be_modelled_are_refused(values: Any, errors: Any, covariates: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fay_herriot(values, errors, covariates=covariates)


def test_the_beta_prior_equals_vgam_and_optim() -> None:
    k, n = np.array(KNOWN["k"], dtype=float), np.array(KNOWN["n"], dtype=float)

    prior = fit_prior(k, n)

    known = KNOWN["beta_binomial"]
    assert prior.mean == pytest.approx(known["mean"][0], rel=1e-6)
    assert prior.precision == pytest.approx(known["precision"][0], rel=1e-5)
    assert prior.mean == pytest.approx(known["mean_by_optim"][0], rel=1e-6)
    assert prior.precision == pytest.approx(known["precision_by_optim"][0], rel=1e-5)
    assert beta_binomial(k, n).value == pytest.approx(known["value"], rel=1e-6)


@given(units)
@settings(max_examples=25)
def test_empirical_bayes_draws_towards_the_mean_and_never_claims_certainty(rows: list[tuple[int, int]]) -> None:
    k, n = np.array(rows, dtype=float).T
    if not n.any():
        return

    found = beta_binomial(k, n)

    direct = np.where(n > 0, found.direct, found.coefficients[0])
    assert (found.value >= np.minimum(direct, found.coefficients[0]) - 1e-9).all()
    assert (found.value <= np.maximum(direct, found.coefficients[0]) + 1e-9).all()
    assert ((found.low >= 0.0) & (found.low <= found.value) & (found.value <= found.high) & (found.high <= 1.0)).all()
    assert (found.low < found.high).all()
    assert found.between_variance >= 0.0


def test_units_alike_are_one_unit() -> None:
    found = beta_binomial([45, 90, 180], [50, 100, 200])

    assert found.between_variance == 0.0
    assert found.value == pytest.approx([0.9] * 3)
    assert (found.own_weight == 0.0).all()
    # Not less than if they were known to be one, and more where the unit itself says little.
    assert (found.standard_error > np.sqrt(0.9 * 0.1 / 350)).all()
    assert found.standard_error[0] > found.standard_error[2]


@pytest.mark.parametrize("share", [0, 1])
def test_when_all_answers_are_the_same_the_interval_has_a_width(share: int) -> None:
    found = beta_binomial([10 * share, 20 * share], [10, 20])

    expected = wilson(successes=30 * share, n=30)
    assert found.value.tolist() == [share, share]
    assert found.low == pytest.approx([expected.ci.low] * 2)
    assert found.high == pytest.approx([expected.ci.high] * 2)


def test_a_unit_at_100_percent_is_drawn_down_the_more_the_smaller_it_is() -> None:
    found = beta_binomial([5, 50, 60, 70, 500], [5, 50, 100, 80, 650])

    assert found.value[0] < found.value[1] < 1.0
    assert found.own_weight[0] < found.own_weight[1]
    assert found.high[0] < 1.0


def test_a_unit_without_answers_gets_the_mean_of_all() -> None:
    found = beta_binomial([50, 20, 0], [60, 60, 0])

    assert found.value[2] == pytest.approx(found.coefficients[0])
    assert np.isnan(found.direct[2])
    assert found.own_weight[2] == 0.0
    assert found.standard_error[2] > found.standard_error[:2].max()


def test_units_that_are_all_or_nothing_keep_their_own_values() -> None:
    found = beta_binomial([30, 0, 40, 0, 25], [30, 30, 40, 40, 25])

    assert found.value == pytest.approx([1, 0, 1, 0, 1], abs=1e-3)
    assert (found.low < found.high).all()


def test_bayes_intervals_cover_the_truth_on_average() -> None:
    generator = np.random.default_rng(6)
    covered = 0
    for _ in range(30):
        n = generator.integers(8, 60, 40)
        truth = generator.beta(27, 3, 40)
        found = beta_binomial(generator.binomial(n, truth), n)
        covered += int(((found.low <= truth) & (truth <= found.high)).sum())

    assert covered / 1200 == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(
    ("satisfied", "n"),
    [([1], [0]), ([0], [0]), ([-1], [5]), ([1, 2], [5]), ([np.nan], [5]), ([[1]], [[2]]), ([1], [np.inf])],
)
def test_counts_that_cannot_be_are_refused(satisfied: Any, n: Any) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and n"):
        beta_binomial(satisfied, n)
