"""Spreadsheets: numbers are numbers, text is text, heads are frozen, the same bytes."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from survey.rendering.xlsx import agency_xlsx, annual_xlsx
from tests.rendering.examples import FORMULA_NAME, agency_example, annual_example
from tests.rendering.reading import sheet_rows


def opened(xlsx: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(xlsx))


BOOKS = {
    "agency": agency_xlsx(agency_example()),
    "annual": annual_xlsx(annual_example(34)),
    "annual in English": annual_xlsx(annual_example(34), "en"),
}


@pytest.mark.parametrize("xlsx", BOOKS.values(), ids=BOOKS)
def test_every_table_has_a_sheet_with_a_frozen_head(xlsx: bytes) -> None:
    notes, *tables = opened(xlsx)

    assert notes.freeze_panes is None
    assert len(tables) >= 5
    assert {sheet.freeze_panes for sheet in tables} == {"A5"}


@pytest.mark.parametrize("xlsx", BOOKS.values(), ids=BOOKS)
def test_no_cell_is_a_formula_or_a_link(xlsx: bytes) -> None:
    cells = [cell for sheet in opened(xlsx) for row in sheet.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.hyperlink is None for cell in cells)


@pytest.mark.parametrize("start", ["=1+1", "+84 24", "-5", "@SUM(A1)", "\tTab", "https://x.vn", "0123"])
def test_a_name_stays_the_text_it_is(start: str) -> None:
    cells = [row[0].value for row in opened(agency_xlsx(agency_example(name=start)))["Đọc trước"].iter_rows()]

    assert start in cells


def test_a_name_like_a_formula_stands_in_the_table_as_text() -> None:
    names = [row["Tên"] for row in sheet_rows(BOOKS["agency"], "Quầy, lĩnh vực")]

    assert FORMULA_NAME in names


def test_percentages_are_numbers_with_a_format() -> None:
    sheet = opened(BOOKS["agency"])["Kết quả"]
    cell = sheet["C5"]

    assert isinstance(cell.value, float)
    assert cell.number_format == "0.0%"


def test_counts_and_dates_of_the_sample_are_numbers_and_dates() -> None:
    values = {row["Nội dung"]: row["Giá trị"] for row in sheet_rows(BOOKS["agency"], "Mẫu")}

    assert values["Số người trả lời được tính (n)"] == 412
    assert values["Thời gian: từ"] == datetime(2026, 1, 5)  # noqa: DTZ001 -- a day has no zone
    assert values["Tỷ lệ tham gia n/N"] == pytest.approx(412 / 1194)


@pytest.mark.parametrize("xlsx", BOOKS.values(), ids=BOOKS)
def test_there_is_a_native_chart(xlsx: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx)) as parts:
        assert any(name.startswith("xl/charts/chart") for name in parts.namelist())


@pytest.mark.parametrize("title", ["Kết quả", "Năm mức", "Mẫu"])
def test_every_sheet_says_draft_and_demo(title: str) -> None:
    marks = opened(BOOKS["agency"])[title]["A2"].value

    assert "BẢN NHÁP" in marks
    assert "MINH HOẠ" in marks


def test_the_same_findings_are_the_same_bytes() -> None:
    assert agency_xlsx(agency_example()) == BOOKS["agency"]
    assert annual_xlsx(annual_example(34)) == BOOKS["annual"]


def test_three_thousand_agencies_are_rows_without_a_chart_of_all() -> None:
    xlsx = annual_xlsx(annual_example(120))

    assert len(sheet_rows(xlsx, "Xếp hạng")) == 120
    with zipfile.ZipFile(io.BytesIO(xlsx)) as parts:
        assert not any(name.startswith("xl/charts/") for name in parts.namelist())
