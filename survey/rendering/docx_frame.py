"""The official layout in WordprocessingML: head block, signature block, page numbers, marks and watermark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering.docx_markup import (
    BOLD,
    DECLARATION,
    ITALIC,
    NAMESPACES,
    attribute,
    dxa,
    field,
    layout_table,
    paragraph,
    picture,
    rule,
    runs,
)
from survey.rendering.letter import place_kept

if TYPE_CHECKING:
    from survey.rendering.blocks import Letter, Report, Seal

# A4 and its margins: Decree 30/2020/NĐ-CP, annex I.  The same in typst/report.typ.
PAGE_MM: Final = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 22.0, 22.0, 30.0, 18.0
TEXT_MM: Final = PAGE_MM[0] - LEFT_MM - RIGHT_MM
_RIGHT_HEAD_MM: Final = 96.0
_LEFT_HEAD_MM: Final = TEXT_MM - _RIGHT_HEAD_MM
_QR_MM: Final = 13.0
_MARK_HEIGHT, _MARK_LETTER = 48, 43
_MARK_LONGEST: Final = 620


def head_block(letter: Letter) -> str:
    """Return who issues the document on the left, the country's name on the right, below them number and date."""
    superior = paragraph("HeadBlock", runs(place_kept(letter.superior))) if letter.superior else ""
    left = superior + paragraph("HeadBlock", runs(place_kept(letter.issuer), BOLD)) + rule(_LEFT_HEAD_MM * 0.325)
    motto = f'{BOLD}<w:sz w:val="26"/><w:szCs w:val="26"/>'
    right = (
        paragraph("HeadBlock", runs(letter.republic, BOLD))
        + paragraph("HeadBlock", runs(letter.motto, motto))
        + rule(_RIGHT_HEAD_MM * 0.21)
    )
    below = (
        paragraph("HeadBlock", runs(letter.number), '<w:spacing w:before="80"/>'),
        paragraph("HeadBlock", runs(letter.place_and_date, ITALIC), '<w:spacing w:before="80"/>'),
    )
    return layout_table((_LEFT_HEAD_MM, _RIGHT_HEAD_MM), ((left, right), below))


def title_block(report: Report) -> str:
    """Return the kind of the document, what it is about, of whom, and what it must be marked as."""
    return "".join(
        (
            paragraph("HeadBlock", "", '<w:spacing w:after="240"/>'),
            paragraph("Title", runs(report.letter.kind, '<w:sz w:val="30"/><w:szCs w:val="30"/>')),
            paragraph("Title", runs(report.title)),
            rule(TEXT_MM * 0.35),
            paragraph("Subtitle", runs(report.subtitle, BOLD if report.letter.issues else "")),
            *(paragraph("Mark", runs(mark)) for mark in report.marks),
            paragraph("HeadBlock", "", '<w:spacing w:after="60"/>'),
        )
    )


def signature_block(letter: Letter) -> str:
    """Return the end of the text, with the recipients on the left and the signature on the right, on one page."""
    left = paragraph("Recipients", runs(letter.recipients_head, BOLD + ITALIC)) + "".join(
        paragraph("Recipients", runs(line)) for line in letter.recipients
    )
    right = (
        "".join(paragraph("SignatureBlock", runs(line, BOLD)) for line in letter.authority)
        + paragraph("SignatureBlock", runs(letter.signature, f'{ITALIC}<w:sz w:val="23"/><w:szCs w:val="23"/>'))
        + paragraph("SignatureBlock", runs(letter.signer, BOLD), f'<w:spacing w:before="{dxa(22)}"/>')
    )
    gap = paragraph("BodyText", "", '<w:keepNext/><w:spacing w:before="240"/>')
    lead = runs(f"{letter.closing_lead} ", BOLD) if letter.closing_lead else ""
    closing = paragraph("BodyText", lead + runs(letter.closing), "<w:keepNext/>")
    return closing + gap + layout_table((TEXT_MM / 2, TEXT_MM / 2), ((left, right),))


def page_header(watermark: str, number: int, *, with_page_number: bool) -> str:
    """Return the top margin of a page: its number in the middle, and the watermark that lies behind the text."""
    shown = field("PAGE", "2") if with_page_number else ""
    mark = _watermark(watermark, number) if watermark else ""
    return f"{DECLARATION}<w:hdr {NAMESPACES}>{paragraph('Header', shown + mark)}</w:hdr>"


def page_footer(marks: tuple[str, ...], seal: Seal | None) -> str:
    """Return the bottom margin of a page: its marks, and what ties it to the public page."""
    told = paragraph("Footer", runs("  ·  ".join(marks)) if marks else "")
    if seal is not None:
        words = told + paragraph("Footer", runs(f"{seal.address}\n{seal.checksum}", '<w:sz w:val="16"/>'))
        code = picture(1, png="rIdSeal", svg="rIdSealSvg", alternative=seal.address, width_mm=_QR_MM, height_mm=_QR_MM)
        told = layout_table((TEXT_MM - 16, 16), ((words, paragraph("Footer", code)),)) + paragraph("Footer", "")
    return f"{DECLARATION}<w:ftr {NAMESPACES}>{told}</w:ftr>"


def section() -> str:
    """Return the page the document is set on; its first page has a header without number."""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/>'
        '<w:headerReference w:type="first" r:id="rIdFirstHeader"/>'
        '<w:footerReference w:type="default" r:id="rIdFooter"/><w:footerReference w:type="first" r:id="rIdFooter"/>'
        f'<w:pgSz w:w="{dxa(PAGE_MM[0])}" w:h="{dxa(PAGE_MM[1])}"/>'
        f'<w:pgMar w:top="{dxa(TOP_MM)}" w:right="{dxa(RIGHT_MM)}" w:bottom="{dxa(BOTTOM_MM)}" '
        f'w:left="{dxa(LEFT_MM)}" w:header="{dxa(10)}" w:footer="{dxa(8)}" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )


def _watermark(words: str, number: int) -> str:
    width = min(_MARK_LONGEST, _MARK_LETTER * len(words))
    return (
        '<w:r><w:rPr><w:noProof/></w:rPr><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" '
        'adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
        '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
        '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
        '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
        '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
        'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{2048 + number}" type="#_x0000_t136" '
        f'alt={attribute(words)} style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;'
        f"height:{_MARK_HEIGHT}pt;rotation:310;z-index:-251658752;mso-position-horizontal:center;"
        'mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" '
        'o:allowincell="f" fillcolor="#ececec" stroked="f"><v:textpath '
        f'style="font-family:&quot;Times New Roman&quot;;font-size:1pt;font-weight:bold" string={attribute(words)}/>'
        "</v:shape></w:pict></w:r>"
    )
