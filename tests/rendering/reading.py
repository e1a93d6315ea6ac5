"""Documents read back: text of a PDF, rows of a spreadsheet, lines of a CSV file."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

import openpyxl
import pypdfium2

from analysis.results import Estimate
from survey.findings.values import Change
from survey.rendering import numbers
from survey.rendering.blocks import Kind, Table
from survey.rendering.cells import printed


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


def missing_figures(page: str, tables: Iterable[Table], language: str = "vi") -> list[tuple[str, str]]:
    """Return which figures of a report's tables a page does not say: value, interval or n, each with its table."""
    text = squeezed(unescape(re.sub(r"<[^>]+>", " ", page)))
    return [(table.title, said) for table in tables for said in _figures(table, language) if squeezed(said) not in text]


def _figures(table: Table, language: str) -> Iterator[str]:
    for row in table.rows:
        for column, value in zip(table.columns, row, strict=True):
            if isinstance(value, Estimate) and column.kind not in {Kind.SHARE, Kind.SHARE_N, Kind.SCORE}:
                yield from printed(column, value, language).split("\n")
            elif isinstance(value, Estimate):
                as_score = column.kind is Kind.SCORE
                yield (numbers.score if as_score else numbers.percent)(value.value, language)
                yield (numbers.score_interval if as_score else numbers.percent_interval)(value.ci, language)
                yield numbers.count(value.n, language)
            elif isinstance(value, Change) and value.difference is not None:
                yield numbers.signed_points_interval(value.difference.ci, language)
            elif isinstance(value, int):
                yield numbers.count(value, language)
