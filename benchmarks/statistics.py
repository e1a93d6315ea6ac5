"""Weighted shares of a million respondents, and rank sets of every commune.

``shares_1m``: 1,000,000 respondents × 5 items × 500 agencies, weighted shares with errors and intervals, beside
the bare numpy counts of the same sums.  ``ranks_3321`` and ``ranks_3321_bootstrap``: confidence sets of ranks, beside
one bare numpy pass over all pairs, and one such pass a draw.  Each part runs in a process of its own, so that its
memory is its own; value and floor are measured in turns.  Where R and its survey package are there,
``shares_50k_beside_r`` has the same table of 50,000 respondents by ``svyby`` as its floor.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Figures = dict[str, dict[str, Any]]
PROJECT = Path(__file__).resolve().parent.parent
AGENCIES, ITEMS, COMMUNES, DRAWS = 500, 5, 3321, 100
ROWS_AT_ONCE = 64  # a block of the bare pass stays in the processor's cache
R = """
suppressMessages(library(survey))
people <- read.csv("people.csv")
design <- svydesign(id = ~1, weights = ~weight, data = people)
begin <- proc.time()[["elapsed"]]
found <- svyby(~item0 + item1 + item2 + item3 + item4, ~agency, design, svymean)
cat(proc.time()[["elapsed"]] - begin, "\n")
write.table(as.matrix(SE(found)), "errors.txt", row.names = FALSE, col.names = FALSE)
"""


def figures() -> Figures:
    """Measure every part in a process of its own."""
    found: Figures = {}
    for part in PARTS:
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.statistics", part],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        found |= json.loads(run.stdout)
    return found


def shares() -> Figures:
    """Time a million respondents."""
    from analysis.share_sums import add_up_shares, weighted_shares  # noqa: PLC0415 - only this process needs it

    satisfied, agency, weights = people(1_000_000)
    before = peak_megabytes()
    ours, floor = in_turns(
        lambda: weighted_shares(add_up_shares(satisfied, agency, weights, AGENCIES)),
        lambda: bare_sums(satisfied, agency, weights),
    )
    return {
        "shares_1m": figure(ours, floor),
        "shares_1m_memory": {
            "value": peak_megabytes(),
            "floor": before,
            "ratio": peak_megabytes() / before,
            "unit": "MB",
        },
    }


def ranks() -> Figures:
    """Time the closed form."""
    from analysis.ranking import rank_sets  # noqa: PLC0415 - only this process needs it

    values, errors = communes()
    ours, floor = in_turns(lambda: rank_sets(values, errors, method="pairwise"), lambda: bare_pass(values, errors))
    return {"ranks_3321": figure(ours, floor)}


def ranks_bootstrap() -> Figures:
    """Time the bootstrap; the floor is one bare pass a draw."""
    from analysis.ranking import rank_sets  # noqa: PLC0415 - only this process needs it

    values, errors = communes()
    ours, floor = in_turns(
        lambda: rank_sets(values, errors, method="bootstrap", seed=20261121, draws=DRAWS),
        lambda: bare_pass(values, errors),
        turns=2,
    )
    memory = peak_megabytes()
    return {
        "ranks_3321_bootstrap": figure(ours, floor * DRAWS),
        "ranks_3321_memory": {"value": memory, "floor": 1000.0, "ratio": memory / 1000.0, "unit": "MB"},
    }


def beside_r() -> Figures:
    """Time R's svyby on a twentieth, and check that it finds the same."""
    from analysis.share_sums import add_up_shares, weighted_shares  # noqa: PLC0415 - only this process needs it

    if not has_r():
        return {}
    satisfied, agency, weights = people(50_000)
    with tempfile.TemporaryDirectory() as folder:
        names = ",".join(["agency", "weight", *(f"item{item}" for item in range(ITEMS))])
        table = np.column_stack([agency, weights, satisfied])
        np.savetxt(f"{folder}/people.csv", table, delimiter=",", header=names, comments="", fmt="%.17g")
        run = subprocess.run(["Rscript", "-e", R], cwd=folder, capture_output=True, text=True, check=True)
        errors = np.loadtxt(f"{folder}/errors.txt")

    def ours() -> Any:  # noqa: ANN401 - whatever is timed
        return weighted_shares(add_up_shares(satisfied, agency, weights, AGENCIES))

    gap = float(np.abs(ours().standard_error / errors - 1.0).max())
    assert gap < 1e-8, f"R differs by {gap}"
    seconds, _ = in_turns(ours, lambda: None)
    return {"shares_50k_beside_r": figure(seconds, float(run.stdout.split()[-1]))}


def has_r() -> bool:
    """Tell whether R and its survey package are installed."""
    if shutil.which("Rscript") is None:
        return False
    look = ["Rscript", "-e", "quit(status = !requireNamespace('survey', quietly = TRUE))"]
    return subprocess.run(look, capture_output=True, check=False).returncode == 0


def people(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw satisfied or not by item, agency and weight."""
    draw = np.random.default_rng(20261121)
    satisfied = (draw.random((rows, ITEMS)) < 0.85).astype(np.int8)
    return satisfied, draw.integers(0, AGENCIES, rows), draw.uniform(0.5, 5.0, rows)


def communes() -> tuple[np.ndarray, np.ndarray]:
    """Draw shares and standard errors of all communes."""
    draw = np.random.default_rng(20261121)
    return draw.normal(0.84, 0.04, COMMUNES), draw.uniform(0.01, 0.03, COMMUNES)


def bare_sums(satisfied: np.ndarray, agency: np.ndarray, weights: np.ndarray) -> None:
    """Count, add up weights and squared weights of the satisfied and the others: no more than numpy."""
    squared = weights * weights
    for item in range(ITEMS):
        code = 2 * agency + satisfied[:, item]
        np.bincount(code, minlength=2 * AGENCIES)
        np.bincount(code, weights=weights, minlength=2 * AGENCIES)
        np.bincount(code, weights=squared, minlength=2 * AGENCIES)


def bare_pass(values: np.ndarray, errors: np.ndarray) -> None:
    """Compare all pairs once against one critical value: no more than numpy."""
    variances = errors**2
    for first in range(0, COMMUNES, ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        statistic = values[rows, None] - values
        statistic /= np.sqrt(variances[rows, None] + variances)
        np.count_nonzero(statistic > 4.0, axis=1)
        np.count_nonzero(statistic < -4.0, axis=1)


def in_turns(ours: Callable[[], object], floor: Callable[[], object], turns: int = 7) -> tuple[float, float]:
    """Return the shortest time of each, after one run to warm up, taken in turns."""
    ours()
    floor()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for run, taken in zip((ours, floor), times, strict=True):
            begin = time.perf_counter()
            run()
            taken.append(time.perf_counter() - begin)
    return min(times[0]), min(times[1])


def figure(value: float, floor: float) -> dict[str, Any]:
    """Return a figure in seconds."""
    return {"value": value, "floor": floor, "ratio": value / floor, "unit": "s"}


def peak_megabytes() -> float:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


PARTS: dict[str, Callable[[], Figures]] = {
    "shares": shares,
    "ranks": ranks,
    "ranks_bootstrap": ranks_bootstrap,
    "beside_r": beside_r,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]]()))
