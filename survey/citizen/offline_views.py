"""What lets a phone keep forms and answers while it has no network: the worker, unused keys, and the outbox."""

from __future__ import annotations

import gzip
import json
from http import HTTPStatus
from typing import Final

import flask

from survey.citizen.blueprint import blueprint
from survey.citizen.form_views import Taken, find_or_explain, receive
from survey.citizen.intake import OpenCounter, current_intake
from survey.citizen.pages import CitizenResponse, current_words, page, policy
from survey.citizen.script_files import WORKER
from survey.web.access import citizen

# What an answer that came from an outbox is told; a page of anybody else does not carry it.
MARK: Final = "Hai-Long"
KEYS_FOR_A_PHONE: Final = 5
_SAID_OFFLINE: Final = {
    "offline": "offline_hint",
    "banner": "offline_banner",
    "news": "offline_news",
    "error_title": "error_title",
    "no_rating": "no_rating",
    "long_comment": "long_comment",
}
_WORKER_GZIPPED: Final = gzip.compress(WORKER.encode(), mtime=0)
_WORKER_HEADERS: Final = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@blueprint.get("/Q/sw.js")
@blueprint.get("/K/sw.js")
@citizen
def worker() -> flask.typing.ResponseReturnValue:
    """Hand out the script that keeps forms and answers on the phone while there is no network."""
    if "gzip" in flask.request.headers.get("Accept-Encoding", ""):
        return CitizenResponse(_WORKER_GZIPPED, headers={**_WORKER_HEADERS, "Content-Encoding": "gzip"})
    return CitizenResponse(WORKER, headers=_WORKER_HEADERS)


@blueprint.get("/Q/outbox")
@citizen
def outbox() -> flask.typing.ResponseReturnValue:
    """Show the frame in which the phone says what it has not sent yet; the server knows nothing of it."""
    response = page("citizen/outbox.html", counter=None)
    response.headers["Content-Security-Policy"] = policy("outbox")
    return to_be_kept(response)


@blueprint.post("/Q/<code>/keys")
@citizen
def hand_out_keys(code: str) -> flask.typing.ResponseReturnValue:
    """Hand out a few form keys, so that each form opened without network has one of its own."""
    return keys_for(code, number=KEYS_FOR_A_PHONE)


@blueprint.post("/Q/<code>/send")
@citizen
def take_from_outbox(code: str) -> flask.typing.ResponseReturnValue:
    """Store an answer as the form itself does, and tell the phone's script what became of it."""
    taken = receive(code)
    if isinstance(taken, Taken):
        headers = {"Location": taken.address, "Content-Length": "0", "Cache-Control": "no-store"}
        return marked(CitizenResponse(status=HTTPStatus.CREATED, headers=headers))
    return marked(taken)


def keys_for(code: str, *, number: int) -> flask.Response:
    """Return unused keys, with the words for what the phone must say alone; no keys where no form is handed out."""
    found = find_or_explain(code)
    if not isinstance(found, OpenCounter):
        return found
    counter, words = found.counter, current_words()
    keys: list[str] = []
    if counter.wave is not None and counter.wave.state == "open":
        issue, point, wave = current_intake().keys.issue, counter.service_point_id, counter.wave.id
        keys = [issue(service_point_id=point, wave_id=wave, day=found.read_on) for _ in range(number)]
    said = {name: words.say(key).striptags() for name, key in _SAID_OFFLINE.items()}
    rated = [item.code for item in found.questionnaire.items] if found.questionnaire else []
    content = {"counter": counter.name.text(words.tag), "keys": keys, "rated": rated, "words": said}
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return CitizenResponse(json.dumps(content), headers=headers)


def marked(response: flask.Response) -> flask.Response:
    """Say to the script of the phone whether the answer is stored, refused for good, or to be sent again later."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        state = "stored"
    elif response.status_code == HTTPStatus.CONFLICT or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        state = "later"
    else:
        state = "refused"
    response.headers[MARK] = state
    return response


def to_be_kept(response: flask.Response) -> flask.Response:
    """Let the phone show a page again while there is no network; it holds nothing of anybody."""
    response.headers[MARK] = "keep"
    return response
