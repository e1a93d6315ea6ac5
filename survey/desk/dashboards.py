"""The pages beside an agency's overview: its groups, its trend, and how it stands among its kind."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.documents import read_agency, read_comparison, read_trend
from survey.desk.lines import breakdown_sections
from survey.desk.trend_chart import draw_trend
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.queries.desk_lists import list_waves_over
from survey.rendering.level_tables import level_shares_note
from survey.rendering.words import BREAKS, LEVELS, STANDINGS, WAVE_VERDICTS, interval_label, whole_percent
from survey.web.access import agency_member, current_scope
from survey.web.language import current_language


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/breakdowns")
@agency_member
def breakdowns(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Show the whole by field of service, channel, counter, language and one-time code."""
    findings = read_agency(agency_id=agency.id, wave_id=wave.id)
    return flask.render_template(
        "desk/breakdowns.html",
        agency=agency,
        wave=wave,
        waves=list_waves_over(db.session(), agency),
        findings=findings,
        sections=breakdown_sections(findings),
        label=interval_label(findings.wave.sample_kind, findings.confidence_level, current_language()),
        level_names=LEVELS,
        level_note=level_shares_note(findings, current_language()),
        is_demo=agency.is_demo,
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/comparison")
@agency_member
def comparison(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Show an agency beside the mean of its kind."""
    found = read_comparison(agency_id=agency.id, wave_id=wave.id, reads=current_scope().reads)
    return flask.render_template(
        "desk/comparison.html",
        agency=agency,
        wave=wave,
        waves=list_waves_over(db.session(), agency),
        comparison=found,
        label=interval_label(found.wave.sample_kind, found.confidence_level, current_language()),
        standings=STANDINGS,
        is_demo=agency.is_demo,
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/trend")
@agency_member
def trend(agency: Agency) -> ResponseReturnValue:
    """Show the waves of an agency one after the other, and what changed between those that are closed."""
    found = read_trend(agency_id=agency.id)
    waves = list_waves_over(db.session(), agency)
    return flask.render_template(
        "desk/trend.html",
        agency=agency,
        wave=waves[0] if waves else None,
        trend=found,
        chart=draw_trend(found, current_language()),
        level=whole_percent(found.confidence_level, current_language()),
        breaks=BREAKS,
        verdicts=WAVE_VERDICTS,
        is_demo=agency.is_demo,
    )
