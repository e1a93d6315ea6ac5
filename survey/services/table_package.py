"""The parts of an XLSX file, counted before they are read: a few kilobytes can stand for millions of cells."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Final
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

LAST_ROW: Final = 25_000
LAST_COLUMN: Final = 100
MOST_CELLS: Final = 400_000
# Reading makes a cell of every place between the first and the last.
_MOST_PLACES: Final = 1_000_000
# Styles, names and relations, of which the library makes an object each.
_MOST_OTHERS: Final = 200_000
_AT_A_TIME: Final = 64 * 1024
# The library makes a cell of every place in these areas, written or not.
_AREAS: Final = frozenset({"mergeCell", "hyperlink", "comment"})
_OF_TABLES: Final = frozenset({"c", "row", "v", "f", "is", "si", "t", "r"})


@dataclass(slots=True)
class Extent:
    """How far one part reaches, and how many cells all parts hold so far."""

    part: str
    row: int = 0
    column: int = 0
    cells: int = 0

    @property
    def is_too_large(self) -> bool:
        """Return whether the part reaches further, or holds more, than a table may."""
        is_far = self.row > LAST_ROW or self.column > LAST_COLUMN or self.row * self.column > _MOST_PLACES
        return is_far or self.cells > MOST_CELLS


class TooManyPartsError(ValueError):
    """A package holds more of what is no cell than any table needs."""


@dataclass(slots=True)
class _Counter:
    """Counts as the library reads: what names no place stands behind what came before it."""

    extent: Extent
    others: int = 0
    at_row: int = 0
    at_column: int = 0
    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count an element."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes.get("r", ""))
        elif name == "row":
            self.at_row, self.at_column = int(attributes.get("r") or self.at_row + 1), 0
            self.extent.cells += 1
        elif name in _AREAS and "ref" in attributes:
            self._area(attributes["ref"])
        elif name == "sheet":
            key = next((value for each, value in attributes.items() if each.endswith(":id")), "")
            self.sheets[key] = attributes.get("name", "")
        elif name == "Relationship" and self.extent.part.endswith("workbook.xml.rels"):
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")
        if name not in _OF_TABLES:
            self.others += 1
        if self.others > _MOST_OTHERS:
            raise TooManyPartsError(self.extent.part)

    def _cell(self, place: str) -> None:
        if place:
            self.at_row, self.at_column = coordinate_to_tuple(place)
        else:
            self.at_column += 1
        self._reach(self.at_row, self.at_column, cells=1)

    def _area(self, ref: str) -> None:
        left, top, right, bottom = (each or 1 for each in range_boundaries(ref))
        self._reach(bottom, right, cells=max(0, right - left + 1) * max(0, bottom - top + 1))

    def _reach(self, row: int, column: int, *, cells: int) -> None:
        self.extent.row = max(self.extent.row, row)
        self.extent.column = max(self.extent.column, column)
        self.extent.cells += cells


def find_too_large(content: bytes) -> tuple[str, Extent] | None:
    """Return the name of the first sheet that is too large to be read, and how far it was seen to reach.

    Raises:
        ValueError: where a place is no place, or the package holds too much of what is no cell.
        zipfile.BadZipFile: where it is damaged.

    """
    counter = _Counter(Extent(""))
    found: Extent | None = None
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        # By entry, not by name: a name may stand twice.
        for entry in package.infolist():
            counter.at_row = counter.at_column = 0
            counter.extent = Extent(entry.filename, cells=counter.extent.cells)
            # What is no XML is a picture, or for the library to refuse; until there it has been counted.
            with package.open(entry) as part, suppress(expat.ExpatError):
                _count(part, counter)
            if counter.extent.is_too_large and found is None:
                found = counter.extent
                counter.extent = Extent("")
    return (_title(found.part, counter), found) if found else None


def _count(part: IO[bytes], counter: _Counter) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = counter.start
    while piece := part.read(_AT_A_TIME):
        parser.Parse(piece)
        if counter.extent.is_too_large:
            return


def _title(part: str, counter: _Counter) -> str:
    """Return what a sheet is called on its tab, as far as that was read."""
    for key, title in counter.sheets.items():
        target = counter.targets.get(key, "")
        if target and part.endswith(target.lstrip("/")):
            return title
    return part.rpartition("/")[2]
