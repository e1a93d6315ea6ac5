"""The known answers of ../shared/open_cases, each at its own tolerance, after the conventions of docs/methodology.md.

Cases of methods that are not offered are listed by ``test_cases_of_methods_not_offered_are_known``, so that none is
passed over in silence: continuity-corrected Wilson, the plain Jeffreys interval at 0 and n (ours is the one of Brown,
Cai and DasGupta), Hochberg, Benjamini–Yekutieli and Šidák adjustments, Agresti–Caffo, Mee, Fisher and chi-squared
tests, McNemar's test, the homogeneity test beside a trend.
"""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.mark.structures import ParameterSet
from numpy.typing import ArrayLike

from analysis.comparison import miettinen_nurminen, newcombe
from analysis.design import Design, sampling_design
from analysis.intervals import BOUNDS
from analysis.linearisation import means, totals
from analysis.multiplicity import ADJUSTMENTS
from analysis.proportions import clopper_pearson, wald, wilson
from analysis.sample_size import (
    allocate_neyman,
    allocate_proportionally,
    guidance_sample_size,
    sample_size,
    sample_size_for_change,
)
from analysis.share_intervals import Precision, share_interval
from analysis.trend import trend_in_shares
from analysis.weighting import Margin, post_stratify, rake

Case = dict[str, Any]
CASES = Path(__file__).parents[3] / "shared" / "open_cases"
FILES = ("a_simple_proportions", "b_c_design_and_raking", "h_tests_multiplicity", "i_sample_size")
METHODS = {name: name for name in BOUNDS if name != "jeffreys"} | {"jeffreys_bcd": "jeffreys"}
NOT_OFFERED = {"prop.wilson_cc": 30, "prop.jeffreys": 30, "mcnemar": 1}


@cache
def cases(file: str) -> list[Case]:
    if not CASES.exists():
        return []
    return json.loads((CASES / f"{file}.json").read_text(encoding="utf-8"))["cases"]


def chosen(file: str, *prefixes: str) -> list[ParameterSet]:
    found = [case for case in cases(file) if case["id"].startswith(prefixes)]
    absent = pytest.param(None, marks=pytest.mark.skip(reason=f"the open cases are absent: {CASES}"), id="absent")
    return [pytest.param(case, id=case["id"]) for case in found] or [absent]


def chosen_kind(kind: str) -> list[ParameterSet]:
    """Return the cases of designs whose id has ``kind`` as its second part."""
    every = chosen("b_c_design_and_raking", "")
    return [case for case in every if case.id == "absent" or str(case.id).split(".")[1] == kind]


def close(case: Case, found: ArrayLike, expected: ArrayLike, **looser: float) -> None:
    tolerance = case["tol"] | looser
    expected = np.asarray(expected, dtype=float)
    gap = np.abs(np.asarray(found, dtype=float) - expected)
    assert np.all(gap <= np.maximum(tolerance["rel"] * np.abs(expected), tolerance["abs"])), (found, expected)


@cache
def columns(file: str) -> dict[str, np.ndarray]:
    with (CASES / "data" / file).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def design_of(case: Case) -> Design:
    data, said = columns(case["input"]), case["design"]
    number = {name: data[said[name]].astype(float) for name in ("weights", "fpc", "fpc1", "fpc2") if name in said}
    return sampling_design(
        weights=number.get("weights"),
        strata=data[said["strata"]] if "strata" in said else None,
        clusters=[data[said[name]] for name in ("psu", "ssu") if name in said],
        population_sizes=[number[name] for name in ("fpc", "fpc1", "fpc2") if name in number],
    )


@pytest.mark.parametrize("case", chosen("a_simple_proportions", *(f"prop.{method}." for method in METHODS)))
def test_simple_proportions(case: Case) -> None:
    asked = case["params"]
    found = BOUNDS[METHODS[asked["method"]]](asked["x"] / asked["n"], asked["n"], confidence_level=asked["level"])
    expected = [case["expected"]["lower"], case["expected"]["upper"]]
    close(case, found, np.clip(expected, 0, 1) if asked["method"] == "agresti_coull" else expected)


