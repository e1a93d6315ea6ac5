"""What a file of a questionnaire edition or of a method edition must fulfil; every fault names its place and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from survey.models.editions import RATING_LEVELS

REQUIRED_LANGUAGES: Final = ("vi", "en")
REVIEW_STATES: Final = ("reviewed", "draft")
# Fields of the citizen's form that are not items.
RESERVED_CODES: Final = frozenset({"key", "service", "comment", "lang"})
MOST_ITEMS: Final = 100
LONGEST_TEXT: Final = 400
STATISTICS: Final = ("share", "mean")
AGGREGATIONS: Final = ("pooled", "element_mean", "weights")
ROUNDINGS: Final = ("truncate", "round")
_ITEM_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,15}")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_EDITION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
_QUESTIONNAIRE_KEYS: Final = frozenset(
    {"questionnaire", "edition", "title", "origin", "languages", "scale", "elements", "overall"}
)
_METHOD_KEYS: Final = frozenset(
    {"code", "statistic", "aggregation", "confidence_level", "smallest_n_shown", "smallest_n_index", "points"}
)
_POINTS_KEYS: Final = frozenset({"source", "maximum_per_part", "decimals", "rounding"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: where, and what to do, in both languages."""

    place: str
    vi: str
    en: str


def faults_of_questionnaire(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the content of a questionnaire's file, in its order."""
    yield from _unknown_keys(content, _QUESTIONNAIRE_KEYS, "")
    yield from _bad_word(content.get("questionnaire"), _NAME, "questionnaire", "counter")
    yield from _bad_word(content.get("edition"), _EDITION, "edition", "2026")
    yield from _faults_of_text(content.get("title"), "title")
    if "origin" in content:
        yield from _faults_of_text(content["origin"], "origin")
    yield from _faults_of_languages(content.get("languages"))
    yield from _faults_of_scale(content.get("scale"))
    yield from _faults_of_elements(content.get("elements"))
    if "overall" in content:
        yield from _faults_of_item(content["overall"], "overall")
    yield from _repeated_codes(content)


def faults_of_method(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the content of a method edition's file."""
    yield from _unknown_keys(content, _METHOD_KEYS, "")
    yield from _bad_word(content.get("code"), _NAME, "code", "par-2026")
    yield from _not_one_of(content.get("statistic"), STATISTICS, "statistic")
    yield from _not_one_of(content.get("aggregation"), AGGREGATIONS, "aggregation")
    level = content.get("confidence_level")
    if not isinstance(level, float) or not 0 < level < 1:
        yield Fault("confidence_level", "hãy ghi một số giữa 0 và 1, ví dụ 0.95", "give a number between 0 and 1")
    for key in ("smallest_n_shown", "smallest_n_index"):
        if not _is_whole(content.get(key)) or content[key] < 1:
            yield Fault(key, "hãy ghi một số nguyên từ 1 trở lên", "give a whole number of at least 1")
    yield from _faults_of_points(content.get("points"))


def _faults_of_points(points: object) -> Iterator[Fault]:
    if not isinstance(points, dict):
        yield Fault("points", "thiếu bảng [points]; hãy thêm vào", "the table [points] is missing; add it")
        return
    yield from _unknown_keys(points, _POINTS_KEYS, "points.")
    yield from _not_one_of(points.get("source"), ("elements", "overall"), "points.source")
    yield from _not_one_of(points.get("rounding"), ROUNDINGS, "points.rounding")
    if not _is_whole(points.get("decimals")) or points["decimals"] < 0:
        yield Fault("points.decimals", "hãy ghi số chữ số thập phân", "give a number of decimals, 0 or more")
    if not _is_positive_decimal(points.get("maximum_per_part")):
        yield Fault(
            "points.maximum_per_part", 'hãy ghi điểm trong nháy, ví dụ "2.00"', 'give points as text, as "2.00"'
        )


def _faults_of_languages(languages: object) -> Iterator[Fault]:
    if not isinstance(languages, dict):
        yield Fault("languages", 'hãy ghi { vi = "reviewed", en = "reviewed" }', "say for each language how far it is")
        return
    for language in REQUIRED_LANGUAGES:
        if languages.get(language) != "reviewed":
            yield Fault(f"languages.{language}", 'phải là "reviewed"', 'must be "reviewed"; have it checked first')
    for language, state in languages.items():
        yield from _not_one_of(state, REVIEW_STATES, f"languages.{language}")


def _faults_of_scale(scale: object) -> Iterator[Fault]:
    if not isinstance(scale, dict) or set(scale) != {str(level) for level in RATING_LEVELS}:
        yield Fault("scale", "hãy đặt tên cho đúng năm mức 1 đến 5", "name exactly the five levels 1 to 5")
        return
    for level, text in scale.items():
        yield from _faults_of_text(text, f"scale.{level}")


def _faults_of_elements(elements: object) -> Iterator[Fault]:
    if not isinstance(elements, list) or not elements:
        yield Fault("elements", "phiếu cần ít nhất một [[elements]]", "at least one [[elements]] is needed; add it")
        return
    for position, element in enumerate(elements, start=1):
        place = f"elements[{position}]"
        if not isinstance(element, dict):
            yield Fault(place, "phải là một bảng [[elements]]", "must be a table [[elements]]")
            continue
        yield from _unknown_keys(element, frozenset({"code", "name", "block", "items"}), f"{place}.")
        yield from _bad_word(element.get("code"), _ITEM_CODE, f"{place}.code", "access")
        yield from _faults_of_text(element.get("name"), f"{place}.name")
        items = element.get("items")
        if not isinstance(items, list) or not items:
            yield Fault(f"{place}.items", "cần ít nhất một câu hỏi", "needs at least one [[elements.items]]")
            continue
        for number, item in enumerate(items, start=1):
            yield from _faults_of_item(item, f"{place}.items[{number}]")


def _faults_of_item(item: object, place: str) -> Iterator[Fault]:
    if not isinstance(item, dict):
        yield Fault(place, "phải là một bảng có code và text", "must be a table with code and text")
        return
    yield from _unknown_keys(item, frozenset({"code", "text"}), f"{place}.")
    yield from _bad_word(item.get("code"), _ITEM_CODE, f"{place}.code", "a1")
    if item.get("code") in RESERVED_CODES:
        yield Fault(f"{place}.code", f"“{item['code']}” đã dành riêng; hãy đặt mã khác", "is reserved; choose another")
    yield from _faults_of_text(item.get("text"), f"{place}.text")


def _repeated_codes(content: dict[str, Any]) -> Iterator[Fault]:
    elements = [element for element in content.get("elements") or [] if isinstance(element, dict)]
    tables = [item for element in elements for item in element.get("items") or []] + [content.get("overall")]
    items = [item.get("code") for item in tables if isinstance(item, dict)]
    for what, codes in (("elements", [element.get("code") for element in elements]), ("items", items)):
        for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
            yield Fault(what, f"mã “{code}” dùng hai lần; hãy đổi một mã", f"code “{code}” is used twice; change one")
    if len(items) > MOST_ITEMS:
        yield Fault("items", f"tối đa {MOST_ITEMS} câu; hãy bớt đi", f"{MOST_ITEMS} items at most; take some out")


def _faults_of_text(text: object, place: str) -> Iterator[Fault]:
    if not isinstance(text, dict):
        yield Fault(place, 'hãy ghi { vi = "…", en = "…" }', 'write { vi = "…", en = "…" }')
        return
    for language in REQUIRED_LANGUAGES:
        if not str(text.get(language, "")).strip():
            yield Fault(f"{place}.{language}", "còn thiếu; hãy ghi vào", "is missing; write it")
    for language, words in text.items():
        if not isinstance(words, str) or len(words) > LONGEST_TEXT or not words.isprintable():
            yield Fault(
                f"{place}.{language}",
                f"phải là một dòng chữ, tối đa {LONGEST_TEXT} ký tự",
                f"must be one line of text of at most {LONGEST_TEXT} characters",
            )


def _unknown_keys(table: dict[str, Any], known: frozenset[str], prefix: str) -> Iterator[Fault]:
    for key in sorted(set(table) - known):
        names = ", ".join(sorted(known))
        yield Fault(f"{prefix}{key}", f"không có mục này; chỉ có: {names}", f"is unknown; known are {names}")


def _bad_word(word: object, shape: re.Pattern[str], place: str, example: str) -> Iterator[Fault]:
    if not isinstance(word, str) or not shape.fullmatch(word):
        yield Fault(place, f"phải ngắn, không dấu, như “{example}”", f"must be short and plain, as “{example}”")


def _not_one_of(value: object, allowed: tuple[str, ...], place: str) -> Iterator[Fault]:
    if value not in allowed:
        names = ", ".join(allowed)
        yield Fault(place, f"hãy dùng một trong: {names}", f"use one of {names}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_positive_decimal(value: object) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) > 0
    except InvalidOperation:
        return False
