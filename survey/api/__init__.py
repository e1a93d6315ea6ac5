"""The API for other systems: an application of its own, made when it is first asked, with no session and no cookie."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import flask

from survey.db import db

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FIRST_PART: Final = "api"


def init_api(app: flask.Flask) -> None:
    """Put the API in front of an application, whose database it shares."""
    door = _Door(app, app.wsgi_app)
    app.extensions["api"] = door
    app.wsgi_app = door  # type: ignore[method-assign]  # as Flask documents it


class _Door:
    """Sends the addresses of the API to its application; what that needs takes long to load, and few ask for it."""

    def __init__(self, app: flask.Flask, others: WSGIApplication) -> None:
        self._app = app
        self._others = others
        self._api: flask.Flask | None = None
        self._lock = threading.Lock()

    def application(self) -> flask.Flask:
        """Return the application of the API."""
        with self._lock:
            if self._api is None:
                from survey.api.application import make_api  # noqa: PLC0415 -- see above

                with self._app.app_context():
                    engine = db.engine
                self._api = make_api(self._app, engine)
            return self._api

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        answer = self.application().wsgi_app if first == _FIRST_PART else self._others
        return answer(environ, start_response)
