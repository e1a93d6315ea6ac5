from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from config import Config
from survey.cli import WITHOUT_DATA, Verbs

PROJECT = Path(__file__).resolve().parents[2]
VERBS = Verbs().list_commands(click.Context(Verbs()))


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("launcher_under_test", PROJECT / "hailong.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def help_of(*path: str) -> str:
    result = CliRunner().invoke(Verbs(), [*path, "--help"], terminal_width=200)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_launcher_lists_exactly_the_verbs_that_run(launcher: ModuleType) -> None:
    assert sorted(launcher.verbs()) == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_in_one_line_what_it_does(launcher: ModuleType, verb: str) -> None:
    line = launcher.verbs()[verb]
    assert line.endswith(".")
    assert line in help_of(verb).replace("\n  ", " ")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_an_example_that_names_it(verb: str) -> None:
    assert f"python3 hailong.py {verb}" in help_of(verb)


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in WITHOUT_DATA])
def test_every_verb_that_works_on_the_data_lets_their_folder_be_named(verb: str) -> None:
    for path in leaves(verb):
        assert "--data" in help_of(*path)


def leaves(verb: str) -> list[tuple[str, ...]]:
    command = Verbs().get_command(click.Context(Verbs()), verb)
    return [(verb, part) for part in command.commands] if isinstance(command, click.Group) else [(verb,)]


def test_every_verb_is_documented() -> None:
    manual = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"`{verb}" not in manual] == []


def test_every_setting_is_documented() -> None:
    manual = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    names = [field.validation_alias or f"HAILONG_{name.upper()}" for name, field in Config.model_fields.items()]
    assert [name for name in names if f"`{name}`" not in manual] == []


def test_a_verb_that_is_not_there_is_refused() -> None:
    result = CliRunner().invoke(Verbs(), ["fly"])
    assert result.exit_code == 2
    assert "fly" in result.output
