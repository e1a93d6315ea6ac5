"""What a citizen sees when something goes wrong, in his language; never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from survey.citizen.answers import UnreadableBodyError
from survey.citizen.pages import current_words, notice
from survey.db import DatabaseUnavailableError, without_rows

LOG: Final = logging.getLogger(__name__)
RETRY_SECONDS: Final = "30"


def init_error_pages(app: flask.Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(MethodNotAllowed, _wrong_method)
    app.register_error_handler(HTTPException, _wrong_address)
    app.register_error_handler(UnreadableBodyError, _unreadable)
    app.register_error_handler(DatabaseUnavailableError, _away)
    app.register_error_handler(Exception, _unforeseen)


def _wrong_method(error: MethodNotAllowed) -> flask.Response:
    response = notice(None, HTTPStatus.METHOD_NOT_ALLOWED, "method")
    response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _wrong_address(error: HTTPException) -> flask.Response:
    status = HTTPStatus(error.code or HTTPStatus.NOT_FOUND)
    return notice(None, status, "unknown", sentence="", ask_code=True)


def _unreadable(_error: UnreadableBodyError) -> flask.Response:
    words = current_words()
    return notice(
        None,
        HTTPStatus.BAD_REQUEST,
        "unreadable",
        next_href=f"{flask.request.path}?lang={words.tag}",
        next_words=words.say("new_form"),
    )


def _away(error: DatabaseUnavailableError) -> flask.Response:
    LOG.warning("the database cannot be used: %s", error)
    response = notice(None, HTTPStatus.SERVICE_UNAVAILABLE, "away")
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _unforeseen(error: Exception) -> flask.Response:
    # No address, no code and nothing that was sent stands in the log.
    LOG.error("unforeseen error on %s\n%s", flask.request.endpoint, without_rows(error))
    return notice(None, HTTPStatus.INTERNAL_SERVER_ERROR, "away")
