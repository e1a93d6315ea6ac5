"""Reports as PDF: tagged, with bookmarks and embedded fonts, in the official layout."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.agency_report import agency_report
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Block, Bullets, Chart, Heading, Kind, Letter, Paragraph, Report, Seal, Table
from survey.rendering.cells import printed
from survey.rendering.letter import place_kept
from survey.rendering.long_pdf import is_long, typeset_long
from survey.rendering.row_heights import fit_two_lines
from survey.rendering.typesetting import typeset

if TYPE_CHECKING:
    from survey.findings.values import AgencyFindings, AnnualFindings

_SEAL: Final = "seal.svg"
# A row of many columns is set smaller, so that its numbers stay on one line.
_WIDE_TABLE: Final = 6
_SMALL, _NORMAL = 8.5, 10.5
# From here on it pays to tell typst how high a row is.
_LONG_TABLE: Final = 100
# A word longer than this has no place to break in a narrow cell, and would run over its neighbour.
_LONG_WORD: Final = re.compile(r"\S{18,}")
_PIECE: Final = 12
_ZERO_WIDTH_SPACE: Final = "\N{ZERO WIDTH SPACE}"


def agency_pdf(findings: AgencyFindings, language: str = "vi") -> bytes:
    """Write an agency's report in one wave as PDF/UA-1; the same findings give the same bytes."""
    return report_pdf(agency_report(findings, language))


def annual_pdf(findings: AnnualFindings, language: str = "vi") -> bytes:
    """Write the annual summary as PDF/UA-1; the same findings give the same bytes."""
    return report_pdf(annual_report(findings, language))


def report_pdf(report: Report) -> bytes:
    """Typeset a report."""
    data, pictures = report_data(report)
    if is_long(data, pictures):
        return typeset_long(data, pictures=pictures, made_on=report.made_on)
    return typeset("report", data=data, pictures=pictures, made_on=report.made_on)


def report_data(report: Report) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what the template reads: its data, and its pictures by file name."""
    charts = [block for block in (*report.body, *report.annexes) if isinstance(block, Chart)]
    data = {
        "language": report.language,
        "title": report.title,
        "subtitle": _breakable(report.subtitle),
        "letter": _letter_data(report.letter),
        "seal": _seal_data(report.seal),
        "marks": report.marks,
        "watermark": report.watermark,
        "body": [_block_data(block, report.language) for block in report.body],
        "annexes": [_block_data(block, report.language) for block in report.annexes],
    }
    pictures = {_file_name(chart): chart.svg for chart in charts}
    return data, pictures if report.seal is None else {**pictures, _SEAL: report.seal.qr}


def _letter_data(letter: Letter) -> dict[str, Any]:
    kept = {name: _breakable(place_kept(getattr(letter, name))) for name in ("superior", "issuer")}
    return {**asdict(letter), **kept, "closing": _breakable(letter.closing)}


def _seal_data(seal: Seal | None) -> dict[str, str] | None:
    return None if seal is None else {"checksum": seal.checksum, "address": _breakable(seal.address), "qr": _SEAL}


def _block_data(block: Block, language: str) -> dict[str, Any]:
    match block:
        case Heading():
            turned = {name: True for name in ("new_page", "centred") if getattr(block, name)}
            return {"kind": "heading", "level": block.level, "text": block.text, **turned}
        case Paragraph():
            kind = {"lead": block.lead} if block.lead else {"italic": True} if block.italic else {}
            return {"kind": "paragraph", "text": _breakable(block.text), **kind}
        case Bullets():
            return {"kind": "bullets", "items": [_breakable(item) for item in block.items]}
        case Chart():
            return {
                "kind": "chart",
                "title": block.title,
                "alternative": block.alternative,
                "file": _file_name(block),
            }
        case Table():
            return _table_data(block, language)


def _table_data(table: Table, language: str) -> dict[str, Any]:
    printable = [(at, column) for at, column in enumerate(table.columns) if not column.sheet_only]
    size = _SMALL if len(printable) > _WIDE_TABLE else _NORMAL
    rows = [[_breakable(printed(column, row[at], language)) for at, column in printable] for row in table.rows]
    is_long = len(rows) > _LONG_TABLE
    return {
        "kind": "table",
        "title": table.title,
        "note": table.note,
        "size": size,
        "columns": [
            {"heading": column.heading, "width": column.width, "is_text": column.kind in {Kind.TEXT, Kind.MIXED}}
            for _, column in printable
        ],
        "rows": rows,
        "two_lines": fit_two_lines(rows, [column.width for _, column in printable], size) if is_long else [],
    }


def _file_name(chart: Chart) -> str:
    return f"{chart.code}.svg"


def _breakable(text: str) -> str:
    def broken(word: re.Match[str]) -> str:
        letters = word.group()
        return _ZERO_WIDTH_SPACE.join(letters[at : at + _PIECE] for at in range(0, len(letters), _PIECE))

    return _LONG_WORD.sub(broken, text)
