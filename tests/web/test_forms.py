"""Numbers that forms bring back: what was tampered with is nobody's number, and never a fault of the machine."""

from __future__ import annotations

import pytest

from survey.web.forms import hidden_number


@pytest.mark.parametrize(
    ("text", "number"), [("", 0), ("0", 0), ("12", 12), ("9" * 5000, -1), ("٣", -1), ("-1", -1), ("1e3", -1)]
)
def test_a_hidden_number_is_what_was_written_and_nothings_where_it_is_none(text: str, number: int) -> None:
    assert hidden_number(text) == number
