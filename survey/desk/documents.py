"""Findings and the documents made of them.  What draws and computes is loaded when first asked for, not at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from flask_babel import lazy_gettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from survey.findings.chosen_values import ChosenComparison
    from survey.findings.trend_values import AgencyTrend, Comparison
    from survey.findings.values import AgencyFindings, AnnualFindings
    from survey.rendering.blocks import Letter


@dataclass(frozen=True, slots=True)
class Format:
    """A file an official can take away: what the page calls it, and its media type."""

    label: object
    mimetype: str


FORMATS: Final = {
    "pdf": Format("PDF", "application/pdf"),
    "docx": Format("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
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


def read_wave(*, root_id: UUID, wave_id: UUID) -> AnnualFindings:
    """Return the report of a wave over all agencies right under a body, as of today."""
    from survey.findings.wave import wave_findings  # noqa: PLC0415 -- likewise

    return wave_findings(db.session(), wave_id=wave_id, root_id=root_id, today=local_today())


def read_chosen(*, issuer_id: UUID, agency_ids: Sequence[UUID], wave_id: UUID) -> ChosenComparison:
    """Return chosen agencies side by side, as of today."""
    from survey.findings.chosen import chosen_comparison  # noqa: PLC0415 -- likewise

    return chosen_comparison(
        db.session(), issuer_id=issuer_id, agency_ids=agency_ids, wave_id=wave_id, today=local_today()
    )


def letter_as_printed(agency_id: UUID, language: str) -> Letter:
    """Return head and foot of a document that an agency would make today."""
    from survey.findings.letterhead import letterhead  # noqa: PLC0415 -- likewise
    from survey.findings.names import agency_name  # noqa: PLC0415 -- likewise
    from survey.queries.agencies import get_agency  # noqa: PLC0415 -- likewise
    from survey.rendering.letter import letter_of  # noqa: PLC0415 -- likewise

    agency = get_agency(db.session(), agency_id=agency_id)
    if agency is None:
        raise NotFound
    settings = letterhead(db.session(), agency_id=agency_id)
    return letter_of(settings, agency_name(agency), made_on=local_today(), language=language)


def agency_document(findings: AgencyFindings, ending: str, language: str) -> bytes:
    """Make the document of an ending in ``FORMATS``."""
    from survey.rendering import csv, docx, json, pdf, xlsx  # noqa: PLC0415 -- likewise

    if ending == "pdf":
        return pdf.agency_pdf(findings, language)
    if ending == "docx":
        return docx.agency_docx(findings, language)
    if ending == "xlsx":
        return xlsx.agency_xlsx(findings, language)
    if ending == "json":
        return json.agency_json(findings, language)
    return csv.agency_csv(findings, language, excel_vietnam=ending == "excel.csv")
