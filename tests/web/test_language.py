"""Vietnamese is the source, English complete: held against what templates and views really say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

PROJECT = Path(__file__).resolve().parents[2]
METHODS = [
    ("survey/web/**.py", "python"),
    ("survey/desk/**.py", "python"),
    ("survey/admin/**.py", "python"),
    ("survey/reports/**.py", "python"),
    ("templates/**.html", "jinja2"),
]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}

Message = str | tuple[str, ...]


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (PROJECT / "survey" / "translations" / "en.po").open("rb") as file:
        return read_po(file, locale="en")


def said() -> Iterator[Message]:
    """Yield every sentence that a page of officials can say."""
    options = {"**.html": {"encoding": "utf-8", "newstyle_gettext": "true"}}
    for _, _, message, _, _ in extract_from_dir(str(PROJECT), METHODS, options, keywords=KEYWORDS):
        yield _key(message)


def entries(catalogue: Catalog) -> dict[Message, tuple[str, ...]]:
    """Return the English forms of every entry: one, or singular and plural."""
    return {_key(message.id): _forms(message.string) for message in catalogue if message.id}


def test_every_sentence_has_its_english(catalogue: Catalog) -> None:
    known = entries(catalogue)

    assert [message for message in said() if not all(known.get(message, ("",)))] == []


def test_no_entry_is_left_of_what_is_no_longer_said(catalogue: Catalog) -> None:
    assert set(entries(catalogue)) - set(said()) == set()


def test_english_names_the_same_values_as_vietnamese(catalogue: Catalog) -> None:
    for key, forms in entries(catalogue).items():
        for form in forms:
            assert placeholders(form) == placeholders(key if isinstance(key, str) else key[0]), key


def test_nothing_is_marked_as_unsure(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_the_choice_of_language_is_kept_until_another_is_chosen(client: FlaskClient) -> None:
    assert "Sign in" in client.get("/sign-in?lang=en").text
    assert "Sign in" in client.get("/sign-in").text
    assert "Đăng nhập" in client.get("/sign-in?lang=vi").text
    assert "Đăng nhập" in client.get("/sign-in").text


@pytest.mark.parametrize("wanted", ["", "fr", "../en", "<b>"])
def test_a_language_that_does_not_exist_is_vietnamese(client: FlaskClient, wanted: str) -> None:
    assert '<html lang="vi">' in client.get("/sign-in", query_string={"lang": wanted}).text


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def _key(message: str | list[str] | tuple[str, ...]) -> Message:
    return message if isinstance(message, str) else tuple(message)


def _forms(forms: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (forms,) if isinstance(forms, str) else tuple(forms)
