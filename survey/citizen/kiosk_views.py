"""Kiosks: the same form on a screen of the office, which forgets each citizen before the next one comes."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

import flask

from survey.citizen import form_views
from survey.citizen.blueprint import blueprint
from survey.citizen.form_views import Taken, receive
from survey.citizen.intake import current_intake
from survey.citizen.kiosk import Kiosk, enter_kiosk
from survey.citizen.offline_views import keys_for, marked, to_be_kept
from survey.citizen.pages import CitizenResponse, current_words, notice, page
from survey.db import reading
from survey.models.identifiers import local_today, read_counter_code
from survey.queries.counters import Counter
from survey.queries.kiosks import KioskCounter, find_kiosk_agency, is_kiosk_of, list_kiosk_counters
from survey.services.form_keys import written_receipt
from survey.web.access import citizen
from survey.web.kiosk_links import KioskLink, KioskLinks

KEYS_FOR_A_KIOSK: Final = 40
# A thank-you asks so soon whether somebody still reads it, and then waits as every page does.
SECONDS_TO_READ_THANKS: Final = 15


@blueprint.get("/K/<token>")
@citizen
def kiosk_home(token: str) -> flask.typing.ResponseReturnValue:
    """Show what each citizen begins with: the form of the kiosk's counter, or the counters to choose from."""
    kiosk = _enter(token)
    if not isinstance(kiosk, Kiosk):
        return kiosk
    counters = _counters_of(kiosk)
    if not counters:
        return notice(None, HTTPStatus.NOT_FOUND, "kiosk_empty")
    if len(counters) == 1:
        return form_views.show_form(counters[0].code)
    return to_be_kept(page("citizen/kiosk_counters.html", counters=counters))


@blueprint.get("/K/<token>/<code>")
@citizen
def kiosk_form(token: str, code: str) -> flask.typing.ResponseReturnValue:
    """Hand out an empty form of one of the kiosk's counters."""
    turned_away = _enter_at(token, code)
    return turned_away or form_views.show_form(code)


@blueprint.post("/K/<token>/<code>")
@citizen
def take_at_kiosk(token: str, code: str) -> flask.typing.ResponseReturnValue:
    """Store an answer of the channel "kiosk" and thank for it; the receipt stands in no address."""
    turned_away = _enter_at(token, code)
    return turned_away or _thank(receive(code))


@blueprint.post("/K/<token>/<code>/send")
@citizen
def take_from_kiosk_outbox(token: str, code: str) -> flask.typing.ResponseReturnValue:
    """Store an answer as the kiosk's form does, and tell the kiosk's script what became of it."""
    turned_away = _enter_at(token, code)
    return marked(turned_away or _thank(receive(code)))


@blueprint.post("/K/<token>/<code>/keys")
@citizen
def hand_out_kiosk_keys(token: str, code: str) -> flask.typing.ResponseReturnValue:
    """Hand out form keys for a day on which the network fails."""
    turned_away = _enter_at(token, code)
    return turned_away or keys_for(code, number=KEYS_FOR_A_KIOSK)


@blueprint.get("/K/<token>/outbox")
@citizen
def kiosk_outbox(token: str) -> flask.typing.ResponseReturnValue:
    """Say that an answer is kept on the kiosk until there is a network again."""
    kiosk = _enter(token)
    if not isinstance(kiosk, Kiosk):
        return kiosk
    return to_be_kept(page("citizen/kiosk_outbox.html", counter=None, is_last=True, seconds=SECONDS_TO_READ_THANKS))


@blueprint.get("/K/<token>/app.webmanifest")
@citizen
def kiosk_manifest(token: str) -> flask.typing.ResponseReturnValue:
    """Let the kiosk be installed as an application that fills the screen."""
    kiosk = _enter(token)
    if not isinstance(kiosk, Kiosk):
        return kiosk
    content = {
        "name": "Hài Lòng",
        "short_name": "Hài Lòng",
        "lang": "vi",
        "start_url": kiosk.home,
        "scope": kiosk.home,
        "display": "fullscreen",
        "background_color": "#fdfbf6",
        "theme_color": "#0b4a6f",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    headers = {"Content-Type": "application/manifest+json", "Cache-Control": "no-store"}
    return CitizenResponse(json.dumps(content), headers=headers)


def _enter(token: str) -> Kiosk | flask.Response:
    links: KioskLinks = flask.current_app.extensions["kiosk_links"]
    link = links.read(token, today=local_today())
    if link is None:
        return notice(None, HTTPStatus.NOT_FOUND, "kiosk_unknown")
    kiosk = Kiosk(token, link)
    enter_kiosk(kiosk)
    return kiosk


def _enter_at(token: str, code: str) -> flask.Response | None:
    """Enter a kiosk at one of its counters, or return the page that says why not."""
    kiosk = _enter(token)
    if not isinstance(kiosk, Kiosk):
        return kiosk
    known = read_counter_code(code)
    found = current_intake().find(known) if known else None
    if found is None:
        return notice(None, HTTPStatus.NOT_FOUND, "kiosk_unknown")
    return None if _belongs(kiosk.link, found.counter) else notice(None, HTTPStatus.NOT_FOUND, "kiosk_unknown")


def _belongs(link: KioskLink, counter: Counter) -> bool:
    """Tell whether a counter is one of those of a kiosk whose links are not revoked."""
    if link.kind == "counter":
        return (counter.service_point_id, counter.kiosk_series) == (link.id, link.series)
    if counter.agency_id == link.id:
        return counter.agency_kiosk_series == link.series
    with reading(current_intake().engine) as session:
        return find_kiosk_agency(session, link.id, series=link.series) == counter.agency_id


def _counters_of(kiosk: Kiosk) -> list[KioskCounter]:
    link, today = kiosk.link, local_today()
    with reading(current_intake().engine) as session:
        if link.kind == "counter":
            is_good = is_kiosk_of(session, link.id, series=link.series)
            return list_kiosk_counters(session, today=today, service_point_id=link.id) if is_good else []
        agency_id = find_kiosk_agency(session, link.id, series=link.series)
        return list_kiosk_counters(session, today=today, agency_id=agency_id) if agency_id else []


def _thank(taken: Taken | flask.Response) -> flask.Response:
    if not isinstance(taken, Taken):
        return taken
    return page(
        "citizen/kiosk_thanks.html",
        counter=taken.counter,
        receipt=written_receipt(taken.receipt),
        address=f"{flask.current_app.config['PUBLIC_URL'].partition('://')[2]}/R",
        sentence=current_words().say("again" if taken.is_repeat else "thanks"),
        is_last=True,
        seconds=SECONDS_TO_READ_THANKS,
    )
