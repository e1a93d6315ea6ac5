"""The tree of a rubric changed: lines added, taken out, moved, numbered anew; what names a line follows its code."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from survey.services.rubric_tree import EXTRAS, lines_of

# What can stand below what; an area and the extras stand by themselves.
BELOW: Final = {"area": "criterion", "criterion": "part"}
_KEYS: Final = {"criterion": "criteria", "part": "parts"}
_EXTRA_SIGNS: Final = {"bonus": "b", "penalty": "p"}
# A criterion that gets parts is their sum; these go to the first of them.
_OF_LEAVES: Final = ("source", "formula", "requires", "element", "indicator", "survey", "decimals", "rounding")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line stands: its kind, the code above it, the list that holds it, and which of the list it is."""

    kind: str
    parent: str
    members: list[dict[str, Any]]
    at: int

    @property
    def table(self) -> dict[str, Any]:
        """Return the line itself."""
        return self.members[self.at]


def copied(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy whose lines can be changed."""
    whole: dict[str, Any] = copy.deepcopy(dict(content))
    return whole


def find_spot(content: Mapping[str, Any], code: str) -> Spot | None:
    """Return where the line of a code stands."""
    return next((spot for spot in spots_of(content) if spot.table["code"] == code), None)


def spots_of(content: Mapping[str, Any]) -> Iterator[Spot]:
    """Yield where every line stands, in order."""
    areas: list[dict[str, Any]] = content["areas"]
    for at, area in enumerate(areas):
        yield Spot("area", "", areas, at)
        for k, criterion in enumerate(area["criteria"]):
            yield Spot("criterion", area["code"], area["criteria"], k)
            parts = criterion.get("parts", [])
            yield from (Spot("part", criterion["code"], parts, number) for number in range(len(parts)))
    for kind in EXTRAS:
        extras = content.get(kind, [])
        yield from (Spot(kind, "", extras, number) for number in range(len(extras)))


def codes_of(content: Mapping[str, Any]) -> list[str]:
    """Return the codes of all lines in order."""
    return [table["code"] for _, _, table in lines_of(content)]


def place_for(content: Mapping[str, Any], kind: str, under: str) -> list[dict[str, Any]] | None:
    """Return the list that a new line of a kind goes to, None where there is no such place; of a copy only."""
    if kind == "area":
        areas: list[dict[str, Any]] = content["areas"]
        return areas
    if kind in EXTRAS:
        extras: list[dict[str, Any]] = content.setdefault(kind, []) if isinstance(content, dict) else []
        return extras
    above = find_spot(content, under)
    if above is None or BELOW.get(above.kind) != kind:
        return None
    if kind == "part" and not above.table.get("parts"):
        for key in _OF_LEAVES:
            above.table.pop(key, None)
    members: list[dict[str, Any]] = above.table.setdefault(_KEYS[kind], [])
    return members


def code_for(content: Mapping[str, Any], kind: str, under: str) -> str:
    """Return the next code that is free for a new line."""
    taken = set(codes_of(content))
    prefix = _EXTRA_SIGNS.get(kind, f"{under}." if under else "")
    number = 1
    while f"{prefix}{number}" in taken:
        number += 1
    return f"{prefix}{number}"


def beginning_of(content: Mapping[str, Any], kind: str, under: str) -> Mapping[str, Any]:
    """Return what a new line begins with: the first part of a criterion takes over how the criterion was scored."""
    above = find_spot(content, under)
    if kind != "part" or above is None or above.table.get("parts"):
        return {}
    return {key: above.table[key] for key in ("maximum", *_OF_LEAVES) if key in above.table}


def without_line(content: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the rubric without a line and those below it."""
    left = copied(content)
    spot = find_spot(left, code)
    if spot is None:
        return left
    del spot.members[spot.at]
    if spot.kind in EXTRAS and not spot.members:
        del left[spot.kind]
    above = find_spot(left, spot.parent) if spot.kind == "part" else None
    if above is not None and not spot.members:
        del above.table["parts"]
    return left


def moved(content: Mapping[str, Any], code: str, *, up: bool) -> dict[str, Any]:
    """Return the rubric with a line, and those below it, before its neighbour, or after it; at an end it stays."""
    turned = copied(content)
    spot = find_spot(turned, code)
    to = spot.at + (-1 if up else 1) if spot else -1
    if spot and 0 <= to < len(spot.members):
        spot.members.insert(to, spot.members.pop(spot.at))
    return turned


def numbers_in_order(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the codes that lines would have by their order, 1, 1.1, 1.1.1, b1, p1, by their present ones."""
    found: dict[str, str] = {}
    for spot in spots_of(content):
        if spot.kind in _EXTRA_SIGNS:
            prefix = _EXTRA_SIGNS[spot.kind]
        else:
            prefix = f"{found[spot.parent]}." if spot.parent else ""
        found[spot.table["code"]] = f"{prefix}{spot.at + 1}"
    return found


def recoded(content: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """Return the rubric with other codes; conditions name them too."""
    renamed = copied(content)
    for spot in spots_of(renamed):
        table = spot.table
        table["code"] = codes.get(table["code"], table["code"])
        if "requires" in table:
            table["requires"] = [codes.get(code, code) for code in table["requires"]]
    return renamed
