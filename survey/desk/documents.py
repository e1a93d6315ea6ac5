"""Findings and the documents made of them.  What draws and computes is loaded when first asked for, not at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from flask_babel import lazy_gettext

from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from collections.abc import Callable

    from survey.findings.trend_values import AgencyTrend, Comparison
    from survey.findings.values import AgencyFindings, AnnualFindings


@dataclass(frozen=True, slots=True)
class Format:
    """A file an official can take away: what the page calls it, and its media type."""

    label: object
    mimetype: str


FORMATS: Final = {
    "pdf": Format("PDF", "application/pdf"),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": Format("CSV", "text/csv"),
    "excel.csv": Format(lazy_gettext("CSV Excel Việt Nam"), "text/csv"),
    "json": Format("JSON", "application/json"),
}


def read_agency(*, agency_id: UUID, wave_id: UUID, with_breakdowns: bool = True) -> AgencyFindings:
    """Return what the respondents of an agency said in a wave, as of today."""
    from survey.findings.agency import agency_findings  # noqa: PLC0415 -- see the module's title

    return agency_findings(
        db.session(), agency_id=agency_id, wave_id=wave_id, today=local_today(), with_breakdowns=with_breakdowns
    )


def read_trend(*, agency_id: UUID) -> AgencyTrend:
    """Return the waves of an agency, one after the other."""
    from survey.findings.trend import agency_trend  # noqa: PLC0415 -- likewise

    return agency_trend(db.session(), agency_id=agency_id, today=local_today())


def read_comparison(*, agency_id: UUID, wave_id: UUID, reads: Callable[[str], bool]) -> Comparison:
    """Return an agency beside the mean of its kind; ``reads`` as in ``findings.comparison``."""
    from survey.findings.comparison import comparison  # noqa: PLC0415 -- likewise

    return comparison(db.session(), agency_id=agency_id, wave_id=wave_id, reads=reads, today=local_today())


def read_year(*, root_id: UUID, year: int, include_open: bool = False, form: str | None = None) -> AnnualFindings:
    """Return the summary of a year, as of today; ``include_open`` and ``form`` as in ``annual_findings``."""
    from survey.findings.annual import annual_findings  # noqa: PLC0415 -- likewise

    return annual_findings(
        db.session(), root_id=root_id, year=year, today=local_today(), include_open=include_open, form=form
    )


def agency_document(findings: AgencyFindings, ending: str, language: str) -> bytes:
    """Make the document of an ending in ``FORMATS``."""
    from survey.rendering import csv, json, pdf, xlsx  # noqa: PLC0415 -- likewise

    if ending == "pdf":
        return pdf.agency_pdf(findings, language)
    if ending == "xlsx":
        return xlsx.agency_xlsx(findings, language)
    if ending == "json":
        return json.agency_json(findings, language)
    return csv.agency_csv(findings, language, excel_vietnam=ending == "excel.csv")
