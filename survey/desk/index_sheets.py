"""What an agency has in a round: every criterion with its points, handing in, part of a year."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, TextAreaField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.findings.index_totals import round_totals, too_few_answered
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import IndexScore
from survey.queries.index_desk import scores_of
from survey.services.errors import ServiceError
from survey.services.index_evidence import count_evidence
from survey.services.index_ledger import content_of
from survey.services.index_objections import list_objections
from survey.services.index_participants import set_participation
from survey.services.index_rounds import require_participant
from survey.services.index_scoring import reopen_self_assessment, submit_self_assessment
from survey.services.row_version import version_of
from survey.web.access import (
    current_scope,
    round_assessor,
    round_manager,
    round_reader,
    signed_in_official,
)
from survey.web.day_field import DayField
from survey.web.forms import Form
from survey.web.language import current_language

STAGE_NAMES: Final = {
    "self_assessment": _("tự chấm"),
    "indicator": _("chỉ tiêu"),
    "survey": _("khảo sát"),
    "appraisal": _("thẩm định"),
    "decision": _("xét kiến nghị"),
    "carried_over": _("chuyển từ bộ trước"),
    "correction": _("đính chính"),
}


class PartForm(Form):
    """How an agency is treated that was there for a part of the year only."""

    counts = BooleanField(lazy_gettext("Được xếp hạng"))
    joined_on = DayField(lazy_gettext("Tham gia từ ngày"))
    left_on = DayField(lazy_gettext("Rời ngày"))
    note = TextAreaField(lazy_gettext("Ghi chú cách tính"))


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>")
@round_reader
def index_sheet(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Show every criterion of an agency with what it gave itself, what stands, evidence and objections."""
    session, content, scope = db.session(), content_of(round_), current_scope()
    part = session.get_one(IndexParticipant, (round_.id, agency.id))
    objections = list_objections(session, round_id=round_.id, agency_ids=[agency.id])
    scores = scores_of(session, round_.id, agency.id)
    return flask.render_template(
        "desk/index_sheet.html",
        round=round_,
        agency=agency,
        content=content,
        part=part,
        scores=scores,
        evidence=count_evidence(session, round_id=round_.id, agency_id=agency.id),
        waiting={one.criterion for one in objections if one.decided_at is None},
        total=_total(round_, agency),
        few=too_few_answered(content, round_, agency.id, {(agency.id, code) for code in scores}),
        empty=_empty(round_, scores),
        stages=STAGE_NAMES,
        may_assess=scope.manages(agency.path),
        manages=scope.runs_surveys(round_.agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/submit")
@round_assessor
def submit_index_sheet(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Hand the self-assessment in."""
    address = _address(round_, agency)
    empty = _empty(round_, scores_of(db.session(), round_.id, agency.id))
    if empty and not flask.request.form.get("sure"):
        told = gettext(
            "Chưa nộp: còn %(number)s tiêu chí bỏ trống; hãy chấm tiếp, hoặc đánh dấu xác nhận rồi nộp.",
            number=len(empty),
        )
        flask.flash(told, "error")
        return flask.redirect(address, HTTPStatus.SEE_OTHER)
    try:
        submit_self_assessment(db.session(), round_, agency.id, by=signed_in_official().id, today=local_today())
    except ServiceError as refusal:
        return _refused(refusal, address)
    db.session.commit()
    flask.flash(gettext("Đã nộp bản tự chấm; người thẩm định xem được từ nay."), "done")
    return flask.redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/reopen")
@round_manager
def reopen_index_sheet(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Let an agency change what it handed in."""
    address, reason = _address(round_, agency), flask.request.form.get("reason", "")
    try:
        reopen_self_assessment(db.session(), round_, agency.id, reason=reason, today=local_today())
    except ServiceError as refusal:
        return _refused(refusal, address)
    db.session.commit()
    flask.flash(gettext("Đã mở lại bản tự chấm của cơ quan."), "done")
    return flask.redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/part")
@round_manager
def index_part(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Show how an agency of a part of the year is treated."""
    stored = _stored(require_participant(db.session(), round_, agency.id))
    return _show_part(round_, agency, PartForm(formdata=None, data={**stored, "counts": stored["counts"] == "y"}))


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/part")
@round_manager
def set_index_part(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Say since when and until when an agency took part, whether it is ranked, and how it is treated."""
    form, part = PartForm(), require_participant(db.session(), round_, agency.id)
    if flask.request.form.get("seen", "") != version_of(_stored(part)):
        return _show_part(round_, agency, form, is_stale=True), HTTPStatus.CONFLICT
    if not form.validate():
        return _show_part(round_, agency, form), HTTPStatus.UNPROCESSABLE_ENTITY
    joined, left = (form[name].day if (form[name].data or "").strip() else None for name in ("joined_on", "left_on"))
    try:
        set_participation(
            db.session(),
            part,
            round_,
            counts=bool(form.counts.data),
            joined_on=joined,
            left_on=left,
            note=form.note.data or "",
        )
    except ServiceError as refusal:
        db.session.rollback()
        page = _show_part(round_, agency, form, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu cách tính của cơ quan."), "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=round_.id), HTTPStatus.SEE_OTHER)


def _total(round_: IndexRound, agency: Agency) -> Any:  # noqa: ANN401 -- of the page
    try:
        return round_totals(db.session(), round_).get(agency.id)
    except ValueError:
        return None


def _empty(round_: IndexRound, scores: Mapping[str, IndexScore]) -> list[str]:
    """List the leaves that an agency scores itself and has not."""
    own = [leaf.code for leaf in content_of(round_).leaves.values() if leaf.source == "self_assessment"]
    return [code for code in own if code not in scores or scores[code].self_value is None]


def _address(round_: IndexRound, agency: Agency) -> str:
    return flask.url_for("desk.index_sheet", round_id=round_.id, agency_id=agency.id)


def _refused(refusal: ServiceError, address: str) -> ResponseReturnValue:
    db.session.rollback()
    flask.flash(refusal.text(current_language()), "error")
    return flask.redirect(address, HTTPStatus.SEE_OTHER)


def _stored(part: IndexParticipant) -> dict[str, str]:
    return {
        "counts": "y" if part.counts else "",
        "joined_on": part.joined_on.isoformat() if part.joined_on else "",
        "left_on": part.left_on.isoformat() if part.left_on else "",
        "note": part.note,
    }


def _show_part(round_: IndexRound, agency: Agency, form: PartForm, **more: Any) -> str:  # noqa: ANN401 -- of the page
    part = require_participant(db.session(), round_, agency.id)
    return flask.render_template(
        "desk/index_part.html",
        round=round_,
        agency=agency,
        form=form,
        part=part,
        seen=version_of(_stored(part)),
        is_demo=agency.is_demo,
        **more,
    )
