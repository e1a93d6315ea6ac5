"""What differs between two editions of a rubric: lines added, taken out, numbered anew or changed, and the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from survey.services import rubric_words as words
from survey.services.rubric_structure import Spot, spots_of

Kind = str
# In the order in which they are told.
FIELDS: Final[Mapping[str, words.Words]] = {
    "name": ("tên", "name"),
    "maximum": ("điểm tối đa", "maximum"),
    "source": ("nguồn điểm", "source"),
    "taken_from": ("lấy từ", "taken from"),
    "formula": ("cách tính", "formula"),
    "cut": ("số thập phân, làm tròn", "decimals, rounding"),
    "requires": ("điều kiện", "requires"),
    "guide": ("hướng dẫn chấm", "guide"),
    "kind": ("loại", "kind"),
}
_RULES: Final = (
    "applies_to", "maximum", "decimals", "rounding", "without_survey", "may_exceed", "bonus_maximum", "penalty_maximum",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, in both languages: which, what it was, what it is; "" where there is or was nothing."""

    name: words.Words
    before: words.Words
    after: words.Words


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that differs; ``kind`` is added, removed, renumbered or changed, ``before`` its earlier code."""

    kind: Kind
    code: str
    before: str
    name: Mapping[str, str]
    maximum: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class RubricChanges:
    """Everything that differs from an earlier edition: rules and classes, and lines in the order of the later one."""

    rules: tuple[Difference, ...]
    lines: tuple[LineChange, ...]

    def of(self, kind: Kind) -> list[LineChange]:
        """Return the lines that differ in one way."""
        return [line for line in self.lines if line.kind == kind]

    @property
    def is_empty(self) -> bool:
        """Return whether both editions say the same."""
        return not self.rules and not self.lines


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> RubricChanges:
    """Compare two editions.  Lines are the same by code and name, then by name alone, then by code alone."""
    old, new = list(spots_of(before)), list(spots_of(after))
    pairs = _paired(old, new)
    lines = [*_new_lines(new, pairs, (before, after)), *_gone(old, pairs)]
    return RubricChanges(tuple(_rules(before, after)), tuple(lines))


def _paired(old: Sequence[Spot], new: Sequence[Spot]) -> dict[int, Spot]:
    """Return which earlier line each later one is, by its position."""
    left, pairs = list(old), dict[int, Spot]()
    for same in (_same_code_and_name, _same_name, _same_code):
        for number, spot in enumerate(new):
            found = next((one for one in left if number not in pairs and same(one, spot)), None)
            if found is not None:
                pairs[number] = found
                left.remove(found)
    return pairs


def _same_code_and_name(old: Spot, new: Spot) -> bool:
    return _same_code(old, new) and _same_name(old, new)


def _same_name(old: Spot, new: Spot) -> bool:
    return old.kind == new.kind and old.table["name"].get("vi") == new.table["name"].get("vi")


def _same_code(old: Spot, new: Spot) -> bool:
    return bool(old.table["code"] == new.table["code"])


def _new_lines(
    new: Sequence[Spot], pairs: Mapping[int, Spot], contents: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[LineChange]:
    for number, spot in enumerate(new):
        old, code = pairs.get(number), spot.table["code"]
        if old is None:
            yield LineChange("added", code, "", spot.table["name"], str(spot.table["maximum"]))
            continue
        said, was = _said(spot, contents[1]), _said(old, contents[0])
        found = tuple(Difference(FIELDS[key], was[key], said[key]) for key in FIELDS if was[key] != said[key])
        moved = old.table["code"] != code
        if found or moved:
            kind = "renumbered" if moved else "changed"
            yield LineChange(kind, code, old.table["code"], spot.table["name"], str(spot.table["maximum"]), found)


def _gone(old: Sequence[Spot], pairs: Mapping[int, Spot]) -> Iterator[LineChange]:
    kept = {id(spot) for spot in pairs.values()}
    for spot in old:
        if id(spot) not in kept:
            table = spot.table
            yield LineChange("removed", table["code"], table["code"], table["name"], str(table["maximum"]))


def _said(spot: Spot, content: Mapping[str, Any]) -> dict[str, words.Words]:
    """Return what a line says, by the fields that are compared."""
    table = spot.table
    formula = table.get("formula", {"kind": "points"})
    source = table.get("source", "")
    said: dict[str, words.Words] = {
        "name": _both(table["name"]),
        "maximum": _number(str(table["maximum"])),
        "source": words.SOURCES.get(source, ("", "")),
        "taken_from": _number(str(table.get("element", table.get("indicator", table.get("survey", ""))))),
        "formula": ("", ""),
        "cut": ("", ""),
        "requires": _number(", ".join(table.get("requires", ()))),
        "guide": _both(table.get("guide", {})),
        "kind": words.KINDS[spot.kind],
    }
    if source:
        numbers = words.formula_text(formula)
        name = words.FORMULAS[formula["kind"]]
        said["formula"] = f"{name[0]} {numbers.replace('.', ',')}".strip(), f"{name[1]} {numbers}".strip()
        rounding = words.ROUNDINGS[table.get("rounding", content.get("rounding", "truncate"))]
        decimals = table.get("decimals", content.get("decimals", 2))
        said["cut"] = f"{decimals}, {rounding[0].lower()}", f"{decimals}, {rounding[1].lower()}"
    return said


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _difference(("tên bộ tiêu chí", "title"), _both(before["title"]), _both(after["title"]))
    for key in _RULES:
        yield from _difference(words.RULES[key], _rule(before, key), _rule(after, key))
    old, new = ({band["code"]: band for band in content.get("bands", [])} for content in (before, after))
    for code in dict.fromkeys((*old, *new)):
        was, now = (_band(bands[code]) if code in bands else ("", "") for bands in (old, new))
        yield from _difference((f"xếp loại {code}", f"class {code}"), was, now)


def _difference(name: words.Words, before: words.Words, after: words.Words) -> Iterator[Difference]:
    if before != after:
        yield Difference((name[0][:1].lower() + name[0][1:], name[1][:1].lower() + name[1][1:]), before, after)


def _rule(content: Mapping[str, Any], key: str) -> words.Words:
    defaults = {"decimals": 2, "rounding": "truncate", "without_survey": "refuse", "may_exceed": False}
    value = content.get(key, defaults.get(key))
    if value is None:
        return "", ""
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return words.CODED[key][said] if key in words.CODED else _number(said)


def _band(band: Mapping[str, Any]) -> words.Words:
    names = _both(band["name"])
    share = str(band["at_least"])
    return f"{names[0]}, từ {share.replace('.', ',')} %", f"{names[1]}, from {share}%"


def _both(text: Mapping[str, str]) -> words.Words:
    return text.get("vi", ""), text.get("en") or text.get("vi", "")


def _number(text: str) -> words.Words:
    plain = text.replace(".", ",") if text.replace(".", "", 1).isdecimal() else text
    return plain, text
