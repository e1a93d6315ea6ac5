"""A rubric written as the TOML file it could be loaded from: to keep, to compare, or to begin the next year with."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_HEAD: Final = (
    "rubric", "edition", "year", "title", "origin", "applies_to", "maximum", "decimals", "rounding", "without_survey",
    "may_exceed", "bonus_maximum", "penalty_maximum",
)  # fmt: skip
_NODE: Final = (
    "code", "name", "maximum", "source", "element", "indicator", "survey", "formula", "decimals", "rounding",
    "requires", "guide",
)  # fmt: skip
_KEYS_FIRST: Final = ("vi", "en", "kind", "step", "nothing_at", "all_at", "at_least", "at_most", "points")


def rubric_toml(content: Mapping[str, Any]) -> str:
    """Return the content of a rubric as TOML; loading it gives the same content again."""
    return "\n".join(_lines(content)) + "\n"


def next_year(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content to begin the rubric of the following year with: the same, under its year."""
    copied: dict[str, Any] = copy.deepcopy(dict(content))
    copied["year"] = content["year"] + 1
    copied["edition"] = str(copied["year"])
    return copied


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    yield from _pairs(content, _HEAD)
    for band in content.get("bands", []):
        yield from ("", "[[bands]]")
        yield from _pairs(band, ("code", "name", "at_least"))
    for area in content["areas"]:
        yield from ("", "[[areas]]")
        yield from _pairs(area, _NODE)
        for criterion in area["criteria"]:
            yield "[[areas.criteria]]"
            yield from _pairs(criterion, _NODE)
            for part in criterion.get("parts", []):
                yield "[[areas.criteria.parts]]"
                yield from _pairs(part, _NODE)
    for kind in ("bonus", "penalty"):
        for extra in content.get(kind, []):
            yield from ("", f"[[{kind}]]")
            yield from _pairs(extra, _NODE)


def _pairs(table: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    yield from (f"{key} = {_value(table[key])}" for key in keys if key in table)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        first = [key for key in _KEYS_FIRST if key in value]
        rest = sorted(key for key in value if key not in first)
        return "{ " + ", ".join(f"{key} = {_value(value[key])}" for key in (*first, *rest)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A JSON string, number or truth is a TOML one too.
    return json.dumps(value, ensure_ascii=False)
