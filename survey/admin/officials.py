"""Officials of an administrator's subtree: invite, give and take roles, close, reset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from survey.admin.blueprint import blueprint
from survey.db import db
from survey.models.accounts import ROLES, Official
from survey.models.agencies import Agency
from survey.queries.officials import (
    OfficialRow,
    as_listed,
    find_agency_by_code,
    list_living,
    list_meant,
    list_official_rows,
)
from survey.queries.scope import ADMINISTERS
from survey.services.account_links import VALID_FOR, make_link_token
from survey.services.errors import AccountError
from survey.services.official_accounts import (
    close_account,
    end_all_sessions,
    forget_password,
    give_role,
    invite_official,
    open_account,
    reset_second_factor,
    take_role,
)
from survey.services.second_factor import has_second_factor
from survey.web.access import account_keeper, administrator, current_scope, keeps_account, official_administrator
from survey.web.filters import called
from survey.web.forms import Form
from survey.web.language import LANGUAGES, current_language
from survey.web.lists import Column, list_of

EMPTY: Final = lazy_gettext("Ô này còn trống; hãy ghi vào.")
ROLE_NAMES: Final = [
    ("viewer", lazy_gettext("Người xem")),
    ("agency_manager", lazy_gettext("Quản lý cơ quan")),
    ("survey_manager", lazy_gettext("Quản lý khảo sát")),
    ("administrator", lazy_gettext("Quản trị")),
    ("auditor", lazy_gettext("Kiểm tra viên")),
]
LINES_A_PAGE: Final = 50
MOST_OFFERED: Final = 300
MOST_SUGGESTED: Final = 5


def _state(row: OfficialRow) -> tuple[bool, bool, bool]:
    return (row.active, not row.is_invited, row.has_second_factor)


COLUMNS: Final[tuple[Column[OfficialRow], ...]] = (
    Column("name", lazy_gettext("Họ và tên"), by=lambda row: (*as_listed(row.name), row.email)),
    Column("email", lazy_gettext("E-mail"), by=lambda row: row.email),
    Column("role", lazy_gettext("Vai trò"), by=lambda row: [(each.agency.sort_key, each.role) for each in row.grants]),
    Column("state", lazy_gettext("Tình trạng"), by=_state),
)
ACTS: Final = {
    "close": (close_account, lazy_gettext("Đã khoá tài khoản.")),
    "open": (open_account, lazy_gettext("Đã mở lại tài khoản.")),
    "reset-second-factor": (
        reset_second_factor,
        lazy_gettext("Đã xoá xác thực hai bước; lần đăng nhập sau sẽ lập lại."),
    ),
    "end-sessions": (end_all_sessions, lazy_gettext("Đã kết thúc mọi phiên đăng nhập của người này.")),
}


class RoleForm(Form):
    """A role on an agency, which is named by its code or its name."""

    agency = StringField(lazy_gettext("Cơ quan (mã hoặc tên)"), validators=[InputRequired(EMPTY)])
    role = SelectField(lazy_gettext("Vai trò"), choices=ROLE_NAMES)


class InvitationForm(RoleForm):
    """Who is invited, and what he may do."""

    email = StringField(lazy_gettext("E-mail"), validators=[InputRequired(EMPTY)])
    name = StringField(lazy_gettext("Họ và tên"), validators=[InputRequired(EMPTY)])
    language = SelectField(lazy_gettext("Ngôn ngữ"), choices=list(LANGUAGES.items()))


@blueprint.get("/admin/officials")
@administrator
def officials() -> ResponseReturnValue:
    """List the officials who have a role in the administrator's subtree."""
    rows = list_official_rows(db.session(), current_scope())
    listing = list_of(rows, COLUMNS, text=lambda row: f"{row.name} {row.email}", size=LINES_A_PAGE)
    return flask.render_template("admin/officials.html", listing=listing)


@blueprint.route("/admin/officials/invite", methods=["GET", "POST"])
@administrator
def invite() -> ResponseReturnValue:
    """Invite an official by a link, which is shown once, for the administrator to pass on."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return _page("admin/invite.html", form)
    agency = _administered(form)
    if agency is None:
        return _page("admin/invite.html", form)
    try:
        official = invite_official(
            db.session(),
            email=form.email.data,
            name=form.name.data,
            agency=agency,
            role=form.role.data,
            language=form.language.data,
        )
    except AccountError as refusal:
        db.session.rollback()
        form.email.errors = [refusal.text(current_language())]
        return _page("admin/invite.html", form)
    db.session.commit()
    return _link_page(official)


@blueprint.get("/admin/officials/<uuid:official_id>")
@official_administrator
def official_page(official: Official) -> ResponseReturnValue:
    """Show an account: its roles in the subtree, and what may be done with it."""
    return _official_page(official, RoleForm(formdata=None))


@blueprint.post("/admin/officials/<uuid:official_id>/roles")
@official_administrator
def give(official: Official) -> ResponseReturnValue:
    """Give an official one more role within the administrator's subtree."""
    form = RoleForm()
    agency = _administered(form) if form.validate() else None
    if agency is None:
        return _official_page(official, form), HTTPStatus.UNPROCESSABLE_ENTITY
    give_role(db.session(), official, agency=agency, role=form.role.data)
    db.session.commit()
    flask.flash(gettext("Đã giao vai trò; người này phải đăng nhập lại."), "done")
    return _back_to(official.id)


