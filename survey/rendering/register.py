"""Tables of the register as files: CSV that opens by a double click, and XLSX whose cells are all text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORMULA_SIGNS: Final = ("=", "+", "-", "@")
_WIDEST: Final = 60
_NARROWEST: Final = 12


def register_csv(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write UTF-8 with a byte-order mark and semicolons, as a Vietnamese spreadsheet program expects them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([marked(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def register_xlsx(headings: Sequence[str], rows: Sequence[Sequence[str]], *, title: str) -> bytes:
    """Write one sheet, its columns formatted as text, so that codes keep their zeros when somebody edits them."""
    # Loaded here, because starting must not wait for it.
    import xlsxwriter  # noqa: PLC0415

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet(title)
        for position, heading in enumerate(headings):
            longest = max((len(row[position]) for row in rows), default=0)
            sheet.set_column(position, position, min(_WIDEST, max(_NARROWEST, longest + 2, len(heading) + 2)), text)
            sheet.write_string(0, position, heading, bold)
        for number, row in enumerate(rows, start=1):
            for position, cell in enumerate(row):
                sheet.write_string(number, position, marked(cell), text)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)
    return content.getvalue()


def marked(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; one more where one stands there already."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_SIGNS) else text
