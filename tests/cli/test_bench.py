from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

import survey.cli.bench as verb

FIGURE = {"value": 2.0, "floor": 1.0, "ratio": 2.0, "unit": "s"}


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> dict[str, Any]:
        msg = "no clone"
        raise OSError(msg)

    for name, figures in {"good": lambda: {"good_figure": FIGURE}, "bad": broken}.items():
        (tmp_path / f"{name}.py").touch()
        module = ModuleType(f"benchmarks.{name}")
        module.figures = figures  # type: ignore[attr-defined]  # what a benchmark has
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", module)
    (tmp_path / "_part.py").touch()
    monkeypatch.setattr(verb, "BENCHMARKS", tmp_path)


def bench(*names: str) -> Result:
    return CliRunner().invoke(verb.command, names)


@pytest.mark.usefixtures("benchmarks")
def test_the_last_line_is_json_and_a_table_stands_above_it() -> None:
    result = bench("good")
    assert result.exit_code == 0
    assert json.loads(result.output.splitlines()[-1]) == {"good_figure": FIGURE}
    assert "good_figure" in result.output.splitlines()[-2]
    assert "2.00  s" in result.output.splitlines()[-2]


@pytest.mark.usefixtures("benchmarks")
def test_one_that_fails_hides_no_other_and_is_named() -> None:
    result = bench()
    assert result.exit_code == 1
    assert "FAILED: bad" in result.output
    assert json.loads(result.output.splitlines()[-1]) == {"good_figure": FIGURE}


@pytest.mark.usefixtures("benchmarks")
def test_an_unknown_name_is_refused_with_those_that_are_there() -> None:
    result = bench("best")
    assert result.exit_code == 2
    assert "best; there are bad, good" in result.output


@pytest.mark.usefixtures("benchmarks")
def test_what_takes_long_runs_by_name_or_with_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "LONG", frozenset({"bad"}))

    assert "FAILED" not in bench().output
    assert "FAILED: bad" in bench("bad").output
    assert "FAILED: bad" in bench("--full").output
