"""The second factor: asked for after the password, set up by a QR code, changed by its owner."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from survey.db import db
from survey.desk.arrival import let_in, next_page, wait_until
from survey.desk.blueprint import blueprint
from survey.desk.sign_in import EMPTY
from survey.models.accounts import Official
from survey.rendering.qr import qr_address
from survey.services.accounts import is_password_of
from survey.services.official_accounts import record_own
from survey.services.second_factor import (
    enrol,
    has_second_factor,
    is_second_factor,
    lock_official,
    new_salt,
    renew_recovery_codes,
    scanned_secret,
    secret_of,
    typed_secret,
)
from survey.services.sign_in import admit_attempt, forget_failures, record_failure, subject_of
from survey.web.access import password_given, signed_in, signed_in_official
from survey.web.forms import Form
from survey.web.identity import begin_to_write, start_session

LONGEST_CODE: Final = 40
FEW_CODES: Final = 2


class CodeForm(Form):
    """A code of the telephone, or a recovery code."""

    code = StringField(lazy_gettext("Mã xác thực"), validators=[InputRequired(EMPTY), Length(max=LONGEST_CODE)])


class OwnPasswordForm(Form):
    """The proof that it is still the owner who sits there."""

    password = PasswordField(lazy_gettext("Mật khẩu"), validators=[InputRequired(EMPTY)])


class NewTelephoneForm(OwnPasswordForm, CodeForm):
    """Both."""


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@password_given
def second_factor(official: Official) -> ResponseReturnValue:
    """Ask for a code of the telephone or a recovery code, and let in who has it."""
    if not has_second_factor(official):
        return flask.redirect(flask.url_for("desk.set_up_second_factor", next=flask.request.args.get("next")))
    form = CodeForm()
    if not form.validate_on_submit():
        return _page("accounts/second_factor.html", form)
    if free_at := _admit(official):
        return wait_until(free_at)
    begin_to_write()
    lock_official(db.session(), official)
    now = datetime.now(tz=UTC)
    if is_second_factor(db.session(), official, code=form.code.data, key=_key(), now=now):
        forget_failures(db.session(), subject=_subject(official))
        left = len(official.mf_recovery_codes or [])
        let_in(official, second_factor=True)
        _warn_of_few_codes(left)
        return flask.redirect(next_page())
    record_failure(db.session(), official, now=now, of="second_factor")
    db.session.commit()
    form.code.errors = [gettext("Mã không đúng, đã dùng rồi, hoặc đã hết hạn; hãy ghi mã đang hiện trên điện thoại.")]
    return _page("accounts/second_factor.html", form)


@blueprint.route("/sign-in/set-up", methods=["GET", "POST"])
@password_given
def set_up_second_factor(official: Official) -> ResponseReturnValue:
    """Set up the second factor before the first page of the desk, and show the recovery codes once."""
    if has_second_factor(official):
        return flask.redirect(flask.url_for("desk.second_factor", next=flask.request.args.get("next")))
    form = CodeForm()
    if not form.validate_on_submit():
        return _set_up_page(official, form)
    if free_at := _admit(official):
        return wait_until(free_at)
    codes = _enrolled(official, form)
    if codes is None:
        return _set_up_page(official, form)
    let_in(official, second_factor=True)
    return flask.render_template("accounts/recovery_codes.html", codes=codes, next_page=next_page())


@blueprint.route("/desk/account/two-factor", methods=["GET", "POST"])
@signed_in
def change_second_factor() -> ResponseReturnValue:
    """Set up the second factor by choice, or move it to another telephone."""
    official, form = signed_in_official(), NewTelephoneForm()
    if not form.validate_on_submit() or not _is_owner(official, form):
        return _set_up_page(official, form)
    codes = _enrolled(official, form)
    if codes is None:
        return _set_up_page(official, form)
    db.session.commit()
    start_session(official, second_factor=True)
    return flask.render_template(
        "accounts/recovery_codes.html", codes=codes, next_page=flask.url_for("desk.account_page")
    )


@blueprint.route("/desk/account/recovery-codes", methods=["GET", "POST"])
@signed_in
def change_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes; the old ones are good no longer."""
    official, form = signed_in_official(), OwnPasswordForm()
    if not has_second_factor(official):
        return flask.redirect(flask.url_for("desk.change_second_factor"))
    if not form.validate_on_submit() or not _is_owner(official, form):
        return _page("accounts/new_recovery_codes.html", form)
    begin_to_write()
    codes = renew_recovery_codes(db.session(), official, key=_key())
    record_own(db.session(), "account.recovery_codes_renewed", official)
    db.session.commit()
    return flask.render_template(
        "accounts/recovery_codes.html", codes=codes, next_page=flask.url_for("desk.account_page")
    )


def _enrolled(official: Official, form: CodeForm) -> list[str] | None:
    """Begin with the secret that was shown; None with what is wrong beside the code."""
    begin_to_write()
    lock_official(db.session(), official)
    salt, now = flask.session.get("salt", ""), datetime.now(tz=UTC)
    codes = enrol(db.session(), official, salt=salt, code=form.code.data, key=_key(), now=now) if salt else None
    if codes is None:
        db.session.rollback()
        form.code.errors = [gettext("Mã không đúng; hãy quét lại hình, xem giờ của điện thoại và ghi mã mới nhất.")]
        return None
    forget_failures(db.session(), subject=_subject(official))
    record_own(db.session(), "account.second_factor_set_up", official)
    return codes


def _is_owner(official: Official, form: OwnPasswordForm) -> bool:
    # Nothing is locked while the password is hashed: it takes long on purpose.
    db.session.rollback()
    if is_password_of(official, form.password.data):
        return True
    form.password.errors = [gettext("Mật khẩu hiện tại không đúng.")]
    return False


def _set_up_page(official: Official, form: CodeForm) -> ResponseReturnValue:
    salt = flask.session.setdefault("salt", new_salt())
    secret = secret_of(official, salt=salt, key=_key())
    picture = qr_address(scanned_secret(official, secret))
    return _page("accounts/set_up.html", form, person=official, picture=picture, typed=typed_secret(secret))


def _page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return flask.render_template(template, form=form, **values), status


def _admit(official: Official) -> datetime | None:
    """Count the attempt before the code is looked at, as with passwords; return until when to wait."""
    begin_to_write()
    free_at = admit_attempt(db.session(), subject=_subject(official), now=datetime.now(tz=UTC))
    db.session.commit()
    return free_at


def _warn_of_few_codes(left: int) -> None:
    if left <= FEW_CODES:
        flask.flash(
            gettext("Chỉ còn %(left)d mã dự phòng; hãy lập bộ mã mới trong trang tài khoản.", left=left), "warning"
        )


def _subject(official: Official) -> str:
    return subject_of(f"second-factor:{official.id}", key=_key())


def _key() -> str:
    return str(flask.current_app.config["SECRET_KEY"])
