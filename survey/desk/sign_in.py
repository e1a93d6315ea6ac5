"""Sign in, sign out, and the password that only its owner knows."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from survey.db import db
from survey.desk.arrival import go_on_after_password, next_page, wait_until
from survey.desk.blueprint import blueprint
from survey.models.accounts import Official
from survey.services.accounts import end_sessions, find_official, hash_password, is_password_of, keep_password
from survey.services.errors import AccountError
from survey.services.official_accounts import record_own
from survey.services.sign_in import admit_attempt, forget_failures, record_failure, subject_of
from survey.web.access import public, signed_in, signed_in_official
from survey.web.forms import Form, check_token
from survey.web.identity import begin_to_write, current_official, end_session, start_session
from survey.web.language import current_language
from survey.web.throttle import limiter

ATTEMPTS_OF_AN_ADDRESS: Final = "100 per 15 minutes"
EMPTY: Final = lazy_gettext("Ô này còn trống; hãy ghi vào.")


class SignInForm(Form):
    """Who, and the proof of it."""

    email = StringField(lazy_gettext("E-mail"), validators=[InputRequired(EMPTY)])
    password = PasswordField(lazy_gettext("Mật khẩu"), validators=[InputRequired(EMPTY)])


class PasswordForm(Form):
    """The old password and the new one, twice."""

    old = PasswordField(lazy_gettext("Mật khẩu hiện tại"), validators=[InputRequired(EMPTY)])
    new = PasswordField(lazy_gettext("Mật khẩu mới"), validators=[InputRequired(EMPTY)])
    again = PasswordField(lazy_gettext("Ghi lại mật khẩu mới"), validators=[InputRequired(EMPTY)])


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask who is there."""
    if current_official() is not None:
        return flask.redirect(next_page())
    return flask.render_template("accounts/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
@public
@limiter.limit(ATTEMPTS_OF_AN_ADDRESS)
def attempt_sign_in() -> ResponseReturnValue:
    """Let an official in, or say that e-mail or password is wrong, or how long to wait."""
    check_token()
    form = SignInForm()
    if not form.validate():
        return flask.render_template("accounts/sign_in.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    subject = subject_of(form.email.data, key=flask.current_app.config["SECRET_KEY"])
    now = datetime.now(tz=UTC)
    begin_to_write()
    free_at = admit_attempt(db.session(), subject=subject, now=now)
    db.session.commit()
    if free_at is not None:
        return wait_until(free_at)
    # Nothing is locked while the password is hashed: it takes long on purpose.
    official = find_official(db.session(), form.email.data)
    if not is_password_of(official, form.password.data) or official is None or not official.active:
        begin_to_write()
        record_failure(db.session(), official, now=now)
        db.session.commit()
        form.password.errors = [gettext("E-mail hoặc mật khẩu không đúng.")]
        return flask.render_template("accounts/sign_in.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    begin_to_write()
    forget_failures(db.session(), subject=subject)
    db.session.commit()
    return go_on_after_password(official)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session, and with it those on other devices: a cookie copied from here must be worth nothing."""
    official = signed_in_official()
    end_sessions(official)
    record_own(db.session(), "sign_out.done", official)
    db.session.commit()
    end_session()
    return flask.redirect(flask.url_for("desk.sign_in"))


@blueprint.route("/desk/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change the password; the first one is known to whoever made the account, so it must be changed."""
    form = PasswordForm()
    official = signed_in_official()
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return flask.render_template("accounts/password.html", form=form, official=official), status
    # Nothing is locked while passwords are hashed: it takes long on purpose.
    db.session.rollback()
    hashed = _checked(form, official)
    if hashed is None:
        return flask.render_template("accounts/password.html", form=form, official=official), 422
    begin_to_write()
    keep_password(official, hashed=hashed)
    record_own(db.session(), "account.password_changed", official)
    db.session.commit()
    start_session(official, second_factor=flask.session.get("second_factor", False))
    flask.flash(gettext("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "done")
    return flask.redirect(flask.url_for("desk.home"))


def _checked(form: PasswordForm, official: Official) -> str | None:
    """Return the hash of the new password, or None with what is wrong beside its field."""
    if not is_password_of(official, form.old.data):
        form.old.errors = [gettext("Mật khẩu hiện tại không đúng.")]
    elif form.new.data != form.again.data:
        form.again.errors = [gettext("Hai lần ghi mật khẩu mới không giống nhau.")]
    elif form.new.data == form.old.data:
        form.new.errors = [gettext("Mật khẩu mới phải khác mật khẩu hiện tại.")]
    else:
        try:
            return hash_password(official, form.new.data)
        except AccountError as refusal:
            form.new.errors = [refusal.text(current_language())]
    return None
