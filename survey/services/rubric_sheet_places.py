"""Where in a spreadsheet a fault of a rubric stands, in the words of the spreadsheet: sheet, column and cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from survey.services import rubric_words as words
from survey.services.table_headings import HeadedTable

GENERAL: Final = ("Chung", "General")
LINES: Final = ("Tiêu chí", "Criteria")
CLASSES: Final = ("Xếp loại", "Classes")
_LETTERS: Final = 26
_LINE: Final = re.compile(r"line\[(\d+)\]\.?")
_BAND: Final = re.compile(r"bands\[(\d+)\]\.?")
_LAST_PART: Final = re.compile(r"(\[\d+\]|\.?[^.\[\]]+)$")
# The columns that hold what a file calls otherwise.
_COLUMNS: Final = {"element": "taken_from", "indicator": "taken_from", "survey": "taken_from", "formula": "numbers"}
Cells = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class SheetCells:
    """Headings and letters by column of the two tables, lines of the classes, and the line of every general rule."""

    criteria: Cells = field(default_factory=dict)
    classes: Cells = field(default_factory=dict)
    class_lines: tuple[int, ...] = ()
    rules: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A place of a spreadsheet: for sorting, its line, and how it is said in both languages."""

    sheet: int
    line: int | None
    vi: str
    en: str


def column_cells(table: HeadedTable) -> dict[str, tuple[str, str]]:
    """Return the heading and the letter of every column."""
    return {name: (table.headings[name], _letter(position)) for name, position in table.positions.items()}


def place_on_sheet(place: str, lines: Mapping[str, int], cells: SheetCells) -> SheetPlace:
    """Return where what a fault names stands: in the lines of the tree, among the classes or in the general rules."""
    if found := _LINE.match(place):
        return _in_table(1, int(found[1]), place[found.end() :], cells.criteria)
    if (found := _BAND.match(place)) and int(found[1]) <= len(cells.class_lines):
        return _in_table(2, cells.class_lines[int(found[1]) - 1], place[found.end() :], cells.classes)
    at = place
    while at and at not in lines:
        shorter = _LAST_PART.sub("", at)
        at = "" if shorter == at else shorter
    if at:
        return _in_table(1, lines[at], place[len(at) :].lstrip("."), cells.criteria)
    key = place.partition(".")[0]
    line = cells.rules.get(key)
    called = words.RULES.get(key) or words.BOXES.get(key) or (key, key)
    said = [f"“{called[at]}”, {('ô', 'cell')[at]} B{line}" if line else f"“{called[at]}”" for at in (0, 1)]
    return SheetPlace(0, line, f"trang “{GENERAL[0]}”, {said[0]}", f"sheet “{GENERAL[1]}”, {said[1]}")


def _in_table(sheet: int, line: int, rest: str, cells: Cells) -> SheetPlace:
    titles = (GENERAL, LINES, CLASSES)[sheet]
    vi, en = f"trang “{titles[0]}”", f"sheet “{titles[1]}”"
    key = rest.partition(".")[0].partition("[")[0]
    name = "formula" if rest == "formula.kind" else _COLUMNS.get(key, key)
    name = name if name in cells else "formula" if key == "formula" else name
    if name not in cells:
        return SheetPlace(sheet, line, vi, en)
    heading, letter = cells[name]
    return SheetPlace(
        sheet, line, f"{vi}, cột “{heading}”, ô {letter}{line}", f"{en}, column “{heading}”, cell {letter}{line}"
    )


def _letter(position: int) -> str:
    first, last = divmod(position, _LETTERS)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)
