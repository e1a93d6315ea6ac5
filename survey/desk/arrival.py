"""Where an official goes once his password was right: to the second factor, or to the page he asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.models.accounts import Official
from survey.services.audit import act_as
from survey.services.official_accounts import record_own
from survey.services.second_factor import has_second_factor
from survey.web.errors import error_page
from survey.web.identity import begin_to_write, must_give_second_factor, start_session, start_waiting


def go_on_after_password(official: Official) -> ResponseReturnValue:
    """Ask for the second factor where one is needed, else let him in."""
    if must_give_second_factor(official):
        page = "desk.second_factor" if has_second_factor(official) else "desk.set_up_second_factor"
        start_waiting(official)
        return flask.redirect(flask.url_for(page, next=flask.request.args.get("next")))
    begin_to_write()
    let_in(official, second_factor=False)
    return flask.redirect(next_page())


def let_in(official: Official, *, second_factor: bool) -> None:
    """Record and commit that he is here, in the transaction that is open for writing, and start the session."""
    act_as(f"official:{official.id}")
    record_own(db.session(), "sign_in.succeeded", official, second_factor=second_factor)
    db.session.commit()
    start_session(official, second_factor=second_factor)


def wait_until(free_at: datetime) -> ResponseReturnValue:
    """Say how long to wait after too many attempts."""
    minutes = int((free_at - datetime.now(tz=UTC)).total_seconds() // 60) + 1
    reason = gettext("Đã có quá nhiều lần đăng nhập không đúng. Hãy thử lại sau %(minutes)d phút.", minutes=minutes)
    body, status = error_page(HTTPStatus.TOO_MANY_REQUESTS, reason=reason)
    return body, status, {"Retry-After": str(minutes * 60)}


def next_page() -> str:
    """Return the page that was asked for before signing in, where it is one of ours, else the first one."""
    wanted = flask.request.args.get("next", "")
    return wanted if _is_ours(wanted) else flask.url_for("desk.home")


def _is_ours(wanted: str) -> bool:
    # A line end would break the header of the answer; the splitter leaves it out silently.
    if "\\" in wanted or not wanted.isprintable():
        return False
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and parts.path.startswith(("/desk", "/admin"))
