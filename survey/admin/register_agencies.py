"""Agencies in the browser: added below others, their names corrected, ended."""

from __future__ import annotations

from http import HTTPStatus

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.admin.blueprint import blueprint
from survey.admin.register_forms import KIND_NAMES, AgencyForm, Editing, EndForm, NamesForm
from survey.db import db
from survey.models.agencies import AGENCY_KINDS, Agency
from survey.models.identifiers import local_today
from survey.services.accounts import administer_new_root
from survey.services.agencies import KINDS_BELOW, add_agency, end_agency, rename_agency
from survey.services.audit import record
from survey.services.change_checks import from_above_error
from survey.services.errors import AgencyError
from survey.web.access import agency_administrator, current_scope, root_administrator, signed_in_official
from survey.web.filters import called
from survey.web.language import current_language


@blueprint.route("/admin/register/agencies/add", methods=["GET", "POST"])
@root_administrator
def add_root() -> ResponseReturnValue:
    """Add an agency with nobody above it; who adds it administers it."""
    return _add(None)


@blueprint.route("/admin/agencies/<uuid:agency_id>/add", methods=["GET", "POST"])
@agency_administrator
def add_agency_below(agency: Agency) -> ResponseReturnValue:
    """Add an agency below another one."""
    return _add(agency)


@blueprint.route("/admin/agencies/<uuid:agency_id>/edit", methods=["GET", "POST"])
@agency_administrator
def edit_agency(agency: Agency) -> ResponseReturnValue:
    """Correct the names of an agency; a name that changes by decision is a change of units."""
    form = NamesForm(obj=agency)
    stored = {"name": agency.name, "name_en": agency.name_en or ""}
    editing = Editing(gettext("Sửa cơ quan"), form, _back(), stored, note=f"{agency.code} · {called(agency)}")
    if not form.validate_on_submit():
        return _edit_page(editing, agency)
    if editing.is_stale:
        return _edit_page(editing, agency, is_stale=True)
    try:
        rename_agency(db.session(), agency, name=form.name.data, name_en=form.name_en.data)
    except AgencyError as error:
        db.session.rollback()
        return _edit_page(editing, agency, refusal=error.text(current_language()))
    details = {"name": agency.name, "was": stored["name"]}
    record(db.session(), "agency.corrected", subject=agency.code, agency_id=agency.id, details=details)
    db.session.commit()
    flask.flash(gettext("Đã lưu."), "done")
    return flask.redirect(flask.url_for("admin.register_agencies"), HTTPStatus.SEE_OTHER)


@blueprint.post("/admin/agencies/<uuid:agency_id>/end")
@agency_administrator
def end_agency_on(agency: Agency) -> ResponseReturnValue:
    """Let an agency end on a day; everything below it must have ended before."""
    ends = EndForm()
    stored = {"name": agency.name, "name_en": agency.name_en or ""}
    names = NamesForm(formdata=None, obj=agency)
    editing = Editing(gettext("Sửa cơ quan"), names, _back(), stored, note=f"{agency.code} · {called(agency)}")
    if not ends.validate():
        return _edit_page(editing, agency, ends=ends)
    try:
        if not current_scope().administers_from_above(agency.path):
            raise from_above_error(agency)
        end_agency(db.session(), agency, valid_to=ends.day.day)
    except AgencyError as error:
        db.session.rollback()
        return _edit_page(editing, agency, ends=ends, refusal=error.text(current_language()))
    details = {"valid_to": ends.day.day.isoformat()}
    record(db.session(), "agency.ended", subject=f"{agency.code} {agency.name}", agency_id=agency.id, details=details)
    db.session.commit()
    flask.flash(gettext("Đã lưu."), "done")
    return flask.redirect(flask.url_for("admin.register_agencies"), HTTPStatus.SEE_OTHER)


def _add(parent: Agency | None) -> ResponseReturnValue:
    form = AgencyForm()
    kinds = KINDS_BELOW[parent.kind] if parent else [kind for kind in AGENCY_KINDS if kind != "unit"]
    form.kind.choices = [(kind, KIND_NAMES[kind]) for kind in kinds]
    if not form.is_submitted():
        form.valid_from.data = (parent.valid_from if parent else local_today()).isoformat()
    title = gettext("Thêm cơ quan dưới %(name)s", name=called(parent)) if parent else gettext("Thêm cơ quan đứng đầu")
    editing = Editing(title, form, _back(), {})
    if not form.validate_on_submit():
        return editing.page()
    try:
        agency = add_agency(
            db.session(),
            code=form.code.data,
            kind=form.kind.data,
            name=form.name.data,
            name_en=form.name_en.data,
            parent=parent,
            valid_from=form.valid_from.day,
        )
    except AgencyError as error:
        db.session.rollback()
        return editing.page(refusal=error.text(current_language()))
    if parent is None:
        administer_new_root(db.session(), signed_in_official(), agency)
    record(db.session(), "agency.added", subject=f"{agency.code} {agency.name}", agency_id=agency.id)
    db.session.commit()
    flask.flash(gettext("Đã thêm %(name)s.", name=called(agency)), "done")
    return flask.redirect(flask.url_for("admin.register_agencies"), HTTPStatus.SEE_OTHER)


def _edit_page(
    editing: Editing, agency: Agency, *, refusal: str = "", is_stale: bool = False, ends: EndForm | None = None
) -> ResponseReturnValue:
    may_end = agency.valid_to is None and current_scope().administers_from_above(agency.path)
    return editing.page(
        refusal=refusal,
        is_stale=is_stale,
        agency=agency,
        ends=(ends or EndForm(formdata=None)) if may_end else None,
        end_address=flask.url_for("admin.end_agency_on", agency_id=agency.id),
    )


def _back() -> tuple[str, str]:
    return flask.url_for("admin.register_agencies"), gettext("Cơ quan")
