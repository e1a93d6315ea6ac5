"""One criterion of an agency in a round: what it gives itself, appraisal, objections, decisions, and its ledger."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_sheets import STAGE_NAMES
from survey.desk.index_words import exact, formula_kind
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import DECISIONS
from survey.queries.index_desk import names_of_officials
from survey.rendering.numbers import percent_sign
from survey.services import rubric_words
from survey.services.errors import ServiceError
from survey.services.index_evidence import LARGEST_FILE, MOST_FILES, list_evidence
from survey.services.index_evidence_types import KINDS
from survey.services.index_ledger import Judgement, Place, content_of, find_score, list_changes, place_of, step_of
from survey.services.index_numbers import read_figure
from survey.services.index_objections import has_appraised, list_objections
from survey.services.index_scoring import appraise
from survey.services.rubric_editing import find_line
from survey.web.access import current_scope, round_manager, round_reader, signed_in_official
from survey.web.forms import hidden_number
from survey.web.language import current_language

FIELDS: Final = ("value", "text")


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>")
@round_reader
def index_leaf(round_: IndexRound, agency: Agency, code: str) -> ResponseReturnValue:
    """Show a criterion of an agency, and the boxes that the present stage has for who looks at it."""
    return show_leaf(place_of(round_, agency.id, code), agency)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/appraise")
@round_manager
def appraise_index_points(round_: IndexRound, agency: Agency, code: str) -> ResponseReturnValue:
    """Keep the appraisers' points with their reason."""
    place = place_of(round_, agency.id, code)
    return act_on_leaf(place, agency, "appraise", lambda: appraise(db.session(), place, judgement_typed()))


def leaf_address(place: Place) -> str:
    """Return the address of a criterion's page."""
    return flask.url_for("desk.index_leaf", round_id=place.round.id, agency_id=place.agency_id, code=place.leaf.code)


def show_leaf(place: Place, agency: Agency, **more: Any) -> str:  # noqa: ANN401 -- of the page
    """Draw the page of a criterion; ``typed`` and ``at`` say what was refused and in which form."""
    session, scope = db.session(), current_scope()
    score, changes = find_score(session, place), _changes(place)
    objections = [
        one
        for one in list_objections(session, round_id=place.round.id, agency_ids=[agency.id])
        if one.criterion == place.leaf.code
    ]
    leaves = content_of(place.round).leaves
    codes = list(leaves)
    at = codes.index(place.leaf.code)
    judged = ("self_assessment",) if place.round.state == "self_assessment" else ("self_assessment", "appraisal")
    people = [one.changed_by for one in changes] + [
        who for one in objections for who in (one.raised_by, one.decided_by)
    ]
    shown: dict[str, Any] = {"typed": {}, "at": "", "problem": ""}
    return flask.render_template(
        "desk/index_leaf.html",
        round=place.round,
        agency=agency,
        leaf=place.leaf,
        line=find_line(place.round.rubric.content, place.leaf.code),
        content=content_of(place.round),
        words=rubric_words,
        formula=formula_kind(place.leaf),
        step=step_of(place.leaf),
        score=score,
        changes=changes,
        objections=objections,
        official_id=signed_in_official().id,
        has_appraised={one.id for one in objections if has_appraised(session, one, signed_in_official().id)},
        people=names_of_officials(session, people),
        evidence=list_evidence(session, place),
        stages=STAGE_NAMES,
        decisions=DECISIONS,
        part=session.get_one(IndexParticipant, (place.round.id, agency.id)),
        may_assess=scope.manages(agency.path),
        manages=scope.runs_surveys(place.round.agency.path),
        before=codes[at - 1] if at else "",
        after=codes[at + 1] if at + 1 < len(codes) else "",
        following=next((code for code in codes[at + 1 :] if leaves[code].source in judged), ""),
        kinds=KINDS,
        largest=LARGEST_FILE,
        most=MOST_FILES,
        box=_box(place, score.value if score else None),
        is_demo=agency.is_demo,
        **(shown | more),
    )


def act_on_leaf(
    place: Place, agency: Agency, form: str, act: Callable[[], object], *, done: str = ""
) -> ResponseReturnValue:
    """Do what a form asks; a refusal shows the page again with what was typed and what stands there now."""
    typed, code = typed_at_leaf(), place.leaf.code
    score = find_score(db.session(), place)
    is_overtaken = typed["revision"] != "" and hidden_number(typed["revision"]) != (score.revision if score else 0)
    try:
        act()
    except ServiceError as refusal:
        db.session.rollback()
        status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.UNPROCESSABLE_ENTITY
        return show_leaf(place, agency, typed=typed, at=form, problem=refusal.text(current_language())), status
    db.session.commit()
    flask.flash(done or gettext("Đã lưu tiêu chí %(code)s.", code=code), "done")
    following = flask.request.form.get("next", "")
    if following and following in content_of(place.round).leaves:
        place = place_of(place.round, place.agency_id, following)
    return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)


def typed_at_leaf() -> dict[str, str]:
    """Return what the forms of a criterion hold."""
    return {name: flask.request.form.get(name, "") for name in (*FIELDS, "revision", "decision")}


def value_typed() -> Fraction | None:
    """Return the value of a form, None where its box is empty; ``RoundError`` where it is no figure."""
    text = typed_at_leaf()["value"].strip()
    return read_figure(text).value if text else None


def judgement_typed() -> Judgement:
    """Return what a form gives for a criterion, and why; ``RoundError`` where it is no figure."""
    typed = typed_at_leaf()
    revision = hidden_number(typed["revision"])
    return Judgement(value_typed(), typed["text"], signed_in_official().id, local_today(), revision=revision)


def _changes(place: Place) -> list[Any]:
    return list_changes(db.session(), round_id=place.round.id, agency_id=place.agency_id, criterion=place.leaf.code)


def _box(place: Place, value: Fraction | None) -> str:
    """Write a value as its box holds it: a share in per cent, everything else as it is."""
    if value is None:
        return ""
    if formula_kind(place.leaf) == "share":
        return exact(value * 100) + percent_sign(current_language())
    return exact(value)
