"""Where in a file a fault stands: the line of a place such as ``elements[2].items[1].text.en``."""

from __future__ import annotations

import re
from typing import Final

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?\s*(#.*)?")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_LAST_PART: Final = re.compile(r"(\[\d+\]|\.?[^.\[\]]+)$")


class Places:
    """The places of a file, read once for all its faults."""

    def __init__(self, source: str) -> None:
        self._lines = _lines_of_places(source)

    def line_of(self, place: str) -> int | None:
        """Return the line, counted from 1, of a place or of the nearest thing around it; None where none is found."""
        while place:
            if place in self._lines:
                return self._lines[place]
            shorter = _LAST_PART.sub("", place)
            if shorter == place:
                return None
            place = shorter
        return None


def _lines_of_places(source: str) -> dict[str, int]:
    """Read headers and keys only: enough to point at, without a second parser."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(source.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            table = _place_of(header[2].replace('"', ""), counts, opens_entry=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return found


def _place_of(name: str, counts: dict[str, int], *, opens_entry: bool) -> str:
    """Return the place of a table: its parents with the number of their latest entry."""
    parts = name.split(".")
    place = ""
    for depth, part in enumerate(parts, start=1):
        place = f"{place}.{part}" if place else part
        last = depth == len(parts)
        if last and opens_entry:
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = f"{place}[{counts[place]}]"
    return place
