"""A province with a department, a service, and keys of other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_world import World, make_world
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.services.api_keys import make_key

MakeKey = Callable[..., dict[str, str]]


@pytest.fixture
def world(session: Session) -> World:
    """Give a province with two counters in an open wave, committed."""
    made = make_world(session, today=local_today())
    session.commit()
    return made


@pytest.fixture
def key(session: Session, world: World) -> MakeKey:
    """Give a function that makes a key and returns the headers that show it."""

    def make(*scopes: str, agency: Agency | None = None) -> dict[str, str]:
        owner = session.merge(agency or world.commune)
        yesterday = local_today() - timedelta(days=1)
        _, plain = make_key(session, agency=owner, label="Phần mềm một cửa", scopes=scopes, by=None, today=yesterday)
        session.commit()
        return {"Authorization": f"Bearer {plain}"}

    return make


@pytest.fixture
def client(app: flask.Flask) -> FlaskClient:
    """Give a client that does not look for pages."""
    app.test_client_class = None
    return app.test_client()
