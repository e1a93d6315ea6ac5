"""Every report in every format, figure by figure: what one document says, each of the others says.

The tables of a report are the measure.  PDF and DOCX print their cells in the same order; a spreadsheet shows the same
number when it rounds; JSON holds every estimate unrounded; a CSV file knows no number that JSON does not.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import openpyxl
import pypdfium2
import pytest

from analysis.results import Estimate
from survey.findings.chosen_values import ChosenComparison, ComparedAgency, PairDifference
from survey.findings.values import Change
from survey.rendering import numbers
from survey.rendering.agency_report import agency_report
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Chart, Report, Table, Value
from survey.rendering.cells import fields, printed
from survey.rendering.comparison_report import comparison_report
from survey.rendering.csv import agency_csv, annual_csv, annual_whole_csv, comparison_csv
from survey.rendering.docx import report_docx
from survey.rendering.json import agency_json, annual_json, comparison_json
from survey.rendering.pdf import report_pdf
from survey.rendering.xlsx import agency_xlsx, annual_xlsx, comparison_xlsx
from tests.rendering.examples import FORMULA_NAME, LONG_NAME, agency_example
from tests.rendering.reading import csv_rows, squeezed
from tests.rendering.summary_example import HOSTILE_NAMES, full_example
from tests.rendering.test_docx import cells, data_tables, document

AGENCY = agency_example(items_per_element=3)
SUPPRESSED = agency_example(suppressed=True)
YEAR = full_example(34)
WAVE = replace(full_example(10), wave=AGENCY.wave)


def chosen_example() -> ChosenComparison:
    found = [AGENCY, agency_example(n=80, satisfied=0.7, name="Ủy ban nhân dân xã Khác"), SUPPRESSED]
    compared = tuple(
        ComparedAgency(
            replace(one.agency, code=f"0000{at}"),
            one.participation,
            one.overall,
            tuple(element.measures for element in one.elements),
            one.channels,
        )
        for at, one in enumerate(found)
    )
    first, second = (one.overall.share_satisfied for one in found[:2])
    assert first
    assert second
    difference = replace(first, value=0.125, ci=replace(first.ci, low=0.0375, high=0.2125))
    return ChosenComparison(
        issuer=AGENCY.agency,
        wave=AGENCY.wave,
        made_on=AGENCY.made_on,
        agencies=compared,
        element_names=tuple(element.name for element in AGENCY.elements),
        pairs=(
            PairDifference(0, 1, difference, "higher"),
            PairDifference(0, 2, None, "too_few"),
            PairDifference(1, 2, None, "too_few"),
        ),
        confidence_level=0.95,
        smallest_n=10,
        weighting="own",
        comparisons=1,
        kinds_differ=False,
    )


@dataclass(frozen=True)
class Written:
    """A report with everything that was written of it."""

    report: Report
    pdf: bytes
    docx: bytes
    xlsx: bytes
    csv: bytes
    json: bytes


def agency_written(findings: Any, language: str) -> Written:
    report = agency_report(findings, language)
    rest = [make(findings, language) for make in (agency_xlsx, agency_csv, agency_json)]
    return Written(report, report_pdf(report), report_docx(report), *rest)


def annual_written(findings: Any, language: str) -> Written:
    report = annual_report(findings, language)
    rest = [make(findings, language) for make in (annual_xlsx, annual_csv, annual_json)]
    return Written(report, report_pdf(report), report_docx(report), *rest)


def comparison_written(findings: Any, language: str) -> Written:
    report = comparison_report(findings, language)
    rest = [make(findings, language) for make in (comparison_xlsx, comparison_csv, comparison_json)]
    return Written(report, report_pdf(report), report_docx(report), *rest)


MADE = {
    "agency": lambda: agency_written(AGENCY, "vi"),
    "agency in English": lambda: agency_written(AGENCY, "en"),
    "too few": lambda: agency_written(SUPPRESSED, "vi"),
    "year": lambda: annual_written(YEAR, "vi"),
    "wave": lambda: annual_written(WAVE, "vi"),
    "comparison": lambda: comparison_written(chosen_example(), "vi"),
    "year in English": lambda: annual_written(replace(YEAR, is_draft=False), "en"),
}


@pytest.fixture(scope="module", params=MADE.values(), ids=MADE)
def written(request: pytest.FixtureRequest) -> Written:
    made: Written = request.param()
    return made


def tables(report: Report) -> list[Table]:
    return [block for block in (*report.body, *report.annexes) if isinstance(block, Table)]


def printed_cells(table: Table, language: str) -> list[list[str]]:
    columns = [(at, column) for at, column in enumerate(table.columns) if not column.sheet_only]
    return [[printed(column, row[at], language) for at, column in columns] for row in table.rows]


def test_the_pdf_prints_every_cell_in_the_order_of_its_table(written: Written) -> None:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(written.pdf))
    text = squeezed(" ".join(pages))
    for table in tables(written.report):
        # The caption of a table, its rows after it: a figure that stands elsewhere does not count.
        at = text.index(squeezed(f". {table.title}"))
        for row in printed_cells(table, written.report.language):
            for line in (line for cell in row for line in cell.split("\n") if line):
                found = text.find(squeezed(line), at)
                assert found >= 0, (table.title, line)
                at = found


def test_the_docx_holds_the_same_cells(written: Written) -> None:
    drawn = data_tables(document(written.docx))
    for table, found in zip(tables(written.report), drawn, strict=True):
        rows = [[cell.text for cell in cells(row)] for row in found._tbl.tr_lst[1:]]
        assert rows == printed_cells(table, written.report.language)


def test_a_spreadsheet_shows_the_numbers_that_are_printed(written: Written) -> None:
    book, language = openpyxl.load_workbook(io.BytesIO(written.xlsx)), written.report.language
    for table in tables(written.report):
        if table.code.startswith("agency-") and table.sheet not in book:
            continue  # the page of one agency of many: a sheet has them all
        sheet = book[table.sheet]
        head = int(sheet.freeze_panes[1:]) - 1
        lines = list(sheet.iter_rows(min_row=head + 1))
        assert len(lines) == len(table.rows)
        for row, line in zip(table.rows, lines, strict=True):
            place = 0
            for column, value in zip(table.columns, row, strict=True):
                parts = fields(column.kind)
                shown = [rounded(cell, language) for cell in line[place : place + len(parts)]]
                place += len(parts)
                said = squeezed(printed(column, value, language))
                if column.sheet_only or value is None:
                    continue
                missing = [text for text in shown[: shown_parts(value)] if text and squeezed(text) not in said]
                assert not missing, (table.title, column.heading, missing, said)


def shown_parts(value: Value) -> int:
    """Return how many of the spreadsheet's columns a printed cell tells; the rest is for machines."""
    return 3 if value.__class__.__name__ in {"Estimate", "Points", "Participation", "Standing"} else 1


