"""An official's own account: password, second factor, language, sessions; and the link that begins it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField
from wtforms.validators import InputRequired

from survey.db import db
from survey.desk.arrival import go_on_after_password
from survey.desk.blueprint import blueprint
from survey.desk.sign_in import ATTEMPTS_OF_AN_ADDRESS, EMPTY
from survey.services.account_links import official_of_link
from survey.services.accounts import end_sessions, hash_password, keep_password
from survey.services.audit import act_as
from survey.services.errors import AccountError
from survey.services.official_accounts import record_own
from survey.services.second_factor import has_second_factor, lock_official
from survey.web.access import public, signed_in, signed_in_official
from survey.web.errors import error_page
from survey.web.forms import Form, check_token
from survey.web.identity import begin_to_write, must_have_second_factor, start_session
from survey.web.language import LANGUAGES, current_language
from survey.web.throttle import limiter


class FirstPasswordForm(Form):
    """A password of one's own, twice."""

    new = PasswordField(lazy_gettext("Mật khẩu mới"), validators=[InputRequired(EMPTY)])
    again = PasswordField(lazy_gettext("Ghi lại mật khẩu mới"), validators=[InputRequired(EMPTY)])


@blueprint.get("/desk/account")
@signed_in
def account_page() -> ResponseReturnValue:
    """Show an official his own account."""
    official = signed_in_official()
    return flask.render_template(
        "accounts/account.html",
        official=official,
        grants=sorted(official.grants, key=lambda grant: (grant.agency.sort_key, grant.role)),
        has_second_factor=has_second_factor(official),
        must_have_second_factor=must_have_second_factor(official),
        codes_left=len(official.mf_recovery_codes or []),
    )


@blueprint.post("/desk/account/language")
@signed_in
def choose_language() -> ResponseReturnValue:
    """Keep the language in which an official is greeted on every device."""
    wanted = flask.request.form.get("language", "")
    if wanted in LANGUAGES:
        official = signed_in_official()
        official.language = wanted
        record_own(db.session(), "account.language_chosen", official, language=wanted)
        db.session.commit()
        flask.session["language"] = wanted
    return flask.redirect(flask.url_for("desk.account_page"), HTTPStatus.SEE_OTHER)


@blueprint.post("/desk/account/sessions")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Sign out on every other device; this one goes on under a new session."""
    official = signed_in_official()
    end_sessions(official)
    record_own(db.session(), "account.sessions_ended", official)
    db.session.commit()
    start_session(official, second_factor=flask.session.get("second_factor", False))
    flask.flash(gettext("Đã đăng xuất khỏi mọi thiết bị khác."), "done")
    return flask.redirect(flask.url_for("desk.account_page"), HTTPStatus.SEE_OTHER)


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
@limiter.limit(ATTEMPTS_OF_AN_ADDRESS)
def first_password(token: str) -> ResponseReturnValue:
    """Let who holds a link set a password of his own, and go on to the second factor."""
    form = FirstPasswordForm()
    if form.is_submitted():
        check_token()
    try:
        official = official_of_link(db.session(), token, key=_key(), now=datetime.now(tz=UTC))
    except AccountError as refusal:
        return error_page(HTTPStatus.GONE, reason=refusal.text(current_language()))
    if not form.validate_on_submit():
        return _page(form, official)
    # Nothing is locked while the password is hashed: it takes long on purpose.
    db.session.rollback()
    if form.new.data != form.again.data:
        form.again.errors = [gettext("Hai lần ghi mật khẩu mới không giống nhau.")]
        return _page(form, official)
    try:
        hashed = hash_password(official, form.new.data)
    except AccountError as refusal:
        form.new.errors = [refusal.text(current_language())]
        return _page(form, official)
    begin_to_write()
    # Once more, under the lock: the same link may have been used at the same moment.
    lock_official(db.session(), official)
    official = official_of_link(db.session(), token, key=_key(), now=datetime.now(tz=UTC))
    keep_password(official, hashed=hashed)
    act_as(f"official:{official.id}")
    record_own(db.session(), "account.password_set", official)
    db.session.commit()
    return go_on_after_password(official)


def _page(form: FirstPasswordForm, official: object) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return flask.render_template("accounts/first_password.html", form=form, person=official), status


def _key() -> str:
    return str(flask.current_app.config["SECRET_KEY"])
