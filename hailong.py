"""Hài Lòng: from a scan at the counter to the index of the province.

    python3 hailong.py run        start the system; the first start makes all it needs
    python3 hailong.py --help     everything else

This file needs Python and nothing else.  It makes the environment of the locked packages
beside itself and hands over to ``terminal.py``, which runs in that environment.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # its absence is checked where the lock is taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType
    from typing import NoReturn

OLDEST_PYTHON = (3, 11)
PROJECT = Path(__file__).resolve().parent
ENVIRONMENT = Path(os.environ.get("HAILONG_VENV") or PROJECT / ".venv").absolute()
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = ENVIRONMENT / "hailong.stamp"
RUN_LOCK = PROJECT / "requirements.lock"
DEVELOPMENT_LOCK = PROJECT / "requirements-dev.lock"
DEVELOPMENT_VERBS = {"test", "bench"}
SECONDS_TO_END = 5  # what an installer gets before it is killed


def main(arguments: Sequence[str]) -> None:
    """Make the environment where it is missing and hand over to the verb."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"Cần Python 3.11 trở lên; đây là {found}. / Python 3.11 or newer is needed; this is {found}.")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(overview())
        return
    verb = arguments[0]
    if verb not in verbs():
        sys.exit(f"Không có lệnh “{verb}”. / There is no verb “{verb}”; python3 hailong.py --help lists them.")
    make_environment(DEVELOPMENT_LOCK if verb in DEVELOPMENT_VERBS else RUN_LOCK)
    if hasattr(signal, "pthread_sigmask"):
        # Until terminal.py has handlers of its own; a new Python would answer Ctrl-C with a traceback.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    # The verb takes the place of this process, so that signals reach it directly.
    os.execv(PYTHON, [str(PYTHON), str(PROJECT / "terminal.py"), *arguments])  # noqa: S606  no shell is wanted


def verbs() -> dict[str, str]:
    """Return every verb and its one line: the modules of ``survey/cli`` and the first line of each."""
    found = {}
    for module in sorted((PROJECT / "survey" / "cli").glob("[!_]*.py")):
        docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
        found[module.stem.rstrip("_").replace("_", "-")] = docstring.partition("\n")[0]
    return found


def overview() -> str:
    """Return the text of ``--help``, which needs no environment."""
    known = verbs()
    width = max(map(len, known))
    return "\n".join(
        [
            "Hài Lòng: đo sự hài lòng của người dân, từ mã QR ở quầy đến chỉ số của tỉnh.",
            "Satisfaction with public services, from the QR code at the counter to the index.",
            "",
            "python3 hailong.py VERB …",
            "",
            *(f"  {verb:{width}}  {line}" for verb, line in known.items()),
            "",
            "python3 hailong.py VERB --help shows a verb's options and an example.",
        ]
    )


def make_environment(lock: Path) -> None:
    """Install what ``lock`` lists, unless the stamp says that it is there.

    Exits with one sentence where that cannot be done.  The stamp is written last: a set-up
    that was interrupted is taken up again by the next start.
    """
    if _is_installed(lock):
        return
    try:
        ENVIRONMENT.mkdir(parents=True, exist_ok=True)
        with _alone():
            if not _is_installed(lock):
                _install(lock)
    except OSError as error:
        sys.exit(
            f"Không tạo được môi trường trong {ENVIRONMENT} ({error.strerror}). / The environment cannot be made in "
            f"{ENVIRONMENT} ({error.strerror}); let HAILONG_VENV name a folder that can be written."
        )


def _is_installed(lock: Path) -> bool:
    return _is_created() and _digest(lock) in _stamp()


def _is_created() -> bool:
    """Tell whether the environment is ours and still has the Python that it was made with."""
    return PYTHON.exists() and _stamp()[:1] == [os.path.realpath(PYTHON)]


def _stamp() -> list[str]:
    """Return the path of the environment's Python and the digest of every lock that is installed."""
    return STAMP.read_text(encoding="utf-8").splitlines() if STAMP.exists() else []


def _write_stamp(*locks: Path) -> None:
    lines = [os.path.realpath(PYTHON), *map(_digest, locks)]
    STAMP.write_text("\n".join(lines), encoding="utf-8")


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _install(lock: Path) -> None:
    if "HAILONG_VENV" in os.environ and any(ENVIRONMENT.iterdir()) and not STAMP.exists():
        sys.exit(f"{ENVIRONMENT} không trống. / {ENVIRONMENT} holds something else; name an empty folder.")
    _say(f"Chuẩn bị môi trường, chỉ một lần / Preparing the environment, once only: {ENVIRONMENT}")
    if _is_created():
        _write_stamp()
    if not (_install_with_uv(lock) or _install_with_pip(lock)):
        sys.exit(
            "Chưa cài xong, lý do ở trên; chạy lại để tiếp tục. / "
            "The installation did not finish, the reason stands above; start again to take it up."
        )
    # The development lock contains the other one.
    _write_stamp(*{lock, RUN_LOCK})


def _install_with_uv(lock: Path) -> bool:
    uv = shutil.which("uv")
    # What pyenv puts on the path may be an empty promise, so it is asked first.
    if uv is None or subprocess.run([uv, "--version"], capture_output=True, check=False).returncode:
        return False
    if not _is_created():
        if not _do(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)):
            return False
        _write_stamp()
    return _do(uv, "pip", "install", "--python", str(PYTHON), "--no-deps", "--require-hashes", "-r", str(lock))


def _install_with_pip(lock: Path) -> bool:
    if not _is_created() or subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode:
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("Chạy một lần / Run once: sudo apt install python3-venv")
        if not _do(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)):
            return False
        _write_stamp()
    return _do(str(PYTHON), "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", str(lock))


def _do(*command: str) -> bool:
    """Run an installer, whose progress is seen, and tell whether it succeeded; whatever ends us ends it too."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True, close_fds=False
    ) as child:
        try:
            return child.wait() == 0
        finally:
            if child.returncode is None:
                _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    end_all = os.killpg if hasattr(os, "killpg") else os.kill
    end_all(child.pid, signal.SIGTERM)
    try:
        child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        child.kill()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock on the project folder, so that two starts at once do not collide."""
    if fcntl is None:
        yield
        return
    folder = os.open(PROJECT, os.O_RDONLY)
    # An installer that outlives us (kill -9) keeps the lock until it ends.
    os.set_inheritable(folder, True)  # noqa: FBT003  its parameter has no name
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Một lần chạy khác đang chuẩn bị môi trường… / Waiting for another start that prepares…")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
