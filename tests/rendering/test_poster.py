"""Posters are printed, photographed badly and read: the tests do the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from survey.jobs.posters import poster_languages
from survey.rendering import poster as drawing
from survey.rendering.poster import (
    STICKERS_A_SHEET,
    Poster,
    PosterSize,
    PosterWords,
    can_be_printed,
    is_loopback,
    poster_address,
)

WORDS = poster_languages(Path("there is no such folder"))
PUBLIC_URL = "https://hailong.maytrang.gov.vn"
LONG_NAME = ("Ủy ban nhân dân phường Nguyễn Thị Minh Khai trực thuộc thành phố Hoa Phượng Đỏ " * 3)[:200]


def poster(code: str = "7K4M2Q9XD", *, url: str = PUBLIC_URL, name: str = "Sở Nội vụ tỉnh Mây Trắng",
           is_demo: bool = False) -> Poster:  # fmt: skip
    return Poster(
        agency_name=name,
        counter_name="Quầy số 3: Đất đai",
        code=code,
        address=poster_address(url, code),
        is_demo=is_demo,
        is_loopback=is_loopback(url),
        printed_on=date(2026, 11, 21),
    )


def posters_pdf(posters: list[Poster], *, size: PosterSize = "A4", second: str | None = "en") -> bytes:
    return drawing.posters_pdf(posters, size=size, words=WORDS["vi"], second=WORDS[second] if second else None)


def pictures(pdf: bytes, scale: float = 1.5) -> Iterator[Image.Image]:
    for page in pypdfium2.PdfDocument(pdf):
        yield page.render(scale=scale).to_pil().convert("RGB")


def text(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def decoded(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_every_poster_of_a_file_is_one_page_and_reads_as_its_address(size: PosterSize) -> None:
    codes = [f"7K4M2Q9{end}{end}" for end in "ABCDEFGH"]

    pages = list(pictures(posters_pdf([poster(code) for code in codes], size=size)))

    assert [decoded(page) for page in pages] == [[f"HTTPS://HAILONG.MAYTRANG.GOV.VN/Q/{code}"] for code in codes]


@pytest.mark.parametrize(("size", "millimetres"), [("A4", (210, 297)), ("A5", (148, 210))])
def test_the_sheet_has_the_size_asked_for(size: PosterSize, millimetres: tuple[int, int]) -> None:
    width, height = pypdfium2.PdfDocument(posters_pdf([poster()], size=size))[0].get_size()

    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == pytest.approx(millimetres, abs=1)


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_a_small_blurred_picture_still_reads(size: PosterSize) -> None:
    (picture,) = pictures(posters_pdf([poster()], size=size), scale=1.5)
    small = picture.resize((picture.width // 3, picture.height // 3))

    assert decoded(picture.filter(ImageFilter.GaussianBlur(2))) == [poster().address]
    assert decoded(small) == [poster().address]


def test_a_code_with_a_tenth_of_its_area_covered_by_dirt_still_reads() -> None:
    (picture,) = pictures(posters_pdf([poster()], size="A4"), scale=3)
    found = zxingcpp.read_barcodes(picture)[0].position
    left, top, right, bottom = found.top_left.x, found.top_left.y, found.bottom_right.x, found.bottom_right.y
    side = (right - left) / 3.2
    centre_x, centre_y = (left + right) / 2, (top + bottom) / 2

    ImageDraw.Draw(picture).rectangle(
        (centre_x - side / 2, centre_y - side / 2, centre_x + side / 2, centre_y + side / 2), fill=(90, 70, 50)
    )

    assert decoded(picture) == [poster().address]


def test_the_code_can_also_be_typed_because_it_stands_in_letters() -> None:
    words = text(posters_pdf([poster("7K4M2Q9XD")]))

    assert "7K4" in words
    assert "M2Q" in words
    assert "9XD" in words
    assert "HTTPS://HAILONG.MAYTRANG.GOV.VN/Q/7K4M2Q9XD" in words


def test_the_poster_promises_privacy_in_both_languages() -> None:
    words = " ".join(text(posters_pdf([poster()])).split())

    assert "Phiếu không ghi tên, số điện thoại hay địa chỉ mạng" in words
    assert "No name, telephone number or network address is kept" in words


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_names_of_two_hundred_letters_stay_on_one_page_with_everything_else(size: PosterSize) -> None:
    pdf = posters_pdf([poster(name=LONG_NAME, url="http://127.0.0.1:8000", is_demo=True)], size=size)

    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert "In ngày 21/11/2026" in text(pdf)
    assert [decoded(page) for page in pictures(pdf)] == [["HTTP://127.0.0.1:8000/Q/7K4M2Q9XD"]]


def test_a_poster_that_no_telephone_can_open_says_so_on_its_face() -> None:
    assert "ĐỊA CHỈ THỬ NGHIỆM" in text(posters_pdf([poster(url="http://localhost:8000")]))
    assert "ĐỊA CHỈ THỬ NGHIỆM" not in text(posters_pdf([poster()]))


def test_a_demo_poster_says_so_on_its_face() -> None:
    assert "DỮ LIỆU MINH HOẠ" in text(posters_pdf([poster(is_demo=True)]))
    assert "MINH HOẠ" not in text(posters_pdf([poster()]))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://localhost", True),
        ("http://demo.localhost:80", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("", True),
        ("https://hailong.gov.vn", False),
        ("http://192.168.1.10:8000", False),
        ("https://127.example.vn", False),
    ],
)
def test_loopback_addresses_are_known(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_an_address_is_in_capitals_except_a_path_that_may_matter() -> None:
    assert poster_address("https://tinh.gov.vn/", "7k4m2q9xd") == "HTTPS://TINH.GOV.VN/Q/7K4M2Q9XD"
    assert poster_address("https://tinh.gov.vn/hai-long/", "7K4") == "HTTPS://TINH.GOV.VN/hai-long/Q/7K4"


@pytest.mark.parametrize("name", ["#pagebreak() $x$ *đậm* <label> @ref", '=1+1 "; DROP', "\\ ` [ ] { } // /* "])
def test_markup_in_a_name_is_printed_and_never_run(name: str) -> None:
    pdf = posters_pdf([poster(name=name)])

    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert name.split(maxsplit=1)[0] in text(pdf)


def test_the_same_posters_are_the_same_bytes() -> None:
    assert posters_pdf([poster()]) == posters_pdf([poster()])


def test_no_counter_is_a_sentence_and_not_an_empty_file() -> None:
    with pytest.raises(ValueError, match="add a counter first"):
        posters_pdf([])


def test_five_hundred_counters_are_one_file_of_which_every_code_reads() -> None:
    names = [f"{number:03d}" for number in range(500)]
    codes = [f"7K4M2Q{name}" for name in names]

    pdf = posters_pdf([poster(code) for code in codes], size="sticker")

    sheets = [{*decoded(sheet)} for sheet in pictures(pdf)]
    assert len(sheets) == -(-500 // STICKERS_A_SHEET)
    for number, sheet in enumerate(sheets):
        here = codes[number * STICKERS_A_SHEET : (number + 1) * STICKERS_A_SHEET]
        assert sheet == {f"HTTPS://HAILONG.MAYTRANG.GOV.VN/Q/{code}" for code in here}


def test_a_sticker_says_whose_it_is_its_code_and_the_day_it_was_printed() -> None:
    words = " ".join(text(posters_pdf([poster(is_demo=True, url="http://localhost:8000")], size="sticker")).split())

    for part in ("Sở Nội vụ tỉnh Mây Trắng", "Quầy số 3: Đất đai", "7K4 M2Q 9XD", "In ngày 21/11/2026",
                 "HTTP://LOCALHOST:8000/Q/7K4M2Q9XD", "DỮ LIỆU MINH HOẠ", "ĐỊA CHỈ THỬ NGHIỆM"):  # fmt: skip
        assert part in words


def test_names_of_two_hundred_letters_stay_within_their_sticker() -> None:
    pdf = posters_pdf([poster(f"7K4M2Q9X{end}", name=LONG_NAME, is_demo=True) for end in "ABCDEFGH"], size="sticker")

    (sheet,) = pictures(pdf, scale=2)
    assert len({*decoded(sheet)}) == STICKERS_A_SHEET
    assert text(pdf).count("In ngày 21/11/2026") == STICKERS_A_SHEET


def test_without_a_second_language_everything_is_vietnamese_only() -> None:
    words = text(posters_pdf([poster()], second=None))

    assert "Ông/Bà thấy được phục vụ thế nào?" in words
    assert "Scan the code" not in words


def test_english_names_stand_under_the_vietnamese_where_there_are_any() -> None:
    named = replace(poster(), agency_name_en="Department of Home Affairs", counter_name_en="Counter 3: Land")

    assert "Counter 3: Land" in text(posters_pdf([named]))
    assert "Counter 3: Land" not in text(posters_pdf([named], second=None))


def test_a_language_whose_letters_our_fonts_lack_cannot_be_printed() -> None:
    khmer = PosterWords("km", "ខ្មែរ", {"question": "ខ្មែរ"})

    assert not can_be_printed(khmer)
    assert can_be_printed(WORDS["en"])
