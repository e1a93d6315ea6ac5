"""The product's application on the database that the benchmark made."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks._counter import application
from survey.web.settle import settle

app = application(Path(os.environ["BENCHMARK_DATA"]), os.environ.get("BENCHMARK_URL", ""))
settle()
