"""Every key of a plan's design is read, and where it is missing the documented value stands in."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from analysis.plan.design_keys import CalibrationPlan, DesignPlan, MarginPlan, ReplicatesPlan, read_design
from analysis.plan.errors import PlanError
from analysis.plan.keys import Keys


def read(**design: Any) -> DesignPlan:
    return read_design(Keys(dict(design), "plan.toml", "design"))


def test_an_empty_table_is_a_simple_random_sample() -> None:
    assert read() == DesignPlan(
        weights=None,
        strata=None,
        clusters=(),
        population_sizes=(),
        lonely_stratum="fail",
        degrees_of_freedom="domain",
        trim=None,
        margins=(),
        calibration=None,
        replicates=None,
    )


def test_every_key_of_a_design_is_read() -> None:
    design = read(
        weights="w",
        strata="s",
        clusters=["c", "d"],
        population_sizes=["n", "m"],
        lonely_stratum="certainty",
        degrees_of_freedom="design",
        trim=[0.2, 5],
        margin=[{"column": "sex", "totals": {"f": 60, "m": 0}}],
    )
    assert (design.weights, design.strata, design.clusters) == ("w", "s", ("c", "d"))
    assert (design.population_sizes, design.trim) == (("n", "m"), (0.2, 5.0))
    assert (design.lonely_stratum, design.degrees_of_freedom) == ("certainty", "design")
    assert design.margins == (MarginPlan("sex", {"f": 60.0, "m": 0.0}),)


@pytest.mark.parametrize("choice", ["domain", "design"])
def test_degrees_of_freedom_are_those_of_the_domain_or_the_design(choice: str) -> None:
    assert read(degrees_of_freedom=choice).degrees_of_freedom == choice
    with pytest.raises(PlanError, match="domain"):
        read(degrees_of_freedom=choice.upper())


def test_a_calibration_is_linear_and_unbounded_where_nothing_else_is_said() -> None:
    assert read(calibration={"totals": {"age": 7}}).calibration == CalibrationPlan(
        totals={"age": 7.0}, population=None, distance="linear", bounds=(-inf, inf)
    )
    assert read(calibration={"population": 90, "distance": "logit", "bounds": [0.5, 2]}).calibration == CalibrationPlan(
        totals={}, population=90.0, distance="logit", bounds=(0.5, 2.0)
    )
    assert read(calibration={"population": 9, "distance": "linear"}).calibration is not None


def test_replicates_are_supplied_ones_where_nothing_else_is_said() -> None:
    assert read(replicates={"columns": ["r1", "r2"], "scale": 0.5}).replicates == ReplicatesPlan(
        kind="supplied",
        columns=("r1", "r2"),
        scale=0.5,
        replicate_scales=(),
        degrees_of_freedom=None,
        around_estimate=False,
        fay_rho=0.0,
        replicates=500,
        seed=None,
    )


def test_every_key_of_replicates_is_read() -> None:
    given = read(
        replicates={
            "kind": "supplied",
            "columns": ["r1", "r2"],
            "scale": 0.5,
            "replicate_scales": [1, 2],
            "degrees_of_freedom": 7.5,
            "around_estimate": True,
        }
    ).replicates
    assert given is not None
    assert (given.kind, given.replicate_scales, given.degrees_of_freedom) == ("supplied", (1.0, 2.0), 7.5)
    assert given.around_estimate is True
    made = read(replicates={"kind": "bootstrap", "seed": 3, "replicates": 80, "fay_rho": 0.3}).replicates
    assert made is not None
    assert (made.kind, made.seed, made.replicates, made.fay_rho) == ("bootstrap", 3, 80, 0.3)


@pytest.mark.parametrize(
    ("design", "place"),
    [
        ({"margin": [{"column": "a", "totals": {"x": 1}}], "calibration": {"population": 1}}, "calibration"),
        ({"margin": [{"column": "a", "totals": {"x": 1}}], "replicates": {"kind": "JK1"}}, "margin"),
        ({"calibration": {"population": 1}, "replicates": {"kind": "JK1"}}, "calibration"),
        ({"replicates": {"kind": "JK1", "columns": ["r"]}}, "columns"),
        ({"replicates": {"columns": ["r"], "scale": 0}}, "scale"),
        ({"replicates": {"kind": "bootstrap"}}, "seed"),
        ({"replicates": {"kind": "BRR", "fay_rho": 1}}, "fay_rho"),
        ({"margin": [{"column": "a", "totals": {}}]}, "totals"),
        ({"margin": [{"totals": {"x": 1}}]}, "column"),
        ({"calibration": {"distance": "linear"}}, "totals"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_key(design: dict[str, Any], place: str) -> None:
    with pytest.raises(PlanError) as refused:
        read(**design)
    assert f", {place} " in str(refused.value)
