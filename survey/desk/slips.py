"""Slips: one-time codes for citizens whose dossier ended, made in batches and handed over once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.jobs.slips import SLIPS
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.sort_key import sort_key
from survey.queries.slips import BatchLine, count_codes_over_api, list_batches, list_choices
from survey.services.jobs import request_job
from survey.services.slip_keys import SlipKeys
from survey.services.slips import Order, SlipError, make_batch
from survey.web.access import agency_manager, signed_in_official
from survey.web.forms import CountField, Form
from survey.web.language import current_language
from survey.web.lists import Column, list_of

USUAL_DAYS: Final = 60
MOST_LISTED: Final = 5000
COLUMNS: Final[tuple[Column[BatchLine], ...]] = (
    Column("day", _("Ngày tạo"), by=lambda batch: batch.made_on),
    Column(
        "case",
        _("Cơ quan giải quyết, thủ tục"),
        by=lambda batch: (sort_key(batch.deciding.vi), sort_key(batch.service.vi if batch.service else "")),
    ),
    Column("count", _("Số mã"), by=lambda batch: batch.count),
    Column("until", _("Hết hạn"), by=lambda batch: batch.expires_on),
    Column("label", _("Ghi chú"), by=lambda batch: sort_key(batch.label) if batch.label else None),
)


class SlipForm(Form):
    """What a batch is made of; the choices of ``case`` are agencies, and services as "agency/service"."""

    case = SelectField(_("Cơ quan giải quyết, thủ tục"))
    count = CountField(_("Số lượng mã"))
    days = CountField(_("Số ngày còn hạn"))
    label = StringField(_("Ghi chú"))


@blueprint.get("/desk/agencies/<uuid:agency_id>/slips")
@agency_manager
def slips(agency: Agency) -> ResponseReturnValue:
    """List the batches of an agency, and offer to make one."""
    return _show(agency, _form(agency, data={"days": str(USUAL_DAYS)}))


@blueprint.post("/desk/agencies/<uuid:agency_id>/slips")
@agency_manager
def make_slips(agency: Agency) -> ResponseReturnValue:
    """Make a batch, and its documents in the background."""
    form = _form(agency)
    if not form.validate():
        return _show(agency, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        batch_id = _make(agency, form)
    except SlipError as refusal:
        db.session.rollback()
        form.count.errors = [refusal.text(current_language())]
        return _show(agency, form), HTTPStatus.UNPROCESSABLE_ENTITY
    job = request_job(
        db.session(),
        kind=SLIPS,
        arguments={"agency_id": str(agency.id), "batch_id": str(batch_id), "language": current_language()},
        official_id=signed_in_official().id,
        agency_id=agency.id,
        now=datetime.now(tz=UTC),
    )
    db.session.commit()
    flask.current_app.extensions["hailong_jobs"].put(job.id)
    flask.flash(gettext("Đã tạo mã. Hãy tải tài liệu trong hôm nay; đêm nay tài liệu và mã gốc bị xoá."), "done")
    return flask.redirect(flask.url_for("desk.job_page", job_id=job.id), HTTPStatus.SEE_OTHER)


def _make(agency: Agency, form: SlipForm) -> UUID:
    choice = next(
        each for each in list_choices(db.session(), agency, today=local_today()) if each.key == form.case.data
    )
    order = Order(
        issuer=agency,
        deciding=choice.deciding,
        service=choice.service,
        count=form.count.value or 0,
        expires_on=_last_day(form.days.value),
        label=(form.label.data or "").strip(),
        made_by=signed_in_official().id,
    )
    keys = SlipKeys(flask.current_app.config["SECRET_KEY"])
    return make_batch(db.session(), order, keys=keys, today=local_today()).id


def _last_day(days: int | None) -> date:
    return local_today() + timedelta(days=min(USUAL_DAYS if days is None else days, 10_000))


def _form(agency: Agency, **values: object) -> SlipForm:
    form = SlipForm(**values)
    form.case.choices = [
        (choice.key, choice.name.text(current_language()))
        for choice in list_choices(db.session(), agency, today=local_today())
    ]
    return form


def _show(agency: Agency, form: SlipForm) -> str:
    return flask.render_template(
        "desk/slips.html",
        agency=agency,
        form=form,
        listing=list_of(
            list_batches(db.session(), agency.id, limit=MOST_LISTED), COLUMNS, text=_searched, order="-day"
        ),
        over_api=count_codes_over_api(db.session(), agency.id),
        is_demo=agency.is_demo,
    )


def _searched(batch: BatchLine) -> str:
    names = [batch.deciding, *([batch.service] if batch.service else [])]
    return " ".join([batch.label, *(f"{name.vi} {name.en or ''}" for name in names)])
