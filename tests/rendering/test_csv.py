"""CSV: for machines plain, for Vietnamese spreadsheets as they open it; text never runs."""

from dataclasses import replace

import pytest

from survey.findings.values import Wording
from survey.rendering.csv import agency_csv, annual_csv
from tests.rendering.examples import agency_example, annual_example
from tests.rendering.reading import csv_rows


def test_the_plain_file_is_utf8_with_decimal_points_and_no_mark() -> None:
    content = agency_csv(agency_example())

    assert content.startswith(b"wave,index_year,")
    assert "Ủy ban nhân dân xã Suối Biếc" in content.decode("utf-8")
    assert "." in csv_rows(content)[0]["estimate"]


def test_the_vietnamese_file_has_a_mark_semicolons_and_decimal_commas() -> None:
    content = agency_csv(agency_example(), excel_vietnam=True)
    first = csv_rows(content, delimiter=";")[0]

    assert content.startswith("\ufeffĐợt;Năm chỉ số;".encode())
    assert float(first["Giá trị"].replace(",", ".")) == agency_example().overall.share_satisfied.value  # type: ignore[union-attr]  # it is shown


def test_both_files_hold_the_same_rows() -> None:
    findings = annual_example(34)
    plain = csv_rows(annual_csv(findings))
    vietnamese = csv_rows(annual_csv(findings, excel_vietnam=True), delimiter=";")

    shares = [row["Tỷ lệ hài lòng"].replace(",", ".") for row in vietnamese]
    assert [row["share_satisfied"] for row in plain] == shares
    assert len(vietnamese[0]) == len(plain[0]), "two columns share a heading"
    assert not any("_" in heading for heading in vietnamese[0])


@pytest.mark.parametrize("start", ["=1+1", "+84", "-5", "@SUM(A1)", "\tTab", "\r=1", "\n=1"])
@pytest.mark.parametrize("excel_vietnam", [True, False])
def test_text_that_a_spreadsheet_would_run_is_defused(start: str, *, excel_vietnam: bool) -> None:
    content = agency_csv(agency_example(name=start), excel_vietnam=excel_vietnam)
    rows = csv_rows(content, delimiter=";" if excel_vietnam else ",")

    assert {row["Cơ quan" if excel_vietnam else "agency"] for row in rows} == {f"'{start}"}


def test_a_negative_number_is_a_number_and_not_defused_text() -> None:
    rows = csv_rows(annual_csv(annual_example(34)))

    assert any(row["difference"].startswith("-0.") for row in rows)


@pytest.mark.parametrize("name", ['Sở "Nội vụ"; phòng 1', "Xã A, B", "Hai\ndòng", "Dấu ' đơn"])
def test_separators_and_quotes_in_a_name_come_back_whole(name: str) -> None:
    for excel_vietnam in (True, False):
        content = agency_csv(agency_example(name=name), excel_vietnam=excel_vietnam)
        rows = csv_rows(content, delimiter=";" if excel_vietnam else ",")
        assert {row["Cơ quan" if excel_vietnam else "agency"] for row in rows} == {name}


def test_a_suppressed_figure_is_empty_and_never_zero() -> None:
    rows = [row for row in csv_rows(agency_csv(agency_example(suppressed=True))) if row["scope"] == "element"]

    assert {(row["estimate"], row["n"], row["note"]) for row in rows} == {("", "", "không đủ số liệu")}


def test_english_names_stand_in_the_english_file() -> None:
    findings = agency_example()
    named = replace(findings, agency=replace(findings.agency, name=Wording("Xã", "Commune")))

    assert {row["agency"] for row in csv_rows(agency_csv(named, "en"))} == {"Commune"}


def test_status_and_demo_travel_with_every_line() -> None:
    rows = csv_rows(annual_csv(annual_example(3)))

    assert {(row["status"], row["data"]) for row in rows} == {("draft", "demo")}


def test_the_same_findings_are_the_same_bytes() -> None:
    assert annual_csv(annual_example(34)) == annual_csv(annual_example(34))
