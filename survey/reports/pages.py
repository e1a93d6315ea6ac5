"""What the public's pages share: they may be kept for minutes, asked for by their tag, and set no cookie."""

from __future__ import annotations

from typing import Final

import flask
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.released import ReleasedVersion, find_released, list_bodies
from survey.web.language import current_language

# A correction shows so much later at most.
SECONDS_TO_KEEP: Final = 300


def page(template: str, **values: object) -> flask.Response:
    """Write a page that anybody may keep for a while."""
    language = current_language()
    lang = None if language == "vi" else language
    return keep(flask.make_response(flask.render_template(template, lang=lang, **values)))


def keep(response: flask.Response) -> flask.Response:
    """Let anybody keep an answer for a while, and ask by its tag whether it has changed."""
    response.cache_control.public = True
    response.cache_control.max_age = SECONDS_TO_KEEP
    response.add_etag()
    response.make_conditional(flask.request)
    return response


def agency_of(code: str) -> Agency:
    """Return the agency of today that an address names, or the one that carried the code before, or answer 404."""
    return bodies_of(code)[0]


def bodies_of(code: str) -> list[Agency]:
    """Return every body that carries or carried the code of an address, as ``list_bodies`` does, or answer 404.

    Addresses are read out and typed: capitals do not matter.
    """
    # PostgreSQL refuses a zero in a text; no code holds one.
    if not code.isprintable():
        raise NotFound
    session, today = db.session(), local_today()
    bodies = list_bodies(session, code, today=today) or list_bodies(session, code.upper(), today=today)
    if not bodies:
        raise NotFound
    return bodies


def version_of(code: str) -> ReleasedVersion:
    """Return the released version that an address names, or answer 404."""
    version = find_released(db.session(), code) if code.isascii() and code.isalnum() else None
    if version is None:
        raise NotFound
    return version
