"""The annual summary of 34 and of 3,321 agencies: from findings to PDF, XLSX, CSV and JSON.

The floor is typst alone, compiling the same pages from ready data and ready charts, measured in turns.  The findings
are made up in code, so that no database is part of the figure.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, Final

from survey.findings.values import AnnualFindings
from survey.rendering.annual_report import annual_report
from survey.rendering.csv import annual_csv
from survey.rendering.json import annual_json
from survey.rendering.pdf import annual_pdf, report_data
from survey.rendering.typesetting import typeset
from survey.rendering.xlsx import annual_xlsx
from tests.rendering.examples import annual_example

# Agencies and how often they are measured: the small one is quick and needs more turns to be steady.
SIZES: Final = {34: 5, 3321: 1}


def figures() -> dict[str, dict[str, Any]]:
    """Measure both sizes."""
    # The first document loads matplotlib and the fonts; that is measured as start-up, not here.
    _make_all(annual_example(2))
    return {f"annual_{agencies}": _measure(annual_example(agencies), turns) for agencies, turns in SIZES.items()}


def _measure(findings: AnnualFindings, turns: int) -> dict[str, Any]:
    report = annual_report(findings, "vi")
    data, charts = report_data(report)
    values, floors = [], []
    for _ in range(turns):
        values.append(_seconds(lambda: _make_all(findings)))
        floors.append(_seconds(lambda: typeset("report", data=data, pictures=charts, made_on=report.made_on)))
    value, floor = statistics.median(values), statistics.median(floors)
    return {"value": value, "floor": floor, "ratio": value / floor, "unit": "s"}


def _make_all(findings: AnnualFindings) -> None:
    for make in (annual_pdf, annual_xlsx, annual_csv, annual_json):
        make(findings)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(figures())
