"""The tags of a PDF, as a screen reader walks them."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium


@dataclass(frozen=True)
class Tag:
    """One tag: its kind, the text that stands for it, and the tags in it."""

    kind: str
    alternative: str
    children: tuple[Tag, ...]

    def walk(self) -> Iterator[Tag]:
        yield self
        for child in self.children:
            yield from child.walk()


def tags(pdf: bytes) -> list[list[Tag]]:
    """Return the tags of each page, outermost first."""
    return [_page_tags(page) for page in pypdfium2.PdfDocument(pdf)]


def _page_tags(page: Any) -> list[Tag]:
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    try:
        count = pdfium.FPDF_StructTree_CountChildren(tree)
        found = (pdfium.FPDF_StructTree_GetChildAtIndex(tree, at) for at in range(count))
        return [_tag(element) for element in found if element]
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _tag(element: Any) -> Tag:
    count = pdfium.FPDF_StructElement_CountChildren(element)
    children = (pdfium.FPDF_StructElement_GetChildAtIndex(element, at) for at in range(count))
    return Tag(
        _text(pdfium.FPDF_StructElement_GetType, element),
        _text(pdfium.FPDF_StructElement_GetAltText, element),
        tuple(_tag(child) for child in children if child),
    )


def _text(read: Callable[..., int], element: Any) -> str:
    length = read(element, None, 0)
    buffer = ctypes.create_string_buffer(max(length, 2))
    read(element, buffer, length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le")
