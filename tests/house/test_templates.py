"""House rules of templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
COMPONENTS = sorted((PROJECT / "templates" / "components").glob("*.html"))
MOST_LINES = 120


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_trusts_no_text_is_short_and_has_no_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape", text)
    assert len(text.splitlines()) <= MOST_LINES
    assert not re.search(r"\son[a-z]+=|javascript:", text)
    if "citizen" not in path.parts:
        assert not re.search(r"<style|<script(?! src=\"\{\{ asset\()|\sstyle=", text)


@pytest.mark.parametrize("path", COMPONENTS, ids=name)
def test_a_component_is_one_macro_that_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\{%-? macro (\w+)", text) == [path.stem]
    assert "{#" in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_share_or_score_is_printed_by_the_component_that_adds_interval_and_n(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    if path.stem not in {"estimate", "whisker"}:
        assert not re.search(r"(share_satisfied|mean_score)\.(value|ci)", text)


def test_no_code_marks_text_as_safe_but_the_style_sheet_and_words_of_citizens_pages() -> None:
    code = [path for path in (PROJECT / "survey").rglob("*.py") if "Markup(" in path.read_text(encoding="utf-8")]

    # The words of citizens' pages wrap what is foreign in its language; whatever is wrapped is escaped.
    assert sorted(name(path) for path in code) == ["survey/citizen/pages.py", "survey/citizen/words.py"]
    assert code[0].read_text(encoding="utf-8").count("Markup(") == 1
