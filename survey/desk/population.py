"""N: how many transactions an agency finished in each month of a wave, set from above it."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.queries.desk_lists import list_population_sizes
from survey.rendering import numbers
from survey.services.audit import Detail, record
from survey.services.errors import WaveError
from survey.services.waves import set_population_size
from survey.web.access import manager_above
from survey.web.filters import called, month
from survey.web.forms import CountField, Form
from survey.web.language import current_language


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/population")
@manager_above
def population(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Ask for N, a month a line."""
    known = list_population_sizes(db.session(), wave_id=wave.id, agency_id=agency.id)
    form = population_form(wave)(data={field_name(text): str(number) for text, number in known.items()})
    return _show(form, agency, wave)


@blueprint.post("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/population")
@manager_above
def set_population(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Keep N of every month that was filled in, all or nothing."""
    form = population_form(wave)()
    if not form.validate():
        return _show(form, agency, wave), HTTPStatus.UNPROCESSABLE_ENTITY
    before = list_population_sizes(db.session(), wave_id=wave.id, agency_id=agency.id)
    changes: dict[str, Detail] = {}
    warnings = []
    for text in months_of(wave):
        field = form[field_name(text)]
        if field.value is None:
            continue
        try:
            notice = set_population_size(db.session(), wave=wave, agency=agency, month=text, transactions=field.value)
        except WaveError as refusal:
            db.session.rollback()
            field.errors = [refusal.text(current_language())]
            return _show(form, agency, wave), HTTPStatus.UNPROCESSABLE_ENTITY
        if before.get(text) != notice.transactions:
            changes[text] = [before.get(text, 0), notice.transactions]
        if notice.respondents > notice.transactions:
            warnings.append((text, notice.respondents))
    name = called(agency)
    if changes:
        record(db.session(), "population.set", subject=wave.code, agency_id=agency.id, details=changes)
    db.session.commit()
    flask.flash(gettext("Đã lưu số hồ sơ của %(name)s.", name=name), "done")
    for text, respondents in warnings:
        flask.flash(_more_than_n(text, respondents), "warning")
    return flask.redirect(flask.url_for("desk.wave_agencies", wave_id=wave.id))


def months_of(wave: Wave) -> list[str]:
    """Return the months of a wave as in "2026-11", first to last."""
    day: date = wave.opens_on.replace(day=1)
    months = []
    while day <= wave.closes_on:
        months.append(f"{day:%Y-%m}")
        day = (day + timedelta(days=31)).replace(day=1)
    return months


def field_name(text: str) -> str:
    """Return the name of the field of a month."""
    return f"month_{text.replace('-', '_')}"


def population_form(wave: Wave) -> type[Form]:
    """Make the form of a wave: a field for each of its months."""
    return type("PopulationForm", (Form,), {field_name(text): CountField(month(text)) for text in months_of(wave)})


def _show(form: Form, agency: Agency, wave: Wave) -> str:
    return flask.render_template(
        "desk/population.html",
        form=form,
        fields=[form[field_name(text)] for text in months_of(wave)],
        agency=agency,
        wave=wave,
        is_demo=agency.is_demo,
    )


def _more_than_n(text: str, respondents: int) -> str:
    warning: str = gettext(
        "Tháng %(month)s có %(respondents)s phiếu, nhiều hơn số hồ sơ đã ghi. Hãy kiểm tra lại số hồ sơ, "
        "hoặc có người trả lời nhiều lần.",
        month=month(text),
        respondents=numbers.count(respondents, current_language()),
    )
    return warning
