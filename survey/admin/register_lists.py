"""The register in lists: agencies, counters, services and fields of the subtree, each with the way to edit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from survey.admin.blueprint import blueprint
from survey.db import db
from survey.models.sort_key import sort_key
from survey.queries.register import list_register_services
from survey.queries.register_lists import (
    CounterLine,
    count_register,
    list_agency_lines,
    list_counter_lines,
    list_field_lines,
)
from survey.queries.scope import ADMINISTERS
from survey.web.access import administrator, current_scope, manager
from survey.web.lists import Column, list_of

AGENCY_COLUMNS: Final[Sequence[Column[Any]]] = (
    Column("name", lazy_gettext("Cơ quan"), by=lambda line: line.sort_key),
    Column("code", lazy_gettext("Mã"), by=lambda line: line.code),
    Column("kind", lazy_gettext("Loại"), by=lambda line: line.kind),
    Column("parent", lazy_gettext("Cấp trên"), by=lambda line: sort_key(line.parent.vi if line.parent else "")),
    Column("since", lazy_gettext("Hiệu lực"), by=lambda line: line.valid_from),
)
COUNTER_COLUMNS: Final[Sequence[Column[Any]]] = (
    Column("name", lazy_gettext("Quầy"), by=lambda line: line.sort_key),
    Column("agency", lazy_gettext("Cơ quan"), by=lambda line: line.agency_sort_key),
    Column("serves", lazy_gettext("Nhận hồ sơ cho"), by=lambda line: sort_key(line.serves.vi)),
    Column("services", lazy_gettext("Số thủ tục"), by=lambda line: line.services, is_number=True),
    Column("state", lazy_gettext("Tình trạng"), by=lambda line: str(line.retired_on or "")),
)
SERVICE_COLUMNS: Final[Sequence[Column[Any]]] = (
    Column("name", lazy_gettext("Thủ tục"), by=lambda line: line[0].sort_key),
    Column("code", lazy_gettext("Mã"), by=lambda line: line[0].code),
    Column("field", lazy_gettext("Lĩnh vực"), by=lambda line: line[2].sort_key),
    Column("agency", lazy_gettext("Cơ quan giải quyết"), by=lambda line: line[1].sort_key),
    Column("state", lazy_gettext("Tình trạng"), by=lambda line: str(line[0].retired_on or "")),
)
FIELD_COLUMNS: Final[Sequence[Column[Any]]] = (
    Column("name", lazy_gettext("Lĩnh vực"), by=lambda line: line.sort_key),
    Column("code", lazy_gettext("Mã"), by=lambda line: line.code),
    Column("services", lazy_gettext("Số thủ tục"), by=lambda line: line.services, is_number=True),
)


@blueprint.get("/admin/register")
@manager
def register() -> ResponseReturnValue:
    """Show what there is in the register, and the ways in and out."""
    scope = current_scope()
    return flask.render_template(
        "admin/register.html",
        counts=count_register(db.session(), scope),
        may_reorganise=scope.holds(ADMINISTERS, at_a_root=True),
    )


@blueprint.get("/admin/register/agencies")
@administrator
def register_agencies() -> ResponseReturnValue:
    """List the agencies of the subtree, those that have ended too."""
    lines = list_agency_lines(db.session(), current_scope().agencies(ADMINISTERS))
    listing = list_of(lines, AGENCY_COLUMNS, text=lambda line: f"{line.name} {line.name_en or ''} {line.code}")
    may_add_roots = current_scope().holds(ADMINISTERS, at_a_root=True)
    return flask.render_template("admin/register_agencies.html", listing=listing, may_add_roots=may_add_roots)


@blueprint.get("/admin/register/counters")
@manager
def register_counters() -> ResponseReturnValue:
    """List the counters of the subtree, retired ones too."""
    lines = list_counter_lines(db.session(), current_scope())
    listing = list_of(lines, COUNTER_COLUMNS, text=_counter_text)
    return flask.render_template("admin/register_counters.html", listing=listing)


@blueprint.get("/admin/register/services")
@administrator
def register_services() -> ResponseReturnValue:
    """List the services that agencies of the subtree decide, retired ones too."""
    lines = list_register_services(db.session(), current_scope().agencies(ADMINISTERS))
    listing = list_of(
        lines, SERVICE_COLUMNS, text=lambda line: f"{line[0].name} {line[0].code} {line[1].name} {line[2].name}"
    )
    return flask.render_template("admin/register_services.html", listing=listing)


@blueprint.get("/admin/register/fields")
@administrator
def register_fields() -> ResponseReturnValue:
    """List the fields of service, which all agencies share."""
    listing = list_of(list_field_lines(db.session()), FIELD_COLUMNS, text=lambda line: f"{line.name} {line.code}")
    may_change = current_scope().holds(ADMINISTERS, at_a_root=True)
    return flask.render_template("admin/register_fields.html", listing=listing, may_change=may_change)


def _counter_text(line: CounterLine) -> str:
    return f"{line.name} {line.name_en or ''} {line.agency.vi} {line.agency.en or ''} {line.agency_code}"
