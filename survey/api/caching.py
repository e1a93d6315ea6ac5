"""What others may keep of the public part: a tag that changes when an answer does, and for how long it is good."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import flask

# As long as the public pages: a correction shows so much later at most.
SECONDS_TO_KEEP: Final = 300


def set_caching(response: flask.Response) -> flask.Response:
    """Let what is public be kept for minutes and asked for by its tag; nothing else be kept at all."""
    if response.status_code == HTTPStatus.OK and _is_public() and flask.request.method in {"GET", "HEAD"}:
        response.add_etag()
        response.cache_control.public = True
        response.cache_control.max_age = SECONDS_TO_KEEP
        # Programs on pages of other sites may read what is public.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.make_conditional(flask.request)
        return response
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_public() -> bool:
    view = flask.current_app.view_functions.get(flask.request.endpoint or "")
    return getattr(view, "access", "") == "public"