@pytest.mark.parametrize("case", chosen("a_simple_proportions", "fpc."))
def test_finite_populations(case: Case) -> None:
    asked, expected = case["params"], case["expected"]
    counts = {
        "successes": asked["x"],
        "n": asked["n"],
        "population_size": asked["N"],
        "confidence_level": asked["level"],
    }
    for method, name in ((wilson, "wilson_fpc"), (clopper_pearson, "hypergeom"), (wald, "wald")):
        found = method(**counts)
        close(case, [found.ci.low, found.ci.high], [expected[f"{name}_lower"], expected[f"{name}_upper"]])
        close(case, [found.value, found.standard_error], [expected["estimate"], expected["se_svymean"]])
    close(case, wilson(**counts).effective_n, expected["wilson_fpc_neff"])


@pytest.mark.parametrize("case", chosen_kind("degf"))
def test_degrees_of_freedom(case: Case) -> None:
    design = design_of(case)
    assert design.degrees_of_freedom() == case["expected"]["degf"]
    assert design.size == case["expected"]["n"]


@pytest.mark.parametrize("case", chosen_kind("mean"))
def test_means_and_totals_of_designs(case: Case) -> None:
    design, outcome = design_of(case), columns(case["input"])[case["params"]["variable"]].astype(float)
    mean, total, expected = means(design, outcome), totals(design, outcome), case["expected"]
    close(case, [mean.value[0], mean.standard_error[0]], [expected["mean"], expected["se"]])
    close(case, mean.design_effect[0], expected["deff"])
    close(case, [total.value[0], total.standard_error[0]], [expected["total"], expected["total_se"]])
    interval = share_interval(
        float(mean.value[0]),
        Precision(float(mean.variance[0]), int(mean.n[0]), float(mean.degrees_of_freedom[0])),
        method="t",
    )
    close(case, [interval.low, interval.high], expected["ci95_t"])


@pytest.mark.parametrize("case", chosen_kind("ciprop"))
def test_shares_of_designs(case: Case) -> None:
    asked, expected = case["params"], case["expected"]
    found = means(design_of(case), columns(case["input"])[asked["variable"]].astype(float))
    interval = share_interval(
        float(found.value[0]),
        Precision(float(found.variance[0]), int(found.n[0]), asked["df"]),
        method=asked["method"],
        confidence_level=asked["level"],
    )
    close(case, [found.value[0], found.standard_error[0]], [expected["estimate"], expected["se"]])
    close(case, [interval.low, interval.high], [expected["lower"], expected["upper"]])


@pytest.mark.parametrize("case", chosen_kind("by"))
def test_domains_of_designs(case: Case) -> None:
    asked, expected, data = case["params"], case["expected"], columns(case["input"])
    levels, code = np.unique(data[asked["domain"]], return_inverse=True)
    found = means(design_of(case), data[asked["variable"]].astype(float), code, len(levels))
    assert list(levels) == expected["levels"]
    close(case, found.value, expected["mean"])
    close(case, found.standard_error, expected["se"])
    intervals = [
        share_interval(float(value), Precision(float(variance), int(n), asked["df"]), method="logit")
        for value, variance, n in zip(found.value, found.variance, found.n, strict=True)
    ]
    close(case, [interval.low for interval in intervals], expected["logit_lower"])
    close(case, [interval.high for interval in intervals], expected["logit_upper"])


@pytest.mark.parametrize("case", chosen("b_c_design_and_raking", "rake.", "poststrat."))
def test_calibrated_weights(case: Case) -> None:
    data, expected = columns(case["input"]), case["expected"]
    plain = sampling_design(weights=data["w"].astype(float))
    margins = [Margin(name, data[name], totals) for name, totals in case["params"]["margins"].items()]
    design = rake(plain, margins) if case["id"].startswith("rake") else post_stratify(plain, margins[0])
    found = means(design, data["sat"].astype(float))
    close(case, [found.value[0], found.standard_error[0]], [expected["mean"], expected["se"]])
    if "sum_w2" in expected:
        weights = design.weights
        close(
            case,
            [np.square(weights).sum(), weights.min(), weights.max()],
            [expected["sum_w2"], expected["min_w"], expected["max_w"]],
        )


