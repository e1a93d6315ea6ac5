from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest

from survey.citizen.words import FOLDER, ORIGINAL, WORDS

FILES = sorted(FOLDER.glob("*.toml"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_translation_says_only_what_is_asked_with_the_same_placeholders(path: Path) -> None:
    original = WORDS[ORIGINAL].text
    for key, text in tomllib.loads(path.read_text(encoding="utf-8"))["text"].items():
        assert placeholders(text) == placeholders(original[key]), key


def test_english_is_complete() -> None:
    english = tomllib.loads((FOLDER / "en.toml").read_text(encoding="utf-8"))["text"]
    assert english.keys() == WORDS[ORIGINAL].text.keys()


def test_vietnamese_stands_first() -> None:
    assert next(iter(WORDS)) == ORIGINAL
