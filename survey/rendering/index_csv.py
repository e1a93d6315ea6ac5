"""A round of the index as CSV: a line an agency as it is taken into other systems, and a line a criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.exact import exact_text
from survey.rendering.csv import written
from survey.rendering.index_export import COLUMNS, export_lines
from survey.rendering.index_file_words import in_words

if TYPE_CHECKING:
    from fractions import Fraction

    from survey.findings.index_result_values import IndexFindings

_POINT_COLUMNS: Final = (
    "round", "index_year", "status", "data", "agency_code", "agency", "level", "code", "name", "points", "points_low",
    "points_high", "points_maximum", "lost",
)  # fmt: skip


def index_csv(findings: IndexFindings, language: str = "vi", *, excel_vietnam: bool = False, sha256: str = "") -> bytes:
    """Write an agency a line, as the export does; a draft has no checksum."""
    lines = export_lines(findings, language, sha256=sha256)
    told = [in_words(line, language) for line in lines] if excel_vietnam else lines
    return written(COLUMNS, told, excel_vietnam=excel_vietnam, language=language)


def index_points_csv(findings: IndexFindings, language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write the points of every agency for every area, criterion and leaf, a line each; points are exact.

    Those of a penalty have a minus, since they are taken off.
    """
    rows = (
        {
            "round": findings.round_code,
            "index_year": findings.year,
            "status": "draft" if findings.is_draft else "decided",
            "data": "demo" if findings.root.is_demo else "real",
            "agency_code": row.agency.code,
            "agency": row.agency.name.text(language),
            "level": one.level,
            "code": one.code,
            "name": one.name.text(language),
            "points": _exact(-one.points if one.points and one.level == "penalty" else one.points),
            "points_low": _exact(one.low),
            "points_high": _exact(one.high),
            "points_maximum": _exact(one.maximum),
            "lost": _exact(one.lost),
        }
        for row in findings.agencies
        for one in row.components
    )
    told = (in_words(row, language) for row in rows) if excel_vietnam else rows
    return written(_POINT_COLUMNS, told, excel_vietnam=excel_vietnam, language=language)


def _exact(value: Fraction | None) -> str | float | None:
    """Return points as a number where a file keeps them exactly, else as they are."""
    if value is None:
        return None
    text = exact_text(value)
    return text if "/" in text else float(text)