@pytest.mark.parametrize("case", chosen("h_tests_multiplicity", "twoprop."))
def test_two_shares(case: Case) -> None:
    asked, expected = case["params"], case["expected"]
    first, second = (
        wilson(successes=asked[f"x{side}"], n=asked[f"n{side}"], confidence_level=asked["level"]) for side in (1, 2)
    )
    by_wilson = newcombe(earlier=second, later=first)
    by_score = miettinen_nurminen(
        earlier_successes=asked["x2"],
        earlier_n=asked["n2"],
        later_successes=asked["x1"],
        later_n=asked["n1"],
        confidence_level=asked["level"],
    )
    close(case, [by_wilson.value, by_score.value], [expected["diff"]] * 2)
    close(case, [by_wilson.ci.low, by_wilson.ci.high], expected["newcombe"])
    close(case, [by_score.ci.low, by_score.ci.high], expected["miettinen_nurminen"], abs=1e-6)


@pytest.mark.parametrize("case", chosen("h_tests_multiplicity", "padjust."))
def test_families(case: Case) -> None:
    names = {"holm": "holm", "benjamini_hochberg": "BH", "bonferroni": "bonferroni"}
    for method, adjust in ADJUSTMENTS.items():
        close(case, adjust(case["params"]["p"]), case["expected"][names[method]])


@pytest.mark.parametrize("case", chosen("h_tests_multiplicity", "trend."))
def test_trends(case: Case) -> None:
    asked = case["params"]
    found = trend_in_shares(successes=asked["x"], n=asked["n"], scores=asked["scores"])
    close(case, [found.chi_squared, found.p_value], [case["expected"]["chi2_trend"], case["expected"]["p"]])


@pytest.mark.parametrize("case", chosen("i_sample_size", "ss."))
def test_sizes_for_a_margin(case: Case) -> None:
    asked, expected = case["params"], case["expected"]
    planned = {"margin": asked["e"], "confidence_level": asked["level"], "share": asked["p"]}
    close(case, sample_size(**planned).unrounded, expected["n0"])
    close(case, sample_size(**planned, population_size=asked["N"]).unrounded, expected["n_fpc"])
    whole = sample_size(
        **planned,
        population_size=asked["N"],
        design_effect=asked["deff"],
        response_rate=asked["response_rate"],
    )
    close(case, whole.unrounded, expected["n_fpc_deff_then_fpc"])
    assert (whole.n, whole.to_invite) == (expected["n_ceil"], expected["invite_ceil"])
    # Without a population the formula goes to 1 / e².
    close(case, guidance_sample_size(population_size=asked["N"] or 1e18, margin=asked["e"]), expected["yamane"])


@pytest.mark.parametrize("case", chosen("i_sample_size", "power."))
def test_sizes_for_a_change(case: Case) -> None:
    asked = case["params"]
    found = sample_size_for_change(earlier_share=asked["p1"], later_share=asked["p2"], power=asked["power"])
    close(case, found, case["expected"]["n_per_group"])


@pytest.mark.parametrize("case", chosen("i_sample_size", "alloc."))
def test_allocations(case: Case) -> None:
    asked, expected = case["params"], case["expected"]
    sizes = {"n": asked["n"], "population_sizes": asked["N_h"]}
    close(case, allocate_neyman(**sizes, standard_deviations=asked["S_h"]), expected["neyman"])
    close(case, allocate_proportionally(**sizes), expected["proportional"])


@pytest.mark.skipif(not CASES.exists(), reason=f"the open cases are absent: {CASES}")
def test_cases_of_methods_not_offered_are_known() -> None:
    every = [case["id"] for file in FILES for case in cases(file)]
    left = {prefix: sum(name.startswith(f"{prefix}.") for name in every) for prefix in NOT_OFFERED}
    assert left == NOT_OFFERED
    assert len(every) == 427
