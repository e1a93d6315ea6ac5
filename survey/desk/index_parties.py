"""Who takes part in a round: agencies added to it and taken out of it; and what a planned round is called."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.queries.index_desk import list_candidates, list_parts, progress_of
from survey.services.errors import ServiceError
from survey.services.index_participants import LONGEST_REASON, Naming, add_agencies, name_round, take_out
from survey.services.row_version import version_of
from survey.web.access import current_scope, round_manager, signed_in_official
from survey.web.forms import Form
from survey.web.language import current_language
from survey.web.large_forms import takes

_LARGEST_FORM: Final = 512 * 1024


class NamesForm(Form):
    """What a planned round is called, and whether its survey is run."""

    name = StringField(lazy_gettext("Tên kỳ đánh giá"))
    name_en = StringField(lazy_gettext("Tên tiếng Anh"))
    survey_is_run = BooleanField(lazy_gettext("Kỳ này có khảo sát mức độ hài lòng"))


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies")
@round_manager
def index_agencies(round_: IndexRound) -> ResponseReturnValue:
    """Show who can be added to a round, and who was taken out of it."""
    return _show_agencies(round_)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies")
@takes(_LARGEST_FORM)
@round_manager
def add_index_agencies(round_: IndexRound) -> ResponseReturnValue:
    """Add agencies to a round; who was taken out comes back with the points it had."""
    number, ticked = round_.id, set(flask.request.form.getlist("agency"))
    chosen = [one for one in _offered(round_) if f"{one.id}" in ticked]
    try:
        come = add_agencies(db.session(), round_, chosen)
    except ServiceError as refusal:
        db.session.rollback()
        page = _show_agencies(round_, ticked=ticked, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã thêm %(number)s cơ quan vào kỳ.", number=come), "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/removal")
@round_manager
def index_removal(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Ask why an agency is taken out of a round, and say what stays."""
    return _show_removal(round_, agency)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/removal")
@round_manager
def take_index_agency_out(round_: IndexRound, agency: Agency) -> ResponseReturnValue:
    """Take an agency out of a round; its points, evidence and ledger stay."""
    number, reason = round_.id, flask.request.form.get("reason", "")
    try:
        take_out(db.session(), round_, agency.id, reason=reason, by=signed_in_official().id, today=local_today())
    except ServiceError as refusal:
        db.session.rollback()
        page = _show_removal(round_, agency, reason=reason, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã đưa cơ quan ra khỏi kỳ; điểm đã chấm vẫn được giữ."), "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/rounds/<uuid:round_id>/names")
@round_manager
def index_names(round_: IndexRound) -> ResponseReturnValue:
    """Show the boxes of what a planned round is called."""
    return _show_names(round_, NamesForm(formdata=None, data=_named(round_)))


@blueprint.post("/desk/index/rounds/<uuid:round_id>/names")
@round_manager
def name_index_round(round_: IndexRound) -> ResponseReturnValue:
    """Call a planned round something else."""
    form, number = NamesForm(), round_.id
    if flask.request.form.get("seen", "") != _seen(round_):
        told = gettext("Người khác vừa sửa mục này; các ô giữ những gì bạn ghi. Đang lưu: %(name)s.", name=round_.name)
        return _show_names(round_, form, problem=told), HTTPStatus.CONFLICT
    wish = Naming(form.name.data or "", form.name_en.data or None, bool(form.survey_is_run.data))
    try:
        name_round(db.session(), round_, wish)
    except ServiceError as refusal:
        db.session.rollback()
        page = _show_names(round_, form, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu tên kỳ đánh giá."), "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)


def _offered(round_: IndexRound) -> list[Agency]:
    """Return who could take part and does not: never in it, or taken out."""
    here = {part.agency_id for part in list_parts(db.session(), round_, current_scope())}
    out = [part.agency for part in _taken_out(round_)]
    kind = round_.rubric.content["applies_to"]
    found = {one.id: one for one in (*list_candidates(db.session(), round_.agency, kind, year=round_.year), *out)}
    return sorted((one for one in found.values() if one.id not in here), key=lambda one: (one.sort_key, one.code))


def _taken_out(round_: IndexRound) -> list[IndexParticipant]:
    return list_parts(db.session(), round_, current_scope(), taken_out=True)


def _show_agencies(round_: IndexRound, *, ticked: set[str] | None = None, problem: str = "") -> str:
    return flask.render_template(
        "desk/index_agencies.html",
        round=round_,
        offered=_offered(round_),
        out={part.agency_id: part for part in _taken_out(round_)},
        ticked=ticked or set(),
        problem=problem,
        is_demo=round_.agency.is_demo,
    )


def _show_removal(round_: IndexRound, agency: Agency, *, reason: str = "", problem: str = "") -> str:
    progress = progress_of(db.session(), round_.id, [agency.id])[agency.id]
    return flask.render_template(
        "desk/index_removal.html",
        round=round_,
        agency=agency,
        progress=progress,
        reason=reason,
        longest=LONGEST_REASON,
        problem=problem,
        is_demo=agency.is_demo,
    )


def _named(round_: IndexRound) -> dict[str, Any]:
    return {"name": round_.name, "name_en": round_.name_en or "", "survey_is_run": round_.survey_is_run}


def _seen(round_: IndexRound) -> str:
    return version_of({name: f"{value}" for name, value in _named(round_).items()})


def _show_names(round_: IndexRound, form: NamesForm, *, problem: str = "") -> str:
    return flask.render_template(
        "desk/index_names.html",
        round=round_,
        form=form,
        seen=_seen(round_),
        problem=problem,
        is_demo=round_.agency.is_demo,
    )
