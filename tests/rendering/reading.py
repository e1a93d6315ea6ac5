"""Documents read back: text of a PDF, rows of a spreadsheet, lines of a CSV file."""

import csv
import io
import json
from typing import Any

import openpyxl
import pypdfium2


def pdf_text(pdf: bytes) -> str:
    """Return the text of all pages, with single spaces; the break marks inside long words are not text."""
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    return " ".join(" ".join(pages).replace("\N{ZERO WIDTH SPACE}", "").split())


def squeezed(text: str) -> str:
    """Return the text without any space, since a line may break anywhere."""
    return "".join(text.replace("\N{ZERO WIDTH SPACE}", "").split())


def sheet_rows(xlsx: bytes, title: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet under its frozen head, by heading."""
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx))[title]
    head = int(sheet.freeze_panes[1:]) - 1
    headings = [cell.value for cell in sheet[head]]
    return [dict(zip(headings, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=head + 1)]


def csv_rows(content: bytes, *, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def read_json(content: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(content)
    return document
