"""Answers that must not count: excluded by rule and reason, from above the rated agency; their ratings never shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Optional

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.wave_forms import EMPTY
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.agencies import list_agencies
from survey.queries.desk_lists import CounterName, list_counter_names, plain
from survey.queries.exclusions import list_exclusions
from survey.rendering import numbers
from survey.services.errors import ServiceError
from survey.services.exclusions import RULES, Choice, count_excludable, exclude_responses
from survey.web.access import manager_above, signed_in_official
from survey.web.day_field import DayField
from survey.web.forms import Form
from survey.web.language import current_language

MOST_OFFERED: Final = 50
RULE_NAMES: Final = {
    "test": lazy_gettext("Phiếu thử, không phải của người dân"),
    "burst": lazy_gettext("Nhiều phiếu trong thời gian ngắn từ một máy hoặc một mạng"),
    "outside_hours": lazy_gettext("Gửi ngoài giờ mở cửa"),
    "repeated_pattern": lazy_gettext("Nhiều phiếu liên tiếp giống hệt nhau"),
}


class ExclusionForm(Form):
    """Which answers, by which rule, and why; of many counters those are offered that were searched for."""

    counters_found: int = 0
    has_many: bool = False

    rule = SelectField(lazy_gettext("Quy tắc"), choices=[])
    search = StringField(lazy_gettext("Tìm quầy theo tên quầy, tên cơ quan hoặc mã"))
    counter = SelectField(lazy_gettext("Quầy"), choices=[])
    first_day = DayField(lazy_gettext("Từ ngày"), validators=[Optional()])
    last_day = DayField(lazy_gettext("Đến ngày"), validators=[Optional()])
    reason = StringField(lazy_gettext("Lý do"), validators=[InputRequired(EMPTY)])

    def choice(self) -> Choice:
        """Return which answers are meant; the form must be valid."""
        return Choice(
            service_point_id=UUID(self.counter.data) if self.counter.data else None,
            first_day=self.first_day.day if self.first_day.data else None,
            last_day=self.last_day.day if self.last_day.data else None,
        )


@blueprint.get("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/exclusions")
@manager_above
def exclusions(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Show what was excluded of an agency, by rule and reason, and offer to exclude more."""
    return _show(_form(agency, empty=True), agency, wave)


@blueprint.post("/desk/agencies/<uuid:agency_id>/waves/<uuid:wave_id>/exclusions")
@manager_above
def exclude(agency: Agency, wave: Wave) -> ResponseReturnValue:
    """Count what would be excluded; once that was agreed to, exclude it."""
    form = _form(agency)
    if flask.request.form.get("act") == "find":
        return _show(form, agency, wave)
    if not form.validate():
        return _show(form, agency, wave)
    ids, shown = _below(agency), flask.request.form.get("shown", type=int)
    try:
        count = count_excludable(
            db.session(), wave=wave, agency_ids=ids, choice=form.choice(), rule=form.rule.data, reason=form.reason.data
        )
        if shown != count or not count:
            return _show(form, agency, wave, found=count)
        done = exclude_responses(
            db.session(),
            wave_id=wave.id,
            agency_ids=ids,
            choice=form.choice(),
            rule=form.rule.data,
            reason=form.reason.data,
            by=signed_in_official().id,
            today=local_today(),
        )
    except ServiceError as refusal:
        db.session.rollback()
        form.reason.errors = [refusal.text(current_language())]
        return _show(form, db.session.get_one(Agency, agency.id), db.session.get_one(Wave, wave.id))
    address = flask.url_for("desk.exclusions", agency_id=agency.id, wave_id=wave.id)
    db.session.commit()
    number = numbers.count(done, current_language())
    flask.flash(gettext("Đã loại %(number)s phiếu; số liệu đổi ở lần tổng hợp sau.", number=number), "done")
    return flask.redirect(address, HTTPStatus.SEE_OTHER)


def _form(agency: Agency, *, empty: bool = False) -> ExclusionForm:
    form = ExclusionForm(formdata=None) if empty else ExclusionForm()
    form.rule.choices = [(rule, RULE_NAMES[rule]) for rule in RULES]
    counters = list_counter_names(db.session(), agency)
    words = plain(form.search.data or "").split()
    found = [line for line in counters if all(word in _text(line) for word in words)] if words else counters
    chosen = [line for line in counters if str(line.id) == form.counter.data]
    offered = dict.fromkeys([*chosen, *found[:MOST_OFFERED]])
    form.counter.choices = [("", gettext("Mọi quầy")), *((str(line.id), _called(line)) for line in offered)]
    form.counters_found, form.has_many = len(found), len(counters) > MOST_OFFERED
    return form


def _text(line: CounterName) -> str:
    return plain(
        f"{line.name} {line.name_en or ''} {line.agency_name} {line.agency_name_en or ''} {line.agency_code} "
        f"{line.code or ''}"
    )


def _called(line: CounterName) -> str:
    english = current_language() == "en"
    return f"{(english and line.name_en) or line.name}, {(english and line.agency_name_en) or line.agency_name}"


def _below(agency: Agency) -> list[UUID]:
    return [row.id for row in list_agencies(db.session(), paths=[agency.path])]


def _show(form: ExclusionForm, agency: Agency, wave: Wave, *, found: int | None = None) -> ResponseReturnValue:
    page = flask.render_template(
        "desk/exclusions.html",
        form=form,
        agency=agency,
        wave=wave,
        found=found,
        known=list_exclusions(db.session(), wave_id=wave.id, agency_ids=_below(agency)),
        rule_names=RULE_NAMES,
        most_offered=MOST_OFFERED,
        is_demo=agency.is_demo,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
