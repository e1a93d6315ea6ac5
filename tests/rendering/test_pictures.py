"""How the documents look: the PDF, and the DOCX as LibreOffice sets it, against pictures that somebody looked at."""

from collections.abc import Callable
from typing import Final

import pypdfium2
import pytest
from PIL import Image

from survey.rendering.docx import report_docx
from survey.rendering.pdf import report_pdf
from tests.rendering.layout_example import layout_example
from tests.rendering.pictures import MOST_IN_TILE, MOST_ON_PAGE, OFFICE, REFERENCES, difference, pages, through_office

MM_PER_POINT: Final = 25.4 / 72
# What stands where the decree wants it: on which page, how far from PDF to DOCX it may move across and down.
PLACES: Final = (
    ("ỦY BAN NHÂN DÂN TỈNH MÂY", 0, 3, 5),
    ("SỞ NỘI VỤ", 0, 3, 5),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0, 3, 5),
    ("Độc lập - Tự do - Hạnh phúc", 0, 3, 5),
    ("Số: 15/BC-SNV", 0, 3, 5),
    ("Mây Trắng, ngày 21 tháng 11 năm 2026", 0, 3, 5),
    ("BÁO CÁO", 0, 3, 8),
    ("1. Kết quả chính", 0, 1, 15),
    ("Bảng 1. Kết quả chung", 0, 1, 15),
    ("Nội dung", 0, 6, 15),
    ("Hình 1. Tỷ lệ hài lòng", 0, 1, 20),
    ("Nơi nhận:", 1, 3, 40),
    ("KT. GIÁM ĐỐC", 1, 5, 40),
    ("Nguyễn Thị Ánh", 1, 5, 40),
    ("Phụ lục 1. Phương pháp", 2, 1, 5),
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return report_pdf(layout_example())


@pytest.fixture(scope="module")
def office() -> bytes:
    if OFFICE is None:
        pytest.skip("LibreOffice is not installed, so that the DOCX cannot be set")
    return through_office(report_docx(layout_example()))


def assert_like_the_reference(name: str, drawn: list[Image.Image]) -> None:
    assert len(drawn) == len(list(REFERENCES.glob(f"{name}-*.png")))
    for number, page in enumerate(drawn, start=1):
        with Image.open(REFERENCES / f"{name}-{number}.png") as reference:
            on_page, in_tile = difference(page, reference.convert("L"))
        assert on_page < MOST_ON_PAGE[name], (name, number, on_page)
        assert in_tile < MOST_IN_TILE[name], (name, number, in_tile)


def test_the_pages_of_the_pdf_look_as_they_were_looked_at(pdf: bytes) -> None:
    assert_like_the_reference("pdf", pages(pdf))


def test_the_pages_of_the_docx_look_as_they_were_looked_at(office: bytes) -> None:
    assert_like_the_reference("docx", pages(office))


def test_a_page_without_its_head_or_mark_would_be_noticed(pdf: bytes) -> None:
    with Image.open(REFERENCES / "pdf-1.png") as reference:
        kept = reference.convert("L")
    unmarked, cut = pages(report_pdf(layout_example(is_draft=False)))[0], pages(pdf)[0]
    cut.paste(255, (0, 0, cut.width, cut.height // 9))

    for other in (unmarked, cut):
        on_page, in_tile = difference(kept, other)
        assert on_page > MOST_ON_PAGE["pdf"]
        assert in_tile > MOST_IN_TILE["pdf"]


def place(page: pypdfium2.PdfPage, words: str) -> tuple[float, float]:
    """Return where the first letter of some words stands, in millimetres from the left and from the top."""
    text = page.get_textpage()
    found = text.search(words, match_case=True).get_next()
    assert found, words
    left, _, _, top = text.get_charbox(found[0])
    return left * MM_PER_POINT, (page.get_height() - top) * MM_PER_POINT


def test_the_docx_has_everything_where_the_pdf_has_it(pdf: bytes, office: bytes) -> None:
    ours, theirs = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument(office)
    assert len(ours) == len(theirs)
    for words, number, most_across, most_down in PLACES:
        (left, top), (other_left, other_top) = place(ours[number], words), place(theirs[number], words)
        assert abs(left - other_left) <= most_across, (words, left, other_left)
        assert abs(top - other_top) <= most_down, (words, top, other_top)


def test_both_number_their_pages_in_the_middle_of_the_top_margin(pdf: bytes, office: bytes) -> None:
    for content in (pdf, office):
        for number, page in enumerate(pypdfium2.PdfDocument(content), start=1):
            above = page.get_textpage().get_text_bounded(bottom=page.get_height() - 19 / MM_PER_POINT).strip()
            assert above == ("" if number == 1 else str(number))
            if number > 1:
                # The middle of the text, between a margin of 30 mm and one of 18 mm.
                assert place(page, str(number))[0] == pytest.approx(30 + 162 / 2 - 1, abs=2)


def test_the_docx_set_by_another_program_prints_every_word(pdf: bytes, office: bytes) -> None:
    def words(content: bytes) -> set[str]:
        every: Callable[[pypdfium2.PdfPage], str] = lambda page: page.get_textpage().get_text_range()  # noqa: E731
        return {word for page in pypdfium2.PdfDocument(content) for word in every(page).split() if word.isalpha()}

    # The watermark of the DOCX is a drawing, that of the PDF is text.
    assert words(pdf) - {"BẢN", "NHÁP"} <= words(office)
