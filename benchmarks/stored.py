"""Whether the flow slows down when much is stored: five million answers against none, in turns, on both databases.

Each figure is the product's share of the bare Flask floor with the answers (value) and without (floor); the ratio says
how many times worse the share is with them.  Filling takes minutes: it runs by name only, or with --full.
HAILONG_BENCH_ROWS sets another number of answers.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import flask
from sqlalchemy import create_engine, text

from benchmarks._counter import BenchmarkCounter, application, form_bytes, lay_out
from benchmarks.flow import ROUNDS, database_row, load, postgresql, rate, server

ROWS: Final = int(os.environ.get("HAILONG_BENCH_ROWS", "5000000"))
ROWS_AT_ONCE: Final = 500_000
DAYS: Final = 250
CLIENTS: Final = 16
ANSWERS: Final = '{"a1": 5, "b1": 4, "c1": 5, "d1": 3, "e1": 0, "o": 4}'
COLUMNS: Final = (
    "agency_id, id, wave_id, questionnaire_edition_id, received_by_agency_id, service_point_id, answered_on, channel, "
    "language, verified, answers, burst, outside_hours, repeated_pattern, key_hash"
)
# Ids begin with the day, as those of real answers do, so that days lie together and their answers at random.
SQLITE_ROWS: Final = f"""
    WITH RECURSIVE numbers(number) AS (SELECT :first UNION ALL SELECT number + 1 FROM numbers WHERE number < :last)
    INSERT INTO responses ({COLUMNS})
    SELECT :agency, printf('%012x', number * {DAYS} / :rows) || lower(hex(randomblob(10))), :wave, :edition, :agency,
        :counter, date('2026-01-01', '+' || (number * {DAYS} / :rows) || ' days'), 'qr', 'vi', 0, :answers, 0, 0, 0,
        printf('%08x', number) || lower(hex(randomblob(12)))
    FROM numbers
"""  # noqa: S608  fixed words
POSTGRESQL_ROWS: Final = f"""
    INSERT INTO responses ({COLUMNS})
    SELECT CAST(:agency AS uuid), CAST(lpad(to_hex(number * {DAYS} / :rows), 12, '0')
            || substr(replace(gen_random_uuid()::text, '-', ''), 13) AS uuid),
        CAST(:wave AS uuid), CAST(:edition AS uuid), CAST(:agency AS uuid), CAST(:counter AS uuid),
        DATE '2026-01-01' + CAST(number * {DAYS} / :rows AS integer), 'qr', 'vi', false, CAST(:answers AS jsonb), false,
        false, false, lpad(to_hex(number), 8, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 9)
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS number
"""  # noqa: S608  fixed words


def figures() -> dict[str, dict[str, Any]]:
    """Measure both databases."""
    measured: dict[str, dict[str, Any]] = {}
    for kind in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hailong-stored-")))
            urls: tuple[str, ...] = ("", "", "")
            if kind == "postgresql":
                urls = stack.enter_context(postgresql(scratch, ("full", "empty", "floor")))
            measured[f"flow_stored_{kind}_{CLIENTS}"] = _measure(scratch, urls)
    return measured


def fill(app: flask.Flask, counter: BenchmarkCounter, rows: int) -> float:
    """Store so many answers of past days; return the seconds it took."""
    start = time.monotonic()
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    is_sqlite = engine.dialect.name == "sqlite"
    ids = {"agency": counter.agency_id, "wave": counter.wave_id, "edition": counter.edition_id}
    ids["counter"] = counter.service_point_id
    values = {name: key.hex if is_sqlite else str(key) for name, key in ids.items()}
    with engine.connect() as connection:
        if is_sqlite:
            # Before any transaction begins, so on the driver's own connection; nothing here outlives the measurement.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -1000000")
        for first in range(0, rows, ROWS_AT_ONCE):
            span = {"first": first, "last": min(first + ROWS_AT_ONCE, rows) - 1, "rows": rows}
            statement = text(SQLITE_ROWS if is_sqlite else POSTGRESQL_ROWS)
            connection.execute(statement, {**values, **span, "answers": ANSWERS})
            connection.commit()
        if is_sqlite:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not is_sqlite:
        # Or the database would tidy up while it is measured.
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE responses")
            connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()
    return time.monotonic() - start


def _measure(scratch: Path, urls: tuple[str, ...]) -> dict[str, Any]:
    apps = [application(scratch / name, url) for name, url in zip(("full", "empty", "floor"), urls, strict=True)]
    counters = [lay_out(app) for app in apps]
    print(f"stored {ROWS:,} answers in {fill(apps[0], counters[0], ROWS):.0f} s", flush=True)
    with ExitStack() as stack:
        ports = [
            stack.enter_context(
                server("benchmarks._product:app", BENCHMARK_DATA=str(scratch / name), BENCHMARK_URL=url)
            )
            for name, url in zip(("full", "empty"), urls, strict=False)
        ]
        bare = server(
            "benchmarks._bare_flask:app",
            BENCHMARK_DATABASE=apps[2].config["SQLALCHEMY_DATABASE_URI"],
            BENCHMARK_ROW=database_row(counters[2]),
            BENCHMARK_FORM_BYTES=str(form_bytes(apps[0], counters[0])),
        )
        ports.append(stack.enter_context(bare))
        targets = [(port, counter.code) for port, counter in zip(ports, counters, strict=True)]
        # The first round of each warms it up and does not count.
        rounds = [[load(*target, CLIENTS) for target in targets] for _ in range(ROUNDS + 1)][1:]
    full, empty, floor = (rate([one[place] for one in rounds]) for place in range(3))
    return {"value": full / floor, "floor": empty / floor, "ratio": empty / full, "unit": "of the bare floor"}
