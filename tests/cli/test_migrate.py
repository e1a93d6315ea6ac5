from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest
from click.testing import Result
from sqlalchemy import inspect, text

from survey.db import db
from survey.factory import create_app

RunVerb = Callable[..., Result]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest) -> Iterator[flask.Flask]:
    database: Any = request.getfixturevalue(f"empty_{request.param}_database")()
    app = create_app(database.config, TESTING=True)
    yield app
    with app.app_context():
        db.engine.dispose()


def tables(app: flask.Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def test_an_empty_database_gets_its_tables_once(empty_app: flask.Flask, run_verb: RunVerb) -> None:
    first = run_verb(empty_app, "migrate")
    again = run_verb(empty_app, "migrate")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "responses" in tables(empty_app)
    assert "of this version already" in again.output


def test_a_database_of_a_newer_version_is_left_alone(empty_app: flask.Flask, run_verb: RunVerb) -> None:
    run_verb(empty_app, "migrate")
    with empty_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    refused = run_verb(empty_app, "migrate")
    assert refused.exit_code == 1
    assert "newer version (9999)" in refused.output
