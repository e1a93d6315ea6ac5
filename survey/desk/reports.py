"""What one agency's respondents said in one wave: on the page, and the same figures in every format."""

from __future__ import annotations

from typing import Final, Literal

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.documents import FORMATS, agency_document, read_agency
from survey.desk.lines import breakdown_lines, result_lines
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.desk_lists import list_counters, list_waves_over
from survey.rendering.poster import Poster, is_loopback, poster_address, posters_pdf
from survey.rendering.sentences import waiting
from survey.rendering.words import LEVELS, WEIGHTINGS, interval_label
from survey.web.access import agency_member, current_scope
from survey.web.audit import record_download
from survey.web.language import current_language
from survey.web.slices import slice_of

COUNTERS_A_PAGE: Final = 100


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
    findings = read_agency(agency_id=agency.id, wave_id=wave.id)
    return flask.render_template(
        "desk/agency.html",
        findings=findings,
        lines=result_lines(findings),
        breakdowns=breakdown_lines(findings),
        label=interval_label(findings.wave.sample_kind, findings.confidence_level, current_language()),
        waiting=waiting(findings, current_language()),
        weighting=WEIGHTINGS[findings.weighting],
        level_names=LEVELS,
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


@blueprint.get("/desk/agencies/<uuid:agency_id>/posters-<any(A4, A5):size>.pdf")
@agency_member
def posters(agency: Agency, size: Literal["A4", "A5"]) -> ResponseReturnValue:
    """Download the posters of every counter of an agency and below it, or of one counter, as one file."""
    drawn = _posters_of(agency, flask.request.args.get("counter", ""))
    if not drawn:
        raise NotFound
    name = f"ap-phich-{agency.code}-{size}.pdf"
    db.session.close()
    return _attachment(posters_pdf(drawn, size=size), "application/pdf", name)


@blueprint.get("/desk/agencies/<uuid:agency_id>/counters")
@agency_member
def counters(agency: Agency) -> ResponseReturnValue:
    """List the counters of an agency and below it, each with its code and posters."""
    found = list_counters(db.session(), agency)
    return flask.render_template(
        "desk/counters.html",
        agency=agency,
        page=slice_of(found, size=COUNTERS_A_PAGE),
        may_manage=current_scope().manages(agency.path),
        is_demo=agency.is_demo,
    )


def _posters_of(agency: Agency, counter: str) -> list[Poster]:
    public_url = flask.current_app.config["PUBLIC_URL"]
    drawn = []
    for point in list_counters(db.session(), agency):
        codes = [code for code in point.codes if code.retired_on is None]
        if not codes or (counter and str(point.id) != counter):
            continue
        drawn.append(
            Poster(
                agency_name=point.agency.name,
                counter_name=point.name,
                code=codes[0].code,
                address=poster_address(public_url, codes[0].code),
                is_demo=point.agency.is_demo,
                is_loopback=is_loopback(public_url),
                printed_on=local_today(),
            )
        )
    return drawn


def _attachment(content: bytes, mimetype: str, name: str) -> flask.Response:
    response = flask.Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
