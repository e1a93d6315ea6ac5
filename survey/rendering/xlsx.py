"""Findings as spreadsheets: the tables of the report, a sheet each, numbers as numbers."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.agency_tables import agency_tables
from survey.rendering.annual_tables import annual_label, annual_tables
from survey.rendering.cells import fields
from survey.rendering.comparison_report import comparison_label, comparison_marks, comparison_tables
from survey.rendering.composition import agency_marks, annual_marks
from survey.rendering.index_tables import index_tables
from survey.rendering.index_words import index_label, index_marks
from survey.rendering.numbers import NOT_ENOUGH
from survey.rendering.words import NOT_OFFICIAL, interval_label, speaker
from survey.rendering.xlsx_charts import Place, add_levels, add_periods, add_shares
from survey.rendering.xlsx_layout import LINE, headings, height_of, lay_out, set_up_pages, shade_shares, write_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from survey.findings.chosen_values import ChosenComparison
    from survey.findings.index_result_values import IndexFindings
    from survey.findings.values import AgencyFindings, AnnualFindings
    from survey.rendering.blocks import Column, Report, Table, Value
    from survey.rendering.xlsx_layout import Heading

_TITLE, _MARKS, _NOTE, _HEAD = range(4)
# What and when stand on the first sheet before the marks.
_NAMES: Final = 2
_MANY_ROWS: Final = 20_000
_MATRIX: Final = "elements"
_NOTES_WIDTH: Final = 90
_OPTIONS: Final = {
    # Text of people is text, whatever it begins with.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 13},
    "mark": {"bold": True, "font_color": "#B00020"},
    "head": {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EEF2F7", "valign": "vcenter"},
    "": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "date": {"num_format": "dd/mm/yyyy", "align": "left", "indent": 1},
}


def agency_xlsx(findings: AgencyFindings, language: str = "vi") -> bytes:
    """Write an agency's report as a workbook; the same findings give the same bytes."""
    agency, wave = findings.agency, findings.wave
    marks = agency_marks(findings, language)
    label = interval_label(wave.sample_kind, findings.confidence_level, language)
    tables = agency_tables(findings, language)
    book = _Book(findings.made_on, language, tables)
    book.add_notes((agency.name.text(language), wave.name.text(language), *marks), (NOT_OFFICIAL.text(language), label))
    for table in tables.values():
        book.add_table(table, marks)
    book.add_charts(tables, shares="results")
    return book.close()


def annual_xlsx(findings: AnnualFindings, language: str = "vi") -> bytes:
    """Write the annual summary as a workbook; the same findings give the same bytes."""
    marks = annual_marks(findings, language)
    tables = annual_tables(findings, language)
    book = _Book(findings.made_on, language, tables)
    head = (findings.root.name.text(language), str(findings.year), *marks)
    book.add_notes(head, (NOT_OFFICIAL.text(language), annual_label(findings, language)))
    for table in tables.values():
        book.add_table(table, marks)
    book.add_charts(tables, shares="ranking")
    return book.close()


def comparison_xlsx(findings: ChosenComparison, language: str = "vi") -> bytes:
    """Write a comparison of agencies as a workbook; the same findings give the same bytes."""
    marks, tables = comparison_marks(findings, language), comparison_tables(findings, language)
    book = _Book(findings.made_on, language, tables)
    head = (findings.issuer.name.text(language), findings.wave.name.text(language), *marks)
    book.add_notes(head, (NOT_OFFICIAL.text(language), comparison_label(findings, language)))
    for table in tables.values():
        book.add_table(table, marks)
    return book.close()


def index_xlsx(findings: IndexFindings, language: str = "vi") -> bytes:
    """Write a round of the index as a workbook; the same findings give the same bytes."""
    marks, tables = index_marks(findings, language), index_tables(findings, language)
    book = _Book(findings.made_on, language, tables)
    head = (findings.root.name.text(language), findings.name.text(language), *marks)
    book.add_notes(head, (index_label(findings, language),))
    for table in tables.values():
        book.add_table(table, marks)
    return book.close()


def report_xlsx(report: Report, tables: Mapping[str, Table]) -> bytes:
    """Write the tables of a report as a workbook headed by its title; the same report gives the same bytes."""
    book = _Book(report.made_on, report.language, tables)
    book.add_notes((report.title, report.subtitle, *report.marks), ())
    for table in tables.values():
        book.add_table(table, report.marks)
    return book.close()


