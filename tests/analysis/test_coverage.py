"""Coverage by simulation; the tables are made by tests/reference/coverage.py."""

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from analysis.proportions import estimate_shares
from reference import coverage

TABLES = json.loads((Path(__file__).parents[1] / "reference" / "coverage.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", TABLES["simple"], ids=lambda row: f"{row['n']}-{row['share']}")
def test_simulated_coverage_is_the_exact_one_within_monte_carlo_error(row: dict[str, float]) -> None:
    runs, n, share = 20_000, int(row["n"]), row["share"]
    successes = np.random.default_rng([20261121, n, round(1000 * share)]).binomial(n, share, runs)
    for method in coverage.CLASSICAL:
        exact = coverage.exact_coverage(method, n, share)
        assert exact == pytest.approx(row[method], abs=1e-4)
        found = estimate_shares(successes=successes, n=n, method=method)
        held = float(((found.low <= share) & (share <= found.high)).mean())
        assert held == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / runs) + 1e-4)


def test_wilson_holds_its_promise_on_average_and_wald_breaks_it() -> None:
    rows = TABLES["simple"]
    assert sum(row["wilson"] for row in rows) / len(rows) == pytest.approx(0.95, abs=0.015)
    assert min(row["clopper_pearson"] for row in rows) >= 0.95
    assert next(row["wald"] for row in rows if row["n"] == 30 and row["share"] == 0.99) == pytest.approx(0.26, abs=0.01)


def test_cluster_intervals_come_close_where_clusters_are_many() -> None:
    rows = [row for row in TABLES["clustered"] if row["clusters"] == 100 and row["share"] < 0.99]
    for row in rows:
        assert row["wilson"] == pytest.approx(0.95, abs=0.025)
    # Where design effects are large and shares near 1, Wilson keeps more of its promise than the plain t interval.
    hard = [row for row in TABLES["clustered"] if row["share"] >= 0.95]
    assert sum(row["wilson"] for row in hard) > sum(row["t"] for row in hard)


def _cells() -> list[pytest.param]:
    cells = [(row["clusters"], row["design_effect"], row["share"]) for row in TABLES["clustered"]]
    sample = {(30, 2.0, 0.84), (100, 4.0, 0.5)}
    return [pytest.param(*cell, marks=[] if cell in sample else pytest.mark.slow) for cell in cells]


@pytest.mark.parametrize(("clusters", "effect", "share"), _cells())
def test_cluster_coverage_repeats_with_another_seed(clusters: int, effect: float, share: float) -> None:
    runs = 300
    found = coverage.simulated_coverage(clusters, effect, share, runs=runs, seed=7)
    (row,) = (
        row
        for row in TABLES["clustered"]
        if (row["clusters"], row["design_effect"], row["share"]) == (clusters, effect, share)
    )
    for method in coverage.COMPLEX:
        error = sqrt(max(row[method] * (1 - row[method]), 0.01) * (1 / runs + 1 / coverage.RUNS))
        assert found[method] == pytest.approx(row[method], abs=4 * error)
