"""N: how many transactions an agency finished in each month of a wave, set from above it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import HiddenField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency, ServiceField
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.wave_days import months_between
from survey.queries.population import list_field_sizes, list_fields
from survey.rendering import numbers
from survey.services.audit import Detail, record
from survey.services.errors import WaveError
from survey.services.waves import PopulationNotice, set_population_size
from survey.web.access import manager_above
from survey.web.filters import called, month
from survey.web.forms import CountField, Form
from survey.web.language import current_language


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/population")
@manager_above
def population(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Ask for N: a month a line, a column for all fields together and one for each field of the agency."""
    fields = list_fields(db.session(), wave_id=wave.id, agency_id=agency.id)
    known = list_field_sizes(db.session(), wave_id=wave.id, agency_id=agency.id)
    written = {field_name(month, field): str(number) for (month, field), number in known.items()}
    form = population_form(wave, fields)(data={**written, "seen": version_of(known)})
    return _show(form, agency, wave, fields)


@blueprint.post("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/population")
@manager_above
def set_population(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Keep N of every month and field that was filled in, all or nothing."""
    fields = list_fields(db.session(), wave_id=wave.id, agency_id=agency.id)
    form = population_form(wave, fields)()
    if not form.validate():
        return _show(form, agency, wave, fields), HTTPStatus.UNPROCESSABLE_ENTITY
    before = list_field_sizes(db.session(), wave_id=wave.id, agency_id=agency.id)
    if form.seen.data and form.seen.data != version_of(before):
        form.seen.data = version_of(before)
        return _show(form, agency, wave, fields, others=_others(form, wave, fields, before)), HTTPStatus.CONFLICT
    changes: dict[str, Detail] = {}
    warnings = []
    for month_, field_ in cells_of(wave, fields):
        typed = form[field_name(month_, _key(field_))]
        if typed.value is None:
            continue
        try:
            notice = set_population_size(
                db.session(),
                wave=wave,
                agency=agency,
                month=month_,
                transactions=typed.value,
                service_field=field_,
                today=local_today(),
            )
        except WaveError as refusal:
            db.session.rollback()
            typed.errors = [refusal.text(current_language())]
            return _show(form, agency, wave, fields), HTTPStatus.UNPROCESSABLE_ENTITY
        known = before.get((month_, _key(field_)))
        if known != notice.transactions:
            changes[f"{month_} {field_.code}" if field_ else month_] = [known, notice.transactions]
        if notice.is_too_small:
            warnings.append((month_, field_, notice))
    sums = _sums_above(form, wave, fields)
    _keep(agency, wave, changes)
    for each in warnings:
        flask.flash(_more_than_n(*each), "warning")
    for text in sums:
        flask.flash(text, "warning")
    return flask.redirect(flask.url_for("desk.wave_agencies", wave_id=wave.id))


def _keep(agency: Agency, wave: Wave, changes: dict[str, Detail]) -> None:
    name = called(agency)
    if changes:
        record(db.session(), "population.set", subject=wave.code, agency_id=agency.id, details=changes)
    db.session.commit()
    flask.flash(gettext("Đã lưu số hồ sơ của %(name)s.", name=name), "done")


def months_of(wave: Wave) -> list[str]:
    """Return the months of a wave as in "2026-11", first to last."""
    return months_between(wave.opens_on, wave.closes_on)


def cells_of(wave: Wave, fields: Sequence[ServiceField]) -> list[tuple[str, ServiceField | None]]:
    """Return the cells of the grid: every month with all fields together (None), then with each field."""
    return [(month_, field_) for month_ in months_of(wave) for field_ in (None, *fields)]


def field_name(text: str, service_field: UUID | None = None) -> str:
    """Return the name of the box of a month, of one field of service or of all together."""
    return f"month_{text.replace('-', '_')}" + (f"_{service_field.hex}" if service_field else "")


def population_form(wave: Wave, fields: Sequence[ServiceField] = ()) -> type[Form]:
    """Make the form of a wave: a box for each of its months and fields; ``seen`` is what the page showed."""
    boxes = {
        field_name(month_, _key(field_)): CountField(f"{month(month_)}, {called(field_)}" if field_ else month(month_))
        for month_, field_ in cells_of(wave, fields)
    }
    return type("PopulationForm", (Form,), {**boxes, "seen": HiddenField()})


def _key(service_field: ServiceField | None) -> UUID | None:
    return service_field.id if service_field else None


def version_of(known: Mapping[tuple[str, UUID | None], int]) -> str:
    """Return what changes with every N of the agency."""
    return hashlib.sha256(repr(sorted(known.items(), key=repr)).encode()).hexdigest()[:16]


def _others(
    form: Form, wave: Wave, fields: Sequence[ServiceField], known: Mapping[tuple[str, UUID | None], int]
) -> list[str]:
    """Say where another official's number differs from what was typed."""
    told = []
    for month_, field_ in cells_of(wave, fields):
        typed, there = form[field_name(month_, _key(field_))], known.get((month_, _key(field_)))
        if there is not None and there != typed.value:
            told.append(f"{typed.label.text}: {numbers.count(there, current_language())}")
    return told


def _sums_above(form: Form, wave: Wave, fields: Sequence[ServiceField]) -> list[str]:
    """Name the months in which the fields add up to more than all fields together."""
    told = []
    for month_ in months_of(wave):
        whole = form[field_name(month_)].value
        parts = sum(form[field_name(month_, each.id)].value or 0 for each in fields)
        if whole is not None and parts > whole:
            told.append(
                gettext(
                    "Tháng %(month)s: các lĩnh vực cộng lại là %(parts)s, nhiều hơn mọi lĩnh vực (%(whole)s). "
                    "Hãy kiểm tra lại.",
                    month=month(month_),
                    parts=numbers.count(parts, current_language()),
                    whole=numbers.count(whole, current_language()),
                )
            )
    return told


def _show(form: Form, agency: Agency, wave: Wave, fields: Sequence[ServiceField], *, others: Sequence[str] = ()) -> str:
    return flask.render_template(
        "desk/population.html",
        form=form,
        months=months_of(wave),
        fields=fields,
        box=lambda month_, field_=None: form[field_name(month_, _key(field_))],
        others=others,
        agency=agency,
        wave=wave,
        is_demo=agency.is_demo,
    )


def _more_than_n(text: str, service_field: ServiceField | None, notice: PopulationNotice) -> str:
    language = current_language()
    where = f"{month(text)}, {called(service_field)}" if service_field else month(text)
    warning: str = gettext(
        "Tháng %(month)s có %(respondents)s phiếu, nhiều hơn số hồ sơ đã ghi (%(size)s). Hãy kiểm tra lại số hồ sơ, "
        "hoặc có người trả lời nhiều lần.",
        month=where,
        respondents=numbers.count(notice.respondents, language),
        size=numbers.count(notice.transactions, language),
    )
    return warning
