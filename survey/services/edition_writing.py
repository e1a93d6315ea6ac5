"""An edition written as the file it could be loaded from: to keep, to compare, or to make a new edition of."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_HEAD: Final = ("questionnaire", "edition", "title", "origin", "languages")
_ENTRY: Final = ("code", "text", "asked", "options", "maps_to")
_KEYS_FIRST: Final = ("vi", "en", "how", "edition", "item", "text", "status")


def edition_toml(content: Mapping[str, Any]) -> str:
    """Return the content of a questionnaire edition as TOML; loading it gives the same content again."""
    return "\n".join(_lines(content)) + "\n"


def next_edition(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content to begin the following edition with: every rated item the same as here, under a new name.

    So only what is changed has to be touched: its words, and what its ``maps_to`` says of it.
    """
    copied: dict[str, Any] = copy.deepcopy(dict(content))
    before = f"{content['questionnaire']}/{content['edition']}"
    copied["edition"] = _next_name(str(content["edition"]))
    rated = [item for element in copied["elements"] for item in element["items"]]
    for item in (*rated, *filter(None, [copied.get("overall")])):
        item["maps_to"] = {"how": "same", "edition": before, "item": item["code"]}
    for section in copied.get("sections", []):
        for question in section["questions"]:
            question.pop("maps_to", None)
    return copied


def _next_name(edition: str) -> str:
    """Return "2026.2" after "2026", and "2026.3" after that."""
    stem, dot, number = edition.rpartition(".")
    return f"{stem}.{int(number) + 1}" if dot and number.isdecimal() else f"{edition}.2"


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    yield from _pairs(content, _HEAD)
    if "scale" in content:
        yield from ("", "[scale]")
        yield from _pairs(content["scale"], sorted(content["scale"]))
    for element in content["elements"]:
        yield from ("", "[[elements]]")
        yield from _pairs(element, ("code", "block", "name"))
        yield from _entries("elements.items", element["items"])
    if "overall" in content:
        yield from ("", "[overall]")
        yield from _pairs(content["overall"], _ENTRY)
    for section in content.get("sections", []):
        yield from ("", "[[sections]]")
        yield from _pairs(section, ("code", "kind", "name", "options"))
        yield from _entries("sections.questions", section["questions"])


def _entries(name: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        yield f"[[{name}]]"
        yield from _pairs(entry, _ENTRY)


def _pairs(table: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    for key in keys:
        value = table.get(key)
        if isinstance(value, list):
            # A line for each option.
            yield f"{key} = ["
            yield from (f"  {_value(one)}," for one in value)
            yield "]"
        elif value is not None:
            yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        first = [key for key in _KEYS_FIRST if key in value]
        rest = sorted(key for key in value if key not in first)
        return "{ " + ", ".join(f"{key} = {_value(value[key])}" for key in (*first, *rest)) + " }"
    # A JSON string of printable text is a TOML string.
    return json.dumps(value, ensure_ascii=False)
