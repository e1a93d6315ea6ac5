"""Files as offices send them are read as they were meant, or refused in a sentence that names place and remedy."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest

from register_world import xlsx
from survey.services.errors import ImportRefusedError
from survey.services.register_values import AGENCY_COLUMNS, KNOWN_HEADINGS
from survey.services.table_file import LARGEST_FILE, MOST_ROWS, read_table
from survey.services.table_headings import headed, heading_line
from survey.services.table_values import plain_heading

TEXT = "code,name\r\n00004,Phường Quỳnh Mễ\r\n"
# Windows-1258 has no letters with two marks: the tone is a byte of its own behind the vowel.
WINDOWS_1258 = (
    unicodedata.normalize("NFD", TEXT)
    .replace("o\u031b", "ơ")
    .replace("u\u031b", "ư")
    .replace("e\u0302", "ê")
    .encode("windows-1258")
)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (unicodedata.normalize("NFD", TEXT).encode(), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (WINDOWS_1258, "windows-1258"),
    ],
)
def test_every_encoding_gives_the_same_composed_text(content: bytes, encoding: str) -> None:
    table = read_table(content, name="a.csv")
    assert (table.rows[1].cells, table.encoding) == (("00004", "Phường Quỳnh Mễ"), encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_separator_is_recognised(delimiter: str) -> None:
    table = read_table(TEXT.replace(",", delimiter).encode(), name="a.csv")
    assert (table.rows[1].cells, table.delimiter) == (("00004", "Phường Quỳnh Mễ"), delimiter)


def test_a_line_is_numbered_as_the_program_shows_it_even_behind_breaks_in_quotes() -> None:
    table = read_table('code,name\n1,"hai\ndòng"\n\n2,b\n'.encode(), name="a.csv")
    assert [(row.line, row.cells) for row in table.rows[1:]] == [(2, ("1", "hai dòng")), (5, ("2", "b"))]


def _zip(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "trống"),
        (b"\xef\xbb\xbf\r\n ,\r\n", "không có ô nào"),
        (b"x" * (LARGEST_FILE + 1), "lớn hơn 4 MB"),
        (b"a\n" * (MOST_ROWS + 1), "tối đa 20000"),
        ("ma,ten\n1,B\u00b8nh".encode("latin-1"), "TCVN3"),
        ("code,name\n1,Ph\u00adêng B\u00a8c".encode("latin-1"), "Dòng 2"),
        (b"%PDF-1.7\n\x00\x01\xff\xfe", "không phải"),
        (b'code,name\n1,"a\n', "Từ dòng 2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS đời cũ"),
        (_zip("word/document.xml"), "không phải XLSX"),
        (b"PK\x03\x04 broken", "có thể bị hỏng"),
        (_zip("xl/workbook.xml"), "có thể bị hỏng"),
        # Of a version that no program has.
        (_zip("xl/workbook.xml").replace(b"\x14\x03\x14\x00", b"\x14\x03\x44\x00"), "có thể bị hỏng"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        read_table(content, name="a.csv")
    assert words in refused.value.vi
    assert refused.value.en.endswith(".")


def test_a_spreadsheet_keeps_text_numbers_formulae_and_merged_cells_apart() -> None:
    rows = [["code", "name", "x"], ["00004", "=1+1", 4], ["00007", "b", 2.0], [None, "c", None]]
    table = read_table(xlsx(rows, merge="A3:A4", others=["Khác"]), name="a.xlsx")
    assert [row.cells for row in table.rows[1:]] == [("00004", "=1+1", "4"), ("00007", "b", "2"), ("", "c", "")]
    assert "công thức" in table.faults[2, 1].vi
    assert "A3:A4" in table.faults[3, 0].vi
    assert "A3:A4" in table.faults[4, 0].vi
    assert table.numbers == {(2, 2), (3, 2)}
    assert (table.sheet, table.sheets) == ("Danh sách", ("Danh sách", "Khác"))


def _with(part: str, old: str, new: str) -> bytes:
    """Return a small spreadsheet in one part of which something else is written."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([["code"], ["1"]]))) as good, zipfile.ZipFile(content, "w") as package:
        for name in good.namelist():
            text = good.read(name)
            if name == part:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            package.writestr(name, text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
END = "</sheetData>"
MERGED = f'{END}<mergeCells count="1"><mergeCell ref="{{}}"/></mergeCells>'
LINKED = f'{END}<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>'


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (MERGED.format("A3:XFD1048576"), "dòng 1048576, cột 16384"),
        (MERGED.format("A3:B30000"), "dòng 30000, cột 2"),
        (LINKED, "dòng 1048576, cột 16384"),
        (f'<row r="3"><c r="XFD3"/></row>{END}', "dòng 3, cột 16384"),
        (f'<row r="1048576"><c><v>1</v></c></row>{END}', "dòng 1048576, cột 1"),
        (f'<row r="25000"><c r="CV25000"/></row>{END}', "dòng 25000, cột 100"),
        ("<row/>" * 400_001 + END, "dòng 2, cột 1"),
        (f'<row r="3"><c r="{"9" * 5000}"/></row>{END}', "có thể bị hỏng"),
        ("<x/>" * 200_001 + END, "có thể bị hỏng"),
        ("<row>" + " " * (24 << 20) + f"</row>{END}", "giải nén ra lớn hơn 24 MB"),
    ],
)
def test_a_small_file_that_stands_for_a_huge_sheet_is_refused_before_it_is_loaded(
    new: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = _with(SHEET, END, new)
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_, **__: pytest.fail("was loaded"))
    with pytest.raises(ImportRefusedError) as refused:
        read_table(content, name="a.xlsx")
    assert words in refused.value.vi
    if "dòng" in words:
        assert "“Danh sách”" in refused.value.vi