@blueprint.post("/admin/officials/<uuid:official_id>/roles/<uuid:grant_id>/take")
@official_administrator
def take(official: Official, grant_id: UUID) -> ResponseReturnValue:
    """Take a role within the administrator's subtree away."""
    grant = next((grant for grant in official.grants if grant.id == grant_id), None)
    if grant is None or not current_scope().administers(grant.agency.path):
        raise NotFound
    number = official.id
    take_role(db.session(), grant)
    db.session.commit()
    flask.flash(gettext("Đã thu hồi vai trò; mọi phiên đăng nhập của người này đã kết thúc."), "done")
    return _back_to(number, official_is_left=bool(official.grants))


@blueprint.post("/admin/officials/<uuid:official_id>/link")
@account_keeper
def make_link(official: Official) -> ResponseReturnValue:
    """Make the password worthless and show a new link, once, for the administrator to pass on."""
    forget_password(db.session(), official)
    db.session.commit()
    return _link_page(official)


@blueprint.post("/admin/officials/<uuid:official_id>/<any('close', 'open', 'reset-second-factor', 'end-sessions'):act>")
@account_keeper
def act_on(official: Official, act: str) -> ResponseReturnValue:
    """Close or open an account, forget a lost telephone, or end all sessions."""
    number = official.id
    verb, done = ACTS[act]
    verb(db.session(), official)
    db.session.commit()
    flask.flash(done, "done")
    return _back_to(number)


def _official_page(official: Official, form: RoleForm) -> str:
    scope = current_scope()
    grants = [grant for grant in official.grants if scope.administers(grant.agency.path)]
    return flask.render_template(
        "admin/official.html",
        person=official,
        form=form,
        offered=_offered(),
        grants=sorted(grants, key=lambda grant: (grant.agency.sort_key, ROLES.index(grant.role))),
        has_second_factor=has_second_factor(official),
        is_kept=keeps_account(official),
    )


def _administered(form: RoleForm) -> Agency | None:
    """Return the agency of the code, or None with what is wrong: one outside the subtree is as unknown as none."""
    text, among = form.agency.data.strip(), current_scope().agencies(ADMINISTERS)
    agency = find_agency_by_code(db.session(), text, among=among)
    if agency is not None:
        return agency
    meant, near = list_meant(list_living(db.session(), among=among), text)
    if len(meant) == 1:
        return meant[0]
    said = gettext("Không có cơ quan nào mang mã này hoặc tên này trong phạm vi quản trị của bạn.")
    if meant:
        said = gettext("Nhiều cơ quan mang tên này; hãy ghi mã.")
    if found := (meant or near)[:MOST_SUGGESTED]:
        names = "; ".join(f"{called(each)} ({each.code})" for each in found)
        said = f"{said} " + gettext("Có thể là: %(names)s.", names=names)
    form.agency.errors = [said]
    return None


def _offered() -> Sequence[Agency]:
    """List the agencies for the box to offer while somebody types; a whole country's are too many for one page."""
    living = list_living(db.session(), among=current_scope().agencies(ADMINISTERS))
    return living if len(living) <= MOST_OFFERED else ()


def _link_page(official: Official) -> str:
    now = datetime.now(tz=UTC)
    token = make_link_token(official, key=flask.current_app.config["SECRET_KEY"], now=now)
    address = flask.current_app.config["PUBLIC_URL"] + flask.url_for("desk.first_password", token=token)
    return flask.render_template("admin/link.html", person=official, address=address, until=now + VALID_FOR)


def _back_to(official_id: UUID, *, official_is_left: bool = True) -> ResponseReturnValue:
    page = flask.url_for("admin.official_page", official_id=official_id)
    return flask.redirect(page if official_is_left else flask.url_for("admin.officials"), HTTPStatus.SEE_OTHER)


def _page(template: str, form: Form) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return flask.render_template(template, form=form, offered=_offered()), status
