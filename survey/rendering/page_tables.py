"""The tables of a report as a page shows them: the same cells, in the same words, as its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey.rendering.blocks import Kind
from survey.rendering.cells import printed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from survey.rendering.blocks import Table


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table ready for a page: each cell is a line, or several; ``is_text`` tells which columns are words."""

    code: str
    title: str
    note: str
    heads: tuple[str, ...]
    is_text: tuple[bool, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


def page_tables(tables: Iterable[Table], language: str) -> dict[str, PageTable]:
    """Write tables out for a page, by code; columns of use to machines alone are left out."""
    return {table.code: _page_table(table, language) for table in tables}


def _page_table(table: Table, language: str) -> PageTable:
    shown = [(at, column) for at, column in enumerate(table.columns) if not column.sheet_only]
    return PageTable(
        code=table.code,
        title=table.title,
        note=table.note,
        heads=tuple(column.heading for _, column in shown),
        is_text=tuple(column.kind in {Kind.TEXT, Kind.MIXED} for _, column in shown),
        rows=tuple(
            tuple(tuple(printed(column, row[at], language).split("\n")) for at, column in shown) for row in table.rows
        ),
    )
