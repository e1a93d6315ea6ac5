"""The data: a CSV file, of which only the columns that the plan names are kept."""

from __future__ import annotations

import csv
import fnmatch
import io
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from analysis.intervals import Floats
from analysis.plan.errors import PlanError

Texts = NDArray[np.str_]

_LARGEST = 1e100  # beyond it sums of squares overflow; nobody answers that


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text.

    Attributes:
        file: Name, for messages.
        columns: Cells by column, without the blanks around them.
        lines: Per row, the line of the file it begins on.
        decimal: The sign between whole and fraction.
    """

    file: str
    columns: dict[str, Texts]
    lines: NDArray[np.int64]
    decimal: str

    def refuse(self, problem: str, *, column: str, row: int) -> PlanError:
        """Return the error of a cell, to be raised."""
        return PlanError(problem, file=self.file, line=int(self.lines[row]), column=column)

    def matching(self, patterns: Iterable[str]) -> list[str]:
        """Return the columns that names and patterns stand for, in the order in which they were read."""
        return _expand(patterns, list(self.columns))

    def full(self, column: str, what: str) -> Texts:
        """Return a column that must have a value in every row."""
        cells = self.columns[column]
        empty = cells == ""
        if empty.any():
            problem = f"{what} is empty; fill it in or take the row out"
            raise self.refuse(problem, column=column, row=int(np.argmax(empty)))
        return cells

    def numbers(self, column: str, what: str) -> Floats:
        """Return a column that must have a number in every row."""
        numbers, is_number = self.read_numbers(self.full(column, what))
        if not is_number.all():
            row = int(np.argmin(is_number))
            cell = str(self.columns[column][row])
            problem = f"{what} is {cell!r}, {self.fault(cell)}; correct it"
            raise self.refuse(problem, column=column, row=row)
        return numbers

    def fault(self, cell: str) -> str:
        """Say why a cell cannot be taken as a number."""
        is_large = any(sign.isdigit() for sign in cell) and abs(_number(cell, self.decimal)) > _LARGEST
        return "which is too large to compute with" if is_large else "which is not a number"

    def read_numbers(self, cells: Texts) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the cells as numbers, NaN where they are none or too large, and where they are some."""
        distinct, position = np.unique(cells, return_inverse=True)
        numbers = np.array([_number(str(cell), self.decimal) for cell in distinct], dtype=np.float64)
        numbers = np.where(np.abs(numbers) <= _LARGEST, numbers, np.nan)
        read = numbers[position.reshape(-1)]
        return read, np.isfinite(read)


def read_table(content: bytes, columns: Iterable[str], *, file: str, delimiter: str, decimal: str) -> Table:
    """Read the columns that are needed.

    Raises:
        PlanError: Not UTF-8, empty, a column that is missing or there twice, a row with more or fewer cells.
    """
    reader = csv.reader(io.StringIO(_decode(content, file), newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        places = _find_columns(header, columns, file)
        cells: list[list[str]] = [[] for _ in places]
        lines: list[int] = []
        begins = reader.line_num + 1
        for row in reader:
            if row:
                _refuse_ragged(row, header, file, begins)
                lines.append(begins)
                for column, place in zip(cells, places.values(), strict=True):
                    column.append(row[place].strip())
            begins = reader.line_num + 1
    except csv.Error as error:
        msg = f"the file is not valid CSV ({error}); check the quotation marks"
        raise PlanError(msg, file=file, line=reader.line_num) from error
    if not lines:
        msg = "there is a header and no row below it; put in the data"
        raise PlanError(msg, file=file, line=2)
    arrays = {name: np.array(column, dtype=np.str_) for name, column in zip(places, cells, strict=True)}
    return Table(file, arrays, np.array(lines, dtype=np.int64), decimal)


def _decode(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = "the text is not UTF-8; save the file as UTF-8"
        raise PlanError(msg, file=file, line=line) from error
    if not text.strip():
        msg = "the file is empty; it needs a header line and rows"
        raise PlanError(msg, file=file, line=1)
    return text


def _find_columns(header: list[str], columns: Iterable[str], file: str) -> dict[str, int]:
    places = {}
    for name in sorted(set(_expand(columns, header))):
        if header.count(name) > 1:
            msg = f"the header names {name} {header.count(name)} times; rename all but one"
            raise PlanError(msg, file=file, line=1, column=name)
        if name not in header:
            near = get_close_matches(name, header, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(header)}"
            if len(header) == 1 and ";" in header[0]:
                hint = 'the cells seem to be divided by semicolons, write delimiter = ";" into the plan'
            msg = f"there is no such column; correct the plan or the header: {hint}"
            raise PlanError(msg, file=file, line=1, column=name)
        places[name] = header.index(name)
    return dict(sorted(places.items(), key=lambda place: place[1]))


def _expand(columns: Iterable[str], header: list[str]) -> list[str]:
    """Return the names, a pattern such as rw* by all it stands for; one that stands for nothing is left as it is."""
    names = []
    for name in columns:
        names += (fnmatch.filter(header, name) if name.endswith("*") else []) or [name]
    return names


def _refuse_ragged(row: list[str], header: list[str], file: str, line: int) -> None:
    if len(row) != len(header):
        column = header[len(row)] if len(row) < len(header) else header[-1]
        msg = f"the row has {len(row)} cells and the header {len(header)}; correct the row, or the plan's delimiter"
        raise PlanError(msg, file=file, line=line, column=column)


def _number(cell: str, decimal: str) -> float:
    if "_" in cell or (decimal != "." and "." in cell):
        # Underscores are Python's; a dot beside a decimal comma would separate thousands and be misread.
        return float("nan")
    try:
        return float(cell.replace(decimal, "."))
    except ValueError:
        return float("nan")
