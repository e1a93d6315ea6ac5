"""Reports as DOCX in the official layout: real styles, tables that can be edited, pictures with a text.

Drawn anew from the same blocks as the PDF; an office edits it before it is signed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from survey.rendering.agency_report import agency_report
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Block, Bullets, Chart, Heading, Paragraph, Report, Table
from survey.rendering.docx_frame import (
    TEXT_MM,
    head_block,
    page_footer,
    page_header,
    section,
    signature_block,
    title_block,
)
from survey.rendering.docx_markup import BOLD, DECLARATION, ITALIC, NAMESPACES, paragraph, picture, runs
from survey.rendering.docx_package import Package, begin_package, core_properties, template
from survey.rendering.docx_tables import caption, table_markup
from survey.rendering.typesetting import pictures_png
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AgencyFindings, AnnualFindings

_LANGUAGES: Final = {"vi": ("vi-VN", ",", ";"), "en": ("en-GB", ".", ",")}
_SVG_SIZE: Final = re.compile(rb'<svg[^>]*?\bheight="([\d.]+)[^>]*?\bwidth="([\d.]+)', re.DOTALL)
_SVG_SIZE_TURNED: Final = re.compile(rb'<svg[^>]*?\bwidth="([\d.]+)[^>]*?\bheight="([\d.]+)', re.DOTALL)
# What is left of a page for a picture with its heading and caption.
_HIGHEST_MM: Final = 225.0


def agency_docx(findings: AgencyFindings, language: str = "vi") -> bytes:
    """Write an agency's report in one wave as DOCX; the same findings give the same bytes."""
    return report_docx(agency_report(findings, language))


def annual_docx(findings: AnnualFindings, language: str = "vi") -> bytes:
    """Write the annual summary as DOCX; the same findings give the same bytes."""
    return report_docx(annual_report(findings, language))


def report_docx(report: Report) -> bytes:
    """Write a report."""
    package = begin_package()
    tag, decimal, separator = _LANGUAGES.get(report.language, _LANGUAGES["vi"])
    writing = _Writing(report.language)
    package.stream("word/document.xml", _document(report, writing))
    package.add("word/styles.xml", template("styles.xml", language=tag))
    package.add("word/numbering.xml", template("numbering.xml"))
    package.add("word/settings.xml", template("settings.xml", language=tag, decimal=decimal, separator=separator))
    package.add("word/first_header.xml", page_header(report.watermark, 1, with_page_number=False))
    package.add("word/header.xml", page_header(report.watermark, 2, with_page_number=True))
    package.add("word/footer.xml", page_footer(report.marks, report.seal))
    _add_pictures(package, report, writing)
    title = f"{report.title} – {report.subtitle}"
    package.add(
        "docProps/core.xml",
        core_properties(title=title, author=report.letter.issuer, language=tag, made_on=report.made_on),
    )
    package.add(
        "docProps/app.xml",
        f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>Hài Lòng</Application></Properties>",
    )
    return package.finish()


@dataclass(slots=True)
class _Writing:
    """What is counted while a document is written: its tables, and its pictures with their ids."""

    language: str
    tables: int = 0
    charts: list[Chart] = field(default_factory=list)


def _document(report: Report, writing: _Writing) -> Iterator[str]:
    yield f"{DECLARATION}<w:document {NAMESPACES}><w:body>"
    yield head_block(report.letter)
    yield title_block(report)
    for block in report.body:
        yield from _block(block, writing)
    yield signature_block(report.letter)
    if not report.annexes:
        # After a table there must be a paragraph before the section ends.
        yield paragraph("BodyText", "")
    for at, block in enumerate(report.annexes):
        yield from _block(block, writing, on_new_page=at == 0)
    yield f"{section()}</w:body></w:document>"


def _block(block: Block, writing: _Writing, *, on_new_page: bool = False) -> Iterator[str]:
    on_new_page = on_new_page or (isinstance(block, Heading) and block.new_page)
    # At the top of a page there is no room above a heading.
    turned = '<w:pageBreakBefore/><w:spacing w:before="0"/>' if on_new_page else ""
    match block:
        case Heading():
            turned = "<w:pageBreakBefore/>" if block.new_page else turned
            turned += '<w:jc w:val="center"/>' if block.centred else ""
            yield paragraph(f"Heading{min(block.level, 3)}", runs(block.text), turned)
        case Paragraph():
            lead = runs(f"{block.lead} ", BOLD) if block.lead else ""
            yield paragraph("BodyText", lead + runs(block.text, ITALIC if block.italic else ""), turned)
        case Bullets():
            yield from (paragraph("ListBullet", runs(item)) for item in block.items)
        case Chart():
            yield from _chart(block, writing)
        case Table():
            writing.tables += 1
            yield from table_markup(block, writing.tables, width_mm=TEXT_MM, language=writing.language)


def _chart(chart: Chart, writing: _Writing) -> Iterator[str]:
    writing.charts.append(chart)
    number = len(writing.charts)
    width, height = _fitted(chart.svg)
    drawn = picture(
        number + 1,
        png=f"rIdPng{number}",
        svg=f"rIdSvg{number}",
        alternative=chart.alternative,
        width_mm=width,
        height_mm=height,
    )
    yield paragraph("Picture", drawn)
    yield caption(speaker(writing.language)("Hình", "Figure"), number, chart.title, stays_with_next=False)


def _fitted(svg: bytes) -> tuple[float, float]:
    """Return the size of a picture in millimetres: as wide as the text, unless it were higher than a page."""
    if found := _SVG_SIZE.search(svg):
        height, width = (float(number) for number in found.groups())
    elif found := _SVG_SIZE_TURNED.search(svg):
        width, height = (float(number) for number in found.groups())
    else:
        msg = "a chart without width and height cannot be placed; draw it with survey.rendering.drawing"
        raise ValueError(msg)
    scale = min(TEXT_MM / width, _HIGHEST_MM / height)
    return width * scale, height * scale


def _add_pictures(package: Package, report: Report, writing: _Writing) -> None:
    images = [chart.svg for chart in writing.charts] + ([report.seal.qr] if report.seal else [])
    drawings = pictures_png(images)
    relations = [
        ("rIdStyles", "styles", "styles.xml"),
        ("rIdNumbering", "numbering", "numbering.xml"),
        ("rIdSettings", "settings", "settings.xml"),
        ("rIdHeader", "header", "header.xml"),
        ("rIdFirstHeader", "header", "first_header.xml"),
        ("rIdFooter", "footer", "footer.xml"),
    ]
    for number, (svg, png) in enumerate(zip(images, drawings, strict=True), start=1):
        is_seal = number > len(writing.charts)
        name = "seal" if is_seal else f"chart{number}"
        package.add(f"word/media/{name}.svg", svg)
        package.add(f"word/media/{name}.png", png)
        if not is_seal:
            relations.append((f"rIdPng{number}", "image", f"media/{name}.png"))
            relations.append((f"rIdSvg{number}", "image", f"media/{name}.svg"))
    package.relate("word/document.xml", relations)
    if report.seal:
        package.relate(
            "word/footer.xml",
            [("rIdSeal", "image", "media/seal.png"), ("rIdSealSvg", "image", "media/seal.svg")],
        )
