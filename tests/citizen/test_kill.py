"""An acknowledged answer survives the sudden death of every process of the server."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import flask
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_phone import Phone, wait_until_it_answers
from citizen_world import World
from conftest import Database
from survey.models.responses import Response

PROJECT = Path(__file__).resolve().parents[2]
SERVER = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "8", "--no-ws"]
PHONES = 8
DICE = random.SystemRandom()
KEY = re.compile(r'name="key" form="f" value="([^"]+)"')


class Crowd:
    """Phones that send until the server dies, and remember what was acknowledged and what was under way."""

    def __init__(self, port: int, code: str) -> None:
        self.acknowledged: list[tuple[str, str]] = []
        self.under_way: list[str] = []
        self.began = threading.Event()
        self._address = ("127.0.0.1", port)
        self._path = f"/Q/{code}"
        self._threads = [threading.Thread(target=self._send) for _ in range(PHONES)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()

    def _send(self) -> None:
        key = ""
        try:
            connection = http.client.HTTPConnection(*self._address, timeout=20)
            while True:
                connection.request("GET", self._path)
                key = KEY.findall(connection.getresponse().read().decode())[0]
                body = urlencode({"key": key, "a1": DICE.randint(1, 5), "o": 5})
                connection.request("POST", self._path, body, {"Content-Type": "application/x-www-form-urlencoded"})
                response = connection.getresponse()
                response.read()
                assert response.status == 303
                receipt = response.getheader("Location", "").partition("?")[0].rpartition("/")[2]
                self.acknowledged.append((key, receipt))
                key = ""
        except (OSError, http.client.HTTPException):
            if key:
                self.under_way.append(key)


@contextmanager
def server(database: Database) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start the production server with workers of its own process group."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "HAILONG_DATA_DIR": str(database.data_dir),
        "HAILONG_DATABASE_URL": database.url,
        "HAILONG_SECRET_KEY": database.config.secret_key,
    }
    command = [sys.executable, *SERVER, "--host", "127.0.0.1", "--port", str(port), "wsgi:app"]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(port)
        yield process, port
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill every process of the server at once, if that has not been done."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.mark.slow
def test_every_acknowledged_answer_is_there_once_after_a_kill(
    app: flask.Flask, database: Database, session: Session, phone: Phone, world: World, full: bool
) -> None:
    # A sample here; the whole with test --full.
    rounds, answers = (20, 10_000) if full else (1, 150)
    code = world.code
    session.rollback()
    keys = app.extensions["intake"].keys
    acknowledged: list[tuple[str, str]] = []
    sent: set[str] = set()
    for _ in range(rounds):
        with server(database) as (process, port):
            crowd = Crowd(port, code)
            crowd.start()
            goal = answers + DICE.randint(0, answers // 10)
            while len(crowd.acknowledged) < goal:
                time.sleep(0.001)
            kill(process)
            crowd.join()
        acknowledged += crowd.acknowledged
        sent |= {key for key, _ in crowd.acknowledged} | set(crowd.under_way)
        # A phone that got no answer sends again, and counts once.
        assert {phone.send(code, key, a1="5").status_code for key in crowd.under_way} <= {303}
    session.rollback()
    stored = list(session.scalars(select(Response.key_hash)))
    assert {keys.answer_hash(receipt) for _, receipt in acknowledged} <= set(stored)
    assert len(stored) == len(set(stored)) == len(sent)
