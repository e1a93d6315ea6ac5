"""The annual summary of 34 and of 3,321 agencies: from findings to PDF, XLSX, CSV and JSON.

The floor is typst alone, compiling the same pages from ready data and ready charts, measured in turns.  Every turn
has a process of its own, since typst remembers what it has laid out before.  The findings are made up in code, so
that no database is part of the figure.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from survey.findings.values import AnnualFindings
from survey.rendering.annual_report import annual_report
from survey.rendering.csv import annual_csv
from survey.rendering.json import annual_json
from survey.rendering.pdf import annual_pdf, report_data
from survey.rendering.typesetting import typeset
from survey.rendering.xlsx import annual_xlsx
from tests.rendering.examples import annual_example

PROJECT: Final = Path(__file__).resolve().parent.parent
# Agencies and how often they are measured: the small one is quick and needs more turns to be steady.
SIZES: Final = {34: 5, 3321: 1}


def figures() -> dict[str, dict[str, Any]]:
    """Measure both sizes."""
    return {f"annual_{agencies}": _measure(agencies, turns) for agencies, turns in SIZES.items()}


def make_all(findings: AnnualFindings) -> Callable[[], None]:
    """Return the work of the product: every document of the year."""

    def work() -> None:
        for make in (annual_pdf, annual_xlsx, annual_csv, annual_json):
            make(findings)

    return work


def typeset_only(findings: AnnualFindings) -> Callable[[], None]:
    """Return the work of the floor: the same pages from ready data."""
    report = annual_report(findings, "vi")
    data, charts = report_data(report)

    def work() -> None:
        typeset("report", data=data, pictures=charts, made_on=report.made_on)

    return work


WORKS: Final = {"value": make_all, "floor": typeset_only}


def _measure(agencies: int, turns: int) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {name: [] for name in WORKS}
    for _ in range(turns):
        for name, measured in seconds.items():
            command = [sys.executable, "-m", "benchmarks.annual", name, str(agencies)]
            finished = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
            measured.append(float(finished.stdout))
    value, floor = (statistics.median(seconds[name]) for name in ("value", "floor"))
    return {"value": value, "floor": floor, "ratio": value / floor, "unit": "s"}


def main(name: str, agencies: int) -> None:
    """Print how long one turn takes, without what every process loads first: libraries and fonts."""
    make_all(annual_example(2))()
    work = WORKS[name](annual_example(agencies))
    start = time.perf_counter()
    work()
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
