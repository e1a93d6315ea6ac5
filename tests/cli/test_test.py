from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

import survey.cli.test as verb

PASSES = [sys.executable, "-c", "print('fine')"]
FAILS = [sys.executable, "-c", "print('no good'); raise SystemExit(3)"]
SHOWS_FULL = [sys.executable, "-c", "import os; print('full', os.environ.get('HAILONG_FULL'))"]


def pytest_that_prints(line: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({line!r}); print(sys.argv[1:]); raise SystemExit({code})"]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def check(monkeypatch: pytest.MonkeyPatch, tests: list[str], *arguments: str, **checks: list[str]) -> Result:
    monkeypatch.setattr(verb, "CHECKS", checks)
    monkeypatch.setattr(verb, "TESTS", tests)
    monkeypatch.setattr(verb, "MUTATIONS", PASSES)
    return CliRunner().invoke(verb.command, arguments)


def last_line(result: Result) -> str:
    return result.output.splitlines()[-1]


def test_when_all_is_green_the_last_line_counts_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(monkeypatch, pytest_that_prints("12 passed, 1 skipped in 3.45s"), lint=PASSES)
    assert result.exit_code == 0
    assert last_line(result) == "12 passed, 0 failed, 1 skipped"


def test_a_check_that_fails_does_not_hide_the_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(monkeypatch, pytest_that_prints("12 passed in 3.45s"), format=FAILS, lint=PASSES)
    assert result.exit_code == 1
    assert "fine" in result.output
    assert "FAILED  format" in result.output
    assert last_line(result) == "12 passed, 1 failed"


def test_failing_tests_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(monkeypatch, pytest_that_prints("2 failed, 10 passed, 1 error in 65.01s (0:01:05)", 1), lint=FAILS)
    assert result.exit_code == 1
    assert last_line(result) == "10 passed, 4 failed"


def test_a_crash_of_the_tests_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(monkeypatch, pytest_that_prints("ImportError", 4))
    assert result.exit_code == 1
    assert last_line(result) == "0 passed, 1 failed"


def test_what_is_left_over_goes_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(monkeypatch, pytest_that_prints("1 passed in 0.1s"), "tests/launcher", "-k", "backup")
    assert "['tests/launcher', '-k', 'backup']" in result.output


def test_full_is_told_to_every_step_and_adds_the_mutations(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = check(monkeypatch, pytest_that_prints("1 passed in 0.1s"), lint=SHOWS_FULL)
    whole = check(monkeypatch, pytest_that_prints("1 passed in 0.1s"), "--full", lint=SHOWS_FULL)
    assert "full None" in sample.output
    assert "full 1" in whole.output
    assert "mutations" not in sample.output
    assert "ok      mutations" in whole.output


def test_a_missing_browser_is_said_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb.shutil, "which", lambda _name: None)
    result = check(monkeypatch, pytest_that_prints("1 passed in 0.1s"))
    assert result.output.count("browser tests do NOT run") == 2
