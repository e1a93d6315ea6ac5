from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.models.identifiers import CODE_SYMBOLS, new_counter_code, new_id, read_counter_code, response_id

DAY = date(2026, 11, 21)


def test_a_response_id_tells_the_local_day_and_nothing_finer() -> None:
    milliseconds = response_id(DAY).int >> 80
    # Midnight in Vietnam is five in the afternoon before, in universal time.
    assert datetime.fromtimestamp(milliseconds / 1000, tz=UTC) == datetime(2026, 11, 20, 17, tzinfo=UTC)


def test_response_ids_of_one_day_differ_only_in_random_bits() -> None:
    ids = {response_id(DAY) for _ in range(1000)}
    assert len(ids) == 1000
    assert len({identifier.int >> 80 for identifier in ids}) == 1
    assert {identifier.version for identifier in ids} == {7}


def test_ids_made_later_sort_later() -> None:
    first = new_id(datetime(2026, 1, 1, tzinfo=UTC))
    assert first < new_id(datetime(2026, 1, 2, tzinfo=UTC))


def test_a_new_code_is_read_back_in_any_case_and_spacing() -> None:
    for _ in range(100):
        code = new_counter_code()
        assert read_counter_code(f" {code[:4].lower()}-{code[4:]} ") == code


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    code = next(code for code in iter(new_counter_code, "") if "0" in code and "1" in code)
    assert read_counter_code(code.replace("0", "O").replace("1", "l")) == code


@given(st.integers(0, 8), st.sampled_from(CODE_SYMBOLS))
def test_one_mistyped_symbol_is_noticed(position: int, symbol: str) -> None:
    code = new_counter_code()
    mistyped = code[:position] + symbol + code[position + 1 :]
    assert mistyped == code or read_counter_code(mistyped) is None


@given(st.integers(0, 7))
def test_two_neighbours_swapped_are_noticed(position: int) -> None:
    code = new_counter_code()
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert swapped == code or read_counter_code(swapped) is None


@pytest.mark.parametrize("text", ["", "ABC", "0" * 40, "ĐƯỜNG000", "'; DROP--"])
def test_what_is_no_code_is_not_read_as_one(text: str) -> None:
    assert read_counter_code(text) is None
