"""The API describes itself, and keeps to what it says whatever is sent."""

from __future__ import annotations

from itertools import count

import flask
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from citizen_world import World
from released_world import answered_world, publish_wave
from survey.api.access import Requests
from survey.rendering.open_tables import TABLES
from survey.services.api_keys import make_key
from tests.api.conftest import MakeKey

ADDRESS = "/api/v1/openapi.json"
CASES = 30
CASES_OF_READING = 8
RELEASES = "/api/v1/releases"
READING = (
    RELEASES,
    f"{RELEASES}/{{code}}",
    f"{RELEASES}/{{code}}/agencies/{{agency}}",
    *(f"{RELEASES}/{{code}}/{name}" for name in TABLES),
    "/api/v1/index/{year}",
    "/api/v1/waves",
    "/api/v1/waves/{wave}/agencies/{agency}",
)
WRITING = ("/api/v1/transaction-codes", "/api/v1/population-sizes", "/api/v1/index-indicators")
FITTING = [not_a_server_error, content_type_conformance, response_schema_conformance]


def test_the_description_is_openapi_and_names_every_address_and_who_may_use_it(client: FlaskClient) -> None:
    described = client.get(ADDRESS).get_json()
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {*READING, *WRITING}
    assert described["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}
    for path in READING:
        needs_no_key = described["paths"][path]["get"].get("security") == []
        assert needs_no_key == path.startswith(RELEASES), path


@pytest.mark.parametrize(("path", "method"), [(path, "POST" if path.endswith("codes") else "PUT") for path in WRITING])
def test_whatever_is_sent_is_answered_as_described(
    app: flask.Flask, key: MakeKey, world: World, path: str, method: str
) -> None:
    headers = key("slips", "population", "indicators", agency=world.province)
    operation = schemathesis.openapi.from_wsgi(ADDRESS, app)[path][method]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=FITTING)

    send()


def test_whatever_is_asked_is_answered_as_described(app: flask.Flask, session: Session) -> None:
    world = answered_world(session)
    release = publish_wave(session, world.waves["W"])
    _, plain = make_key(
        session, agency=world.agencies["P"], label="Đọc", scopes=["figures"], by=None, today=release.drafted_on
    )
    session.commit()
    app.extensions["api"].application().extensions["public_requests"] = Requests(10_000)
    there = {"code": release.code, "agency": "A", "wave": "W", "year": 2026}
    described, turn = schemathesis.openapi.from_wsgi(ADDRESS, app), count()

    def asked(path: str) -> None:
        @given(case=described[path]["GET"].as_strategy())
        @settings(
            max_examples=CASES_OF_READING,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: schemathesis.Case) -> None:
            # Every other time what is asked for is there.
            if case.path_parameters and next(turn) % 2:
                case.path_parameters = {name: there[name] for name in case.path_parameters}
            headers = None if path.startswith(RELEASES) else {"Authorization": f"Bearer {plain}"}
            case.call_and_validate(headers=headers, checks=[*FITTING, status_code_conformance])

        ask()

    for path in READING:
        asked(path)
