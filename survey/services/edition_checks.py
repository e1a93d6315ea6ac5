"""What a file of a questionnaire edition or of a method edition must fulfil; every fault names its place and remedy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from survey.models.editions import RATING_LEVELS
from survey.services.edition_faults import (
    REQUIRED_LANGUAGES,
    REVIEW_STATES,
    Fault,
    bad_word,
    faults_of_code,
    faults_of_entry,
    faults_of_text,
    not_one_of,
    tables,
    unknown_keys,
)
from survey.services.edition_sections import faults_of_sections

MOST_ITEMS: Final = 100
STATISTICS: Final = ("share", "mean")
AGGREGATIONS: Final = ("pooled", "element_mean", "weights")
ROUNDINGS: Final = ("truncate", "round")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_EDITION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
_QUESTIONNAIRE_KEYS: Final = frozenset(
    {"questionnaire", "edition", "title", "origin", "languages", "scale", "elements", "overall", "sections"}
)
_ITEM_KEYS: Final = frozenset({"code", "text", "maps_to"})
_METHOD_KEYS: Final = frozenset(
    {"code", "statistic", "aggregation", "confidence_level", "smallest_n_shown", "smallest_n_index", "points"}
)
_POINTS_KEYS: Final = frozenset({"source", "maximum_per_part", "decimals", "rounding"})


def faults_of_questionnaire(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the content of a questionnaire's file, in its order."""
    yield from unknown_keys(content, _QUESTIONNAIRE_KEYS, "")
    yield from bad_word(content.get("questionnaire"), _NAME, "questionnaire", "counter")
    yield from bad_word(content.get("edition"), _EDITION, "edition", "2026")
    yield from faults_of_text(content.get("title"), "title")
    if "origin" in content:
        yield from faults_of_text(content["origin"], "origin")
    yield from _faults_of_languages(content.get("languages"))
    yield from _faults_of_scale(content.get("scale"))
    yield from _faults_of_elements(content.get("elements"))
    if "overall" in content:
        yield from faults_of_entry(content["overall"], _ITEM_KEYS, "overall")
    yield from faults_of_sections(content)
    yield from _repeated_codes(content)
    yield from _undeclared_languages(content)


def faults_of_method(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the content of a method edition's file."""
    yield from unknown_keys(content, _METHOD_KEYS, "")
    yield from bad_word(content.get("code"), _NAME, "code", "par-2026")
    yield from not_one_of(content.get("statistic"), STATISTICS, "statistic")
    yield from not_one_of(content.get("aggregation"), AGGREGATIONS, "aggregation")
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
    yield from unknown_keys(points, _POINTS_KEYS, "points.")
    yield from not_one_of(points.get("source"), ("elements", "overall"), "points.source")
    yield from not_one_of(points.get("rounding"), ROUNDINGS, "points.rounding")
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
        yield from bad_word(language, _LANGUAGE, f"languages.{language}", "km")
        yield from not_one_of(state, REVIEW_STATES, f"languages.{language}")


def _faults_of_scale(scale: object) -> Iterator[Fault]:
    if not isinstance(scale, dict) or set(scale) != {str(level) for level in RATING_LEVELS}:
        yield Fault("scale", "hãy đặt tên cho đúng năm mức 1 đến 5", "name exactly the five levels 1 to 5")
        return
    for level, text in scale.items():
        yield from faults_of_text(text, f"scale.{level}")


def _faults_of_elements(elements: object) -> Iterator[Fault]:
    if not isinstance(elements, list) or not elements:
        yield Fault("elements", "phiếu cần ít nhất một [[elements]]", "at least one [[elements]] is needed; add it")
        return
    for position, element in enumerate(elements, start=1):
        place = f"elements[{position}]"
        if not isinstance(element, dict):
            yield Fault(place, "phải là một bảng [[elements]]", "must be a table [[elements]]")
            continue
        yield from unknown_keys(element, frozenset({"code", "name", "block", "items"}), f"{place}.")
        yield from faults_of_code(element.get("code"), f"{place}.code", "access")
        yield from faults_of_text(element.get("name"), f"{place}.name")
        items = element.get("items")
        if not isinstance(items, list) or not items:
            yield Fault(f"{place}.items", "cần ít nhất một câu hỏi", "needs at least one [[elements.items]]")
            continue
        for number, item in enumerate(items, start=1):
            yield from faults_of_entry(item, _ITEM_KEYS, f"{place}.items[{number}]")


def _repeated_codes(content: dict[str, Any]) -> Iterator[Fault]:
    elements, sections = tables(content.get("elements")), tables(content.get("sections"))
    items = [item for element in elements for item in tables(element.get("items"))]
    items += tables([content.get("overall")])
    questions = [question for section in sections for question in tables(section.get("questions"))]
    for what, entries in (("elements", elements + sections), ("items", items + questions)):
        codes = Counter(str(entry.get("code")) for entry in entries)
        for code in sorted(code for code, times in codes.items() if times > 1):
            yield Fault(what, f"mã “{code}” dùng hai lần; hãy đổi một mã", f"code “{code}” is used twice; change one")
    if len(items) > MOST_ITEMS:
        yield Fault("items", f"tối đa {MOST_ITEMS} câu; hãy bớt đi", f"{MOST_ITEMS} items at most; take some out")


def _undeclared_languages(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield the languages that some text has and ``languages`` does not name."""
    declared = content.get("languages")
    known = set(declared) if isinstance(declared, dict) else set()
    for language in sorted(_languages_of({**content, "languages": {}}) - known - {*REQUIRED_LANGUAGES}):
        yield Fault(
            "languages",
            f'còn thiếu {language}; hãy ghi {language} = "draft" cho đến khi có người duyệt',
            f'{language} is missing; write {language} = "draft" until somebody has reviewed it',
        )


def _languages_of(value: object) -> set[str]:
    if isinstance(value, list):
        return {language for one in value for language in _languages_of(one)}
    if not isinstance(value, dict):
        return set()
    if "vi" in value:
        return set(value)
    return {language for one in value.values() for language in _languages_of(one)}


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_positive_decimal(value: object) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) > 0
    except InvalidOperation:
        return False
