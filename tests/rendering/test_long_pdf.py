"""A report of thousands of agencies is typeset in parts: one document all the same, and whole."""

import ctypes
import re
from collections import Counter
from typing import Any

import pypdfium2
import pytest

from survey.rendering import long_pdf
from survey.rendering.annual_report import annual_report
from survey.rendering.joining import Joiner, JoiningError, Part
from survey.rendering.long_pdf import is_long, split, typeset_long
from survey.rendering.pdf import report_data
from survey.rendering.typesetting import typeset
from tests.rendering.examples import MADE_ON, annual_example
from tests.rendering.reading import pdf_text, squeezed


@pytest.fixture(scope="module")
def report() -> tuple[dict[str, Any], dict[str, bytes]]:
    return report_data(annual_report(annual_example(42), "vi"))


@pytest.fixture(scope="module")
def both(report: tuple[dict[str, Any], dict[str, bytes]]) -> tuple[bytes, bytes, int]:
    data, pictures = report
    pieces = pytest.MonkeyPatch()
    pieces.setattr(long_pdf, "MOST_CELLS", 1_600)
    pieces.setattr(long_pdf, "_LETTERS_A_CELL", 1_000)
    pieces.setattr(long_pdf, "_FEWEST_ROWS", 10)
    try:
        parts = len(split(data, pictures))
        assert is_long(data, pictures)
        long = typeset_long(data, pictures=pictures, made_on=MADE_ON)
    finally:
        pieces.undo()
    return long, typeset("report", data=data, pictures=pictures, made_on=MADE_ON), parts


def test_parts_hold_every_block_once_and_every_row_once(report: tuple[dict[str, Any], dict[str, bytes]]) -> None:
    data, pictures = report
    pieces = pytest.MonkeyPatch()
    pieces.setattr(long_pdf, "MOST_CELLS", 200)
    pieces.setattr(long_pdf, "_FEWEST_ROWS", 10)
    parts = split(data, pictures)
    pieces.undo()
    blocks = [block for part in parts for block in (*part.body, *part.annexes)]
    whole = [*data["body"], *data["annexes"]]

    def rows(found: list[dict[str, Any]]) -> list[Any]:
        return [row for block in found if block["kind"] == "table" for row in block["rows"]]

    assert len(parts) > 5
    assert rows(blocks) == rows(whole)
    again = [block for block in blocks if "(tiếp theo)" in str(block.get("text"))]
    assert len(again) == sum(part.continues for part in parts) > 0

    def others(found: list[dict[str, Any]]) -> list[Any]:
        bare = ({key: value for key, value in block.items() if key != "new_page"} for block in found)
        return [block for block in bare if block["kind"] != "table"]

    assert others([block for block in blocks if block not in again]) == others(whole)
    assert [part.signs for part in parts].count(True) == 1


def test_the_joined_document_says_what_one_run_says(both: tuple[bytes, bytes, int]) -> None:
    long, short, parts = both

    def words(pdf: bytes) -> set[str]:
        return set(re.findall(r"\w+", pdf_text(pdf)))

    assert parts > 3
    # The numbers of a few more pages, and the mark of what goes on.
    assert words(short) <= words(long)
    assert {word for word in words(long) - words(short) if not word.isdigit()} <= {"tiếp", "theo"}
    figures = re.compile(r"(?:Bảng|Hình) \d+\.")
    assert set(figures.findall(pdf_text(long))) == set(figures.findall(pdf_text(short)))
    assert squeezed("(tiếp theo)") in squeezed(pdf_text(long))


def test_pages_are_numbered_through_and_bookmarks_are_those_of_one_run(both: tuple[bytes, bytes, int]) -> None:
    long, short, _ = both
    document, one = pypdfium2.PdfDocument(long), pypdfium2.PdfDocument(short)
    tops = [page.get_textpage().get_text_bounded(bottom=842 - 58).strip() for page in document]

    assert tops == ["", *(str(number) for number in range(2, len(document) + 1))]
    outline = [(mark.level, mark.get_title()) for mark in document.get_toc()]
    assert outline == [(mark.level, mark.get_title()) for mark in one.get_toc()]
    places = [mark.get_dest().get_index() for mark in document.get_toc()]
    assert places == sorted(places)
    assert document.get_metadata_dict() == one.get_metadata_dict()


def test_every_tag_and_heading_cell_of_the_parts_is_in_the_whole(both: tuple[bytes, bytes, int]) -> None:
    long, short, _ = both
    counts = [Counter(_tags(pdf)) for pdf in (long, short)]

    assert b"pdfuaid:part" in long
    for role in ("TD", "Figure", "LI"):
        assert counts[0][role] == counts[1][role] > 0
    assert counts[0]["Table"] >= counts[1]["Table"]


def test_the_same_report_is_the_same_bytes(both: tuple[bytes, bytes, int]) -> None:
    long, short, _ = both

    def joined() -> bytes:
        joiner = Joiner()
        joiner.add(short)
        joiner.add(short)
        return joiner.finish()

    twice = joined()
    assert twice == joined()
    assert len(pypdfium2.PdfDocument(twice)) == 2 * len(pypdfium2.PdfDocument(short))
    assert len(long) < len(short)


def test_a_document_that_cannot_be_joined_is_refused() -> None:
    untagged = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n0 2\n0000000000 65535 f\r\n0000000009 00000 n\r\n"
    untagged += b"trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % untagged.index(b"xref")

    with pytest.raises(JoiningError, match="tagged"):
        Joiner().add(untagged)
    with pytest.raises(JoiningError, match="index"):
        Part(b"%PDF-1.7\nstartxref\n0\n%%EOF")


def _tags(pdf: bytes) -> list[str]:
    """List the roles of a document's tags, page by page, as a reading machine meets them."""
    raw = pypdfium2.raw
    found: list[str] = []
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        tree = raw.FPDF_StructTree_GetForPage(page)
        todo = [raw.FPDF_StructTree_GetChildAtIndex(tree, at) for at in range(raw.FPDF_StructTree_CountChildren(tree))]
        while todo:
            element = todo.pop()
            length = raw.FPDF_StructElement_GetType(element, None, 0)
            buffer = (ctypes.c_ubyte * length)()
            raw.FPDF_StructElement_GetType(element, buffer, length)
            found.append(bytes(buffer).decode("utf-16-le").rstrip("\0"))
            for at in range(raw.FPDF_StructElement_CountChildren(element)):
                child = raw.FPDF_StructElement_GetChildAtIndex(element, at)
                if child:
                    todo.append(child)
        raw.FPDF_StructTree_Close(tree)
    return found
