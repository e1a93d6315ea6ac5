"""What the parts of a rubric must fulfil together: codes used once, sums that agree, conditions without a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, Final

from survey.models.rubric_content import SURVEY_SOURCES
from survey.services.edition_faults import Fault, tables
from survey.services.rubric_faults import number_in, written, written_vi

MOST_LEAVES: Final = 400
_MOST_CIRCLES: Final = 20
EXTRA_NAMES: Final = {"bonus": ("điểm thưởng", "bonus"), "penalty": ("điểm trừ", "penalty")}
Placed = tuple[str, Mapping[str, Any]]


def faults_across(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what does not fit together, as far as the single values can be read."""
    leaves = list(leaves_of(content))
    if len(leaves) > MOST_LEAVES:
        yield Fault(
            "areas",
            f"có {len(leaves)} tiêu chí thành phần, tối đa {MOST_LEAVES}; hãy gộp bớt",
            f"has {len(leaves)} leaves, {MOST_LEAVES} at most; join some",
        )
    yield from _repeated_codes(content, leaves)
    yield from _wrong_sums(content)
    yield from _wrong_caps(content)
    if len(leaves) <= MOST_LEAVES:
        yield from _wrong_conditions(leaves)
    yield from _nothing_but_surveys(content)


def leaves_of(content: Mapping[str, Any]) -> Iterator[Placed]:
    """Yield every leaf with its place: the areas', bonus, penalty."""
    for place, criterion in _criteria(content):
        parts = tables(criterion.get("parts"))
        if not parts:
            yield place, criterion
        for number, part in enumerate(parts, start=1):
            yield f"{place}.parts[{number}]", part
    for kind in ("bonus", "penalty"):
        for number, extra in enumerate(tables(content.get(kind)), start=1):
            yield f"{kind}[{number}]", extra


def _areas(content: Mapping[str, Any]) -> Iterator[Placed]:
    for number, area in enumerate(tables(content.get("areas")), start=1):
        yield f"areas[{number}]", area


def _criteria(content: Mapping[str, Any]) -> Iterator[Placed]:
    for place, area in _areas(content):
        for number, criterion in enumerate(tables(area.get("criteria")), start=1):
            yield f"{place}.criteria[{number}]", criterion


def _repeated_codes(content: Mapping[str, Any], leaves: list[Placed]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    groups = [(place, one) for place, one in _criteria(content) if tables(one.get("parts"))]
    for place, table in (*_areas(content), *groups, *leaves):
        code = table.get("code")
        if not isinstance(code, str):
            continue
        if code in first:
            yield Fault(
                f"{place}.code",
                f"mã “{code}” đã dùng ở {first[code]}; hãy đặt mã khác",
                f"the code “{code}” is used at {first[code]}; choose another",
            )
        first.setdefault(code, place)


def _wrong_sums(content: Mapping[str, Any]) -> Iterator[Fault]:
    areas = list(_areas(content))
    yield from _wrong_sum("maximum", content, [area for _, area in areas], ("các lĩnh vực", "the areas"))
    for place, area in areas:
        criteria = tables(area.get("criteria"))
        yield from _wrong_sum(f"{place}.maximum", area, criteria, ("các tiêu chí", "the criteria"))
    for place, criterion in _criteria(content):
        parts = tables(criterion.get("parts"))
        if parts:
            words = ("các tiêu chí thành phần", "the parts")
            yield from _wrong_sum(f"{place}.maximum", criterion, parts, words)


def _wrong_sum(
    place: str, whole: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], words: tuple[str, str]
) -> Iterator[Fault]:
    said, known = number_in(whole, "maximum"), [number_in(part, "maximum") for part in parts]
    if said is None or not parts or None in known:
        return  # told where the single number stands
    found = sum((one for one in known if one is not None), Fraction(0))
    if found != said:
        yield Fault(
            place,
            f"ghi {written_vi(said)} nhưng {words[0]} cộng lại là {written_vi(found)}; hãy sửa cho khớp",
            f"says {written(said)}, but {words[1]} add up to {written(found)}; make them agree",
        )


def _wrong_caps(content: Mapping[str, Any]) -> Iterator[Fault]:
    for kind in ("bonus", "penalty"):
        key, extras = f"{kind}_maximum", tables(content.get(kind))
        if key in content and not extras:
            name = EXTRA_NAMES[kind]
            yield Fault(
                key,
                f"có giới hạn nhưng chưa có dòng {name[0]} nào; hãy thêm dòng hoặc bỏ giới hạn",
                f"is a limit, but there is no line of {name[1]}; add one or take the limit out",
            )


def _wrong_conditions(leaves: list[Placed]) -> Iterator[Fault]:
    needs = {str(leaf.get("code")): _codes(leaf) for _, leaf in leaves}
    for place, leaf in leaves:
        own = str(leaf.get("code"))
        for code in needs[own]:
            if code not in needs:
                yield Fault(
                    f"{place}.requires",
                    f"không có tiêu chí chấm điểm mã “{code}”; hãy kiểm tra mã",
                    f"there is no scored criterion “{code}”; check the code",
                )
    turning = _turning(needs)
    circles = ((place, circle) for place, leaf in leaves if (circle := _circle(str(leaf.get("code")), turning)))
    for place, circle in islice(circles, _MOST_CIRCLES):
        yield Fault(
            f"{place}.requires",
            f"điều kiện vòng tròn: {' → '.join(circle)}; hãy bỏ một điều kiện",
            f"conditions go in a circle: {' → '.join(circle)}; take one of them out",
        )


def _codes(leaf: Mapping[str, Any]) -> list[str]:
    requires = leaf.get("requires", [])
    return list(dict.fromkeys(one for one in requires if isinstance(one, str))) if isinstance(requires, list) else []


def _turning(needs: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the codes that may stand in a circle: what needs nothing, or is needed by nothing, is taken out of it."""
    left = {code: [one for one in own if one in needs] for code, own in needs.items()}
    while free := {code for code, own in left.items() if not own} | (
        set(left) - {one for own in left.values() for one in own}
    ):
        left = {code: [one for one in own if one not in free] for code, own in left.items() if code not in free}
    return left


def _circle(start: str, needs: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the way from a leaf back to itself; empty where there is none."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        for code in needs.get(way[-1], []):
            if code == start:
                return (*way, start)
            if code not in seen:
                seen.add(code)
                waiting.append((*way, code))
    return ()


def _nothing_but_surveys(content: Mapping[str, Any]) -> Iterator[Fault]:
    sources = [leaf.get("source") for place, leaf in leaves_of(content) if place.startswith("areas")]
    rescales = content.get("without_survey") == "rescale"
    if rescales and sources and all(source in SURVEY_SOURCES for source in sources):
        yield Fault(
            "without_survey",
            "mọi điểm đều từ khảo sát nên không thể quy đổi phần còn lại; "
            "hãy chọn “Không tính” (refuse) hoặc “Tính 0 điểm” (zero)",
            "all points come from surveys, so nothing is left to rescale; "
            "choose “No total” (refuse) or “Count nothing” (zero)",
        )
