"""What each step of an answer costs, one after the other in one process, beside the same step of the floor."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

import flask
from sqlalchemy import create_engine
from werkzeug.test import create_environ

from benchmarks._counter import BenchmarkCounter, application, form_bytes, lay_out
from survey.citizen.answers import read_fields
from survey.models.identifiers import LOCAL_TIME, local_today
from survey.services.answer_checks import check_fields
from survey.services.responses import NewResponse
from survey.services.writer import ResponseWriter

TIMES: Final = 400
ROUNDS: Final = 5
BODY: Final = b"a1=5&b1=4&c1=5&d1=3&e1=0&o=4&comment=&key="
SIGNS: Final = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 10; K)"}


def step_figures() -> dict[str, dict[str, Any]]:
    """Measure routing, form, validation, signal and store on SQLite, in microseconds; each is the best of rounds."""
    with tempfile.TemporaryDirectory(prefix="hailong-steps-") as scratch:
        app, bare = application(Path(scratch) / "product"), application(Path(scratch) / "floor")
        counter, row = lay_out(app), lay_out(bare)
        floor = _bare_flask(bare.config["SQLALCHEMY_DATABASE_URI"], row, size=form_bytes(app, counter))
        pairs = {
            "step_routing": (_routing(app.extensions["citizens"], counter), _routing(floor, row)),
            "step_form": (_form(app, counter), _form(floor, row)),
            "step_validation": (_validation(app, counter), lambda: dict(parse_qsl(BODY.decode()))),
            "step_signal": (_signal(app, counter), lambda: _new(counter, "0")),
            "step_store": (_store(app, counter), _store(bare, row)),
        }
        # What computes is measured in the process's own time; what waits for the disk by the clock.
        return {
            name: _compare(*pair, time.perf_counter if name == "step_store" else time.process_time)
            for name, pair in pairs.items()
        }


def _compare(ours: Callable[[], object], theirs: Callable[[], object], clock: Callable[[], float]) -> dict[str, Any]:
    ours(), theirs()
    rounds = [(_microseconds(ours, clock), _microseconds(theirs, clock)) for _ in range(ROUNDS)]
    value, floor = (min(each) for each in zip(*rounds, strict=True))
    return {"value": value, "floor": floor, "ratio": value / floor, "unit": "µs"}


def _microseconds(step: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(TIMES):
        step()
    return (clock() - start) / TIMES * 1e6


def _bare_flask(database: str, counter: BenchmarkCounter, *, size: int) -> flask.Flask:
    ids = ("agency_id", "wave_id", "service_point_id")
    row = {name: str(getattr(counter, name)) for name in ids} | {"questionnaire_edition_id": str(counter.edition_id)}
    os.environ |= {
        "BENCHMARK_DATABASE": database,
        "BENCHMARK_ROW": json.dumps(row),
        "BENCHMARK_FORM_BYTES": str(size),
    }
    from benchmarks._bare_flask import app  # noqa: PLC0415  it reads the environment when it is imported

    return app


def _routing(app: flask.Flask, counter: BenchmarkCounter) -> Callable[[], object]:
    addresses = app.url_map.bind("localhost")
    return lambda: addresses.match(f"/Q/{counter.code}", method="POST")


def _form(app: flask.Flask, counter: BenchmarkCounter) -> Callable[[], object]:
    environ = create_environ(f"/Q/{counter.code}", headers={"Accept-Encoding": "gzip"})

    def get() -> bytes:
        return b"".join(app.wsgi_app(dict(environ), lambda *_: lambda _: None))

    return get


def _validation(app: flask.Flask, counter: BenchmarkCounter) -> Callable[[], object]:
    keys = app.extensions["intake"].keys
    key = keys.issue(service_point_id=counter.service_point_id, wave_id=counter.wave_id, day=local_today())
    body, items = BODY + key.encode(), ["a1", "b1", "c1", "d1", "e1", "o"]

    def validate() -> str:
        fields = read_fields(body)
        read = keys.read(fields["key"], service_point_id=counter.service_point_id)
        assert not check_fields(fields, items=items, services=()).problems
        return str(keys.answer_hash(keys.receipt(read)))

    return validate


def _signal(app: flask.Flask, counter: BenchmarkCounter) -> Callable[[], object]:
    from survey.citizen.arrivals import read_arrival  # noqa: PLC0415  beside what it belongs to
    from survey.models.opening_hours import USUAL_HOURS, read_opening_hours  # noqa: PLC0415  likewise

    signal, numbers = app.extensions["intake"].signal, count()

    def look() -> object:
        moment = datetime.now(tz=LOCAL_TIME)
        arrival = read_arrival(SIGNS, moment=moment, behind_proxies=0, is_late=False)
        return signal.look(_new(counter, f"{next(numbers)}"), arrival=arrival, hours=read_opening_hours(USUAL_HOURS))

    return look


def _store(app: flask.Flask, counter: BenchmarkCounter) -> Callable[[], object]:
    writer = ResponseWriter(create_engine(app.config["SQLALCHEMY_DATABASE_URI"]))
    return lambda: writer.store(_new(counter, uuid4().hex))


def _new(counter: BenchmarkCounter, key_hash: str) -> NewResponse:
    return NewResponse(
        agency_id=counter.agency_id,
        wave_id=counter.wave_id,
        questionnaire_edition_id=counter.edition_id,
        received_by_agency_id=counter.agency_id,
        service_point_id=counter.service_point_id,
        answered_on=local_today(),
        ten_minutes=0,
        channel="qr",
        language="vi",
        answers={"a1": 5, "b1": 4, "c1": 5, "d1": 3, "e1": 0, "o": 4},
        key_hash=key_hash,
    )
