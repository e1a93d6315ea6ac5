"""The API describes itself, and keeps to what it says whatever is sent."""

from __future__ import annotations

import flask
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from citizen_world import World
from tests.api.conftest import MakeKey

ADDRESS = "/api/v1/openapi.json"
CASES = 30


def test_the_description_is_openapi_and_names_every_address(client: FlaskClient) -> None:
    described = client.get(ADDRESS).get_json()
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {"/api/v1/transaction-codes", "/api/v1/population-sizes"}
    assert described["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}


@pytest.mark.parametrize(
    ("path", "method"), [("/api/v1/transaction-codes", "POST"), ("/api/v1/population-sizes", "PUT")]
)
def test_whatever_is_sent_is_answered_as_described(
    app: flask.Flask, key: MakeKey, world: World, path: str, method: str
) -> None:
    headers = key("slips", "population", agency=world.province)
    operation = schemathesis.openapi.from_wsgi(ADDRESS, app)[path][method]
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance]

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
        case.call_and_validate(headers=headers, checks=checks)

    send()
