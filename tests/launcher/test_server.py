"""The server as an operator starts it: a process of its own, told to end by signals."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 180
SIGN_IN = re.compile(r"Officials sign in:\s+(http://\S+)")
PASSWORD = re.compile(r"to be changed: (\S+)")
SIGNALS_SAMPLED = 6
SIGNALS_IN_FULL = 60


class Started:
    """A process of ``run`` in a session of its own, so that nobody it leaves behind is overlooked."""

    def __init__(self, data: Path, *options: str) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("HAILONG_", "PUBLIC_"))
        }
        descriptor, name = tempfile.mkstemp(suffix=".log")
        self.log = Path(name)
        with os.fdopen(descriptor, "w") as log:
            self.process = subprocess.Popen(
                [sys.executable, PROJECT / "terminal.py", "run", "--port", "0", "--data", data, *options],
                env={**environment, "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, pattern: re.Pattern[str]) -> str:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if found := pattern.search(self.said):
                return found[1]
            assert self.process.poll() is None, self.said
            time.sleep(0.05)
        raise AssertionError(self.said)

    def left_over(self) -> list[str]:
        listed = subprocess.run(
            ["ps", "-s", str(self.process.pid), "-o", "stat=,args="], capture_output=True, text=True, check=False
        ).stdout.splitlines()
        return [line for line in listed if not line.startswith("Z")]

    def end(self, number: signal.Signals = signal.SIGTERM, *, everyone: bool = False) -> int:
        if everyone:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def clean_up(self) -> None:
        for line in subprocess.run(
            ["ps", "-s", str(self.process.pid), "-o", "pid="], capture_output=True, text=True, check=False
        ).stdout.split():
            os.kill(int(line), signal.SIGKILL)
        self.process.wait()
        self.log.unlink(missing_ok=True)


@contextmanager
def started(data: Path, *options: str) -> Iterator[Started]:
    server = Started(data, *options)
    try:
        yield server
    finally:
        server.clean_up()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310  our own server's address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def filled(tmp_path: Path, sqlite_template: Path) -> Path:
    """Give a data folder with a migrated database, so that a start has little to do."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "hailong.sqlite3")
    return data


def refusal(data: Path, *options: str) -> str:
    with started(data, *options) as server:
        assert server.process.wait(SECONDS) == 1
        assert "Traceback" not in server.said
        return server.said


@pytest.mark.parametrize(("number", "everyone"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_it_serves_and_ends_in_order(tmp_path: Path, number: signal.Signals, everyone: bool) -> None:
    with started(tmp_path / "data", "--empty") as server:
        address = server.wait_for(SIGN_IN)
        assert status(address) == 200
        for path in (tmp_path / "data", *(tmp_path / "data").iterdir()):
            assert path.stat().st_mode & 0o077 == 0, f"{path} can be read by others"
        assert server.end(number, everyone=everyone) == 0
        assert server.left_over() == []
        assert "Traceback" not in server.said


def test_a_second_start_keeps_the_data_and_prints_no_password(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(data, "--empty") as server:
        password = server.wait_for(PASSWORD)
        server.end()
    with closing(sqlite3.connect(data / "hailong.sqlite3")) as database:
        before = database.execute("SELECT id, password FROM officials").fetchall()
    assert len(before) == 1
    assert password not in before[0][1]
    with started(data, "--empty") as server:
        server.wait_for(SIGN_IN)
        server.end()
        assert not PASSWORD.search(server.said)
        assert "reset-password" in server.said
    with closing(sqlite3.connect(data / "hailong.sqlite3")) as database:
        assert database.execute("SELECT id, password FROM officials").fetchall() == before


def test_nobody_is_left_when_the_server_is_killed(filled: Path) -> None:
    with started(filled, "--empty") as server:
        address = server.wait_for(SIGN_IN)
        server.end(signal.SIGKILL)
        deadline = time.monotonic() + SECONDS
        while server.left_over() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.left_over() == []
    # The lock has gone with its holder.
    with started(filled, "--empty", "--port", address.rsplit(":", 1)[1].partition("/")[0]) as again:
        again.wait_for(SIGN_IN)


def test_a_worker_that_dies_is_replaced(filled: Path) -> None:
    with started(filled, "--empty", "--workers", "1") as server:
        address = server.wait_for(SIGN_IN)
        # The server forks its workers, which may carry a title; the process of the jobs is another program.
        worker = next(
            int(line.split()[0])
            for line in subprocess.run(
                ["ps", "--ppid", str(server.process.pid), "-o", "pid=,args="],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.splitlines()
            if "terminal.py work" not in line
        )
        os.kill(worker, signal.SIGKILL)
        assert eventually_serves(address)


def eventually_serves(address: str) -> bool:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            if status(address) == 200:
                return True
        except OSError:
            time.sleep(0.1)
    return False


def test_a_busy_port_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        said = refusal(tmp_path / "data", "--port", str(other.getsockname()[1]))
    assert "taken by another program" in said
    assert not (tmp_path / "data").exists()


def test_a_database_of_a_newer_version_is_refused(filled: Path) -> None:
    with closing(sqlite3.connect(filled / "hailong.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    assert "newer version (9999)" in refusal(filled)


def test_a_second_server_on_the_same_data_is_refused(filled: Path) -> None:
    with started(filled, "--empty") as server:
        server.wait_for(SIGN_IN)
        (filled.with_name("same")).symlink_to(filled)
        assert "Another server is running" in refusal(filled.with_name("same"))
        assert server.process.poll() is None


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert "it is not a folder" in refusal(tmp_path / "file" / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_data_folder_is_refused(filled: Path) -> None:
    filled.chmod(0o500)
    assert "permission" in refusal(filled)
    filled.chmod(0o700)


def test_a_damaged_database_is_refused(filled: Path) -> None:
    (filled / "hailong.sqlite3").write_bytes(b"no database" * 1000)
    assert "restore a backup" in refusal(filled)


def test_a_signal_at_any_moment_of_the_start_ends_everything(tmp_path: Path, full: bool) -> None:
    with started(tmp_path / "probe", "--empty") as server:
        begin = time.monotonic()
        server.wait_for(SIGN_IN)
        length = time.monotonic() - begin
        server.end()
    moments = random.Random(20261121)  # noqa: S311  moments, not secrets
    for number in range(SIGNALS_IN_FULL if full else SIGNALS_SAMPLED):
        data = tmp_path / str(number)
        with started(data, "--empty") as server:
            time.sleep(moments.uniform(0.1, 1.1 * length))
            wish = signal.SIGINT if number % 2 else signal.SIGTERM
            code = server.end(wish, everyone=wish is signal.SIGINT)
            assert code in {0, 128 + wish, -wish}, server.said
            assert server.left_over() == [], server.said
            assert "Traceback" not in server.said
    # What was interrupted is taken up.
    with started(tmp_path / "0", "--empty") as server:
        server.wait_for(SIGN_IN)
