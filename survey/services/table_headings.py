"""Which column is which: headings are recognised by any of their names, without marks, capitals and signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from survey.services.errors import ImportRefusedError
from survey.services.table_file import Table
from survey.services.table_values import LINES_SEARCHED, Row, plain_heading

_LONGEST_SHOWN: Final = 60
_MOST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name in documents and maps, what else it may be called, whether it must be there."""

    name: str
    vi: str
    en: str
    also: tuple[str, ...] = ()
    is_needed: bool = False

    @property
    def called(self) -> frozenset[str]:
        """Return every heading that means this column, as headings are compared."""
        return frozenset(map(plain_heading, (self.name, self.vi, self.en, *self.also)))


@dataclass(frozen=True, slots=True)
class HeadedTable:
    """A table below its headings: ``positions`` by the names of columns, and the headings as they are written."""

    table: Table
    rows: tuple[Row, ...]
    positions: Mapping[str, int]
    headings: Mapping[str, str]
    unknown: tuple[str, ...]
    width: int

    def cell(self, row: Row, column: str) -> str:
        """Return the text of a column in a row; empty where the file has no such column."""
        position = self.positions.get(column)
        return "" if position is None else row.cell(position)


def known_headings(columns: Iterable[Column], named: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return every heading that means one of the columns, as headings are compared."""
    said = map(plain_heading, (named or {}).values())
    return frozenset(said).union(*(column.called for column in columns))


def heading_line(table: Table, columns: Sequence[Column], named: Mapping[str, str] | None = None) -> int:
    """Return the number of the line that is taken for the headings."""
    index, _ = _best_line(table, columns, named or {})
    return table.rows[index].line


def count_known(table: Table, columns: Sequence[Column]) -> int:
    """Return how many needed columns the best line of headings has; 0 where one of them is missing."""
    _, positions = _best_line(table, columns, {})
    needed = [column.name for column in columns if column.is_needed]
    return len(positions) if all(name in positions for name in needed) else 0


def headed(table: Table, columns: Sequence[Column], named: Mapping[str, str] | None = None) -> HeadedTable:
    """Find the headings; ``named`` is a map from the names of columns to the headings that this file gives them.

    Raises:
        ImportRefusedError: where a needed column is missing, two have one heading, or nothing stands below.

    """
    index, positions = _best_line(table, columns, named or {})
    header = table.rows[index]
    missing = [column for column in columns if column.is_needed and column.name not in positions]
    if missing:
        raise _missing(table, header, missing)
    for column in columns:
        twice = [cell for cell in header.cells if cell and _means(column, cell, named or {})]
        if len(twice) > 1:
            raise ImportRefusedError(
                vi=f"Dòng {header.line} của tệp {table.name} có hai cột cùng nghĩa: “{twice[0]}”, “{twice[1]}”; "
                "hãy bỏ bớt.",
                en=f"Line {header.line} of {table.name} has two columns of one meaning: “{twice[0]}”, “{twice[1]}”; "
                "drop one of them.",
            )
    if index + 1 == len(table.rows):
        raise ImportRefusedError(
            vi=f"Tệp {table.name} không có dòng dữ liệu nào dưới dòng tiêu đề; hãy kiểm tra tệp.",
            en=f"The file {table.name} has no line of data below its headings; check the file.",
        )
    taken = set(positions.values())
    return HeadedTable(
        table=table,
        rows=table.rows[index + 1 :],
        positions=positions,
        headings={name: header.cells[position] for name, position in positions.items()},
        unknown=tuple(cell for position, cell in enumerate(header.cells) if cell and position not in taken),
        width=len(header.cells),
    )


def _best_line(table: Table, columns: Sequence[Column], named: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    found = [(_positions(row, columns, named), index) for index, row in enumerate(table.rows[:LINES_SEARCHED])]
    positions, index = max(found, key=lambda each: (len(each[0]), -each[1]))
    return index, positions


def _positions(row: Row, columns: Sequence[Column], named: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, cell in enumerate(row.cells):
        for column in columns:
            if cell and column.name not in found and _means(column, cell, named):
                found[column.name] = position
                break
    return found


def _means(column: Column, cell: str, named: Mapping[str, str]) -> bool:
    if column.name in named:
        return plain_heading(cell) == plain_heading(named[column.name])
    return plain_heading(cell) in column.called


def _missing(table: Table, header: Row, missing: Sequence[Column]) -> ImportRefusedError:
    present = ", ".join(f"“{cell[:_LONGEST_SHOWN]}”" for cell in header.cells[:_MOST_SHOWN] if cell)
    wanted_vi = ", ".join(f"“{each.vi}” ({each.name})" for each in missing)
    wanted_en = ", ".join(f"“{each.en}” ({each.name})" for each in missing)
    return ImportRefusedError(
        vi=f"Tệp {table.name} thiếu cột {wanted_vi}; dòng {header.line} có: {present}. Hãy ghi tên cột đúng như vậy.",
        en=f"The file {table.name} lacks the column {wanted_en}; line {header.line} has {present}. "
        "Name the columns so.",
    )
