"""Whether an agency's pages slow down when much is stored: five million answers against ten thousand, in turns.

Value and floor are the time that all pages of a department and of its province take, rendered by the application from
warm, each the median of many; the answers really lie in the database, the tallies are folded from them, and two days of
answers wait for the fold.  Filling takes minutes: it runs by name only, or with --full.  HAILONG_BENCH_ROWS sets
another number of answers.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import flask
from flask.testing import FlaskClient

from benchmarks._counter import application
from benchmarks._dashboard_data import BenchmarkProvince, fill, lay_out
from benchmarks.flow import postgresql

ROWS: Final = int(os.environ.get("HAILONG_BENCH_ROWS", "5000000"))
FLOOR_ROWS: Final = 10_000
ROUNDS: Final = 25
WARM_UP: Final = 3
DATABASES: Final = ("sqlite", "postgresql")


def figures() -> dict[str, dict[str, Any]]:
    """Measure both databases."""
    return {f"agency_page_{kind}": _measure(kind) for kind in DATABASES}


def pages(province: BenchmarkProvince) -> list[str]:
    """List the pages that are measured: those of a department, then those of the province over all answers."""
    department, top = (f"/desk/agencies/{key}" for key in (province.department_id, province.province_id))
    wave = f"waves/{province.running}"
    return [
        f"{department}/{wave}",
        f"{department}/{wave}/breakdowns",
        f"{department}/waves/{province.closed}/comparison",
        f"{department}/trend",
        f"{department}/comments",
        f"{department}/comments/moderation",
        f"{top}/{wave}",
        f"{top}/{wave}/breakdowns",
        f"{top}/trend",
    ]


def signed_in(app: flask.Flask, province: BenchmarkProvince) -> FlaskClient:
    """Return a client with the session of the province's survey manager."""
    client = app.test_client()
    with client.session_transaction("/desk") as cookie:
        cookie["_user_id"] = province.official
        cookie["_fresh"] = True
        cookie["began"] = int(time.time())
        cookie["second_factor"] = True
        cookie.permanent = True
    return client


def seconds(client: FlaskClient, page: str) -> float:
    """Time one page."""
    start = time.perf_counter()
    response = client.get(page)
    taken = time.perf_counter() - start
    if response.status_code != 200:
        msg = f"{page}: {response.status}"
        raise RuntimeError(msg)
    return taken


def compare(clients: Sequence[FlaskClient], listed: Sequence[Sequence[str]], *, rounds: int) -> list[list[float]]:
    """Return, for each client, the median time of each of its pages; the clients take turns."""
    taken: list[list[list[float]]] = [[[] for _ in each] for each in listed]
    for turn in range(rounds + WARM_UP):
        for place in range(len(listed[0])):
            for number, client in enumerate(clients):
                time_of_page = seconds(client, listed[number][place])
                if turn >= WARM_UP:
                    taken[number][place].append(time_of_page)
    return [[statistics.median(times) for times in each] for each in taken]


def _measure(kind: str) -> dict[str, Any]:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hailong-dashboard-")))
        urls: tuple[str, ...] = ("", "")
        if kind == "postgresql":
            urls = stack.enter_context(postgresql(scratch, ("full", "small")))
        apps = [application(scratch / name, url) for name, url in zip(("full", "small"), urls, strict=True)]
        provinces = [lay_out(app) for app in apps]
        for app, province, rows in zip(apps, provinces, (ROWS, FLOOR_ROWS), strict=True):
            start = time.monotonic()
            stored = fill(app, province, rows)
            print(f"{kind}: {stored:,} answers stored and folded in {time.monotonic() - start:.0f} s", flush=True)
        listed = [pages(province) for province in provinces]
        clients = [signed_in(app, province) for app, province in zip(apps, provinces, strict=True)]
        full, small = compare(clients, listed, rounds=ROUNDS)
    for page, one, two in zip(listed[0], full, small, strict=True):
        name = "/".join(part for part in page.split("/")[4:] if len(part) < len(str(provinces[0].closed)))
        print(f"  {name or 'overview':24} {one * 1000:6.1f} ms, with few {two * 1000:6.1f} ms", flush=True)
    value, floor = sum(full), sum(small)
    return {"value": value, "floor": floor, "ratio": value / floor, "unit": "s"}
