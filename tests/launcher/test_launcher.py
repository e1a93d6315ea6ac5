from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 180


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a copy of what the launcher needs, without an environment; its one verb says that it was reached."""
    folder = tmp_path / "project"
    (folder / "survey" / "cli").mkdir(parents=True)
    shutil.copy(PROJECT / "hailong.py", folder)
    (folder / "survey" / "cli" / "run.py").write_text('"""Start it."""\n', encoding="utf-8")
    (folder / "survey" / "cli" / "test.py").write_text('"""Check it."""\n', encoding="utf-8")
    (folder / "survey" / "cli" / "_part.py").write_text('"""No verb."""\n', encoding="utf-8")
    (folder / "terminal.py").write_text("import sys; print('reached', sys.argv[1:])\n", encoding="utf-8")
    (folder / "requirements.lock").write_text("flask==1\n", encoding="utf-8")
    (folder / "requirements-dev.lock").write_text("flask==1\npytest==1\n", encoding="utf-8")
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Give a function that puts a ``uv`` of the given shell script on the path and returns the environment for it."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "sleep", "touch", "ln", "mkdir", "env"):
        (folder / name).symlink_to(shutil.which(name) or name)

    def make(script: str) -> dict[str, str]:
        uv = folder / "uv"
        uv.write_text(f'#!/bin/sh\necho "$@" >> {folder}/calls\n{script}\n', encoding="utf-8")
        uv.chmod(0o755)
        return {"PATH": str(folder), "CALLS": str(folder / "calls")}

    return make


# What the real tool does, as far as the launcher looks at it.
WORKING_UV = f"""
case "$1" in
    venv) for last; do :; done; mkdir -p "$last/bin"; ln -sf {sys.executable} "$last/bin/python" ;;