def rounded(cell: Any, language: str) -> str:
    """Return what a spreadsheet shows of a number, in the report's own figures."""
    value, shape = cell.value, cell.number_format
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, date):
        return numbers.day(value, language)
    if shape == "0.0%":
        return re.sub(r"[^\d.,]", "", numbers.percent(value, language))
    if shape.startswith("+"):
        return numbers.signed_points(value / 100, language) if "." in shape else ""
    return numbers.score(value, language) if "0.00" in shape else numbers.count(int(value), language)


def estimates(value: Value) -> Iterator[Estimate]:
    if isinstance(value, Estimate):
        yield value
    if isinstance(value, Change):
        yield from (each for each in (value.difference, value.previous) if each)


def told_in(content: Any) -> Iterator[tuple[float, float, float, int]]:
    if isinstance(content, list):
        for each in content:
            yield from told_in(each)
    elif isinstance(content, dict):
        if content.get("ci"):
            yield content["value"], content["ci"]["low"], content["ci"]["high"], content["n"]
        for each in content.values():
            yield from told_in(each)


def test_text_stays_text_in_every_format() -> None:
    names = [*HOSTILE_NAMES, LONG_NAME, FORMULA_NAME]
    made = annual_written(WAVE, "vi")
    printed_text = squeezed(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.pdf)))
    opened = document(made.docx)
    words = {cell.text for table in data_tables(opened) for row in table._tbl.tr_lst for cell in cells(row)}
    book = openpyxl.load_workbook(io.BytesIO(made.xlsx))
    in_sheets = {cell.value: cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    told = json.dumps(json.loads(made.json), ensure_ascii=False)
    rows = csv_rows(annual_whole_csv(WAVE)) + csv_rows(annual_whole_csv(WAVE, excel_vietnam=True), delimiter=";")
    for name in names:
        assert squeezed(name) in printed_text, name
        assert name in words
        assert in_sheets[name] == "s"
        assert json.dumps(name, ensure_ascii=False)[1:-1] in told
    computed = [
        cell for row in rows for cell in row.values() if (cell and cell[0] in "=@\t") or cell[:2] in {"+8", "-2+"}
    ]
    assert computed == []
    assert "f" not in in_sheets.values()


def test_json_holds_every_estimate_unrounded(written: Written) -> None:
    told = set(told_in(json.loads(written.json)))
    needed = {
        (one.value, one.ci.low, one.ci.high, one.n)
        for table in tables(written.report)
        for row in table.rows
        for value in row
        for one in estimates(value)
    }

    assert needed <= told
    assert bool(needed) == bool(told)


def numbers_in(content: Any) -> Iterator[float]:
    if isinstance(content, list | dict):
        for each in content if isinstance(content, list) else content.values():
            yield from numbers_in(each)
    elif isinstance(content, int | float):
        yield content


def test_a_csv_file_knows_no_number_that_json_does_not(written: Written) -> None:
    known = set(numbers_in(json.loads(written.json)))
    unrounded = {
        float(cell)
        for row in csv_rows(written.csv)
        for cell in row.values()
        if cell and re.fullmatch(r"-?\d+\.\d{3,}(e-?\d+)?", cell)
    }

    assert unrounded <= known


def test_sentences_and_titles_are_the_same_in_both_documents(written: Written) -> None:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(written.pdf))
    text = squeezed(" ".join(pages))
    opened = document(written.docx)
    for paragraph in opened.paragraphs:
        assert squeezed(paragraph.text) in text or paragraph.style.name in {"Body Text", "List Bullet"}
    for sentence in (p.text for p in opened.paragraphs if p.style.name in {"Body Text", "List Bullet"} and p.text):
        # A page may end within a sentence: its halves then stand around the margins.
        words = sentence.split()
        half = len(words) // 2
        halves = (squeezed(" ".join(words[:half])), squeezed(" ".join(words[half:])))
        assert squeezed(sentence) in text or any(part and part in text for part in halves), sentence
    assert all(chart.alternative for chart in written.report.body if isinstance(chart, Chart))
