"""Who is signed in: sessions by Flask-Security on the officials' table.

``current_official`` is the one door: it knows nobody before the second factor, where one is needed, and nobody
whose session has lasted too long.  Between password and second factor there is only ``waiting_official``.
"""

from __future__ import annotations

import time
from typing import Final

import flask
import flask_security
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin

from survey.db import db
from survey.models.accounts import Official
from survey.queries.officials import find_official_by_session, holds_any_role
from survey.services.audit import act_as
from survey.services.second_factor import has_second_factor
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


NOBODY: Final = "visitor"
# Long enough to find the telephone and to set up its application, too short to leave the desk.
MINUTES_FOR_THE_SECOND_FACTOR: Final = 15


class SignedInOfficial(UserMixin, Official):  # type: ignore[misc]  # the library names other types of the same columns
    """An official with what the sign-in library expects of him; the table knows nothing of it."""


class _NoRole(RoleMixin):
    """Roles hang on the agency tree, see ``Grant``; the library is given none."""


def init_identity(app: flask.Flask) -> None:
    """Let the library read the session; the pages of signing in are ours."""
    app.config.from_mapping(SECURITY)
    # Before the library, which reads the database to learn who is asking.
    app.before_request(_begin_to_write)
    app.before_request(lambda: act_as(NOBODY))
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
    """Return who is signed in, or None; the session of an official who still owes the second factor is nobody's."""
    official: SignedInOfficial = flask_security.current_user
    if not official.is_authenticated or _has_lasted_too_long():
        return None
    if not flask.session.get("second_factor") and must_give_second_factor(official):
        return None
    return official


def must_give_second_factor(official: Official) -> bool:
    """Return whether a password is not enough for this official: he has set up more, or his roles ask for it."""
    return has_second_factor(official) or must_have_second_factor(official)


def must_have_second_factor(official: Official) -> bool:
    """Return whether an official's roles ask for a second factor, set up or not."""
    if "must_have_second_factor" not in flask.g:
        roles = flask.current_app.config["HAILONG"].two_factor_roles
        flask.g.must_have_second_factor = holds_any_role(db.session(), official.id, roles)
    return bool(flask.g.must_have_second_factor)


def official_here() -> Official | None:
    """Return whom the frame of the page should name: nobody on pages of citizens or where the database is away."""
    if "official_here" not in flask.g:
        flask.g.official_here = current_official() if is_official_path(flask.request.path) else None
    official: Official | None = flask.g.official_here
    return official


def waiting_official() -> Official | None:
    """Return who has given his password in this session and not yet his second factor, or None."""
    named = flask.session.get("waiting")
    since = flask.session.get("began", 0)
    if not named or not 0 <= time.time() - since < MINUTES_FOR_THE_SECOND_FACTOR * 60:
        return None
    return find_official_by_session(db.session(), named)


def start_waiting(official: Official) -> None:
    """Remember under a new session that the password was right, and nothing more than that."""
    language = flask.session.get("language", official.language)
    flask.session.clear()
    flask.session.update(waiting=official.fs_uniquifier, began=int(time.time()), language=language)
    flask.session.permanent = True


def start_session(official: Official, *, second_factor: bool) -> None:
    """Sign in under a new session; what the old one held is gone, but for the language chosen."""
    language = flask.session.get("language", official.language)
    flask.session.clear()
    act_as(f"official:{official.id}")
    # Loaded once more as what the library expects; a session holds one object a row.
    db.session.expunge(official)
    signed_in = db.session.get_one(SignedInOfficial, official.id)
    flask_security.login_user(signed_in, authn_via=["password"])
    flask.session.update(language=language, began=int(time.time()), second_factor=second_factor)
    flask.session.permanent = True


def end_session() -> None:
    """Sign out on this device."""
    language = flask.session.get("language")
    flask_security.logout_user()
    flask.session.clear()
    if language:
        flask.session["language"] = language


def _has_lasted_too_long() -> bool:
    hours = flask.current_app.config["HAILONG"].session_hours
    return not 0 <= time.time() - flask.session.get("began", 0) < hours * 3600
