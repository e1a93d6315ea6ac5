"""Where an official gets the link that makes a browser a kiosk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency, ServicePoint
from survey.models.identifiers import local_today
from survey.queries.desk_lists import list_counters
from survey.services.audit import record
from survey.services.kiosks import revoke_kiosk_links
from survey.web.access import agency_manager
from survey.web.identity import begin_to_write
from survey.web.kiosk_links import DAYS_GOOD, IDLE_CHOICES, IDLE_SECONDS, KioskLink, KioskLinks

MONTHS_GOOD: Final = DAYS_GOOD // 30


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was chosen: one counter, or None for the choice among them; and how long the screen waits."""

    counter: ServicePoint | None
    idle_seconds: int


@blueprint.get("/desk/agencies/<uuid:agency_id>/kiosk")
@agency_manager
def kiosk(agency: Agency) -> ResponseReturnValue:
    """Give the link of a kiosk of the agency: of one counter, or of all its own to choose from.

    Nothing is made before it is asked for: to open the page is no act.
    """
    counters = list_counters(db.session(), agency)
    wish = _read_wish(counters)
    if "counter" not in flask.request.args:
        return _page(agency, counters, wish, "")
    address = f"{flask.current_app.config['PUBLIC_URL']}/K/{_token(agency, wish)}"
    page = _page(agency, counters, wish, address)
    begin_to_write()
    # A link is good for a year without anybody signing in: who took it is worth knowing.
    name = wish.counter.name if wish.counter else agency.name
    record(db.session(), "kiosk.link_made", subject=name, agency_id=agency.id)
    db.session.commit()
    return page


@blueprint.post("/desk/agencies/<uuid:agency_id>/kiosk/revoke")
@agency_manager
def revoke_kiosks(agency: Agency) -> ResponseReturnValue:
    """Make every link of a kiosk of the agency worthless; links taken from now on are good."""
    begin_to_write()
    agency = db.session.get_one(Agency, agency.id)
    revoke_kiosk_links(db.session(), agency)
    record(db.session(), "kiosk.links_revoked", subject=agency.name, agency_id=agency.id)
    db.session.commit()
    flask.flash(
        gettext("Đã thu hồi mọi đường dẫn kiosk của cơ quan. Hãy tạo đường dẫn mới dưới đây cho máy còn dùng."), "done"
    )
    return flask.redirect(flask.url_for("desk.kiosk", agency_id=agency.id))


def _page(agency: Agency, counters: Sequence[ServicePoint], wish: _Wish, address: str) -> str:
    return flask.render_template(
        "desk/kiosk.html",
        agency=agency,
        counters=counters,
        wish=wish,
        address=address,
        idle_choices=IDLE_CHOICES,
        months=MONTHS_GOOD,
        is_demo=agency.is_demo,
    )


def _read_wish(counters: Sequence[ServicePoint]) -> _Wish:
    asked = flask.request.args
    counter = next((each for each in counters if str(each.id) == asked.get("counter")), None)
    idle_seconds = asked.get("idle", IDLE_SECONDS, type=int)
    return _Wish(counter, idle_seconds if idle_seconds in IDLE_CHOICES else IDLE_SECONDS)


def _token(agency: Agency, wish: _Wish) -> str:
    links: KioskLinks = flask.current_app.extensions["kiosk_links"]
    kind: Literal["counter", "agency"] = "counter" if wish.counter else "agency"
    of = wish.counter or agency
    return links.make(KioskLink(kind, of.id, wish.idle_seconds, local_today(), of.kiosk_series))
