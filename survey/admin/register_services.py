"""Services and their fields in the browser: added, corrected, retired."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.admin.blueprint import blueprint
from survey.admin.register_forms import Editing, NamesForm, NewFieldForm, NewServiceForm, ServiceForm
from survey.db import db
from survey.models.agencies import Agency, Service, ServiceField
from survey.models.identifiers import local_today
from survey.queries.register import list_service_fields
from survey.services.agencies import add_service, add_service_field
from survey.services.audit import record
from survey.services.errors import AgencyError
from survey.services.service_catalogue import change_field, change_service, resume_service, retire_service
from survey.web.access import agency_administrator, root_administrator
from survey.web.filters import called
from survey.web.language import current_language


@blueprint.route("/admin/agencies/<uuid:agency_id>/services/add", methods=["GET", "POST"])
@agency_administrator
def new_service(agency: Agency) -> ResponseReturnValue:
    """Add a service that an agency decides."""
    form = NewServiceForm()
    fields = _offer(form)
    note = "" if fields else gettext("Chưa có lĩnh vực nào; hãy thêm lĩnh vực trước, ở danh mục lĩnh vực.")
    editing = Editing(gettext("Thêm thủ tục của %(name)s", name=called(agency)), form, _back(), {}, note=note)
    if not form.validate_on_submit():
        return editing.page()
    try:
        service = add_service(
            db.session(),
            code=form.code.data,
            name=form.name.data,
            name_en=form.name_en.data,
            service_field=fields[form.service_field.data],
            agency=agency,
        )
    except AgencyError as error:
        db.session.rollback()
        return editing.page(refusal=error.text(current_language()))
    record(db.session(), "service.added", subject=f"{service.code} {service.name}", agency_id=agency.id)
    db.session.commit()
    flask.flash(gettext("Đã thêm %(name)s; hãy chọn thủ tục này ở các quầy nhận nó.", name=called(service)), "done")
    return _to_services()


@blueprint.route("/admin/agencies/<uuid:agency_id>/services/<uuid:service_id>", methods=["GET", "POST"])
@agency_administrator
def edit_service(agency: Agency, service_id: UUID) -> ResponseReturnValue:
    """Correct a service, or move it to another field."""
    service = _service(agency, service_id)
    stored = {
        "name": service.name,
        "name_en": service.name_en or "",
        "service_field": service.service_field.code,
    }
    form = ServiceForm(data=None if flask.request.method == "POST" else stored)
    fields = _offer(form)
    editing = Editing(gettext("Sửa thủ tục"), form, _back(), stored, note=f"{called(agency)} · {service.code}")
    if not form.validate_on_submit():
        return _edit_page(editing, agency, service)
    if editing.is_stale:
        return _edit_page(editing, agency, service, is_stale=True)
    try:
        change_service(
            db.session(),
            service,
            name=form.name.data,
            name_en=form.name_en.data,
            service_field=fields[form.service_field.data],
        )
    except AgencyError as error:
        db.session.rollback()
        return _edit_page(editing, agency, service, refusal=error.text(current_language()))
    details = {"name": service.name, "was": stored["name"], "field": form.service_field.data}
    record(db.session(), "service.changed", subject=service.code, agency_id=agency.id, details=details)
    db.session.commit()
    flask.flash(gettext("Đã lưu."), "done")
    return _to_services()


@blueprint.post("/admin/agencies/<uuid:agency_id>/services/<uuid:service_id>/retire")
@agency_administrator
def end_service(agency: Agency, service_id: UUID) -> ResponseReturnValue:
    """Offer a service nowhere any more."""
    service = _service(agency, service_id)
    number, subject = service.id, f"{service.code} {service.name}"
    if service.retired_on is None:
        retire_service(db.session(), service, on=local_today())
        record(db.session(), "service.retired", subject=subject, agency_id=agency.id)
    return _saved(agency, number)


@blueprint.post("/admin/agencies/<uuid:agency_id>/services/<uuid:service_id>/resume")
@agency_administrator
def use_service_again(agency: Agency, service_id: UUID) -> ResponseReturnValue:
    """Let counters offer a retired service again."""
    service = _service(agency, service_id)
    if service.retired_on is not None:
        resume_service(db.session(), service)
        record(db.session(), "service.resumed", subject=f"{service.code} {service.name}", agency_id=agency.id)
    return _saved(agency, service.id)


@blueprint.route("/admin/register/fields/add", methods=["GET", "POST"])
@root_administrator
def new_field() -> ResponseReturnValue:
    """Add a field of service, which all agencies share."""
    form = NewFieldForm()
    editing = Editing(gettext("Thêm lĩnh vực"), form, _back_to_fields(), {})
    if not form.validate_on_submit():
        return editing.page()
    try:
        field = add_service_field(db.session(), code=form.code.data, name=form.name.data, name_en=form.name_en.data)
    except AgencyError as error:
        db.session.rollback()
        return editing.page(refusal=error.text(current_language()))
    record(db.session(), "field.added", subject=f"{field.code} {field.name}")
    db.session.commit()
    flask.flash(gettext("Đã thêm %(name)s.", name=called(field)), "done")
    return flask.redirect(flask.url_for("admin.register_fields"), HTTPStatus.SEE_OTHER)


@blueprint.route("/admin/register/fields/<uuid:field_id>", methods=["GET", "POST"])
@root_administrator
def edit_field(field_id: UUID) -> ResponseReturnValue:
    """Correct the names of a field of service."""
    field = db.session.get(ServiceField, field_id)
    if field is None:
        raise NotFound
    form = NamesForm(obj=field)
    stored = {"name": field.name, "name_en": field.name_en or ""}
    editing = Editing(gettext("Sửa lĩnh vực"), form, _back_to_fields(), stored, note=field.code)
    if not form.validate_on_submit():
        return editing.page()
    if editing.is_stale:
        return editing.page(is_stale=True)
    try:
        change_field(db.session(), field, name=form.name.data, name_en=form.name_en.data)
    except AgencyError as error:
        db.session.rollback()
        return editing.page(refusal=error.text(current_language()))
    record(db.session(), "field.changed", subject=field.code, details={"name": field.name, "was": stored["name"]})
    db.session.commit()
    flask.flash(gettext("Đã lưu."), "done")
    return flask.redirect(flask.url_for("admin.register_fields"), HTTPStatus.SEE_OTHER)


def _service(agency: Agency, service_id: UUID) -> Service:
    service = db.session.get(Service, service_id)
    if service is None or service.agency_id != agency.id:
        raise NotFound
    return service


def _offer(form: ServiceForm) -> dict[str, ServiceField]:
    fields = list_service_fields(db.session())
    form.service_field.choices = [(field.code, called(field)) for field in fields]
    return {field.code: field for field in fields}


def _edit_page(
    editing: Editing, agency: Agency, service: Service, *, refusal: str = "", is_stale: bool = False
) -> ResponseReturnValue:
    view = "admin.use_service_again" if service.retired_on else "admin.end_service"
    return editing.page(
        refusal=refusal,
        is_stale=is_stale,
        said={"service_field": lambda _: called(service.service_field)},
        retire_address=flask.url_for(view, agency_id=agency.id, service_id=service.id),
        retire_words=gettext("Dùng lại thủ tục này") if service.retired_on else gettext("Ngừng thủ tục này"),
        retire_hint=gettext("Thủ tục đã ngừng không còn ở quầy nào; phiếu đã trả lời vẫn giữ."),
    )


def _saved(agency: Agency, service_id: UUID) -> ResponseReturnValue:
    page = flask.url_for("admin.edit_service", agency_id=agency.id, service_id=service_id)
    db.session.commit()
    flask.flash(gettext("Đã lưu."), "done")
    return flask.redirect(page, HTTPStatus.SEE_OTHER)


def _to_services() -> ResponseReturnValue:
    return flask.redirect(flask.url_for("admin.register_services"), HTTPStatus.SEE_OTHER)


def _back() -> tuple[str, str]:
    return flask.url_for("admin.register_services"), gettext("Thủ tục")


def _back_to_fields() -> tuple[str, str]:
    return flask.url_for("admin.register_fields"), gettext("Lĩnh vực")
