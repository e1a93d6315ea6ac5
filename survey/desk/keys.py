"""Keys of other systems: made and shown once, listed, and revoked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.slips import ApiKey
from survey.models.sort_key import sort_key
from survey.services.api_keys import ApiKeyError, find_key_of, list_keys, make_key, revoke_key
from survey.web.access import agency_administrator, signed_in_official
from survey.web.forms import Form
from survey.web.language import current_language
from survey.web.lists import Column, list_of

COLUMNS: Final[tuple[Column[ApiKey], ...]] = (
    Column("name", _("Tên phần mềm dùng khoá"), by=lambda key: sort_key(key.label)),
    Column("scope", _("Quyền"), by=lambda key: key.scopes),
    Column("day", _("Ngày tạo"), by=lambda key: key.created_on),
    Column("revoked", _("Thu hồi"), by=lambda key: key.revoked_on),
)


class KeyForm(Form):
    """What a key is for."""

    label = StringField(_("Tên phần mềm dùng khoá"))
    scope = SelectField(
        _("Khoá được dùng để"),
        choices=[
            ("slips", _("Lấy mã một lần cho phiếu kết quả")),
            ("population", _("Ghi số hồ sơ của cơ quan cấp dưới")),
            ("indicators", _("Ghi chỉ tiêu, khảo sát khác của cơ quan cấp dưới cho Chỉ số CCHC")),
            ("figures", _("Đọc số liệu của cơ quan mình và cấp dưới, kể cả chưa công bố")),
        ],
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/keys")
@agency_administrator
def keys(agency: Agency) -> ResponseReturnValue:
    """List the keys of other systems, and offer to make one."""
    return _show(agency, KeyForm())


@blueprint.post("/desk/agencies/<uuid:agency_id>/keys")
@agency_administrator
def make_a_key(agency: Agency) -> ResponseReturnValue:
    """Make a key and show it, this once."""
    form = KeyForm()
    if not form.validate():
        return _show(agency, form), HTTPStatus.UNPROCESSABLE_ENTITY
    by = signed_in_official().id
    try:
        _key, plain = make_key(
            db.session(),
            agency=agency,
            label=form.label.data or "",
            scopes=[form.scope.data],
            by=by,
            today=local_today(),
        )
    except ApiKeyError as refusal:
        db.session.rollback()
        form.label.errors = [refusal.text(current_language())]
        return _show(agency, form), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    return _show(agency, KeyForm(formdata=None), plain=plain)


@blueprint.post("/desk/agencies/<uuid:agency_id>/keys/<uuid:key_id>/revoke")
@agency_administrator
def revoke_a_key(agency: Agency, key_id: UUID) -> ResponseReturnValue:
    """End a key at once."""
    key = find_key_of(db.session(), agency, key_id)
    if key is None:
        raise NotFound
    revoke_key(db.session(), key, today=local_today())
    db.session.commit()
    flask.flash(gettext("Khoá đã bị thu hồi; phần mềm dùng khoá này không vào được nữa."), "done")
    return flask.redirect(flask.url_for("desk.keys", agency_id=agency.id), HTTPStatus.SEE_OTHER)


def _show(agency: Agency, form: KeyForm, *, plain: str = "") -> str:
    return flask.render_template(
        "desk/keys.html",
        agency=agency,
        form=form,
        listing=list_of(list_keys(db.session(), agency), COLUMNS, text=lambda key: key.label, order="-day"),
        plain=plain,
        is_demo=agency.is_demo,
    )
