"""Reports against their floors: the annual summary of 34 and of 3,321 agencies, and tables of 100,000 rows.

``annual_34`` and ``annual_3321``: from findings to PDF, DOCX, XLSX, CSV and JSON, beside typst alone, which
compiles the same pages from ready data and ready charts (those of 3,321 in the same parts, or it would need gigabytes).
``xlsx_100k`` and ``csv_100k``: the report of an agency with so many lines, beside a bare writer of the same cells.
Each has its memory beside it, the process and its children together, against the 500 MB that are allowed.

Every turn has a process of its own, since typst remembers what it has laid out before.  The findings are made up in
code, so that no database is part of the figure.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from survey.findings.values import AgencyFindings, BreakdownRow, Wording
from survey.rendering.agency_tables import breakdowns_table
from survey.rendering.annual_report import annual_report
from survey.rendering.cells import fields
from survey.rendering.csv import agency_csv, annual_csv
from survey.rendering.docx import report_docx
from survey.rendering.json import annual_json
from survey.rendering.long_pdf import is_long, split, typeset_part
from survey.rendering.pdf import report_data, report_pdf
from survey.rendering.typesetting import typeset
from survey.rendering.xlsx import agency_xlsx, annual_xlsx
from tests.rendering.examples import agency_example, annual_example

PROJECT: Final = Path(__file__).resolve().parent.parent
MOST_MEMORY: Final = 500.0  # MB
ROWS: Final = 100_000
# What the CSV says of one breakdown: two estimates, five levels, no opinion.
LINES_A_BREAKDOWN: Final = 8
_SECONDS_BETWEEN_LOOKS: Final = 0.05
# How often each is measured: the small ones are quick and need more turns to be steady.
TURNS: Final = {"annual_34": 5, "annual_3321": 1, "xlsx_100k": 3, "csv_100k": 3}

Work = Callable[[], object]


def figures() -> dict[str, dict[str, Any]]:
    """Measure time and memory of each."""
    measured: dict[str, dict[str, Any]] = {}
    for name, turns in TURNS.items():
        measured |= _measure(name, turns)
    return measured


def annual_work(agencies: int) -> Work:
    """Return the work of the product: every document of the year."""
    findings = annual_example(agencies)

    def work() -> None:
        # As the job does: composed once for both documents that are signed, and each let go before the next.
        report = annual_report(findings, "vi")
        for make in (report_pdf, report_docx):
            make(report)
        for write in (annual_xlsx, annual_csv, annual_json):
            write(findings)

    return work


def annual_floor(agencies: int) -> Work:
    """Return the work of the floor: the same pages from ready data."""
    report = annual_report(annual_example(agencies), "vi")
    data, charts = report_data(report)
    if not is_long(data, charts):
        return lambda: typeset("report", data=data, pictures=charts, made_on=report.made_on)
    parts = split(data, charts)
    return lambda: [typeset_part(part, data, pictures=charts, made_on=report.made_on) for part in parts]


def with_breakdowns(rows: int) -> AgencyFindings:
    """Make an agency with so many counters."""
    findings = agency_example()
    shown = findings.overall
    counters = (BreakdownRow("service_point", f"c{at}", Wording(f"Quầy {at}", f"Counter {at}"), shown)
                for at in range(rows))  # fmt: skip
    return replace(findings, breakdowns=tuple(counters))


def xlsx_floor(rows: int) -> Work:
    """Return a bare writer of the cells of the same table, ready as text and numbers."""
    from xlsxwriter import Workbook  # noqa: PLC0415  only this one needs it

    table = breakdowns_table(with_breakdowns(rows), "vi")
    cells = [
        [field.read(value, "vi") for column, value in zip(table.columns, row, strict=True) if value is not None
         for field in fields(column.kind)]
        for row in table.rows
    ]  # fmt: skip

    def work() -> None:
        book = Workbook(io.BytesIO(), {"constant_memory": True})
        sheet = book.add_worksheet()
        for at, row in enumerate(cells):
            sheet.write_row(at, 0, row)
        book.close()

    return work


def csv_floor(rows: int) -> Work:
    """Return a bare writer of the cells of the same file."""
    written = agency_csv(with_breakdowns(rows // LINES_A_BREAKDOWN)).decode()
    cells = list(csv.reader(io.StringIO(written)))

    def work() -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(cells)
        return text.getvalue().encode()

    return work


def works(name: str) -> dict[str, Callable[[], Work]]:
    """Return what makes the work of the product and that of the floor."""
    kind, _, size = name.partition("_")
    if kind == "annual":
        return {"value": lambda: annual_work(int(size)), "floor": lambda: annual_floor(int(size))}
    if kind == "xlsx":
        findings = with_breakdowns(ROWS)
        return {"value": lambda: lambda: agency_xlsx(findings), "floor": lambda: xlsx_floor(ROWS)}
    findings = with_breakdowns(ROWS // LINES_A_BREAKDOWN)
    return {"value": lambda: lambda: agency_csv(findings), "floor": lambda: csv_floor(ROWS)}


def _measure(name: str, turns: int) -> dict[str, dict[str, Any]]:
    seconds: dict[str, list[float]] = {"value": [], "floor": []}
    memory = 0.0
    for _ in range(turns):
        for side, measured in seconds.items():
            command = [sys.executable, "-m", "benchmarks.reports", name, side]
            finished = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
            turn = json.loads(finished.stdout)
            measured.append(turn["seconds"])
            memory = max(memory, turn["memory"] if side == "value" else 0.0)
    value, floor = (statistics.median(seconds[side]) for side in ("value", "floor"))
    ratio = {"value": value, "floor": floor, "ratio": value / floor, "unit": "s"}
    kept = {"value": memory, "floor": MOST_MEMORY, "ratio": memory / MOST_MEMORY, "unit": "MB"}
    return {name: ratio, f"{name}_memory": kept}


def main(name: str, side: str) -> None:
    """Print how long one turn takes, without what every process loads first (libraries, fonts), and its memory."""
    annual_work(2)()
    work = works(name)[side]()
    with _watched() as held:
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "memory": max(held)}))


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Note again and again how much memory the process and its children hold together, in MB."""
    held, over = [_memory()], threading.Event()

    def watch() -> None:
        while not over.wait(_SECONDS_BETWEEN_LOOKS):
            held.append(_memory())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()
        # Nothing of the process itself is missed between two looks.
        held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _memory() -> float:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    pids = ["self", *(children.read_text().split() if children.exists() else [])]
    pages = 0
    for pid in pids:
        with suppress(OSError):
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
