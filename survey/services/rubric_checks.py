"""What the file of a rubric must fulfil: head, areas with their criteria, bonus and penalty, classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from survey.models.rubric_content import ONE_HUNDRED, WITHOUT_SURVEY
from survey.services import rubric_words as words
from survey.services.edition_faults import Fault, bad_word, tables, unknown_keys
from survey.services.rubric_cross_checks import faults_across
from survey.services.rubric_faults import (
    faults_of_code,
    faults_of_name,
    faults_of_number,
    faults_of_points,
    is_one_of,
    not_among,
    number_in,
    written,
    written_vi,
)
from survey.services.rubric_leaf_checks import faults_of_cut, faults_of_head, faults_of_leaf

FIRST_YEAR: Final = 2010
LAST_YEAR: Final = 2100
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_EDITION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
_KEYS: Final = frozenset(
    {"rubric", "edition", "year", "title", "origin", "applies_to", "maximum", "decimals", "rounding", "without_survey"}
    | {"may_exceed", "bonus_maximum", "penalty_maximum", "bands", "areas", "bonus", "penalty"}
)
_AREA_KEYS: Final = frozenset({"code", "name", "maximum", "guide", "criteria"})
_CRITERION_KEYS: Final = frozenset({"code", "name", "maximum", "guide", "parts"})
# A criterion with parts is a sum: these are said of its parts.
_OF_LEAVES: Final = ("source", "formula", "requires", "element", "indicator", "survey", "decimals", "rounding")
_BAND_KEYS: Final = frozenset({"code", "name", "at_least"})


def faults_of_general(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the general part of a rubric: names, rules, classes."""
    yield from unknown_keys(content, _KEYS, "")
    yield from _faults_of_title(content)
    yield from _faults_of_rules(content)
    yield from _faults_of_bands(content.get("bands", []))


