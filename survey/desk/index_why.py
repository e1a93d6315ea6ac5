"""Why an agency lost points in a round, and what to do next: what the first places would take."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_findings import shown_findings
from survey.findings.errors import FindingsError
from survey.findings.index_plans import (
    best_third,
    lost_leaves,
    penalties,
    plan_year,
    points_within,
    road_map,
    scale_of,
    standing,
)
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.rendering.index_plan_words import (
    LOST_KINDS,
    aim_sentence,
    aim_words,
    assumption,
    beside_sentence,
    cost_sentence,
    outlook_sentences,
    place_sentence,
    sums_sentence,
    weak_sentences,
)
from survey.rendering.index_words import class_words, index_label
from survey.services.errors import ServiceError
from survey.services.index_numbers import read_whole
from survey.web.access import current_scope, round_reader
from survey.web.language import current_language

if TYPE_CHECKING:
    from survey.findings.index_plan_values import RoadMap
    from survey.findings.index_result_values import IndexAgency, IndexFindings


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/why")
@round_reader
def index_why(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Show what an agency lost where, what costs most, and what it takes to be among the first k."""
    language, problem, findings = current_language(), "", None
    try:
        findings = shown_findings(round_)
    except FindingsError as refusal:
        problem = refusal.text(language)
    row = findings.agency(agency.id) if findings else None
    whole = road_map(db.session(), agency_id=agency.id, year=plan_year(round_.year, local_today()), today=local_today())
    # What the year has by another round is for another rubric's criteria.
    plan = whole.of_round(round_.id)
    told = _told(findings, row, plan, language) if findings and row else {}
    page = flask.render_template(
        "desk/index_why.html",
        round=round_,
        agency=agency,
        findings=findings,
        row=row,
        plan=plan,
        aim=aim_words(plan.aim, language),
        sums=sums_sentence(plan, language),
        beside=beside_sentence(whole.beside(round_.id), language),
        kinds=LOST_KINDS,
        problem=problem,
        may_plan=current_scope().manages(agency.path),
        manages=current_scope().runs_surveys(round_.agency.path),
        is_demo=agency.is_demo,
        **told,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if told.get("wrong_k") else HTTPStatus.OK


def _told(findings: IndexFindings, row: IndexAgency, plan: RoadMap, language: str) -> dict[str, Any]:
    leaves = lost_leaves(findings, row)
    elements = row.survey.elements if row.survey else ()
    here = standing(findings, plan)
    return {
        "leaves": leaves,
        "lost": sum(one.lost for one in leaves),
        "scale": scale_of(row),
        "penalties": penalties(row),
        "elements": elements,
        "place": place_sentence(row, findings, language),
        "class_name": class_words(row, findings, language).split("\n"),
        "weak": list(weak_sentences(leaves, language)),
        "cost": cost_sentence(elements, findings.decimals, language) if elements else "",
        "aim_told": aim_sentence(here, language) if here and plan.aim else "",
        "label": index_label(findings, language),
        **_outlook(findings, row, plan, language),
    }


def _outlook(findings: IndexFindings, row: IndexAgency, plan: RoadMap, language: str) -> dict[str, Any]:
    """Return what the first k would take; k is what was asked for, else the aim, else the best third."""
    # Likewise loaded when first asked for.
    from survey.findings.index_targets import target_outlook  # noqa: PLC0415

    typed = flask.request.args.get("k", "").strip()
    aimed = plan.aim.first_k if plan.aim else None
    ranked = len(findings.ranked)
    usual = min(aimed, ranked) if aimed else best_third(ranked)
    try:
        k = read_whole(typed) if typed else usual
        outlook = target_outlook(findings, row.agency.id, k=k, planned=points_within(plan, row))
    except (FindingsError, ServiceError) as refusal:
        return {"k": typed or usual, "wrong_k": refusal.text(language) if typed and row.rank else "", "outlook": []}
    return {
        "k": k,
        "wrong_k": "",
        "outlook": list(outlook_sentences(outlook, plan.year, findings.decimals, language)),
        "assumption": assumption(language),
    }
