"""The design that the estimators take is the one that the plan's columns and choices describe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.design import Design, sampling_design
from analysis.plan.design_keys import read_design
from analysis.plan.designs import build_design
from analysis.plan.errors import PlanError
from analysis.plan.keys import Keys
from analysis.plan.table import Table
from analysis.replicates import ReplicateDesign, bootstrap, delete_one_cluster
from analysis.weighting import Margin, post_stratify, rake

COLUMNS = {
    "w": ["1", "2", "3", "4", "10", "0"],
    "s": ["a", "a", "a", "b", "b", "b"],
    "c": ["p", "q", "q", "r", "t", "t"],
    "n": ["9", "9", "9", "8", "8", "8"],
    "sex": ["f", "m", "f", "m", "f", "m"],
    "age": ["o", "o", "y", "y", "y", "o"],
    "r1": ["2", "4", "6", "8", "20", "0"],
    "r2": ["0", "1", "1", "1", "1", "0"],
}


def table(**changed: list[str]) -> Table:
    columns = {name: np.array(cells) for name, cells in (COLUMNS | changed).items()}
    return Table(file="s.csv", columns=columns, lines=np.arange(2, 8), decimal=".")


def build(data: Table | None = None, **design: Any) -> Any:
    return build_design(data or table(), read_design(Keys(design, "plan.toml", "design")))


def numbers(name: str) -> Any:
    return np.array(COLUMNS[name], dtype=float)


def test_a_stratum_of_one_cluster_is_treated_as_the_plan_says() -> None:
    lonely = table(c=["p", "p", "p", "r", "t", "t"])
    for choice in ("remove", "certainty", "adjust", "average"):
        design = build(lonely, weights="w", strata="s", clusters=["c"], lonely_stratum=choice)
        assert isinstance(design, Design)
        assert design.lonely_stratum == choice


def test_supplied_replicates_keep_what_their_supplier_states() -> None:
    given = {"columns": ["r1", "r2"], "scale": 0.5, "degrees_of_freedom": 7.5, "around_estimate": True}
    design = build(weights="w", replicates=given)
    assert isinstance(design, ReplicateDesign)
    assert (design.degrees_of_freedom, design.around_estimate) == (7.5, True)
    assert design.replicates.T.tolist() == [numbers("r1").tolist(), numbers("r2").tolist()]


def test_bootstrap_weights_are_those_of_the_seed_and_number_in_the_plan() -> None:
    plan: dict[str, Any] = {"weights": "w", "strata": "s", "clusters": ["c"]}
    sample = sampling_design(
        weights=numbers("w"), strata=np.array(COLUMNS["s"]), clusters=[np.array(COLUMNS["c"])], size=6
    )
    for seed in (0, 5):
        made = build(**plan, replicates={"kind": "bootstrap", "replicates": 30, "seed": seed})
        expected = bootstrap(sample, replicates=30, seed=seed)
        assert np.array_equal(made.replicates, expected.replicates)
    jackknife = build(**plan, replicates={"kind": "JKn"})
    assert np.array_equal(jackknife.replicates, delete_one_cluster(sample).replicates)


def test_weights_are_trimmed_at_multiples_of_the_mean_of_those_above_zero() -> None:
    # The mean of 1, 2, 3, 4, 10 is 4; the row without weight stays without.
    weights = build(weights="w", trim=[0.5, 2]).weights
    assert weights[5] == 0
    assert weights.sum() == pytest.approx(20)
    assert weights[:5].min() >= 2
    assert weights[:5].max() <= 8
    assert build(weights="w", trim=[0.25, 2.5]).weights.tolist() == numbers("w").tolist()


def test_one_margin_post_stratifies_and_several_rake() -> None:
    sample = sampling_design(weights=numbers("w"), size=6)
    sex = Margin("sex", np.array(COLUMNS["sex"]), {"f": 30.0, "m": 20.0})
    age = Margin("age", np.array(COLUMNS["age"]), {"o": 26.0, "y": 24.0})
    plans = [{"column": "sex", "totals": sex.population}, {"column": "age", "totals": age.population}]
    one = build(weights="w", margin=plans[:1])
    assert np.array_equal(one.weights, post_stratify(sample, sex).weights)
    both = build(weights="w", margin=plans)
    assert np.array_equal(both.weights, rake(sample, [sex, age]).weights)


def test_a_known_population_is_met_exactly() -> None:
    assert build(weights="w", calibration={"population": 90}).weights.sum() == pytest.approx(90)


@pytest.mark.parametrize(
    ("plan", "column", "empty", "problem"),
    [
        ({"weights": "w"}, "w", "", "the weight"),
        ({"strata": "s"}, "s", "", "the stratum is empty"),
        ({"clusters": ["c"]}, "c", "", "the cluster is empty"),
        ({"clusters": ["c"], "population_sizes": ["n"]}, "n", "x", "the population size"),
        ({"margin": [{"column": "sex", "totals": {"f": 1, "m": 1}}]}, "sex", "", "the category is empty"),
        ({"replicates": {"columns": ["r1", "r2"], "scale": 1}}, "r2", "x", "the replicate weight"),
        ({"calibration": {"totals": {"n": 50}}}, "n", "x", "the number to calibrate to"),
    ],
)
def test_an_unfit_cell_is_named_by_what_it_should_hold(
    plan: dict[str, Any], column: str, empty: str, problem: str
) -> None:
    cells = list(COLUMNS[column])
    cells[2] = empty
    with pytest.raises(PlanError) as refused:
        build(table(**{column: cells}), **plan)
    assert (refused.value.line, refused.value.column) == (4, column)
    assert problem in refused.value.problem


def test_clusters_of_the_last_stage_are_located_too() -> None:
    plan = {"strata": "s", "clusters": ["c", "sex"], "population_sizes": ["n", "n"]}
    small = table(n=["9", "9", "9", "8", "8", "0"])
    with pytest.raises(PlanError) as refused:
        build(small, **plan)
    assert refused.value.file == "s.csv"
    assert refused.value.column == "n"
