from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.services.paper import LARGEST_NUMBER, PaperError, read_sheet_number, sheet_number

numbers = st.integers(1, LARGEST_NUMBER)


@given(numbers)
def test_a_sheet_number_is_read_as_it_was_printed_whole_or_in_part(number: int) -> None:
    printed = sheet_number("LG-2026", number)
    for typed in (printed, printed.lower(), printed.removeprefix("LG-2026-"), printed[-7:].replace("-", "")):
        if number <= 99_999 or "-" in typed:
            assert read_sheet_number(typed, wave_code="LG-2026") == number


@given(numbers, st.integers(0, 6), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(number: int, place: int, shift: int) -> None:
    digits, check = f"{number:07d}", sheet_number("LG-2026", number)[-1]
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    with pytest.raises(PaperError):
        read_sheet_number(f"{wrong}-{check}", wave_code="LG-2026")


@pytest.mark.parametrize("typed", ["", "x", "00001", "LG-2025-00001-7", "-1-7", "00001-7 <b>", "99999999999-7"])
def test_what_is_no_sheet_number_is_refused(typed: str) -> None:
    with pytest.raises(PaperError):
        read_sheet_number(typed, wave_code="LG-2026")
