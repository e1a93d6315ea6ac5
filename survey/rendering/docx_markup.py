"""WordprocessingML as text: paragraphs, runs, fields, pictures.  Text of people is escaped here and nowhere else.

A document is written part by part and never held as a tree: one of thousands of agencies has millions of elements.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

# Twentieths of a point, in which widths are told, and English metric units, in which pictures are.
BOLD: Final = "<w:b/><w:bCs/>"
ITALIC: Final = "<w:i/><w:iCs/>"
DXA_PER_MM: Final = 56.6929
EMU_PER_MM: Final = 36000

NAMESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# What XML 1.0 cannot hold, and signs that turn the direction of what follows.
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_SVG_EXTENSION: Final = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


def dxa(millimetres: float) -> int:
    """Return a length in twentieths of a point."""
    return round(millimetres * DXA_PER_MM)


def clean(text: str) -> str:
    """Escape text of people; what no document can hold becomes the replacement character."""
    return escape(_UNFIT.sub("\N{REPLACEMENT CHARACTER}", text))


def attribute(text: str) -> str:
    """Return text as a quoted attribute."""
    return quoteattr(_UNFIT.sub("\N{REPLACEMENT CHARACTER}", text))


def runs(text: str, properties: str = "") -> str:
    """Write text as one run; its line breaks and tabs are kept."""
    wrapped = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    parts = clean(text).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    parts = parts.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f'<w:r>{wrapped}<w:t xml:space="preserve">{parts}</w:t></w:r>'


def paragraph(style: str, content: str, properties: str = "") -> str:
    """Write a paragraph of a style; ``content`` is markup."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def field(instruction: str, shown: str, properties: str = "") -> str:
    """Write a field that Word works out anew, with what it shows until then."""
    wrapped = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return (
        f'<w:r>{wrapped}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{wrapped}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{wrapped}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{wrapped}<w:t>{clean(shown)}</w:t></w:r>"
        f'<w:r>{wrapped}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def rule(indent_mm: float) -> str:
    """Draw the short line under a name: as wide as its cell less ``indent_mm`` on both sides."""
    return paragraph("HeadRule", "", f'<w:ind w:left="{dxa(indent_mm)}" w:right="{dxa(indent_mm)}"/>')


def picture(number: int, *, png: str, svg: str, alternative: str, width_mm: float, height_mm: float) -> str:
    """Place a picture in a line: ``svg`` for programs that draw it, ``png`` for those that do not, by relationship."""
    across, down = round(width_mm * EMU_PER_MM), round(height_mm * EMU_PER_MM)
    name, told = f'id="{number}" name="Picture {number}"', attribute(alternative)
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
        f"<wp:docPr {name} descr={told}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {name} descr={told}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{png}"><a:extLst><a:ext uri="{_SVG_EXTENSION}">'
        f'<asvg:svgBlip r:embed="{svg}"/></a:ext></a:extLst></a:blip>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def layout_table(widths_mm: tuple[float, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """Set blocks of paragraphs side by side, without lines and never torn by a page."""
    grid = "".join(f'<w:gridCol w:w="{dxa(width)}"/>' for width in widths_mm)
    lines = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{dxa(width)}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths_mm, row, strict=True)
        )
        + "</w:tr>"
        for row in rows
    )
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="LayoutTable"/>'
        f'<w:tblW w:w="{dxa(sum(widths_mm))}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="0000"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>'
    )
