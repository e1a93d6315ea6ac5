"""Check everything that must be green: format, lint, types, imports, spelling, tests on both databases.

What is given after the options goes to pytest.  --full also runs what takes long: mutations, long fuzzing, series of
kills, millions of rows.

Example:
    python3 hailong.py test
    python3 hailong.py test tests/launcher -k backup
    python3 hailong.py test --full
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from survey.cli._signals import leave_in_order

PROJECT: Final = Path(__file__).resolve().parents[2]
LINT_IMPORTS: Final = Path(sys.executable).parent / "lint-imports"
SECONDS_TO_END: Final = 15
CHECKS: Final = {
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "lint": [sys.executable, "-m", "ruff", "check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "import rules": [str(LINT_IMPORTS)],
    "spelling": [sys.executable, "-m", "codespell_lib", "."],
}
# A file is one worker's, so that its fixtures are made once; every worker has a PostgreSQL of its own.
WORKERS: Final = min(os.cpu_count() or 1, 4)
TESTS: Final = [sys.executable, "-m", "pytest", f"--numprocesses={WORKERS}", "--dist=loadfile"]
MUTATIONS: Final = [sys.executable, "tests/mutations.py"]
COUNT: Final = re.compile(r"(\d+) (passed|failed|error|skipped)")
CLOSING_LINE: Final = re.compile(r"\b(passed|failed|errors?|skipped|no tests ran)\b.* in [\d.]+s")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step ended; ``counts`` are pytest's own."""

    name: str
    passed: bool
    seconds: float
    counts: dict[str, int]


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--full", is_flag=True, help="Run the whole of what otherwise runs as a sample.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def command(pytest_arguments: tuple[str, ...], *, full: bool) -> None:
    """Run every step, also after one has failed; the last line counts what passed and what failed."""
    leave_in_order(patience=SECONDS_TO_END + 1)
    environment = {**os.environ, "HAILONG_FULL": "1"} if full else dict(os.environ)
    _warn_without_chromium()
    outcomes = [_step(name, arguments, environment) for name, arguments in CHECKS.items()]
    if full:
        outcomes.append(_step("mutations", MUTATIONS, environment))
    outcomes.append(_step("tests", [*TESTS, *pytest_arguments], environment))
    _warn_without_chromium()
    _summarise(outcomes)
    sys.exit(not all(outcome.passed for outcome in outcomes))


def _step(name: str, arguments: list[str], environment: dict[str, str]) -> Outcome:
    click.secho(f"\n── {name} ──", bold=True)
    start = time.monotonic()
    counts: dict[str, int] = {}
    with subprocess.Popen(  # noqa: S603  our own tools
        arguments, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stdout or ():
                click.echo(line, nl=False)
                if CLOSING_LINE.search(line):
                    counts = {what: int(number) for number, what in COUNT.findall(line)}
        finally:
            if process.poll() is None:
                _end(process)
    return Outcome(name, process.returncode == 0, time.monotonic() - start, counts)


def _end(process: subprocess.Popen[str]) -> None:
    # An interrupt, not a termination: pytest then still stops what its fixtures started.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def _warn_without_chromium() -> None:
    if not shutil.which("chromium"):
        click.secho(
            "*** Không có Chromium: các phép thử trình duyệt KHÔNG chạy. / "
            "No Chromium: the browser tests do NOT run; install it with: apt-get install chromium ***",
            fg="yellow",
            bold=True,
        )


def _summarise(outcomes: list[Outcome]) -> None:
    click.echo()
    for outcome in outcomes:
        mark = click.style("ok    ", fg="green") if outcome.passed else click.style("FAILED", fg="red", bold=True)
        click.echo(f"{mark}  {outcome.name:14} {outcome.seconds:7.1f} s")
    tests = outcomes[-1].counts
    failed = tests.get("failed", 0) + tests.get("error", 0)
    broken = sum(not outcome.passed for outcome in outcomes)
    # A step that failed without a failing test (a check, a crash of pytest) counts as one.
    failed += broken - (1 if failed else 0)
    skipped = f", {tests['skipped']} skipped" if "skipped" in tests else ""
    click.echo(f"{tests.get('passed', 0)} passed, {failed} failed{skipped}")
