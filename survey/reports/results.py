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
from survey.queries.agencies import list_agencies_by_id
from survey.queries.agency_changes import list_direct_origins
from survey.queries.improvements import get_aftermath
from survey.queries.released import list_bodies, list_children_then, list_released_waves, list_released_waves_over
from survey.rendering.level_tables import level_shares_note
from survey.rendering.sentences import taking_part, waiting
from survey.rendering.words import LEVELS, NOT_OFFICIAL, WEIGHTINGS, interval_label
from survey.reports.blueprint import blueprint
from survey.web.access import public
from survey.web.language import current_language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from survey.findings.values import AgencyFindings
    from survey.queries.agencies import AgencyRow

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


@dataclass(frozen=True, slots=True)
class Released:
    """The body that carries a code, and what is released under it, newest first: who carried it then, and the wave."""

    agency: Agency
    shown: tuple[tuple[Agency, Wave], ...]


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
    released = _released(code)
    return _show(released, released.shown[0] if released.shown else None)


@blueprint.get("/ket-qua/<code>/<wave_code>")
@public
def wave_results(code: str, wave_code: str) -> ResponseReturnValue:
    """Show the released results of an agency in a wave; one that is not released does not exist here."""
    released = _released(code)
    # Addresses are read out and typed: capitals must not matter.
    typed = wave_code.casefold()
    shown = next((each for each in released.shown if each[1].code.casefold() == typed), None)
    if shown is None:
        raise NotFound
    return _show(released, shown)


def _released(code: str) -> Released:
    """Find the bodies that carry a code, and of each wave the results of the one that carried it then."""
    # PostgreSQL refuses a zero in a text; no code holds one.
    bodies = list_bodies(db.session(), code, today=local_today()) if code.isprintable() else []
    if not bodies and code.isprintable():
        bodies = list_bodies(db.session(), code.upper(), today=local_today())
    if not bodies:
        raise NotFound
    shown: dict[UUID, tuple[Agency, Wave]] = {}
    for body in bodies:
        for wave in list_released_waves_over(db.session(), body):
            shown.setdefault(wave.id, (body, wave))
    newest = sorted(shown.values(), key=lambda each: (each[1].index_year, each[1].opens_on), reverse=True)
    return Released(bodies[0], tuple(newest))


def _show(released: Released, shown: tuple[Agency, Wave] | None) -> flask.Response:
    language = current_language()
    agency, wave = shown or (released.agency, None)
    findings = _read(agency, wave) if wave else None
    return _page(
        "reports/agency_results.html",
        agency=agency,
        wave=wave,
        waves=[wave for _, wave in released.shown],
        findings=findings,
        lines=_lines(findings) if findings else [],
        channels=[row for row in findings.breakdowns if row.dimension == "channel"] if findings else [],
        label=interval_label(findings.wave.sample_kind, findings.confidence_level, language) if findings else "",
        weighting=WEIGHTINGS[findings.weighting] if findings else None,
        not_official=NOT_OFFICIAL,
        level_names=LEVELS,
        level_note=level_shares_note(findings, language) if findings else "",
        taking_part=taking_part(findings.participation, language) if findings else "",
        waiting=waiting(findings, language) if findings else "",
        children=list_children_then(db.session(), agency, wave) if wave else [],
        forebears=[] if wave else _forebears(agency),
        aftermath=get_aftermath(db.session(), agency.id),
        is_demo=agency.is_demo,
    )


def _forebears(agency: Agency) -> Sequence[AgencyRow]:
    """List the bodies of which one was made: there the results from before it are found."""
    links = list_direct_origins(db.session(), agency_ids=[agency.id])
    return list_agencies_by_id(db.session(), agency_ids={link.from_id for link in links})


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
