"""What one agency's respondents said in one wave: on the page, and the same figures in every format."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.documents import FORMATS, agency_document, read_agency
from survey.desk.lines import result_lines
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.queries.desk_lists import list_waves_over
from survey.rendering.level_tables import level_shares_note
from survey.rendering.sentences import waiting
from survey.rendering.words import LEVELS, WEIGHTINGS, interval_label
from survey.web.access import agency_member, current_scope
from survey.web.audit import record_download
from survey.web.language import current_language


@blueprint.get("/desk/agencies/<uuid:agency_id>")
@agency_member
def agency_page(agency: Agency) -> ResponseReturnValue:
    """Show the newest wave of an agency."""
    waves = list_waves_over(db.session(), agency)
    if waves:
        return flask.redirect(flask.url_for("desk.agency_wave", agency_id=agency.id, wave_id=waves[0].id))
    may_manage = current_scope().manages(agency.path)
    return flask.render_template(
        "desk/agency_without_wave.html", agency=agency, may_manage=may_manage, is_demo=agency.is_demo
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>")
@agency_member
def agency_wave(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Show what the respondents of an agency said in a wave."""
    findings = read_agency(agency_id=agency.id, wave_id=wave.id, with_breakdowns=False)
    return flask.render_template(
        "desk/agency.html",
        findings=findings,
        lines=result_lines(findings),
        label=interval_label(findings.wave.sample_kind, findings.confidence_level, current_language()),
        waiting=waiting(findings, current_language()),
        weighting=WEIGHTINGS[findings.weighting],
        level_names=LEVELS,
        level_note=level_shares_note(findings, current_language()),
        agency=agency,
        wave=wave,
        waves=list_waves_over(db.session(), agency),
        formats=FORMATS,
        may_manage=current_scope().manages(agency.path),
        may_make_keys=current_scope().administers(agency.path),
        may_set_population=current_scope().stands_above(agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/report.<ending>")
@agency_member
def agency_report(agency: Agency, wave: Wave, ending: str) -> ResponseReturnValue:
    """Download the same findings as a document."""
    if ending not in FORMATS:
        raise NotFound
    findings = read_agency(agency_id=agency.id, wave_id=wave.id)
    name = f"hai-long-{agency.code}-{wave.code}.{ending}"
    record_download(name, agency_id=agency.id)
    # Drawing takes longer than reading; the connection is free for others meanwhile.
    db.session.close()
    content = agency_document(findings, ending, current_language())
    return _attachment(content, FORMATS[ending].mimetype, name)


def _attachment(content: bytes, mimetype: str, name: str) -> flask.Response:
    response = flask.Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
