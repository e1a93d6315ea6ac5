"""The head and the foot of an agency's documents: names as printed, number and symbol, signer, recipients."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.letterheads import get_letterhead
from survey.services.letterheads import FIELDS, LetterheadError, set_letterhead, stored_texts
from survey.services.row_version import version_of
from survey.web.access import agency_manager
from survey.web.forms import Form
from survey.web.language import current_language

HEAD: Final = ("superior", "issuer", "number", "symbol", "place")
FOOT: Final = ("signer_post", "signer_name", "recipients")
ENGLISH: Final = ("superior_en", "issuer_en", "signer_post_en", "recipients_en")


class LetterheadForm(Form):
    """Everything that is printed around a report."""

    superior = StringField(lazy_gettext("Cơ quan cấp trên"))
    issuer = StringField(lazy_gettext("Cơ quan ban hành"))
    number = StringField(lazy_gettext("Số"))
    symbol = StringField(lazy_gettext("Ký hiệu"))
    place = StringField(lazy_gettext("Địa danh"))
    signer_post = TextAreaField(lazy_gettext("Quyền hạn, chức vụ"))
    signer_name = StringField(lazy_gettext("Họ tên người ký"))
    recipients = TextAreaField(lazy_gettext("Nơi nhận"))
    superior_en = StringField(lazy_gettext("Cơ quan cấp trên (tiếng Anh)"))
    issuer_en = StringField(lazy_gettext("Cơ quan ban hành (tiếng Anh)"))
    signer_post_en = TextAreaField(lazy_gettext("Quyền hạn, chức vụ (tiếng Anh)"))
    recipients_en = TextAreaField(lazy_gettext("Nơi nhận (tiếng Anh)"))


@blueprint.get("/desk/agencies/<uuid:agency_id>/letterhead")
@agency_manager
def letterhead(agency: Agency) -> ResponseReturnValue:
    """Show what the documents of an agency print at head and foot, as they print it, and the boxes to change it."""
    stored = _stored(agency)
    return _show(agency, LetterheadForm(formdata=None, data=stored), stored)


@blueprint.post("/desk/agencies/<uuid:agency_id>/letterhead")
@agency_manager
def change_letterhead(agency: Agency) -> ResponseReturnValue:
    """Print other words from now on; documents made before stay as they are."""
    form, stored = LetterheadForm(), _stored(agency)
    typed = {name: form[name].data or "" for name in FIELDS}
    if flask.request.form.get("seen", "") != version_of(stored):
        differing = {name: text for name, text in stored.items() if text.split() != typed[name].split()}
        return _show(agency, form, stored, differing=differing, is_stale=True), HTTPStatus.CONFLICT
    try:
        set_letterhead(db.session(), agency, typed, today=local_today())
    except LetterheadError as refusal:
        db.session.rollback()
        form[refusal.field].errors = [refusal.text(current_language())]
        return _show(agency, form, stored), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu; văn bản lập từ nay in như dưới đây."), "done")
    return flask.redirect(flask.url_for("desk.letterhead", agency_id=agency.id), HTTPStatus.SEE_OTHER)


def _stored(agency: Agency) -> dict[str, str]:
    return stored_texts(get_letterhead(db.session(), agency_id=agency.id))


def _show(agency: Agency, form: LetterheadForm, stored: dict[str, str], **more: Any) -> str:  # noqa: ANN401 -- of the page
    # What composes documents is loaded when first asked for, not at start.
    from survey.desk.documents import letter_as_printed  # noqa: PLC0415

    return flask.render_template(
        "desk/letterhead.html",
        agency=agency,
        form=form,
        head=HEAD,
        foot=FOOT,
        english=ENGLISH,
        english_open=any(form[name].data for name in ENGLISH),
        seen=version_of(stored),
        letter=letter_as_printed(agency.id, current_language()),
        is_demo=agency.is_demo,
        **more,
    )
