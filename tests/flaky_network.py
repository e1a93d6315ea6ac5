"""The product behind a network that fails in every way a network fails."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from citizen_world import make_world
from conftest import Database
from survey.db import db
from survey.factory import create_app
from survey.models.identifiers import local_today
from survey.models.responses import Response
from survey.web.kiosk_links import KioskLink, KioskLinks

STRANGER = b"<!doctype html><title>Wi-Fi</title><h1>Sign in to the Wi-Fi</h1>"


class FlakyNetwork:
    """Serves an application; ``mode`` says how the network between it and the browser is.

    on: as it should be.  away: no connection.  lost reply: answers come in, replies get lost.
    stranger: a sign-in page of the Wi-Fi answers everything.  busy: the server says 503.
    """

    def __init__(self, app: Any) -> None:
        self.mode = "on"
        self._serve = app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.mode == "on":
            served: Iterable[bytes] = self._serve(environ, start_response)
            return served
        if self.mode in {"stranger", "busy"}:
            start_response("200 OK" if self.mode == "stranger" else "503 Busy", [("Content-Type", "text/html")])
            return [STRANGER]
        if self.mode == "lost reply":
            list(self._serve(environ, lambda *_: lambda _data: None))
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionError


class Office:
    """A commune's counters behind a network."""

    def __init__(self, data_dir: Path) -> None:
        self._app = create_app(Database("sqlite", "", data_dir).config)
        with self._app.app_context():
            self._engine = db.engine
            world = make_world(db.session(), today=local_today())
            db.session.commit()
            self.code = world.code
            links: KioskLinks = self._app.extensions["kiosk_links"]
            self.kiosk = links.make(KioskLink("counter", world.plain.id, 2, local_today()))
            self.kiosk_to_choose = links.make(KioskLink("agency", world.commune.id, 60, local_today()))
            db.session.remove()
        self.network = FlakyNetwork(self._app)
        self._server = make_server("127.0.0.1", 0, self.network, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.host = f"http://127.0.0.1:{self._server.port}"
        self.form = f"{self.host}/Q/{self.code}"

    def stored(self) -> list[Response]:
        """Return all answers, in no order."""
        with Session(self._engine) as session:
            return list(session.scalars(select(Response)))

    def close(self) -> None:
        """End the server and the writer."""
        self._server.shutdown()
        self._app.extensions["intake"].close()
        self._engine.dispose()


@contextmanager
def office_of(sqlite_template: Path, data_dir: Path) -> Iterator[Office]:
    """Open an office on a fresh database."""
    shutil.copy(sqlite_template, data_dir)
    office = Office(data_dir)
    yield office
    office.close()
