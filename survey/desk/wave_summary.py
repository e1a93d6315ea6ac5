"""The report of a wave over all agencies right under a body: on the page, and as documents made in the background."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.ordered import order
from survey.desk.summaries import find_wave, waiting_page
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.queries.desk_lists import list_waves_over
from survey.rendering.period_words import period_before
from survey.rendering.sentences import risen_and_fallen
from survey.rendering.summary_label import annual_label
from survey.rendering.words import WEIGHTINGS
from survey.web.access import agency_member, current_scope
from survey.web.language import current_language
from survey.web.slices import slice_of
from survey.web.summary_chapters import chapters

RANKED_A_PAGE: Final = 100


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/summary")
@agency_member
def wave_summary(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Show the report of a wave: ranking with sets, what changed against the wave before, elements, fields."""
    language = current_language()
    findings = find_wave(agency, wave)
    if findings is None:
        return waiting_page(agency, f"{agency.name}, {wave.name}")
    return flask.render_template(
        "desk/wave_summary.html",
        findings=findings,
        ranked=slice_of(findings.agencies, size=RANKED_A_PAGE),
        chapters=chapters(findings, language),
        label=annual_label(findings, language),
        weighting=WEIGHTINGS[findings.weighting],
        risen=risen_and_fallen(findings, language),
        before=period_before(findings, language),
        agency=agency,
        wave=wave,
        waves=list_waves_over(db.session(), agency),
        is_preview=wave.state != "closed",
        may_manage=current_scope().manages(agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.post("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/summary/documents")
@agency_member
def wave_summary_documents(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Have the documents of a wave's report made in the background."""
    arguments = {
        "root_id": str(agency.id),
        "wave_id": str(wave.id),
        "wave": wave.code,
        "language": current_language(),
    }
    return order(agency, "wave_report", arguments, subject=f"wave_report {wave.code}")
