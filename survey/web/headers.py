"""Response headers that every page carries, and sessions that only officials' pages have."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import flask
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OFFICIAL_PATHS: Final = ("/sign-in", "/sign-out", "/desk", "/admin", "/reports")
STATIC_AGE: Final = timedelta(days=365)


def is_official_path(path: str) -> bool:
    """Return whether a page is for officials; all others neither read nor set a cookie."""
    return any(path == root or path.startswith(f"{root}/") for root in OFFICIAL_PATHS)


class OfficialsSessions(SecureCookieSessionInterface):
    """Signed cookie sessions for officials' pages; on any other page there is no session to read or write."""

    def open_session(self, app: flask.Flask, request: flask.Request) -> SecureCookieSession | None:
        """Read the session of an official's request; elsewhere give an empty one."""
        return super().open_session(app, request) if is_official_path(request.path) else self.session_class()

    def save_session(self, app: flask.Flask, session: flask.sessions.SessionMixin, response: flask.Response) -> None:
        """Write the cookie of an official; elsewhere not even say that the page could depend on one."""
        if is_official_path(flask.request.path):
            super().save_session(app, session, response)

    def should_set_cookie(self, app: flask.Flask, session: flask.sessions.SessionMixin) -> bool:
        """Return whether this response may set the cookie."""
        return is_official_path(flask.request.path) and super().should_set_cookie(app, session)


def init_headers(app: flask.Flask, *, session_minutes: int, is_https: bool) -> None:
    """Set the cookie's flags and the headers; a view with other needs sets ``g.content_security_policy``."""
    app.session_interface = OfficialsSessions()
    app.config.update(
        SESSION_COOKIE_NAME="hailong",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=session_minutes),
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_AGE,
    )
    app.after_request(_set_headers)
    app.jinja_env.globals["asset"] = _asset
    if is_https:
        app.after_request(_ask_for_https)


def _set_headers(response: flask.Response) -> flask.Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", flask.g.get("content_security_policy", POLICY))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if is_official_path(flask.request.path):
        # What an official reads must not be found in the browser by the next person at the desk.
        headers["Cache-Control"] = "no-store"
    return response


def _ask_for_https(response: flask.Response) -> flask.Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _asset(name: str) -> str:
    """Return the address of a static file, which changes when the file does."""
    folder = flask.current_app.static_folder or ""
    changed = int(Path(folder, name).stat().st_mtime)
    return flask.url_for("static", filename=name, v=changed)
