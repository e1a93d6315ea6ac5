"""What can be wrong with one value of a rubric's file; the checks of whole rubrics are made of these."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from survey.models.rubric_content import exact
from survey.services.edition_faults import Fault, bad_word, faults_of_text, unknown_keys

MOST_DECIMALS: Final = 4
MOST_POINTS: Final = 1000
_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
_LONGEST_NUMBER: Final = 20
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def faults_of_name(name: object, place: str) -> Iterator[Fault]:
    """Yield what is wrong with a name: Vietnamese must be there, English may be left out."""
    if isinstance(name, dict) and "vi" in name:
        yield from unknown_keys(name, frozenset({"vi", "en"}), f"{place}.")
        yield from faults_of_text({"en": name["vi"], **name} if not name.get("en") else name, place)
    else:
        yield Fault(
            place,
            "còn thiếu; hãy ghi bằng tiếng Việt",
            "is missing; write it in Vietnamese",
        )


def faults_of_code(code: object, place: str) -> Iterator[Fault]:
    """Yield what is wrong with the code of an area, a criterion or a class."""
    yield from bad_word(code, _CODE, place, "1.2.3")


def number_in(table: Mapping[str, Any], key: str) -> Fraction | None:
    """Return a number of a table; None where there is none, or it cannot be read."""
    # Looked at before it is read: 1e999999999 would take the machine's memory.
    if not _is_plain(table.get(key)):
        return None
    try:
        return exact(table.get(key))
    except (ValueError, ZeroDivisionError):
        return None


def faults_of_number(
    table: Mapping[str, Any], key: str, place: str, *, low: int | None = None, high: int | None = None
) -> Iterator[Fault]:
    """Yield what is wrong with a number: missing, no plain decimal, or beyond its bounds (both included)."""
    where, value = f"{place}{key}", table.get(key)
    if value is None:
        yield Fault(where, "còn thiếu; hãy ghi một số", "is missing; give a number")
        return
    number = number_in(table, key)
    if number is None:
        yield Fault(
            where,
            f"“{_shown(value)}” không phải số; hãy ghi như 2.5 (bảng tính và biểu mẫu nhận cả 2,5)",
            f"“{_shown(value)}” is no number; write it as 2.5",
        )
    elif low is not None and number < low:
        yield Fault(where, f"không được dưới {low}; hãy sửa số này", f"must not be below {low}; change it")
    elif high is not None and number > high:
        yield Fault(where, f"không được trên {high}; hãy sửa số này", f"must not be above {high}; change it")


def faults_of_points(table: Mapping[str, Any], key: str, place: str) -> Iterator[Fault]:
    """Yield what is wrong with a maximum: a number above 0."""
    number = number_in(table, key)
    if number is not None and number < 0:
        yield Fault(
            f"{place}{key}",
            "không được dưới 0; điểm trừ ghi số dương ở một dòng điểm trừ",
            "must not be below 0; what is taken off is a positive number in a line of penalty",
        )
        return
    found = list(faults_of_number(table, key, place, high=MOST_POINTS))
    yield from found
    if not found and number_in(table, key) == 0:
        yield Fault(f"{place}{key}", "phải trên 0; hãy ghi điểm tối đa", "must be above 0; give the maximum")


def faults_of_order(limits: Sequence[Fraction | None], place: str) -> Iterator[Fault]:
    """Yield a fault where limits go neither up nor down from the first to the last."""
    known = [limit for limit in limits if limit is not None]
    if known not in (sorted(known), sorted(known, reverse=True)):
        yield Fault(
            place,
            "các mốc lúc tăng lúc giảm; hãy xếp lại theo thứ tự để không bỏ sót bậc nào",
            "the limits go up and down; put them in order, so that no step is overlooked",
        )


def not_among(value: object, words: Mapping[str, tuple[str, str]], codes: Sequence[str], place: str) -> Fault:
    """Return the fault of a value that is none of a few words; they are said as spreadsheets and files write them."""
    shown = _shown(value)
    return Fault(
        place,
        f"“{shown}” không dùng được; hãy dùng một trong: {listed(words, codes, 'vi')}",
        f"“{shown}” cannot be used; use one of {listed(words, codes, 'en')}",
    )


def is_one_of(value: object, codes: Container[str]) -> bool:
    """Return whether a value of a file, which may be a list or a table, is one of a few words."""
    return isinstance(value, str) and value in codes


def listed(words: Mapping[str, tuple[str, str]], codes: Sequence[str], language: str) -> str:
    """Return words with the codes that text files have for them."""
    return ", ".join(f"{words[code][language == 'en']} ({code})" for code in codes)


def written(number: Fraction) -> str:
    """Return a number as files write it, as short as it can be."""
    return f"{float(number):.6f}".rstrip("0").rstrip(".")


def written_vi(number: Fraction) -> str:
    """Return a number as Vietnamese sentences write it."""
    return written(number).replace(".", ",")


def _is_plain(value: object) -> bool:
    text = str(value).strip()
    return len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None


def _shown(value: object) -> str:
    return str(value)[:_LONGEST_NUMBER]
