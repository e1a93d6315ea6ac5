import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis import __version__
from analysis.plan.reading import read_plan
from survey.cli.estimate import command, estimate_command

PROJECT = Path(__file__).parents[2]
PLAN = 'data = "survey.csv"\n[[estimate]]\nname = "sat"\noutcome = "q1"\nsatisfied = [4, 5]\n'


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "survey.csv").write_text("q1\n5\n4\n2\n5\n", encoding="utf-8")
    file = tmp_path / "plan.toml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def estimate(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_plan_prints_a_table(plan: Path) -> None:
    ran = estimate(plan)
    assert ran.exit_code == 0
    assert "sat: share of q1, wilson 95 %" in ran.output
    assert "0.75" in ran.output


def test_a_plan_writes_json_and_the_same_bytes_again(plan: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    for file in (first, second):
        ran = estimate(plan, "--json", file)
        assert (ran.exit_code, ran.output) == (0, "")
    assert first.read_bytes() == second.read_bytes()
    row = json.loads(first.read_text(encoding="utf-8"))["estimates"][0]["rows"][0]
    assert (row["n"], row["estimate"], row["domain"]) == (4, 0.75, {})
    assert first.stat().st_mode & 0o400


def test_json_goes_to_the_screen_by_a_dash(plan: Path) -> None:
    assert json.loads(estimate(plan, "--json", "-").output)["input"]["rows"] == 4


def test_a_refused_plan_says_one_sentence_and_writes_nothing(plan: Path, tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("q1\n5\nfour\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    ran = estimate(plan, "--json", tmp_path / "out.json")
    assert ran.exit_code == 1
    assert "survey.csv, line 3, column q1: the answer is 'four'" in ran.output
    assert len(ran.output.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_files_that_cannot_be_used_are_named(plan: Path, tmp_path: Path) -> None:
    absent = estimate(tmp_path / "other.toml")
    assert (absent.exit_code, "other.toml cannot be read" in absent.output) == (1, True)
    nowhere = estimate(plan, "--json", tmp_path / "nowhere" / "out.json")
    assert (nowhere.exit_code, "out.json cannot be written" in nowhere.output) == (1, True)
    (tmp_path / "survey.csv").unlink()
    no_data = estimate(plan)
    assert (no_data.exit_code, "survey.csv cannot be read" in no_data.output) == (1, True)


def test_a_result_that_cannot_take_its_name_leaves_nothing_behind(plan: Path, tmp_path: Path) -> None:
    (tmp_path / "out.json" / "full").mkdir(parents=True)
    before = sorted(tmp_path.iterdir())
    assert estimate(plan, "--json", tmp_path / "out.json").exit_code == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_device_is_written_to_and_not_replaced(plan: Path) -> None:
    assert estimate(plan, "--json", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_the_version_is_the_changelog_s() -> None:
    newest = next(line for line in (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if "## " in line)
    assert newest.split()[1] == __version__


def test_the_command_is_found_by_its_verb() -> None:
    assert estimate_command is command


@pytest.mark.parametrize("module", ["analysis", "analysis.plan", "analysis.linearisation", "survey.cli.estimate"])
def test_scipy_waits_until_it_is_needed(module: str) -> None:
    look = f"import sys, {module}; sys.exit(any(name.partition('.')[0] == 'scipy' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", look], cwd=PROJECT, check=False).returncode == 0


def test_the_example_of_the_documentation_runs() -> None:
    ran = estimate(PROJECT / "docs" / "examples" / "plan.toml")
    assert ran.exit_code == 0, ran.output
    assert "satisfied, by field: share of rating, wilson 95 %" in ran.output


def test_the_plan_of_the_documentation_is_a_plan() -> None:
    text = (PROJECT / "docs" / "estimate.md").read_text(encoding="utf-8")
    written = text.partition("```toml\n")[2].partition("```")[0]
    plan = read_plan(written.encode(), file="estimate.md")
    assert [len(part) for part in (plan.estimates, plan.changes, plan.rankings)] == [1, 1, 1]
