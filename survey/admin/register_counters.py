"""Counters in the browser: added with their first code, edited, retired, by whoever manages their agency."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.admin.blueprint import blueprint
from survey.admin.register_forms import CounterForm, Editing
from survey.db import db
from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.identifiers import local_today
from survey.models.opening_hours import shown_hours
from survey.queries.register import list_services_near
from survey.services.agencies import add_service_point, retire_service_point
from survey.services.audit import Detail, record
from survey.services.counters import CounterWish, change_counter
from survey.services.errors import AgencyError
from survey.services.lookups import require_agency_beside
from survey.web.access import agency_manager
from survey.web.filters import called
from survey.web.language import current_language


@blueprint.route("/admin/agencies/<uuid:agency_id>/counters/add", methods=["GET", "POST"])
@agency_manager
def add_counter(agency: Agency) -> ResponseReturnValue:
    """Add a counter to an agency; its first code is made with it."""
    if agency.valid_to is not None and agency.valid_to <= local_today():
        flask.flash(gettext("Cơ quan này đã kết thúc nên không thêm quầy được nữa."), "warning")
        return flask.redirect(flask.url_for("desk.counters", agency_id=agency.id), HTTPStatus.SEE_OTHER)
    form = CounterForm()
    offered = _offer(form, agency, None)
    if not form.is_submitted():
        form.serves.data = agency.code
    editing = Editing(gettext("Thêm quầy của %(name)s", name=called(agency)), form, _back(), {})
    if not form.validate_on_submit():
        return editing.page()
    try:
        wish = _wish(form, offered, agency)
        counter = add_service_point(
            db.session(),
            agency=agency,
            name=wish.name,
            name_en=wish.name_en,
            serves_agency=wish.serves,
            services=wish.services or (),
            today=local_today(),
        )
        change_counter(db.session(), counter, wish)
    except AgencyError as error:
        db.session.rollback()
        return editing.page(refusal=error.text(current_language()))
    record(db.session(), "counter.added", subject=counter.name, agency_id=agency.id)
    db.session.commit()
    flask.flash(gettext("Đã thêm %(name)s; mã quầy và áp phích đã có.", name=called(counter)), "done")
    return flask.redirect(flask.url_for("desk.counters", agency_id=agency.id), HTTPStatus.SEE_OTHER)


@blueprint.route("/admin/agencies/<uuid:agency_id>/counters/<uuid:counter_id>", methods=["GET", "POST"])
@agency_manager
def edit_counter(agency: Agency, counter_id: UUID) -> ResponseReturnValue:
    """Edit a counter: its names, whom it serves, what it offers, when it is open."""
    counter = _counter(agency, counter_id)
    form = CounterForm(data=None if flask.request.method == "POST" else _data(counter))
    offered = _offer(form, agency, counter)
    editing = Editing(gettext("Sửa quầy"), form, _back(), _stored(counter), note=_note(agency, counter))
    if not form.validate_on_submit():
        return _edit_page(editing, agency, counter)
    if editing.is_stale:
        return _edit_page(editing, agency, counter, is_stale=True)
    try:
        change_counter(db.session(), counter, _wish(form, offered, agency))
    except AgencyError as error:
        db.session.rollback()
        return _edit_page(editing, agency, counter, refusal=error.text(current_language()))
    changed = [name for name, value in _stored(counter).items() if editing.stored[name] != value]
    if changed:
        details: dict[str, Detail] = {"was": editing.stored["name"], "changed": changed}
        record(db.session(), "counter.changed", subject=counter.name, agency_id=agency.id, details=details)
    db.session.commit()
    flask.flash(gettext("Đã lưu."), "done")
    return flask.redirect(flask.url_for("admin.register_counters"), HTTPStatus.SEE_OTHER)


@blueprint.post("/admin/agencies/<uuid:agency_id>/counters/<uuid:counter_id>/retire")
@agency_manager
def retire_counter(agency: Agency, counter_id: UUID) -> ResponseReturnValue:
    """Retire a counter with its codes; its answers stay."""
    counter = _counter(agency, counter_id)
    if counter.retired_on is None:
        retire_service_point(db.session(), counter, today=local_today())
        record(db.session(), "counter.retired", subject=counter.name, agency_id=agency.id)
        db.session.commit()
    flask.flash(
        gettext("Đã ngừng %(name)s; áp phích cũ dẫn tới một trang báo quầy đã ngừng.", name=called(counter)), "done"
    )
    return flask.redirect(flask.url_for("admin.register_counters"), HTTPStatus.SEE_OTHER)


def _counter(agency: Agency, counter_id: UUID) -> ServicePoint:
    counter = db.session.get(ServicePoint, counter_id)
    if counter is None or counter.agency_id != agency.id:
        raise NotFound
    return counter


def _offer(form: CounterForm, agency: Agency, counter: ServicePoint | None) -> dict[str, Service]:
    """Let the form offer the services of the agency, of what is above it, and whatever the counter offers already."""
    near = list_services_near(db.session(), agency, counter)
    form.services.choices = [
        (str(service.id), f"{service.code} · {called(service)} ({called(decides)})") for service, decides in near
    ]
    return {str(service.id): service for service, _ in near}


def _wish(form: CounterForm, offered: dict[str, Service], agency: Agency) -> CounterWish:
    """Return what was asked for.

    Raises:
        AgencyError: where no agency of this tree has the code.

    """
    return CounterWish(
        name=form.name.data,
        name_en=form.name_en.data or "",
        serves=require_agency_beside(db.session(), form.serves.data.strip(), agency, on=local_today()),
        services=[offered[key] for key in form.services.data or ()],
        opening_hours=form.opening_hours.data or "",
    )


def _data(counter: ServicePoint) -> dict[str, object]:
    return {
        "name": counter.name,
        "name_en": counter.name_en,
        "serves": counter.serves_agency.code,
        "services": [str(service.id) for service in counter.services],
        "opening_hours": _hours(counter),
    }


def _hours(counter: ServicePoint) -> str:
    return shown_hours(counter.opening_hours, current_language()) if counter.opening_hours else ""


def _stored(counter: ServicePoint) -> dict[str, str]:
    return {
        "name": counter.name,
        "name_en": counter.name_en or "",
        "serves": counter.serves_agency.code,
        "services": "; ".join(sorted(str(service.id) for service in counter.services)),
        "opening_hours": _hours(counter),
    }


def _note(agency: Agency, counter: ServicePoint) -> str:
    used = [each.code for each in counter.codes if each.retired_on is None]
    return " · ".join([called(agency), *used])


def _edit_page(
    editing: Editing, agency: Agency, counter: ServicePoint, *, refusal: str = "", is_stale: bool = False
) -> ResponseReturnValue:
    names = {str(service.id): called(service) for service in counter.services}
    retire = flask.url_for("admin.retire_counter", agency_id=agency.id, counter_id=counter.id)
    return editing.page(
        refusal=refusal,
        is_stale=is_stale,
        said={"services": lambda text: "; ".join(names[key] for key in text.split("; ") if key in names)},
        retire_address=None if counter.retired_on else retire,
        retire_words=gettext("Ngừng quầy này"),
        retire_hint=gettext("Mọi mã của quầy ngừng theo; phiếu đã trả lời vẫn giữ. Không mở lại được."),
    )


def _back() -> tuple[str, str]:
    return flask.url_for("admin.register_counters"), gettext("Quầy")
