"""Someone who holds a phone: fetches forms, sends them, and looks at what is stored."""

from __future__ import annotations

import http.client
import re
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.models.responses import Response


class Phone:
    """Fetches forms and sends them; ``path`` carries the language."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        self.client = client
        self._session = session

    def open(self, code: str, language: str = "vi") -> str:
        """Fetch a form and return its key."""
        response = self.client.get(f"/Q/{code}?lang={language}")
        assert response.status_code == 200
        return key_in(response)

    def send(self, code: str, key: str, language: str = "vi", **fields: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(f"/Q/{code}?lang={language}", data={"key": key, **fields})

    def stored(self) -> list[Response]:
        """Return all answers of all agencies."""
        self._session.rollback()
        return list(self._session.scalars(select(Response)))


def key_in(response: TestResponse) -> str:
    """Return the key of the form on a page."""
    found = re.search(r'name="key" form="f" value="([^"]+)"', response.text)
    assert found
    return found[1]


def wait_until_it_answers(port: int, *, seconds: float = 60) -> None:
    """Wait until the server at a port gives a page."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/Q")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not start")
