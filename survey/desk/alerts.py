"""Alerts about the intake of counters, for who stands above them; what follows is for people to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency, ServicePoint
from survey.queries.intake_alerts import MOST_LISTED, AlertLine, list_alerts
from survey.rendering import numbers
from survey.services.intake_alerts import KINDS, band_end
from survey.web.access import current_scope, signed_in
from survey.web.language import current_language
from survey.web.lists import Column, list_of


@dataclass(frozen=True, slots=True)
class Told:
    """An alert in words: ``signs`` are what stood out, each with its band of answers."""

    day: date
    agency: Agency
    counter: ServicePoint
    answers: str
    signs: list[tuple[str, str]]
    lower: int


COLUMNS: Final[tuple[Column[Told], ...]] = (
    Column("counter", _("Quầy"), by=lambda told: (told.counter.sort_key, told.agency.sort_key)),
    Column("day", _("Ngày"), by=lambda told: told.day),
    Column("signs", _("Dấu hiệu"), by=lambda told: told.signs),
    Column("answers", _("Phiếu trong tháng"), by=lambda told: told.lower),
)


@blueprint.get("/desk/alerts")
@signed_in
def alerts() -> ResponseReturnValue:
    """List the alerts about counters that the official stands above, newest first."""
    found = [_tell(line) for line in list_alerts(db.session(), current_scope())]
    return flask.render_template(
        "desk/alerts.html",
        listing=list_of(found, COLUMNS, text=_searched, order="-day"),
        most=MOST_LISTED,
        is_cut=len(found) == MOST_LISTED,
        is_demo=any(each.agency.is_demo for each in found),
    )


def _searched(told: Told) -> str:
    return f"{told.counter.name} {told.counter.name_en} {told.agency.name} {told.agency.name_en} {told.agency.code}"


def _tell(line: AlertLine) -> Told:
    bands = {kind: getattr(line.alert, kind) for kind in KINDS}
    signs = [(_sign(kind), _band(lower)) for kind, lower in bands.items() if lower]
    return Told(line.alert.day, line.agency, line.counter, _band(line.alert.answers), signs, line.alert.answers)


def _band(lower: int) -> str:
    end, language = band_end(lower), current_language()
    if end is None:
        more: str = gettext("từ %(number)s trở lên", number=numbers.count(lower, language))
        return more
    return f"{numbers.count(lower, language)}–{numbers.count(end, language)}"


def _sign(kind: str) -> str:
    signs: dict[str, str] = {
        "burst": gettext("Nhiều phiếu trong thời gian ngắn từ một máy hoặc một mạng"),
        "outside_hours": gettext("Phần lớn phiếu gửi ngoài giờ mở cửa"),
        "repeated_pattern": gettext("Nhiều phiếu liên tiếp giống hệt nhau"),
    }
    return signs[kind]
