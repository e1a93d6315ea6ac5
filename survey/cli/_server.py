"""The web server: granian's workers and the process that works through jobs, started and ended together.

Why granian and not gunicorn, with the figures: docs/adr/0009-granian-serves.md.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from survey.cli._refusals import RefusedError
from survey.cli._signals import end_with
from survey.web.settle import settle

THREADS: Final = 8
SECONDS_TO_FINISH: Final = 3
SECONDS_BETWEEN_LOOKS: Final = 0.2
SECONDS_BEFORE_A_NEW_TRY: Final = 5
HEADERS_WITHIN_MS: Final = 10_000
PROJECT: Final = Path(__file__).resolve().parents[2]


def require_free_port(host: str, port: int) -> int:
    """Return the port, or a free one for 0.

    Raises:
        RefusedError: where another program holds it, this user may not, or the host is not of this machine.

    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            return int(trial.getsockname()[1])
    except PermissionError as error:
        raise RefusedError(
            vi=f"Không được phép dùng cổng {port}; hãy chọn cổng từ 1024 trở lên bằng --port.",
            en=f"Port {port} is not allowed to this user; choose one from 1024 on with --port.",
        ) from error
    except socket.gaierror as error:
        raise RefusedError(
            vi=f"Không có địa chỉ {host}; hãy sửa --host.", en=f"There is no address {host}; correct --host."
        ) from error
    except OSError as error:
        raise RefusedError(
            vi=f"Cổng {port} của {host} đang bị chương trình khác dùng; hãy chọn cổng khác bằng --port.",
            en=f"Port {port} of {host} is taken by another program or not of this machine; choose with --port.",
        ) from error


def serve(app: flask.Flask, *, host: str, port: int, workers: int, announce: Callable[[], None]) -> None:
    """Serve until SIGTERM, Ctrl-C or the end of the terminal; ``announce`` is called once pages are served."""
    ended = threading.Event()
    server = Server(
        target="wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    )
    attendant = threading.Thread(target=_attend, args=(host, port, announce, ended))

    def start() -> None:
        if hasattr(signal, "SIGHUP"):
            # The server would take the end of the terminal for a wish to load itself anew.
            signal.signal(signal.SIGHUP, server.signal_handler_interrupt)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_become_worker)
        attendant.start()

    server.on_startup(start)
    try:
        server.serve(target_loader=_Loader(app, os.getpid()))
    finally:
        ended.set()
        attendant.join()


class _Loader:
    """Gives a worker its application: the one that was ready before the fork, or a new one where nothing is forked."""

    def __init__(self, app: flask.Flask, parent: int) -> None:
        self.app: flask.Flask | None = app
        self.parent = parent

    def __getstate__(self) -> dict[str, object]:
        return {"app": None, "parent": self.parent}

    def __call__(self, _target: str) -> flask.Flask:
        threading.Thread(target=end_with, args=(self.parent,), daemon=True).start()
        if self.app is None:
            import wsgi  # noqa: PLC0415  makes the application when imported

            return wsgi.app
        settle()
        return self.app


def _become_worker() -> None:
    # Ctrl-C reaches everyone in the foreground; only the parent shall hear it and end the workers in order.
    os.setpgid(0, 0)
    # The handlers of the parent would swallow a signal that comes before the worker has its own.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _attend(host: str, port: int, announce: Callable[[], None], ended: threading.Event) -> None:
    """Announce the server once it answers, then keep the process that works through jobs alive until the end."""
    while not ended.is_set():
        try:
            socket.create_connection((host, port), timeout=1).close()
            break
        except OSError:
            ended.wait(SECONDS_BETWEEN_LOOKS)
    else:
        return
    announce()
    command = [sys.executable, str(PROJECT / "terminal.py"), "work", "--parent", str(os.getpid())]
    while not ended.is_set():
        with subprocess.Popen(command) as jobs:  # noqa: S603  our own program
            while jobs.poll() is None and not ended.wait(SECONDS_BETWEEN_LOOKS):
                pass
            _end(jobs)
        ended.wait(SECONDS_BEFORE_A_NEW_TRY)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_FINISH)
    except subprocess.TimeoutExpired:
        process.kill()
