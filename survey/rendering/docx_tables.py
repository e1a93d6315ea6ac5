"""A table of a report in WordprocessingML: real rows and cells, a head that every page repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering.blocks import Kind
from survey.rendering.cells import printed
from survey.rendering.docx_markup import attribute, dxa, field, paragraph, runs
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.rendering.blocks import Column, Table

# A row of many columns is set smaller, so that its numbers stay on one line.
WIDE_TABLE: Final = 6
# A table of fewer rows is not torn in two.
_SHORT_TABLE: Final = 8
# LibreOffice takes time by the square of a table's pages: one of thousands of rows is written as several, one right
# below the other, each with its head.
MOST_ROWS: Final = 150
_NO_HEIGHT: Final = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'


def caption(kind: str, number: int, title: str, *, stays_with_next: bool) -> str:
    """Write "Bảng 3. Title" with a number that Word can count anew; ``kind`` is the word before the number."""
    content = runs(f"{kind} ") + field(f"SEQ {kind} \\* ARABIC", str(number)) + runs(f". {title}")
    return paragraph("Caption", content, "<w:keepNext/>" if stays_with_next else "")


def table_markup(table: Table, number: int, *, width_mm: float, language: str) -> Iterator[str]:
    """Yield a table with its caption above and its note below, row by row; a long one in pieces."""
    printable = [(at, column) for at, column in enumerate(table.columns) if not column.sheet_only]
    suffix = "Small" if len(printable) > WIDE_TABLE else ""
    whole = sum(column.width for _, column in printable)
    widths = [dxa(width_mm * column.width / whole) for _, column in printable]
    styles = [f"{'TableText' if _is_text(column) else 'TableNumber'}{suffix}" for _, column in printable]
    yield caption(speaker(language)("Bảng", "Table"), number, table.title, stays_with_next=True)
    head = _row(
        [column.heading for _, column in printable],
        widths,
        [f"TableNumber{suffix}"] * len(widths),
        is_head=True,
    )
    together = len(table.rows) - 1 if len(table.rows) <= _SHORT_TABLE else 0
    for position, row in enumerate(table.rows):
        if position % MOST_ROWS == 0:
            # Two tables without a paragraph between them are one table.
            yield f"</w:tbl>{paragraph('TableNote', '', _NO_HEIGHT)}" if position else ""
            yield _opening(table.title, widths) + head
        cells = [printed(column, row[at], language) for at, column in printable]
        yield _row(cells, widths, styles, stays_with_next=position < together)
    yield "</w:tbl>" if table.rows else f"{_opening(table.title, widths)}{head}</w:tbl>"
    yield paragraph("TableNote", runs(table.note) if table.note else "")


def _is_text(column: Column) -> bool:
    return column.kind in {Kind.TEXT, Kind.MIXED}


def _opening(title: str, widths: list[int]) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/><w:tblCaption w:val={attribute(title)}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )


def _row(
    cells: list[str], widths: list[int], styles: list[str], *, is_head: bool = False, stays_with_next: bool = False
) -> str:
    keep = "<w:keepNext/>" if is_head or stays_with_next else ""
    head = "<w:tblHeader/>" if is_head else ""
    return (
        f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph(style, runs(cell), keep)}</w:tc>'
            for cell, width, style in zip(cells, widths, styles, strict=True)
        )
        + "</w:tr>"
    )
