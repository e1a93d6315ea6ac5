"""Bad cells of a file: the first in the terminal, all of them in a file if asked."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from survey.services.import_lines import BadCell

SHOWN: Final = 20
# A spreadsheet takes a text that begins like this for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class BadCells:
    """Counts bad cells, keeps the first to show, and writes each to a file where there is one."""

    def __init__(self, writer: csv.DictWriter[str] | None) -> None:
        self._writer = writer
        self._shown: list[BadCell] = []
        self.count = 0

    def __call__(self, cell: BadCell) -> None:
        """Take note of one."""
        self.count += 1
        if len(self._shown) < SHOWN:
            self._shown.append(cell)
        if self._writer is not None:
            row = {"line": cell.line, "column": cell.column, "value": cell.value, "ly_do": cell.vi, "reason": cell.en}
            self._writer.writerow({name: _as_text(value) for name, value in row.items()})

    def show(self, errors: Path | None) -> None:
        """Name the first in the terminal, and say where the rest is."""
        for cell in self._shown:
            place = f"Dòng {cell.line} / line {cell.line}" + (f", {cell.column}" if cell.column else "")
            click.echo(f"{place}: “{cell.value}” {cell.vi} / {cell.en}", err=True)
        if (more := self.count - len(self._shown)) > 0:
            where = f"xem {errors} / see {errors}" if errors else "dùng --errors TỆP.csv / use --errors FILE.csv"
            click.echo(f"… {more:n} ô nữa: {where}", err=True)


@contextmanager
def bad_cells(errors: Path | None) -> Iterator[BadCells]:
    """Collect bad cells, and write them to ``errors``; that file appears only if there are any, and then whole."""
    if errors is None:
        yield BadCells(None)
        return
    part = errors.with_name(errors.name + ".part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, ("line", "column", "value", "ly_do", "reason"))
            writer.writeheader()
            cells = BadCells(writer)
            yield cells
        if cells.count:
            part.replace(errors)
    finally:
        part.unlink(missing_ok=True)


def _as_text(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
