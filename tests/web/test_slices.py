from __future__ import annotations

import flask
import pytest

from survey.web.slices import slice_of


@pytest.mark.parametrize(
    ("asked", "number", "lines"),
    [
        ("", 1, "ab"),
        ("?page=2", 2, "cd"),
        ("?page=3", 3, "e"),
        ("?page=9", 3, "e"),
        ("?page=0", 1, "ab"),
        ("?page=x", 1, "ab"),
    ],
)
def test_a_slice_is_the_page_asked_for_or_the_nearest_there_is(asked: str, number: int, lines: str) -> None:
    with flask.Flask("x").test_request_context(f"/{asked}"):
        found = slice_of("abcde", size=2)

    assert (found.number, found.lines, found.pages, found.total) == (number, lines, 3, 5)


def test_of_nothing_there_is_one_empty_page() -> None:
    with flask.Flask("x").test_request_context("/"):
        found = slice_of([], size=2)

    assert (found.number, found.lines, found.pages) == (1, [], 1)
