"""Reports of thousands of agencies as PDF: typeset in parts and joined, so that memory stays small.

typst keeps a whole document until it is written, and what it has laid out until the process ends: some 20 KB a cell,
more than a gigabyte for three thousand agencies.  Each part is made by a process of its own and goes on where the one
before ended: pages, numbers of tables and charts, chapters.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.joining import Joiner
from survey.rendering.typesetting import typeset
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PROJECT: Final = Path(__file__).parents[2]
_THIS: Final = "survey.rendering.long_pdf"
# Cells of tables that one process lays out, and what else weighs as many of them.
MOST_CELLS: Final = 4_000
_BLOCK_CELLS: Final = 4
_PAGE_CELLS: Final = 20
_LETTERS_A_CELL: Final = 100
# A part that is this full ends before the next chapter, or section; a table is torn only where as many rows are before.
_NEARLY_FULL: Final = {1: 0.6}
_FULL: Final = 0.98
_FEWEST_ROWS: Final = 100

Data = dict[str, Any]


def is_long(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bool:
    """Return whether a report is too long for one run of typst."""
    return sum(_cells(block, pictures) for block in (*data["body"], *data["annexes"])) > MOST_CELLS


def typeset_long(data: Data, *, pictures: Mapping[str, bytes], made_on: date) -> bytes:
    """Typeset a report in parts; the same input gives the same bytes."""
    whole = Joiner()
    for part in split(data, pictures):
        pdf = typeset_part(part, data, pictures=pictures, made_on=made_on, pages=whole.page_count)
        whole.add(pdf, continues=part.continues)
    return whole.finish()


def typeset_part(part: Part, data: Data, *, pictures: Mapping[str, bytes], made_on: date, pages: int = 0) -> bytes:
    """Typeset a part of a report in a process of its own; ``pages`` come before it."""
    files = [block["file"] for block in (*part.body, *part.annexes) if block["kind"] == "chart"]
    seal = [data["seal"]["qr"]] if data.get("seal") else []
    place = {**part.place, "pages": pages}
    order = {
        "data": {**data, "body": part.body, "annexes": part.annexes, "place": place},
        "pictures": {name: pictures[name].decode() for name in (*files, *seal)},
        "made_on": made_on.isoformat(),
    }
    return _typeset_apart(order)


@dataclass(slots=True)
class Part:
    """What one process typesets; ``continues``: it begins with the heading of a chapter that began before."""

    tables: int
    charts: int
    opens: bool
    body: list[Data] = field(default_factory=list)
    annexes: list[Data] = field(default_factory=list)
    signs: bool = False
    continues: bool = False
    cells: int = 0

    @property
    def place(self) -> Data:
        """Return what the template must know of the parts before."""
        return {
            "tables": self.tables,
            "charts": self.charts,
            "opens": self.opens,
            "signs": self.signs,
        }


def split(data: Data, pictures: Mapping[str, bytes]) -> list[Part]:
    """Share the blocks of a report out to parts that are not too long, in their order."""
    splitter = _Splitter(data["language"], pictures)
    for block in data["body"]:
        splitter.add(block, is_annex=False)
    splitter.part.signs = True
    for block in data["annexes"]:
        splitter.add(block, is_annex=True)
    return splitter.parts


class _Splitter:
    """Fills parts one after the other."""

    def __init__(self, language: str, pictures: Mapping[str, bytes]) -> None:
        self.parts = [Part(0, 0, opens=True)]
        self._language = language
        self._pictures = pictures
        self._chapter: Data | None = None

    @property
    def part(self) -> Part:
        """Return the part that is being filled."""
        return self.parts[-1]

    def add(self, block: Data, *, is_annex: bool) -> None:
        """Put a block into the part, or into a new one where it would be too long."""
        if block["kind"] == "heading" and self._begin_section(block, is_annex=is_annex):
            # It follows the repeated heading of its chapter, on the same page.
            block = {**block, "new_page": False}
        for piece in self._pieces(block):
            if self.part.cells and self.part.cells + _cells(piece, self._pictures) > MOST_CELLS:
                self._new_part()
            self._put(piece, is_annex=is_annex)

    def _put(self, block: Data, *, is_annex: bool) -> None:
        (self.part.annexes if is_annex else self.part.body).append(block)
        self.part.cells += _cells(block, self._pictures)

    def _begin_section(self, heading: Data, *, is_annex: bool) -> bool:
        """Begin a new part where this one is nearly full; return whether it goes on with the chapter."""
        if self.part.cells > _NEARLY_FULL.get(heading["level"], _FULL) * MOST_CELLS:
            self._new_part()
        if heading["level"] == 1:
            self._chapter = heading
            return False
        chapter = self._chapter
        if chapter is None or any(block["kind"] == "heading" for block in (*self.part.body, *self.part.annexes)):
            return False
        # PDF/UA wants the first heading of each part to be a chapter, and a reader to know where he is.
        self.part.continues = True
        mark = speaker(self._language)(" (tiếp theo)", " (continued)")
        self._put({**chapter, "text": chapter["text"] + mark}, is_annex=is_annex)
        return True

    def _new_part(self) -> None:
        last = self.part
        tables, charts = (_count((*last.body, *last.annexes), kind) for kind in ("table", "chart"))
        self.parts.append(Part(last.tables + tables, last.charts + charts, opens=False))

    def _pieces(self, block: Data) -> Iterator[Data]:
        """Tear a table that is longer than what is left of the part."""
        if block["kind"] != "table" or _cells(block, {}) <= MOST_CELLS - self.part.cells:
            yield block
            return
        width, rows, start = len(block["columns"]), len(block["rows"]), 0
        # One row of each piece is the head.
        most = MOST_CELLS // width - 1
        first = (MOST_CELLS - self.part.cells) // width - 1
        sizes = [first] if first >= _FEWEST_ROWS else []
        sizes += [most] * -(-(rows - sum(sizes)) // most)
        for size in sizes:
            yield _torn(block, start, size)
            start += size


def _torn(table: Data, start: int, size: int) -> Data:
    end = start + size
    piece = {**table, "rows": table["rows"][start:end], "two_lines": table["two_lines"][start:end]}
    if end < len(table["rows"]):
        piece["note"] = ""
    return {**piece, "continues": start > 0}


def _cells(block: Mapping[str, Any], pictures: Mapping[str, bytes]) -> int:
    if block["kind"] == "table":
        return (1 + len(block["rows"])) * len(block["columns"])
    if block["kind"] == "bullets":
        return _BLOCK_CELLS * len(block["items"])
    if block.get("new_page"):
        return _PAGE_CELLS
    letters = len(pictures.get(block["file"], b"")) if block["kind"] == "chart" else 0
    return _BLOCK_CELLS + letters // _LETTERS_A_CELL


def _count(blocks: Sequence[Mapping[str, Any]], kind: str) -> int:
    return sum(block["kind"] == kind and not block.get("continues") for block in blocks)


def _typeset_apart(order: Data) -> bytes:
    command = [sys.executable, "-m", _THIS]
    written = json.dumps(order).encode()
    # Our own interpreter and module; what people wrote comes in as JSON.
    done = subprocess.run(command, cwd=_PROJECT, input=written, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        msg = f"a part of a report could not be typeset: {done.stderr.decode(errors='replace')[-2000:]}"
        raise RuntimeError(msg)
    return done.stdout


def main() -> None:
    """Typeset the part that comes in, and write it out."""
    order = json.load(sys.stdin)
    pictures = {name: svg.encode() for name, svg in order["pictures"].items()}
    made_on = date.fromisoformat(order["made_on"])
    sys.stdout.buffer.write(typeset("report", data=order["data"], pictures=pictures, made_on=made_on))


if __name__ == "__main__":
    main()
