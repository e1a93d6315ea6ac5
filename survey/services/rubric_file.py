"""A rubric's file, TOML or XLSX: read, checked, and every fault put where the reader finds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from survey.services.edition_places import Places
from survey.services.editions import parse_edition
from survey.services.errors import RubricError
from survey.services.rubric_checks import faults_of_rubric
from survey.services.rubric_sheet import SheetRubric, read_rubric_sheets
from survey.services.rubric_sheet_places import place_on_sheet
from survey.services.table_xlsx import is_zip, refuse_old_spreadsheet

BUILT_IN: Final = Path(__file__).resolve().parent.parent / "rubrics"
LARGEST_FILE: Final = 512 * 1024
# How remedies name another place of a text file.
_PATH: Final = re.compile(r"(areas|bonus|penalty)\[\d+\](\.(criteria|parts)\[\d+\])*")
_MOST_TOLD: Final = 12


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault: the line of the file, or of a sheet, the place in it, and the remedy.

    A spreadsheet's place is said in words, in English by ``place_en``; in a text file it is a path.
    """

    line: int | None
    place: str
    vi: str
    en: str
    place_en: str = ""

    def where(self, language: str) -> str:
        """Return the place as a language says it."""
        return (language == "en" and self.place_en) or self.place

    def text(self, language: str) -> str:
        """Return place and remedy as one sentence without its full stop."""
        if language == "en":
            place = self.where("en")
            return f"line {self.line}, {place}: {self.en}" if self.line else f"{place}: {self.en}"
        return f"dòng {self.line}, {self.place}: {self.vi}" if self.line else f"{self.place}: {self.vi}"


@dataclass(frozen=True, slots=True)
class RubricFile:
    """What a file holds; nothing may be made of the content while there are ``faults``."""

    name: str
    content: dict[str, Any]
    faults: tuple[PlacedFault, ...] = field(default=())

    def require_sound(self) -> dict[str, Any]:
        """Return the content, or refuse with its faults.

        Raises:
            RubricError: It has faults; the first of them are named.

        """
        refuse_faults(self.name, self.faults)
        return self.content


def read_rubric(content: bytes, *, name: str) -> RubricFile:
    """Read and check the bytes of a file; what it is shows in its first bytes.

    Raises:
        RubricError: where it is too large.
        EditionError: where it is no TOML; it names the line.
        ImportRefusedError: where it is a spreadsheet that cannot be read, or lacks a sheet or a column.

    """
    if len(content) > LARGEST_FILE:
        raise RubricError(
            vi=f"Tệp {name} lớn hơn {LARGEST_FILE // 1024} KB nên không thể là bộ tiêu chí; hãy chọn đúng tệp.",
            en=f"The file {name} is larger than {LARGEST_FILE // 1024} KB and can be no rubric; choose the right one.",
        )
    refuse_old_spreadsheet(content, name)
    if is_zip(content):
        sheets = read_rubric_sheets(content, name=name)
        return RubricFile(name, sheets.content, _on_sheet(sheets))
    parsed = parse_edition(content, name=name)
    places = Places(content.decode("utf-8-sig"))
    found = tuple(
        PlacedFault(places.line_of(fault.place), fault.place, fault.vi, fault.en) for fault in faults_of_rubric(parsed)
    )
    return RubricFile(name, parsed, found)


def read_builtin(name: str) -> dict[str, Any]:
    """Return the content of an example that comes with the product."""
    path = BUILT_IN / f"{name}.toml"
    return read_rubric(path.read_bytes(), name=path.name).require_sound()


def refuse_faults(name: str, faults: tuple[PlacedFault, ...]) -> None:
    """Raise ``RubricError`` that names the first faults, where there are any."""
    if not faults:
        return
    more = len(faults) - _MOST_TOLD
    vi, en = ("; ".join(fault.text(language) for fault in faults[:_MOST_TOLD]) for language in ("vi", "en"))
    raise RubricError(
        vi=f"Bộ tiêu chí {name} chưa dùng được: {vi}" + (f"; và {more} lỗi nữa." if more > 0 else "."),
        en=f"The rubric {name} cannot be used: {en}" + (f"; and {more} more." if more > 0 else "."),
    )


def _on_sheet(sheets: SheetRubric) -> tuple[PlacedFault, ...]:
    """Return the faults of a spreadsheet in its order, each by its cell."""
    faults = [*sheets.faults, *faults_of_rubric(sheets.content)]
    placed = [(place_on_sheet(fault.place, sheets.lines, sheets.cells), fault) for fault in faults]
    placed.sort(key=lambda each: (each[0].sheet, each[0].line or 0))
    return tuple(
        PlacedFault(
            place.line,
            place.vi,
            _PATH.sub(lambda path: f"dòng {sheets.lines.get(path[0], path[0])}", fault.vi),
            _PATH.sub(lambda path: f"line {sheets.lines.get(path[0], path[0])}", fault.en),
            place.en,
        )
        for place, fault in placed
    )