class _Book:
    """A workbook being written, with the formats it shares."""

    def __init__(self, made_on: date, language: str, tables: Mapping[str, Table]) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 -- only those who ask for a spreadsheet load it

        self.language = language
        self.buffer = io.BytesIO()
        is_long = any(len(table.rows) > _MANY_ROWS for table in tables.values())
        # Rows go to the disk as they come, or a hundred thousand of them would take half a gigabyte.
        options = {**_OPTIONS, "in_memory": not is_long, "constant_memory": is_long}
        self.book: Workbook = Workbook(self.buffer, options)
        # A fixed date, so that the same findings give the same bytes.
        self.book.set_properties({"created": datetime.combine(made_on, time.min, tzinfo=UTC).replace(tzinfo=None)})
        self.formats = {name: self.book.add_format(settings) for name, settings in _FORMATS.items()}

    def add_notes(self, head: Sequence[str], notes: Sequence[str]) -> None:
        """Write the first sheet: what this is, and how to read it."""
        sheet = self.book.add_worksheet(speaker(self.language)("Đọc trước", "Read first"))
        sheet.set_column(0, 0, _NOTES_WIDTH)
        set_up_pages(sheet, head[0], landscape=False)
        for row, text in enumerate(head):
            sheet.write_string(row, 0, text, self.formats["title" if row < _NAMES else "mark"])
        for row, text in enumerate(notes, start=len(head) + 1):
            sheet.set_row(row, height_of(text, _NOTES_WIDTH))
            sheet.write_string(row, 0, text, self.formats[""])

    def add_table(self, table: Table, marks: Sequence[str]) -> None:
        """Write a table on a sheet of its own: title, marks, head (frozen), rows."""
        sheet = self.book.add_worksheet(table.sheet)
        sheet.write_string(_TITLE, 0, table.title, self.formats["title"])
        sheet.write_string(_MARKS, 0, " · ".join(marks), self.formats["mark"])
        columns = headings(table, self.language)
        write_note(sheet, _NOTE, table.note, columns, self.formats[""])
        lay_out(sheet, columns, head=_HEAD, title=table.title)
        for at, column in enumerate(columns):
            sheet.write_string(_HEAD, at, column.text, self.formats["head"])
        for number, row in enumerate(table.rows, start=_HEAD + 1):
            self._write_row(sheet, number, table.columns, row, columns)
        if table.code == _MATRIX:
            shade_shares(sheet, table, head=_HEAD)

    def add_charts(self, tables: Mapping[str, Table], *, shares: str) -> None:
        """Draw what a workbook shows as native charts, on a sheet that prints them: shares, levels, periods."""
        drawn = [
            (code, draw)
            for code, draw in ((shares, add_shares), ("levels", add_levels), ("series", add_periods))
            if code in tables
        ]
        if not drawn:
            return
        title = speaker(self.language)("Biểu đồ", "Charts")
        sheet = self.book.add_worksheet(title)
        set_up_pages(sheet, title, landscape=False)
        begins = [0]
        for code, draw in drawn:
            begins.append(draw(Place(self.book, sheet, tables[code], _HEAD, self.language, begins[-1])))
        # A row earlier: a border on the break would be printed on both pages.
        sheet.set_h_pagebreaks(sorted({begin - 1 for begin in begins[1:-1] if begin}))

    def close(self) -> bytes:
        """Finish the workbook and return it."""
        self.book.close()
        return self.buffer.getvalue()

    def _write_row(
        self,
        sheet: Worksheet,
        number: int,
        columns: Sequence[Column],
        row: Sequence[Value],
        headings: Sequence[Heading],
    ) -> None:
        cells: list[tuple[int, Any, str]] = []
        place = 0
        for column, value in zip(columns, row, strict=True):
            parts = fields(column.kind)
            if value is None:
                cells.append((place, column.missing or NOT_ENOUGH.text(self.language), ""))
            else:
                cells += [
                    (place + at, field.read(value, self.language), field.number_format)
                    for at, field in enumerate(parts)
                ]
            place += len(parts)
        height = max(
            (height_of(value, headings[at].width) for at, value, _ in cells if isinstance(value, str)), default=0
        )
        if height > LINE:
            sheet.set_row(number, height)
        for at, value, number_format in cells:
            self._write(sheet, (number, at), value, number_format)

    def _write(self, sheet: Worksheet, cell: tuple[int, int], value: Any, number_format: str) -> None:  # noqa: ANN401
        # The value is what a field reads: text, number, date or nothing.
        if isinstance(value, str):
            sheet.write_string(*cell, value, self.formats[""])
        elif isinstance(value, date):
            sheet.write_datetime(*cell, datetime.combine(value, time.min), self.formats["date"])
        elif value is not None:
            sheet.write_number(*cell, value, self._number(number_format or _natural(value)))

    def _number(self, number_format: str) -> Any:  # noqa: ANN401 -- XlsxWriter's own format
        if number_format not in self.formats:
            self.formats[number_format] = self.book.add_format({"num_format": number_format, "valign": "top"})
        return self.formats[number_format]


def _natural(value: float) -> str:
    """Return the format of a number in a column of mixed things: counts are whole, everything else is a share."""
    return "#,##0" if isinstance(value, int) else "0.0%"
