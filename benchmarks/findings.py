"""The findings of a year over 3,321 communes with two years of tallies, beside a bare reading of their totals.

Filling takes minutes: it runs by name only, or with --full.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from benchmarks._communes import TODAY, Country, lay_out
from benchmarks._counter import application
from survey.db import db
from survey.findings.annual import annual_findings

PROJECT: Final = Path(__file__).resolve().parent.parent
COMMUNES: Final = 3321
MOST_MEMORY: Final = 500.0  # MB


def figures() -> dict[str, dict[str, Any]]:
    """Measure time and memory on SQLite, in a process that does nothing else."""
    with tempfile.TemporaryDirectory(prefix="hailong-findings-") as scratch:
        app = application(Path(scratch))
        country = lay_out(app, COMMUNES)
        database = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
        floor = _read_bare(database)
        command = [sys.executable, "-m", "benchmarks.findings", scratch, str(country.root_id), str(country.year)]
        finished = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    turn = json.loads(finished.stdout)
    value, memory = turn["seconds"], turn["memory"]
    return {
        "findings_3321": {"value": value, "floor": floor, "ratio": value / floor, "unit": "s"},
        "findings_3321_memory": {
            "value": memory, "floor": MOST_MEMORY, "ratio": memory / MOST_MEMORY, "unit": "MB",
        },
    }  # fmt: skip


def _read_bare(database: str) -> float:
    """Return the seconds it takes to read every total of both years and nothing else."""
    start = time.perf_counter()
    connection = sqlite3.connect(database)
    for row in connection.execute('SELECT sums, "cross", answered, levels, channels FROM tally_totals'):
        for numbers in row:
            if isinstance(numbers, bytes):
                struct.unpack(f"<{len(numbers) // 8}q", numbers)
            else:
                json.loads(numbers)
    connection.close()
    return time.perf_counter() - start


def main(folder: str, country: Country) -> None:
    """Print how long the findings take, and the memory of the process."""
    app = application(Path(folder))
    with app.app_context():
        start = time.perf_counter()
        found = annual_findings(db.session(), root_id=country.root_id, year=country.year, today=TODAY)
        seconds = time.perf_counter() - start
    assert len(found.agencies) == COMMUNES
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], Country(UUID(sys.argv[2]), int(sys.argv[3])))
