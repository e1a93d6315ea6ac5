"""Objections at the page of a criterion: raised by the agency, taken back by it, decided by who stands above."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_evidence import MOST_AT_ONCE, keep_files
from survey.desk.index_leaves import act_on_leaf, leaf_address, typed_at_leaf, value_typed
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexObjection
from survey.services.errors import ServiceError
from survey.services.index_ledger import Place, place_of
from survey.services.index_objections import Decision, decide_objection, object_to, withdraw_objection
from survey.web.access import current_scope, round_assessor, round_manager, signed_in_official
from survey.web.language import current_language
from survey.web.large_forms import takes


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/object")
@takes(MOST_AT_ONCE)
@round_assessor
def object_to_index_points(round_: IndexRound, agency: Agency, code: str) -> ResponseReturnValue:
    """Raise an objection for an agency, with files that bear it out."""
    place = place_of(round_, agency.id, code)
    keep_files(place)

    def objected() -> object:
        return object_to(
            db.session(),
            place,
            text=typed_at_leaf()["text"],
            points_asked=value_typed(),
            by=signed_in_official().id,
            today=local_today(),
        )

    told = gettext("Đã gửi kiến nghị về tiêu chí %(code)s; rút lại được khi chưa ai xét.", code=code)
    return act_on_leaf(place, agency, "object", objected, done=told)


@blueprint.post(
    "/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/objections/<uuid:objection_id>/withdraw"
)
@round_assessor
def withdraw_index_objection(round_: IndexRound, agency: Agency, code: str, objection_id: UUID) -> ResponseReturnValue:
    """Take an objection back that nobody has decided."""
    place = place_of(round_, agency.id, code)
    objection = _objection(place, objection_id)
    if current_scope().runs_surveys(round_.agency.path) and objection.raised_by != signed_in_official().id:
        # Who runs the round decides it; he cannot make it go away in the agency's name.
        raise NotFound
    try:
        withdraw_objection(db.session(), round_, objection, by=signed_in_official().id, today=local_today())
    except ServiceError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)
    db.session.commit()
    flask.flash(gettext("Đã rút kiến nghị về tiêu chí %(code)s.", code=code), "done")
    return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)


@blueprint.post(
    "/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/objections/<uuid:objection_id>"
)
@round_manager
def decide_index_objection(round_: IndexRound, agency: Agency, code: str, objection_id: UUID) -> ResponseReturnValue:
    """Decide an objection with a reason; unless it is refused the points change."""
    place = place_of(round_, agency.id, code)
    objection = _objection(place, objection_id)

    def decided() -> object:
        kind = flask.request.form.get("decision", "")
        # The box holds the points asked for until somebody changes it; who refuses need not empty it.
        value = None if kind == "refused" else value_typed()
        decision = Decision(kind, value, typed_at_leaf()["text"], signed_in_official().id, local_today())
        return decide_objection(db.session(), round_, objection, decision)

    told = gettext("Đã quyết định kiến nghị về tiêu chí %(code)s.", code=code)
    return act_on_leaf(place, agency, "decide", decided, done=told)


def _objection(place: Place, objection_id: UUID) -> IndexObjection:
    found = db.session.get(IndexObjection, (place.agency_id, objection_id))
    if found is None or (found.round_id, found.criterion) != (place.round.id, place.leaf.code):
        raise NotFound
    return found
