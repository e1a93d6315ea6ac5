"""How a sheet is laid out on the screen and on paper: widths that fit, a head as high as its words, A4."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, islice
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.blocks import Kind
from survey.rendering.cells import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsxwriter.worksheet import Worksheet

    from survey.rendering.blocks import Table

A4: Final = 9
# Widths are told in digits of the normal font, heights in points.
_NARROWEST, _WIDEST_TEXT, _WIDEST_NUMBER = 9, 48, 22
LINE: Final = 15.0
# Bold letters are wider than digits, and a cell has a margin on both sides.
_BOLD, _MARGIN = 1.12, 2
# What a page in landscape holds at a size that can be read; a column wider than the other holds names.
_PAGE, _NAMES = 150, 20
_MOST_REPEATED: Final = 0.6
# So many rows tell how wide a column of text must be.
_ROWS_LOOKED_AT: Final = 2_000
_HIGHEST: Final = 400.0
_INCHES: Final = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7}
_LIGHT, _DARK = "#FFFFFF", "#8FB4DC"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet: its heading, and the width that it and its cells need."""

    text: str
    width: float

    @property
    def lines(self) -> int:
        """Return on how many lines the heading stands."""
        return len(wrap(self.text, max(1, int((self.width - _MARGIN) / _BOLD)))) or 1


def headings(table: Table, language: str) -> list[Heading]:
    """Return the columns of a table's sheet."""
    return list(_headings(table, language))


def lay_out(sheet: Worksheet, columns: Sequence[Heading], *, head: int, title: str) -> None:
    """Set widths, keep the head in sight on the screen, and repeat it on every printed page.

    A table too wide to be read on one page is printed on several, each with the names in front.
    """
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    sheet.set_row(head, LINE * max(column.lines for column in columns) + 3)
    sheet.freeze_panes(head + 1, 0)
    pages = max(1, round(sum(column.width for column in columns) / _PAGE))
    set_up_pages(sheet, title, pages=pages)
    sheet.repeat_rows(head)
    names = next((at for at, column in enumerate(columns) if column.width > _NAMES), 0)
    if pages > 1 and sum(column.width for column in columns[: names + 1]) < _PAGE * _MOST_REPEATED:
        sheet.repeat_columns(0, names)
    sheet.print_across()


def set_up_pages(sheet: Worksheet, title: str, *, landscape: bool = True, pages: int = 1) -> None:
    """Print on A4, so many pages wide, with the title and the number of the page at its foot."""
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(pages, 0)
    sheet.set_margins(**_INCHES)
    # An ampersand begins a code; the length of a foot is limited by the format.
    sheet.set_footer(f"&L&8{title[:100].replace('&', '&&')}&R&8&P/&N")


def write_note(sheet: Worksheet, row: int, note: str, columns: Sequence[Heading], style: Any) -> None:  # noqa: ANN401 -- XlsxWriter's own format
    """Write a note across the table, no wider than a page, and as high as it needs."""
    if not note:
        return
    wide = list(accumulate(column.width for column in columns))
    last = max((at for at, width in enumerate(wide) if width <= _PAGE), default=0)
    sheet.set_row(row, height_of(note, wide[last]) + 3)
    if last:
        sheet.merge_range(row, 0, row, last, "", style)
    sheet.write_string(row, 0, note, style)


def height_of(text: str, width: float) -> float:
    """Return how high a text is that is folded to a width; some programs do not find out by themselves."""
    if len(text) < width - _MARGIN:
        return LINE
    lines = sum(len(wrap(part, max(1, int(width - _MARGIN)))) or 1 for part in text.splitlines())
    return min(_HIGHEST, LINE * lines)


def shade_shares(sheet: Worksheet, table: Table, *, head: int) -> None:
    """Shade the shares of every element, light where low and dark where high: the heat map of a spreadsheet."""
    place = 0
    for column in table.columns:
        if column.kind is Kind.SHARE_N and table.rows:
            scale = {"type": "2_color_scale", "min_color": _LIGHT, "max_color": _DARK}
            sheet.conditional_format(head + 1, place, head + len(table.rows), place, scale)
        place += len(fields(column.kind))


def _headings(table: Table, language: str) -> Iterator[Heading]:
    for at, column in enumerate(table.columns):
        for field in fields(column.kind):
            name = field.name.text(language)
            text = name if field.stands_alone else f"{column.heading}: {name}" if name else column.heading
            word = _MARGIN + _BOLD * max(len(word) for word in text.split())
            if field.number_format:
                yield Heading(text, min(max(_NARROWEST, word), _WIDEST_NUMBER))
                continue
            cells = (
                field.read(row[at], language) for row in islice(table.rows, _ROWS_LOOKED_AT) if row[at] is not None
            )
            longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
            yield Heading(text, min(max(_NARROWEST, word, longest + _MARGIN), _WIDEST_TEXT))
