"""Bodies that change: a list of the changes of the subtree, and a form with a dry run for a new one."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.admin.blueprint import blueprint
from survey.admin.change_forms import FORMS, KIND_NAMES, ChangeForm, words_of
from survey.db import db
from survey.models.agencies import Agency
from survey.models.agency_changes import AgencyChange
from survey.models.identifiers import local_today
from survey.queries.agency_changes import list_changes
from survey.services.agency_changes import change_bodies, record_change, withdraw_change
from survey.services.change_checks import check_authority
from survey.services.change_plan import ChangePlan, plan_change
from survey.services.errors import AgencyError
from survey.web.access import administrator, agency_administrator, current_scope, signed_in, signed_in_official
from survey.web.filters import called


@blueprint.get("/admin/changes")
@signed_in
def changes() -> ResponseReturnValue:
    """List the changes of bodies in the subtree, latest first."""
    scope = current_scope()
    page = list_changes(db.session(), scope, page=flask.request.args.get("page", 1, type=int))
    return flask.render_template(
        "admin/changes.html",
        page=page,
        kinds=KIND_NAMES,
        may_withdraw={change.id for change in page.lines if _may_withdraw(change)},
        reads=scope.reads,
        above=_name_above,
        today=local_today(),
    )


@blueprint.route("/admin/agencies/<uuid:agency_id>/change", methods=["GET", "POST"])
@agency_administrator
def change_agency(agency: Agency) -> ResponseReturnValue:
    """Ask how a body changes, show what that would do, and record it once that was looked at."""
    kind = flask.request.values.get("kind", "merge")
    if kind not in FORMS:
        raise NotFound
    form = FORMS[kind]()
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return _page(agency, kind, form), status
    try:
        request = form.request(agency)
        check_authority(current_scope(), request)
        plan = plan_change(db.session(), request, today=local_today())
        if form.confirm.data != plan.fingerprint:
            return _show_plan(agency, kind, form, plan)
        change = record_change(db.session(), request, by=signed_in_official().id, today=local_today())
    except AgencyError as refusal:
        db.session.rollback()
        return _page(agency, kind, form, refusal=words_of(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    name, is_done = called(agency), change.carried_out_on is not None
    db.session.commit()
    said = (
        gettext("Đã ghi thay đổi của %(name)s; quầy, vai trò và tên đã được chuyển.", name=name)
        if is_done
        else gettext("Đã ghi thay đổi của %(name)s; thay đổi tự có hiệu lực đúng ngày.", name=name)
    )
    flask.flash(said, "done")
    return flask.redirect(flask.url_for("admin.changes"), HTTPStatus.SEE_OTHER)


@blueprint.post("/admin/changes/<uuid:change_id>/withdraw")
@administrator
def withdraw(change_id: UUID) -> ResponseReturnValue:
    """Take back a change whose day has not come."""
    change = db.session.get(AgencyChange, change_id)
    if change is None or not _administers_all(change):
        raise NotFound
    try:
        withdraw_change(db.session(), change)
    except AgencyError as refusal:
        db.session.rollback()
        flask.flash(words_of(refusal), "warning")
    else:
        db.session.commit()
        flask.flash(gettext("Đã huỷ thay đổi; các đơn vị vẫn như cũ."), "done")
    return flask.redirect(flask.url_for("admin.changes"), HTTPStatus.SEE_OTHER)


def _name_above(agency: Agency) -> str:
    parent = db.session.get(Agency, agency.parent_id) if agency.parent_id else None
    return called(parent) if parent else gettext("không cơ quan nào")


def _may_withdraw(change: AgencyChange) -> bool:
    return change.carried_out_on is None and _administers_all(change)


def _administers_all(change: AgencyChange) -> bool:
    return all(current_scope().administers_from_above(agency.path) for agency in change_bodies(change))


def _show_plan(agency: Agency, kind: str, form: ChangeForm, plan: ChangePlan) -> ResponseReturnValue:
    """Show the dry run; where another one was confirmed, say that something changed since."""
    notice = ""
    if form.confirm.data:
        notice = gettext("Từ lúc bạn xem thử đã có điều khác đi; hãy xem lại trước khi ghi.")
    form.confirm.data = plan.fingerprint
    db.session.rollback()
    return _page(agency, kind, form, plan=plan, refusal=notice)


def _page(agency: Agency, kind: str, form: ChangeForm, *, plan: ChangePlan | None = None, refusal: str = "") -> str:
    return flask.render_template(
        "admin/change.html",
        agency=agency,
        kind=kind,
        kinds=KIND_NAMES,
        form=form,
        plan=plan,
        refusal=refusal,
        is_demo=agency.is_demo,
    )
