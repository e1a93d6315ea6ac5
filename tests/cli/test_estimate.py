import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis import __version__
from analysis.plan.reading import read_plan
from survey.cli import Verbs
from survey.cli._estimate_words import problem_in_vietnamese
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
    return CliRunner().invoke(Verbs(), ["estimate", *map(str, arguments)])


def test_a_plan_prints_a_table(plan: Path) -> None:
    ran = estimate(plan)
    assert ran.exit_code == 0
    vietnamese, english, titles, beside, row = ran.output.splitlines()[:5]
    assert vietnamese == "sat: tỷ lệ của q1, khoảng tin cậy wilson 95 %"
    assert english == "sat: share of q1, wilson 95 %"
    assert titles.split()[:5] == ["n", "ước", "lượng", "sai", "số"]
    assert beside.split()[:3] == ["n", "estimate", "std."]
    assert row.split()[:2] == ["4", "0.75"]
    assert "phiên bản" in ran.output


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


def test_verdicts_and_shared_clusters_are_told_in_both_languages(plan: Path, tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("q1,unit,c\n5,a,1\n4,b,1\n2,a,2\n5,b,2\n", encoding="utf-8")
    asked = 'outcome = "q1"\nsatisfied = [4, 5]\n'
    plan.write_text(
        f'data = "survey.csv"\n[design]\nclusters = "c"\n[[change]]\n{asked}'
        f'between = {{ column = "unit", from = "a", to = "b" }}\n[[ranking]]\nunits = "unit"\n{asked}',
        encoding="utf-8",
    )
    ran = estimate(plan)
    assert "chưa đủ căn cứ kết luận có thay đổi / no evidence of change" in ran.output
    assert "các đơn vị có chung cụm nhưng được xếp hạng như thể độc lập với nhau\nunits share clusters" in ran.output
    assert json.loads(estimate(plan, "--json", "-").output)["rankings"][0]["units_share_clusters"] is True


def test_a_refused_plan_says_one_sentence_a_language_and_writes_nothing(plan: Path, tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("q1\n5\nfour\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    ran = estimate(plan, "--json", tmp_path / "out.json")
    assert ran.exit_code == 1
    vietnamese, english = ran.output.splitlines()
    told = "survey.csv, dòng 3, cột q1: câu trả lời là 'four', không phải số; hãy sửa lại hoặc ghi vào missing."
    assert vietnamese == told
    assert english.startswith("survey.csv, line 3, column q1: the answer is 'four', which is not a number; correct it")
    assert sorted(tmp_path.iterdir()) == before


def test_files_that_cannot_be_used_are_named(plan: Path, tmp_path: Path) -> None:
    absent = estimate(tmp_path / "other.toml")
    assert (absent.exit_code, "other.toml cannot be read (it does not exist)" in absent.output) == (1, True)
    assert "other.toml (không tồn tại); hãy kiểm tra tên tệp" in absent.output
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


def written_sentences(module: Path) -> list[str]:
    """Return what a module says when it refuses, with 7 wherever it puts in a value."""
    said = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            said += [text_of(node.value)] if node.targets[0].id in {"msg", "problem", "remedy"} else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "refuse":
            said += [text_of(argument) for argument in node.args[:2] if ";" in text_of(argument)]
    return [text for text in said if ";" in text]


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)  # type: ignore[misc]  # a constant part of a text is a text
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


MODULES = [
    *(file.name for file in (PROJECT / "analysis" / "plan").glob("*.py")),
    "../design.py",
    "../weighting.py",
    "../calibration.py",
    "../replicates.py",
]


@pytest.mark.parametrize("module", MODULES)
def test_whatever_a_plan_is_refused_for_has_its_vietnamese(module: str) -> None:
    sentences = written_sentences(PROJECT / "analysis" / "plan" / module)
    unknown = [
        text for text in sentences if not (problem_in_vietnamese(text) or problem_in_vietnamese(f"in [x], key {text}"))
    ]
    assert unknown == []


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
