"""Chosen agencies side by side in a wave: which of them differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.documents import read_chosen
from survey.desk.ordered import order
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.queries.desk_lists import list_agencies, list_waves_over
from survey.rendering.comparison_report import comparison_sentences, comparison_tables
from survey.rendering.page_tables import page_tables
from survey.web.access import agency_member, current_scope
from survey.web.language import current_language

FEWEST: Final = 2
MOST: Final = 12


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/chosen")
@agency_member
def chosen(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Let an official choose agencies at or below one, and show them side by side."""
    language, picked = current_language(), _picked(wave)
    search = flask.request.args.get("search", "")
    found = list_agencies(
        db.session(),
        current_scope(),
        search=search,
        page=flask.request.args.get("page", 1, int),
        below=agency.path,
    )
    ids = [one.id for one in picked]
    findings = None
    if FEWEST <= len(ids) <= MOST:
        findings = read_chosen(issuer_id=agency.id, agency_ids=ids, wave_id=wave.id)
    return flask.render_template(
        "desk/chosen.html",
        agency=agency,
        wave=wave,
        waves=list_waves_over(db.session(), agency),
        picked=picked,
        picked_ids=ids,
        found=found,
        search=search,
        fewest=FEWEST,
        most=MOST,
        sentences=comparison_sentences(findings, language) if findings else (),
        tables=page_tables(comparison_tables(findings, language).values(), language) if findings else {},
        is_demo=agency.is_demo,
    )


@blueprint.post("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/chosen/documents")
@agency_member
def chosen_documents(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Have the documents of a comparison made in the background."""
    picked = _picked(wave)
    if not FEWEST <= len(picked) <= MOST:
        # The address keeps what was ticked, and the page says what is wrong with it.
        page = flask.url_for("desk.chosen", agency_id=agency.id, wave_id=wave.id)
        return flask.redirect(f"{page}?{flask.request.query_string.decode()}")
    arguments = {
        "root_id": str(agency.id),
        "wave_id": str(wave.id),
        "wave": wave.code,
        "agency_ids": [str(one.id) for one in picked],
        "language": current_language(),
    }
    return order(agency, "comparison", arguments, subject=f"comparison {wave.code}")


def _picked(wave: Wave) -> Sequence[Agency]:
    """Return the agencies the address names, by name; whoever may not read one, or misspells it, finds nothing."""
    agencies = [_agency(text, wave) for text in dict.fromkeys(flask.request.args.getlist("with"))]
    return sorted(agencies, key=lambda one: (one.sort_key, one.code))


def _agency(text: str, wave: Wave) -> Agency:
    try:
        agency = db.session.get(Agency, UUID(text))
    except ValueError as error:
        raise NotFound from error
    if agency is None or not current_scope().reads(agency.path) or not agency.path.startswith(wave.agency.path):
        raise NotFound
    return agency
