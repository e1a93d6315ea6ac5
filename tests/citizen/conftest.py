"""The small province of tests/citizen_world.py, and a phone."""

from __future__ import annotations

from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_phone import Phone
from citizen_world import World, make_world
from survey.models.identifiers import local_today


@pytest.fixture
def world(app: flask.Flask, session: Session) -> Iterator[World]:
    """Give a province with two counters in an open wave, committed; end the writer's thread with the test."""
    made = make_world(session, today=local_today())
    session.commit()
    yield made
    app.extensions["intake"].close()


@pytest.fixture
def phone(client: FlaskClient, session: Session) -> Phone:
    """Give a phone."""
    return Phone(client, session)