esac
"""
SLOW_UV = WORKING_UV + 'case "$1" in pip) touch "$CALLS.installing"; sleep 300 ;; esac'
FAILING_UV = WORKING_UV + 'case "$1" in pip) exit 1 ;; esac'


def launch(project: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, project / "hailong.py", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def calls(environment: dict[str, str], first: str) -> list[str]:
    path = Path(environment["CALLS"])
    return [line for line in path.read_text().splitlines() if line.startswith(first)] if path.exists() else []


def test_the_first_start_makes_the_environment_and_hands_over(project: Path, tools: Any) -> None:
    environment = tools(WORKING_UV)
    done = launch(project, environment, "run", "--port", "1")
    assert done.stdout == "reached ['run', '--port', '1']\n"
    assert "--require-hashes" in calls(environment, "pip install")[0]
    assert "requirements.lock" in calls(environment, "pip install")[0]
    assert "Preparing the environment" in done.stderr


def test_the_second_start_calls_no_tool(project: Path, tools: Any) -> None:
    environment = tools(WORKING_UV)
    launch(project, environment, "run")
    Path(environment["CALLS"]).unlink()
    done = launch(project, environment, "run")
    assert done.stdout == "reached ['run']\n"
    assert done.stderr == ""
    assert calls(environment, "") == []


def test_a_changed_lock_is_installed_into_the_same_environment(project: Path, tools: Any) -> None:
    environment = tools(WORKING_UV)
    launch(project, environment, "run")
    (project / "requirements.lock").write_text("flask==2\n", encoding="utf-8")
    launch(project, environment, "run")
    assert len(calls(environment, "venv")) == 1
    assert len(calls(environment, "pip install")) == 2


def test_the_tools_of_development_come_only_for_the_verbs_that_need_them(project: Path, tools: Any) -> None:
    environment = tools(WORKING_UV)
    launch(project, environment, "run")
    launch(project, environment, "test")
    launch(project, environment, "run")
    assert [line.rpartition("/")[2] for line in calls(environment, "pip install")] == [
        "requirements.lock",
        "requirements-dev.lock",
    ]


def test_an_installation_that_failed_is_said_and_taken_up_again(
    project: Path, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV", "unused")
    environment = tools(FAILING_UV)
    (project / "requirements.lock").write_text("no-such-package-of-ours==1 --hash=sha256:00\n", encoding="utf-8")
    failed = launch(project, {**environment, "PIP_NO_INDEX": "1"}, "run")
    assert failed.returncode == 1
    assert "start again to take it up" in failed.stderr
    assert launch(project, tools(WORKING_UV), "run").stdout == "reached ['run']\n"


def test_an_empty_promise_of_uv_is_passed_over(project: Path, tools: Any) -> None:
    (project / "requirements.lock").write_text("", encoding="utf-8")
    done = launch(project, tools("exit 127"), "run")
    assert done.stdout == "reached ['run']\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_installation_and_its_tool(project: Path, tools: Any, number: signal.Signals) -> None:
    environment = tools(SLOW_UV)
    with subprocess.Popen(
        [sys.executable, project / "hailong.py", "run"], env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(Path(environment["CALLS"] + ".installing"))
        installer = children(process.pid)
        process.send_signal(number)
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 128 + number
    assert "Traceback" not in said
    assert installer
    assert not any(is_alive(pid) for pid in installer)
    assert launch(project, tools(WORKING_UV), "run").stdout == "reached ['run']\n"


def test_a_second_start_waits_for_the_first(project: Path, tools: Any) -> None:
    environment = tools(SLOW_UV.replace("sleep 300", "sleep 1"))
    command = [sys.executable, project / "hailong.py", "run"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        wait_for(Path(environment["CALLS"] + ".installing"))
        second = launch(project, environment, "run")
        out, _ = first.communicate(timeout=SECONDS)
    assert "Waiting for another start" in second.stderr
    assert (out, second.stdout) == ("reached ['run']\n", "reached ['run']\n")
    assert len(calls(environment, "pip install")) == 1


def test_a_folder_that_cannot_be_written_is_named(project: Path, tools: Any) -> None:
    (project / ".venv").write_text("a file is in the way", encoding="utf-8")
    failed = launch(project, tools(WORKING_UV), "run")
    assert failed.returncode == 1
    assert "HAILONG_VENV" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_environment_can_lie_elsewhere(project: Path, tools: Any, tmp_path: Path) -> None:
    done = launch(project, {**tools(WORKING_UV), "HAILONG_VENV": str(tmp_path / "elsewhere")}, "run")
    assert done.stdout == "reached ['run']\n"
    assert (tmp_path / "elsewhere" / "hailong.stamp").exists()
    assert not (project / ".venv").exists()


def test_a_folder_that_holds_something_else_is_never_cleared(project: Path, tools: Any, tmp_path: Path) -> None:
    precious = tmp_path / "home" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("mine", encoding="utf-8")
    failed = launch(project, {**tools(WORKING_UV), "HAILONG_VENV": str(precious.parent)}, "run")
    assert failed.returncode == 1
    assert "name an empty folder" in failed.stderr
    assert precious.read_text() == "mine"


def test_help_needs_no_environment(project: Path) -> None:
    done = launch(project, {"PATH": "/nowhere"}, "--help")
    assert done.returncode == 0
    assert "run   Start it." in done.stdout
    assert "part" not in done.stdout
    assert not (project / ".venv").exists()


def test_an_unknown_verb_is_refused_before_anything_is_made(project: Path) -> None:
    failed = launch(project, {"PATH": "/nowhere"}, "fly")
    assert failed.returncode == 1
    assert "There is no verb “fly”" in failed.stderr
    assert not (project / ".venv").exists()


def test_an_older_python_is_refused_in_one_sentence(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; this is 3\.10\."):
        launcher.main(["run"])


def test_a_python_without_venv_gets_the_line_that_helps(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launcher, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(launcher, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        launcher.make_environment(PROJECT / "requirements.lock")


@pytest.fixture
def launcher() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("launcher_under_test", PROJECT / "hailong.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield module
    for number, handler in handlers.items():
        signal.signal(number, handler)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found] + [grand for child in found for grand in children(int(child))]


def is_alive(pid: int) -> bool:
    try:
        # What is dead but not yet collected by its parent is dead.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