def faults_of_rubric(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the content of a rubric, in its order, and then what does not fit together."""
    yield from faults_of_general(content)
    areas = content.get("areas")
    if not isinstance(areas, list) or not areas:
        yield Fault("areas", "chưa có lĩnh vực nào; hãy thêm ít nhất một lĩnh vực", "has no area yet; add at least one")
        return
    for number, area in enumerate(areas, start=1):
        yield from _faults_of_area(area, f"areas[{number}]")
    for kind in ("bonus", "penalty"):
        yield from _faults_of_extras(content, kind)
    yield from faults_across(content)


def _faults_of_title(content: Mapping[str, Any]) -> Iterator[Fault]:
    yield from bad_word(content.get("rubric"), _NAME, "rubric", "departments")
    yield from bad_word(content.get("edition"), _EDITION, "edition", "2026")
    year = content.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or not FIRST_YEAR <= year <= LAST_YEAR:
        yield Fault("year", "hãy ghi năm đánh giá, ví dụ 2026", "give the year it is for, as 2026")
    yield from faults_of_name(content.get("title"), "title")
    if "origin" in content:
        yield from faults_of_name(content["origin"], "origin")
    if not is_one_of(content.get("applies_to"), words.APPLIES_TO):
        yield not_among(content.get("applies_to"), words.APPLIES_TO, tuple(words.APPLIES_TO), "applies_to")


def _faults_of_rules(content: Mapping[str, Any]) -> Iterator[Fault]:
    yield from faults_of_points(content, "maximum", "")
    yield from faults_of_cut(content, "")
    if content.get("without_survey", "zero") not in WITHOUT_SURVEY:
        yield not_among(content["without_survey"], words.WITHOUT_SURVEY, WITHOUT_SURVEY, "without_survey")
    if not isinstance(content.get("may_exceed", False), bool):
        yield Fault("may_exceed", "hãy ghi true hoặc false", "write true or false")
    for key in ("bonus_maximum", "penalty_maximum"):
        if key in content:
            yield from faults_of_points(content, key, "")


def _faults_of_bands(bands: object) -> Iterator[Fault]:
    if not isinstance(bands, list) or len(tables(bands)) < len(bands):
        yield Fault("bands", "phải là các bảng [[bands]]", "must be tables [[bands]]")
        return
    codes, limits = set(), set()
    for number, band in enumerate(bands, start=1):
        place = f"bands[{number}]"
        yield from unknown_keys(band, _BAND_KEYS, f"{place}.")
        yield from faults_of_code(band.get("code"), f"{place}.code")
        yield from faults_of_name(band.get("name"), f"{place}.name")
        yield from faults_of_number(band, "at_least", f"{place}.", low=0, high=ONE_HUNDRED)
        limit = number_in(band, "at_least")
        if str(band.get("code")) in codes or (limit is not None and limit in limits):
            yield Fault(place, "trùng mã hoặc mốc với mức khác; hãy sửa", "repeats a code or a limit; change it")
        codes.add(str(band.get("code")))
        limits.add(limit)
    yield from _faults_of_band_order(bands)


def _faults_of_band_order(bands: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield the classes that stand below one with a lower limit: sorting them would make the worse name the better."""
    for number, (above, band) in enumerate(pairwise(bands), start=2):
        limit, own = number_in(above, "at_least"), number_in(band, "at_least")
        if limit is None or own is None or own <= limit:
            continue
        called = [one["name"].get("vi", "") if isinstance(one.get("name"), dict) else "" for one in (above, band)]
        yield Fault(
            f"bands[{number}].at_least",
            f"các mức xếp từ cao xuống thấp: “{called[1]}” (từ {written_vi(own)}) đứng dưới “{called[0]}” (từ "
            f"{written_vi(limit)}) mà mốc cao hơn; hãy sửa mốc hoặc đổi chỗ hai mức",
            f"classes go from the highest down: “{called[1]}” (from {written(own)}) stands below “{called[0]}” (from "
            f"{written(limit)}) with a higher limit; change a limit, or let them change places",
        )


def _faults_of_area(area: object, place: str) -> Iterator[Fault]:
    if not isinstance(area, dict):
        yield Fault(place, "phải là một bảng [[areas]]", "must be a table [[areas]]")
        return
    yield from unknown_keys(area, _AREA_KEYS, f"{place}.")
    yield from faults_of_head(area, place)
    yield from faults_of_points(area, "maximum", f"{place}.")
    criteria = area.get("criteria")
    if not isinstance(criteria, list) or not criteria:
        yield Fault(
            f"{place}.criteria",
            "lĩnh vực chưa có tiêu chí nào; hãy thêm tiêu chí hoặc bỏ lĩnh vực",
            "the area has no criteria; add one, or take the area out",
        )
        return
    for number, criterion in enumerate(criteria, start=1):
        yield from _faults_of_criterion(criterion, f"{place}.criteria[{number}]")


def _faults_of_criterion(criterion: object, place: str) -> Iterator[Fault]:
    if not isinstance(criterion, dict):
        yield Fault(place, "phải là một bảng [[areas.criteria]]", "must be a table [[areas.criteria]]")
        return
    parts = criterion.get("parts")
    if not parts:
        yield from faults_of_leaf(criterion, place, most_known=frozenset({"parts"}))
        return
    yield from unknown_keys(criterion, _CRITERION_KEYS | set(_OF_LEAVES), f"{place}.")
    yield from faults_of_head(criterion, place)
    yield from faults_of_points(criterion, "maximum", f"{place}.")
    for key in _OF_LEAVES:
        if key in criterion:
            yield Fault(
                f"{place}.{key}",
                "tiêu chí này có tiêu chí thành phần nên chỉ là tổng; hãy ghi ở từng thành phần",
                "this criterion has parts and is their sum; say it of each part",
            )
    if not isinstance(parts, list) or len(tables(parts)) < len(parts):
        yield Fault(f"{place}.parts", "phải là các bảng [[areas.criteria.parts]]", "must be tables")
        return
    for number, part in enumerate(parts, start=1):
        yield from faults_of_leaf(part, f"{place}.parts[{number}]")


def _faults_of_extras(content: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    extras = content.get(kind, [])
    if not isinstance(extras, list) or len(tables(extras)) < len(extras):
        yield Fault(kind, f"phải là các bảng [[{kind}]]", f"must be tables [[{kind}]]")
        return
    for number, extra in enumerate(extras, start=1):
        place = f"{kind}[{number}]"
        yield from faults_of_leaf(extra, place)
        if is_one_of(extra.get("source"), {"satisfaction", "survey"}):
            yield Fault(
                f"{place}.source",
                "điểm thưởng, điểm trừ không lấy từ khảo sát; hãy chọn nguồn khác",
                "bonus and penalty do not come from surveys; choose another source",
            )
