"""Spreadsheets: numbers are numbers, text is text, heads are frozen, the same bytes."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from survey.rendering import xlsx as xlsx_module
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
    notes, *tables, charts = opened(xlsx)

    assert (notes.freeze_panes, charts.freeze_panes) == (None, None)
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


def charts_of(xlsx: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(xlsx)) as parts:
        return [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]


def test_shares_have_intervals_and_levels_are_parts_of_the_whole_without_colour_too() -> None:
    bars, levels = sorted(charts_of(BOOKS["annual"]), key=lambda chart: "percentStacked" in chart)

    assert "c:barChart" in bars
    assert "c:errBars" in bars
    assert "percentStacked" in levels
    assert levels.count("<a:pattFill") >= 2


def test_three_thousand_agencies_are_rows_and_points_of_those_that_are_ranked() -> None:
    findings = annual_example(120)
    xlsx = annual_xlsx(findings)
    ranked = sum(row.rank is not None for row in findings.agencies)

    assert len(sheet_rows(xlsx, "Xếp hạng")) == 120
    (points,) = (chart for chart in charts_of(xlsx) if "c:scatterChart" in chart)
    assert points.count(f"${4 + ranked}</c:f>") == 2


def test_a_table_of_many_rows_goes_to_the_disk_and_holds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_module, "_MANY_ROWS", 20)
    long = annual_xlsx(annual_example(34))

    assert long == annual_xlsx(annual_example(34))
    assert sheet_rows(long, "Xếp hạng") == sheet_rows(BOOKS["annual"], "Xếp hạng")
    assert opened(long)["Xếp hạng"].freeze_panes == "A5"
    assert len(charts_of(long)) == len(charts_of(BOOKS["annual"]))


@pytest.mark.parametrize("xlsx", BOOKS.values(), ids=BOOKS)
def test_every_sheet_prints_on_a4_with_its_head_on_every_page(xlsx: bytes) -> None:
    notes, *tables, charts = opened(xlsx)

    assert {sheet.page_setup.paperSize for sheet in (notes, *tables, charts)} == {9}
    for sheet in tables:
        assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$4:$4")
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
        assert sheet.oddFooter.right.text == "&P/&N"


def test_headings_and_long_names_have_the_room_that_their_words_need() -> None:
    sheet = opened(BOOKS["annual"])["Xếp hạng"]
    widths = {
        get_column_letter(at): column.width
        for column in sheet.column_dimensions.values()
        for at in range(column.min, column.max + 1)
    }

    for cell in sheet[4]:
        assert widths[cell.column_letter] > max(len(word) for word in cell.value.split())
        letters = len(cell.value) / (widths[cell.column_letter] - 2)
        assert sheet.row_dimensions[4].height >= 15 * letters
    (long,) = (row for row in sheet.iter_rows(min_row=5) if str(row[4].value).startswith("Trung tâm"))
    assert sheet.row_dimensions[long[4].row].height >= 15 * len(long[4].value) / widths["E"]


def test_the_matrix_is_shaded_from_light_to_dark_in_its_shares_alone() -> None:
    book = opened(BOOKS["annual"])
    scales = {sheet.title: [str(one.sqref) for one in sheet.conditional_formatting] for sheet in book}

    assert scales["Yếu tố"] == [f"{column}5:{column}38" for column in "CGKOS"]
    assert [title for title, found in scales.items() if found] == ["Yếu tố"]
