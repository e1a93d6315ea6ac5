"""The documents that offices edit before they sign: layout, styles, tables, marks, language, the same bytes."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from survey.findings.values import Letterhead, Wording
from survey.rendering.agency_report import agency_report
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Bullets, Chart, Column, Heading, Kind, Paragraph, Report, Seal, Table
from survey.rendering.cells import printed
from survey.rendering.docx import agency_docx, report_docx
from survey.rendering.docx_tables import MOST_ROWS
from tests.rendering.examples import FORMULA_NAME, LONG_NAME, agency_example, annual_example

LETTERHEAD = Letterhead(
    superior=Wording("Ủy ban nhân dân tỉnh Mây Trắng", "People’s Committee of Mây Trắng"),
    issuer=Wording("Sở Nội vụ", "Department of Home Affairs"),
    place="Mây Trắng",
    number="15",
    symbol="BC-SNV",
    signer_post=Wording("KT. Giám đốc\nPhó Giám đốc", "For the Director\nDeputy Director"),
    signer_name="Nguyễn Thị Ánh",
    recipients=Wording("- Bộ Nội vụ;\nUBND tỉnh\n– Lưu: VT, CCHC.", "Ministry\nFiles"),
)
QR = b'<svg xmlns="http://www.w3.org/2000/svg" width="29" height="29"><path d="M0 0h9v9H0z"/></svg>'
SEAL = Seal("SHA-256 00ff", "https://vi.du/ket-qua/99", QR)


def document(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def blocks_of(report: Report, kind: type) -> Iterator[Any]:
    return (block for block in (*report.body, *report.annexes) if isinstance(block, kind))


def text_of(opened: Any) -> str:
    return "\n".join(paragraph.text for paragraph in opened.paragraphs)


def flat(*rows: Any) -> list[str]:
    return [cell.text for row in rows for cell in row.cells]


@pytest.fixture(scope="module", params=["agency", "annual"])
def report(request: pytest.FixtureRequest) -> Report:
    if request.param == "agency":
        return agency_report(replace(agency_example(), letterhead=LETTERHEAD), "vi")
    return annual_report(replace(annual_example(34), letterhead=LETTERHEAD), "vi")


@pytest.fixture(scope="module")
def content(report: Report) -> bytes:
    return report_docx(report)


@pytest.fixture(scope="module")
def opened(content: bytes) -> Any:
    return document(content)


def test_every_cell_of_every_table_is_a_cell_that_can_be_edited(report: Report, opened: Any) -> None:
    tables = list(blocks_of(report, Table))
    drawn = data_tables(opened)

    assert len(drawn) == len(tables)
    for table, found in zip(tables, drawn, strict=True):
        columns = [(at, column) for at, column in enumerate(table.columns) if not column.sheet_only]
        assert flat(found.rows[0]) == [column.heading for _, column in columns]
        expected = [printed(column, row[at], "vi") for row in table.rows for at, column in columns]
        assert [cell.text for row in found._tbl.tr_lst[1:] for cell in cells(row)] == expected
        assert found._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
        assert found.style.name == "Report Table"
        assert found._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == table.title
        widths = [int(column.get(qn("w:w"))) for column in found._tbl.tblGrid]
        assert sum(widths) == pytest.approx(Mm(162).twips, abs=len(widths))


def data_tables(opened: Any) -> list[Any]:
    return [table for table in opened.tables if table.style.name == "Report Table"]


def cells(row: Any) -> list[Any]:
    return [docx.table._Cell(cell, row) for cell in row.tc_lst]


def test_headings_sentences_and_lists_have_the_styles_of_word(report: Report, opened: Any) -> None:
    found: dict[str, list[str]] = {}
    for paragraph in opened.paragraphs:
        found.setdefault(paragraph.style.name, []).append(paragraph.text)

    for level in (1, 2):
        headings = [block.text for block in blocks_of(report, Heading) if block.level == level]
        assert found.get(f"Heading {level}", []) == headings
    body, annexes = ([one.text for one in part if isinstance(one, Paragraph)] for part in (report.body, report.annexes))
    assert [text for text in found["Body Text"] if text] == [*body, report.letter.closing, *annexes]
    assert found["List Bullet"] == [item for block in blocks_of(report, Bullets) for item in block.items]
    captions = [f"Bảng {at}. {table.title}" for at, table in enumerate(blocks_of(report, Table), start=1)]
    captions += [f"Hình {at}. {chart.title}" for at, chart in enumerate(blocks_of(report, Chart), start=1)]
    assert sorted(found["Caption"]) == sorted(captions)
    assert found["Title"] == ["BÁO CÁO", report.title]


def test_the_page_is_that_of_the_decree_with_its_number_on_top_from_the_second_on(opened: Any) -> None:
    section = opened.sections[0]

    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in margins] == [22, 22, 30, 18]
    assert section.different_first_page_header_footer
    assert " PAGE " in section.header._element.xml
    assert section.header.paragraphs[0].style.paragraph_format.alignment == 1
    assert " PAGE " not in section.first_page_header._element.xml
    assert opened.styles.element.find(f".//{qn('w:rFonts')}").get(qn("w:ascii")) == "Times New Roman"


def test_head_and_foot_say_what_the_agency_has_set(opened: Any) -> None:
    head, foot = (table for table in opened.tables if table.style.name == "Layout Table")

    assert [cell.text.strip().replace("\N{NO-BREAK SPACE}", " ") for row in head.rows for cell in row.cells] == [
        "ỦY BAN NHÂN DÂN TỈNH MÂY TRẮNG\nSỞ NỘI VỤ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
        "Số: 15/BC-SNV",
        "Mây Trắng, ngày 21 tháng 11 năm 2026",
    ]
    recipients, signature = (cell.text.split("\n") for cell in foot.rows[0].cells)
    assert recipients == ["Nơi nhận:", "- Bộ Nội vụ;", "- UBND tỉnh;", "- Lưu: VT, CCHC."]
    assert signature == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "(Chữ ký, dấu của cơ quan)", "Nguyễn Thị Ánh"]


def test_every_page_of_a_draft_of_demo_data_says_so(content: bytes, opened: Any) -> None:
    for name in ("header", "first_header"):
        assert 'string="BẢN NHÁP"' in part(content, f"word/{name}.xml")
    footer = opened.sections[0].footer.paragraphs[0].text
    assert "BẢN NHÁP – chưa công bố" in footer
    assert "DỮ LIỆU MINH HOẠ" in footer


def test_each_picture_has_a_text_and_is_drawn_for_every_program(report: Report, content: bytes, opened: Any) -> None:
    charts = list(blocks_of(report, Chart))
    drawn = opened.element.body.findall(f".//{qn('wp:docPr')}")
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()

    assert [picture.get("descr") for picture in drawn] == [chart.alternative for chart in charts]
    assert len({picture.get("id") for picture in drawn}) == len(charts)
    for at, chart in enumerate(charts, start=1):
        assert part(content, f"word/media/chart{at}.svg").encode() == chart.svg
        assert f"word/media/chart{at}.png" in names


def test_language_title_and_day_are_told(report: Report, opened: Any) -> None:
    properties = opened.core_properties

    assert properties.language == "vi-VN"
    assert properties.title == f"{report.title} – {report.subtitle}"
    assert properties.author == "SỞ NỘI VỤ"
    assert properties.created.date() == report.made_on
    assert opened.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "vi-VN"


def test_the_same_report_is_the_same_bytes(report: Report, content: bytes) -> None:
    assert report_docx(report) == content


def test_a_released_report_has_no_mark_and_its_seal_on_every_page() -> None:
    report = replace(agency_report(agency_example(is_released=True, is_demo=False), "en"), seal=SEAL)
    content = report_docx(report)

    assert "v:textpath" not in part(content, "word/header.xml")
    footer = part(content, "word/footer.xml")
    assert "SHA-256 00ff" in footer
    assert "https://vi.du/ket-qua/99" in footer
    assert 'Id="rIdSealSvg"' in part(content, "word/_rels/footer.xml.rels")
    assert document(content).core_properties.language == "en-GB"
    assert "No. …………/BC-…………" in document(content).tables[0].rows[1].cells[0].text


@pytest.mark.parametrize("name", [LONG_NAME, FORMULA_NAME, '<w:p/> & "x" \x01\x0b \u202e\tTab {language}'])
def test_odd_names_stay_text(name: str) -> None:
    text = text_of(document(agency_docx(agency_example(name=name))))

    readable = name
    for sign in "\x01\x0b\u202e":
        readable = readable.replace(sign, "\N{REPLACEMENT CHARACTER}")
    assert readable in text


def test_a_table_of_thousands_of_rows_is_several_each_with_its_head_and_every_row_once(report: Report) -> None:
    long = Table("x", "Dài", "x", (Column("Tên", Kind.TEXT, 3), Column("n", Kind.COUNT, 1)), tuple(
        (f"Xã {at}", at) for at in range(2 * MOST_ROWS + 1)
    ))  # fmt: skip

    pieces = document(report_docx(replace(report, body=(long,), annexes=()))).tables[1:-1]

    assert [len(piece.rows) for piece in pieces] == [MOST_ROWS + 1, MOST_ROWS + 1, 2]
    assert {tuple(cell.text for cell in piece.rows[0].cells) for piece in pieces} == {("Tên", "n")}
    assert [row.cells[0].text for piece in pieces for row in piece.rows[1:]] == [name for name, _ in long.rows]
