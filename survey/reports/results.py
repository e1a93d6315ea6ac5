"""Released results: which there are, and the figures of one agency in one wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.findings.values import Measures, Wording
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.agencies import list_children
from survey.queries.improvements import get_aftermath
from survey.queries.released import find_agency, list_released_waves, list_released_waves_over
from survey.rendering.level_tables import level_shares_note
from survey.rendering.words import LEVELS, NOT_OFFICIAL, WEIGHTINGS, interval_label
from survey.reports.blueprint import blueprint
from survey.web.access import public
from survey.web.language import current_language

if TYPE_CHECKING:
    from survey.findings.values import AgencyFindings

# A correction shows so much later at most.
SECONDS_TO_KEEP: Final = 300
WHOLE: Final = Wording("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)")
OVERALL_QUESTION: Final = Wording("Câu hỏi “nhìn chung” (không gộp)", "The question “all in all” (not pooled)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what it speaks of, its measures, and how it stands out."""

    name: Wording
    measures: Measures
    look: str = ""


@blueprint.get("/ket-qua")
@public
def released() -> ResponseReturnValue:
    """List the waves whose results are released, newest year first."""
    waves = list_released_waves(db.session())
    return _page("reports/released.html", waves=waves, is_demo=any(wave.agency.is_demo for wave in waves))


@blueprint.get("/ket-qua/<code>")
@public
def agency_results(code: str) -> ResponseReturnValue:
    """Show the newest released results of an agency, or say that there are none yet."""
    agency = _agency(code)
    waves = list_released_waves_over(db.session(), agency)
    return _show(agency, waves[0] if waves else None, waves)


@blueprint.get("/ket-qua/<code>/<wave_code>")
@public
def wave_results(code: str, wave_code: str) -> ResponseReturnValue:
    """Show the released results of an agency in a wave; one that is not released does not exist here."""
    agency = _agency(code)
    waves = list_released_waves_over(db.session(), agency)
    wave = next((wave for wave in waves if wave.code == wave_code), None)
    if wave is None:
        raise NotFound
    return _show(agency, wave, waves)


def _agency(code: str) -> Agency:
    # PostgreSQL refuses a zero in a text; no code holds one.
    agency = find_agency(db.session(), code) if code.isprintable() else None
    if agency is None:
        raise NotFound
    return agency


def _show(agency: Agency, wave: Wave | None, waves: list[Wave]) -> flask.Response:
    language = current_language()
    findings = _read(agency, wave) if wave else None
    return _page(
        "reports/agency_results.html",
        agency=agency,
        wave=wave,
        waves=waves,
        findings=findings,
        lines=_lines(findings) if findings else [],
        channels=[row for row in findings.breakdowns if row.dimension == "channel"] if findings else [],
        label=interval_label(findings.wave.sample_kind, findings.confidence_level, language) if findings else "",
        weighting=WEIGHTINGS[findings.weighting] if findings else None,
        not_official=NOT_OFFICIAL,
        level_names=LEVELS,
        level_note=level_shares_note(findings, language) if findings else "",
        children=list_children(db.session(), agency_id=agency.id) if waves else [],
        aftermath=get_aftermath(db.session(), agency.id),
        is_demo=agency.is_demo,
    )


def _read(agency: Agency, wave: Wave) -> AgencyFindings:
    # What estimates is loaded when first asked for: half of the start-up time of the application.
    from survey.findings.agency import agency_findings  # noqa: PLC0415

    return agency_findings(db.session(), agency_id=agency.id, wave_id=wave.id, today=local_today())


def _lines(findings: AgencyFindings) -> list[Line]:
    lines = [Line(WHOLE, findings.overall, "strong")]
    lines += [Line(element.name, element.measures) for element in findings.elements]
    if findings.overall_question:
        lines.append(Line(OVERALL_QUESTION, findings.overall_question.measures))
    return lines


def _page(template: str, **values: object) -> flask.Response:
    response = flask.make_response(flask.render_template(template, **values))
    response.cache_control.public = True
    response.cache_control.max_age = SECONDS_TO_KEEP
    return response
