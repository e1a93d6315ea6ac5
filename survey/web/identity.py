"""Who is signed in: sessions by Flask-Security on the officials' table."""

from __future__ import annotations

from typing import Final

import flask
import flask_security
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin

from survey.db import db
from survey.models.accounts import Official
from survey.web.headers import is_official_path

SECURITY: Final = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_SALT": None,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
}


class SignedInOfficial(UserMixin, Official):  # type: ignore[misc]  # the library names other types of the same columns
    """An official with what the sign-in library expects of him; the table knows nothing of it."""


class _NoRole(RoleMixin):
    """Roles hang on the agency tree, see ``Grant``; the library is given none."""


def init_identity(app: flask.Flask) -> None:
    """Let the library read the session; the pages of signing in are ours."""
    app.config.from_mapping(SECURITY)
    # Before the library, which reads the database to learn who is asking.
    app.before_request(_begin_to_write)
    datastore = SQLAlchemyUserDatastore(db, SignedInOfficial, _NoRole)
    Security(app, datastore, register_blueprint=False)
    app.jinja_env.globals["official_here"] = official_here


def _begin_to_write() -> None:
    """Ask for the lock before anything is read: who reads first and writes later may find the file changed between."""
    if flask.request.method == "POST" and "_user_id" in flask.session:
        begin_to_write()


def begin_to_write() -> None:
    """Start the request's transaction anew, with the right to write on SQLite."""
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def current_official() -> Official | None:
    """Return who is signed in, or None."""
    official = flask_security.current_user
    return official if official.is_authenticated else None


def official_here() -> Official | None:
    """Return whom the frame of the page should name: nobody on pages of citizens or where the database is away."""
    if "official_here" not in flask.g:
        flask.g.official_here = current_official() if is_official_path(flask.request.path) else None
    official: Official | None = flask.g.official_here
    return official


def start_session(official: Official) -> None:
    """Sign in under a new session; what the old one held is gone, but for the language chosen."""
    language = flask.session.get("language", official.language)
    flask.session.clear()
    # Loaded once more as what the library expects; a session holds one object a row.
    db.session.expunge(official)
    signed_in = db.session.get_one(SignedInOfficial, official.id)
    flask_security.login_user(signed_in, authn_via=["password"])
    flask.session["language"] = language
    flask.session.permanent = True


def end_session() -> None:
    """Sign out on this device."""
    language = flask.session.get("language")
    flask_security.logout_user()
    flask.session.clear()
    if language:
        flask.session["language"] = language
