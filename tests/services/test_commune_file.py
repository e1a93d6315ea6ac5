"""The file of old and new communes is held against itself; what contradicts itself is told, whatever row it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey.services.commune_file import CommuneFile, read_communes
from survey.services.table_file import read_table

REAL = Path(__file__).resolve().parents[3] / "shared/data/commune_old_to_new_2025.csv"
HEADINGS = (
    "new_province_code,new_province,new_commune_code,new_commune,old_commune_code,old_commune,note,"
    "old_district_code,old_district,old_province_code,old_province"
)
WHOLE, PART = "Nhập toàn bộ", "Nhập một phần"


def line(
    *,
    old: str = "90001",
    old_name: str = "Xã Cũ",
    new: str = "91001",
    new_name: str = "Xã Mới",
    note: str = WHOLE,
    district: str = "901",
    province: str = "98",
    new_province: str = "97",
) -> str:
    return (
        f'{new_province},Tỉnh {new_province},{new},{new_name},{old},{old_name},"{note}",'
        f"{district},Huyện {district},{province},Tỉnh {province}"
    )


def read(*lines: str) -> CommuneFile:
    return read_communes(read_table("\n".join([HEADINGS, *lines]).encode(), name="c.csv"))


def test_a_row_is_read_whole() -> None:
    row = read(line(old_name="Thị trấn Cũ", note="Nhập một phần diện tích, toàn bộ dân số")).rows[0]
    assert (row.line, row.old_code, row.old_type, row.new_type) == (2, "90001", "thị trấn", "xã")
    assert (row.old_province_code, row.new_province_code, row.extent) == ("98", "97", "all_people")


@pytest.mark.parametrize(
    ("note", "extent"),
    [
        ("Nhập toàn bộ", "whole"),
        ("Giữ nguyên", "whole"),
        ("Đổi tên", "whole"),
        ("Nhâp  một phần diện tích", "part"),
        ("Phần còn lại sau khi tách một phần", "part"),
        ("Đổi tên từ một phần Phường 15", "part"),
        ("Nhập toàn bộ diện tích", "part"),
    ],
)
def test_a_note_says_how_much_went_over(note: str, extent: str) -> None:
    assert read(line(note=note)).rows[0].extent == extent


def test_rows_that_agree_have_nothing_odd() -> None:
    assert (
        read(
            line(), line(old="90002"), line(old="90003", note=PART), line(old="90003", new="91002", note=PART)
        ).oddities
        == ()
    )


def test_a_district_in_two_provinces_names_the_odd_row_and_what_its_neighbours_say() -> None:
    found = read(line(), line(old="90002"), line(old="90003", province="99")).oddities
    assert [(odd.line, odd.column, odd.value, odd.probably) for odd in found] == [(4, "old_province_code", "99", "98")]
    assert "2 dòng khác" in found[0].vi


def test_an_old_province_that_goes_elsewhere_in_one_row_is_odd() -> None:
    rows = [line(), line(old="90002"), line(old="90003", new="91003", new_province="99", district="902")]
    found = read(*rows).oddities
    assert [(odd.line, odd.column) for odd in found] == [(4, "old_province_code")]


@pytest.mark.parametrize(
    ("second", "columns"),
    [
        (line(new="91002"), {"note"}),
        (line(old_name="Xã Khác"), {"note", "old_commune"}),
        (line(old="90002", new_name="Xã Nữa"), {"new_commune"}),
        (line(old="90002", old_name="Xa Hai"), {"old_commune"}),
        (line(old="90002", old_name="Hai"), {"old_commune"}),
        (line(old="9002"), {"old_commune_code"}),
    ],
)
def test_codes_names_and_types_that_contradict_are_odd(second: str, columns: set[str]) -> None:
    found = read(line(), second).oddities
    assert {odd.column for odd in found} == columns


def test_another_spelling_of_the_same_tone_is_no_other_name() -> None:
    assert read(line(new_name="Xã Điềm Thuỵ"), line(old="90002", new_name="Xã Điềm Thụy")).oddities == ()


@pytest.mark.skipif(not REAL.exists(), reason="the file of communes lies beside the project only where it is built")
def test_the_real_file_shows_the_missing_communes_and_the_wrong_row() -> None:
    file = read_communes(read_table(REAL.read_bytes(), name=REAL.name))
    assert len(file.rows) == 10_565
    assert len({row.new_code for row in file.rows}) == 3_316
    whole = [odd for odd in file.oddities if odd.line == 0]
    assert {odd.value[:2] for odd in whole if odd.column == "new_province_code"} == {"31", "44", "48", "51", "79"}
    assert [odd.vi for odd in whole if odd.column == "new_commune"] == ["cả nước có 13 đặc khu, tệp có 8"]
    wrong = next(row.line for row in file.rows if row.old_code == "27691")
    assert [odd.probably for odd in file.oddities if odd.line == wrong] == ["80", ""]