def test_another_sheet_can_be_chosen_and_a_missing_one_is_named_with_those_that_are_there() -> None:
    content = xlsx([["a"], ["b"]], others=["Khác"])
    assert read_table(content, name="a.xlsx", sheet="Khác").rows[0].cells == ("Ghi chú",)
    with pytest.raises(ImportRefusedError, match="“Danh sách”, “Khác”"):
        read_table(content, name="a.xlsx", sheet="Nữa")


def test_headings_are_found_below_a_title_and_by_any_of_their_names() -> None:
    text = "UBND TỈNH MỘT,,\nDANH SÁCH CƠ QUAN,,,\nSTT,MÃ CƠ QUAN,Tên,Loại (*),Parent code\n1,SNV,Sở,tỉnh,\n"
    table = headed(read_table(text.encode(), name="a.csv"), AGENCY_COLUMNS)
    assert dict(table.positions) == {"code": 1, "name": 2, "kind": 3, "parent_code": 4}
    assert [row.line for row in table.rows] == [4]
    assert table.unknown == ("STT",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,name\n1,a\n", "thiếu cột “Loại” (kind), “Mã cấp trên” (parent_code)"),
        ("code,kind,name,parent_code,Tên\n1,a,b,c,d\n", "hai cột cùng nghĩa"),
        ("code,kind,name,parent_code\n", "không có dòng dữ liệu nào"),
    ],
)
def test_headings_that_do_not_do_are_named(text: str, words: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        headed(read_table(text.encode(), name="a.csv"), AGENCY_COLUMNS)
    assert words in refused.value.vi


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_title_and_blank_lines_above_the_headings_are_passed_over(sign: str) -> None:
    rows = [["Mã cơ quan", "Loại", "Tên", "Mã cấp trên"], ["01", "tỉnh", "Tỉnh Một", ""]]
    title = "DANH SÁCH CƠ QUAN, ĐƠN VỊ, xã; năm 2026, quý IV, ngày 1/7\n\n\nKèm theo Công văn số 5, ngày 2/7\n"
    text = title + "\n".join(sign.join(row) for row in rows)
    read = headed(read_table(text.encode(), name="a.csv", known=KNOWN_HEADINGS), AGENCY_COLUMNS)
    assert [(row.line, read.cell(row, "name")) for row in read.rows] == [(6, "Tỉnh Một")]
    assert heading_line(read.table, AGENCY_COLUMNS) == 5


def test_a_cell_beyond_all_measure_is_refused_and_a_heading_of_brackets_costs_nothing() -> None:
    with pytest.raises(ImportRefusedError, match="do not match"):
        read_table(b"code,name\n" + b"x" * 200_000 + b",b\n", name="a.csv", known=KNOWN_HEADINGS)
    # Were brackets looked for to the end from each of them, this would take hours.
    assert plain_heading("Mã " + "(" * 4_000_000) == "ma"
