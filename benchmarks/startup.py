"""From a fresh clone to the first page served: cold, and the second start.

Floors in the same run: cold, the bare installation of the same lock by the same tool; second start, a bare Flask
application served by the same server.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LONGEST = 600
LONGEST_END = 10
REPEATS = 3
BARE = """
import flask
app = flask.Flask(__name__)
app.get("/")(lambda: "hello")
"""


def figures() -> dict[str, dict[str, Any]]:
    """Measure both starts."""
    with tempfile.TemporaryDirectory(prefix="hailong-bench-") as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
        floor_cold = seconds_of_installation(Path(scratch))
        cold = seconds_to_first_page(hailong(clone))
        # Interleaved, so that whatever else the machine does falls on both.
        seconds, floors = [], []
        for _ in range(REPEATS):
            floors.append(seconds_to_first_page(bare_flask(clone, Path(scratch))))
            seconds.append(seconds_to_first_page(hailong(clone)))
    second, floor_second = min(seconds), min(floors)
    return {
        "start_cold": {"value": cold, "floor": floor_cold, "ratio": cold / floor_cold, "unit": "s"},
        "start_second": {"value": second, "floor": floor_second, "ratio": second / floor_second, "unit": "s"},
    }


def seconds_of_installation(scratch: Path) -> float:
    """Time the bare installation of the lock, by the tool that the launcher takes."""
    sys.path.insert(0, str(PROJECT))
    import hailong as launcher  # noqa: PLC0415  the file beside the project, not a package

    folder, lock = scratch / "bare", str(launcher.RUN_LOCK)
    uv = shutil.which("uv")
    if uv is not None and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:
        make: list[str] = [uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
        install = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin/python")]
    else:
        make = [sys.executable, "-m", "venv", str(folder)]
        install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet"]
    start = time.perf_counter()
    subprocess.run(make, check=True)
    subprocess.run([*install, "--no-deps", "--require-hashes", "-r", lock], check=True)
    return time.perf_counter() - start


def hailong(clone: Path) -> tuple[Sequence[str | Path], int]:
    """Return the command that starts the clone, and the port it will serve."""
    port = free_port()
    return [sys.executable, clone / "hailong.py", "run", "--port", str(port)], port


def bare_flask(clone: Path, scratch: Path) -> tuple[Sequence[str | Path], int]:
    """Return the command that starts a bare application in the clone's environment, and its port."""
    (scratch / "bare_app.py").write_text(BARE, encoding="utf-8")
    port = free_port()
    python = clone / ".venv/bin/python"
    options = [
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--blocking-threads",
        "8",
        "--log-level",
        "error",
        "--workers-kill-timeout",
        "2",
    ]
    return [python, "-m", "granian", *options, "--port", str(port), "--working-dir", scratch, "bare_app:app"], port


def seconds_to_first_page(server: tuple[Sequence[str | Path], int]) -> float:
    """Start a server, time until it answers with a page, and end it."""
    command, port = server
    start = time.perf_counter()
    with running(command):
        while time.perf_counter() - start < LONGEST:
            if answers(port):
                return time.perf_counter() - start
            time.sleep(0.01)
    msg = f"{command} served nothing within {LONGEST} s"
    raise TimeoutError(msg)


@contextmanager
def running(command: Sequence[str | Path]) -> Iterator[None]:
    """Run a server for a while, in an environment of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HAILONG_")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(LONGEST_END)


def answers(port: int) -> bool:
    """Tell whether a page comes; one that says "not found" is a page too."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port that nothing uses at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
