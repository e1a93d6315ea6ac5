"""The SIPAS-style summary of a year."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.ordered import order
from survey.desk.summaries import find_year, waiting_page
from survey.models.agencies import Agency
from survey.queries.desk_lists import list_top_agencies, list_years
from survey.rendering.annual_tables import annual_label
from survey.rendering.period_words import period_before
from survey.rendering.sentences import risen_and_fallen
from survey.rendering.words import WEIGHTINGS
from survey.web.access import agency_member, current_scope, signed_in
from survey.web.language import current_language
from survey.web.slices import slice_of
from survey.web.summary_chapters import chapters

RANKED_A_PAGE: Final = 100


@blueprint.get("/desk/annual")
@signed_in
def annual() -> ResponseReturnValue:
    """List the years and agencies of which there is a summary."""
    scope = current_scope()
    tops = list_top_agencies(db.session(), scope)
    return flask.render_template(
        "desk/years.html",
        agencies=tops,
        is_demo=any(agency.is_demo for agency in tops),
        years=list_years(db.session(), scope),
    )


@blueprint.get("/desk/annual/<int(min=1900, max=2999):year>")
@signed_in
def annual_year(year: int) -> ResponseReturnValue:
    """Go to the summary of the official's own agency."""
    tops = list_top_agencies(db.session(), current_scope())
    if len(tops) != 1:
        return flask.redirect(flask.url_for("desk.annual"))
    return flask.redirect(flask.url_for("desk.annual_page", agency_id=tops[0].id, year=year))


@blueprint.get("/desk/agencies/<uuid:agency_id>/annual/<int(min=1900, max=2999):year>")
@agency_member
def annual_page(agency: Agency, year: int) -> ResponseReturnValue:
    """Show the summary of a year: ranking with sets, movement, elements, points."""
    language = current_language()
    is_preview = flask.request.args.get("with") == "open"
    findings = find_year(agency, year=year, include_open=is_preview, form=flask.request.args.get("form"))
    if findings is None:
        return waiting_page(agency, f"{agency.name}, {year}")
    return flask.render_template(
        "desk/annual.html",
        findings=findings,
        ranked=slice_of(findings.agencies, size=RANKED_A_PAGE),
        label=annual_label(findings, language),
        weighting=WEIGHTINGS[findings.weighting],
        risen=risen_and_fallen(findings, language),
        chapters=chapters(findings, language),
        before=period_before(findings, language),
        agency=agency,
        is_preview=is_preview,
        may_run=current_scope().runs_surveys(agency.path),
        editions=sorted({f"{wave.questionnaire}/{wave.questionnaire_edition}" for wave in findings.waves}),
        form=flask.request.args.get("form"),
        years=list_years(db.session(), current_scope()),
        is_demo=agency.is_demo,
    )


@blueprint.post("/desk/agencies/<uuid:agency_id>/annual/<int(min=1900, max=2999):year>/documents")
@agency_member
def annual_documents(agency: Agency, year: int) -> ResponseReturnValue:
    """Have the documents of the year made in the background, of the form that the page told of."""
    form = flask.request.args.get("form")
    arguments = {"root_id": str(agency.id), "year": year, "language": current_language(), "form": form}
    return order(agency, "annual", arguments, subject=f"annual {year}")
