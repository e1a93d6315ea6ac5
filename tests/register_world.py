"""A province, a department, a commune, a unit, their services, counters and officials, and how tests import into it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.models.agencies import Agency, ServicePoint
from survey.queries.scope import Scope, get_scope
from survey.services.accounts import create_official, grant_role
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point
from survey.services.register_import import Order, carry_out_import, plan_import, recognise_shape
from survey.services.register_values import Plan
from survey.services.register_work import Rights
from survey.services.table_file import read_table

SINCE = date(2020, 1, 1)
TODAY = date(2026, 11, 22)


@dataclass
class Register:
    """The world, and whose rights an import has: an operator's, unless ``scope`` narrows them."""

    session: Session
    agencies: dict[str, Agency]
    counter: ServicePoint
    administrator: Official

    def scope_of(self, *grants: tuple[str, str]) -> Scope:
        """Return a scope of pairs of agency code and role."""
        return Scope(tuple((self.agencies[code].path, role) for code, role in grants))

    def order(self, content: bytes | str, shape: str = "", *, scope: Scope | None = None, name: str = "t.csv") -> Order:
        table = read_table(content.encode() if isinstance(content, str) else content, name=name)
        rights = Rights.of_operator() if scope is None else Rights.of_scope(scope)
        return Order(table, recognise_shape(table, wanted=shape), rights, TODAY)

    def plan(self, content: bytes | str, shape: str = "", *, scope: Scope | None = None, name: str = "t.csv") -> Plan:
        return plan_import(self.session, self.order(content, shape, scope=scope, name=name))

    def carry_out(self, content: bytes | str, shape: str = "", *, scope: Scope | None = None) -> Plan:
        """Try out and confirm at once."""
        order = self.order(content, shape, scope=scope)
        shown = plan_import(self.session, order)
        assert not shown.bad, shown.bad
        done = carry_out_import(self.session, order, shown=shown.digest)
        assert done is not None
        return done


def make_register(session: Session) -> Register:
    province = add_agency(session, code="01", kind="province", name="Tỉnh Một", name_en="One", valid_from=SINCE)
    agencies = {"01": province}
    for code, kind, name, above in (
        ("SNV", "department", "Sở Nội vụ", "01"),
        ("00004", "commune", "Phường Ba Đình", "01"),
        ("TT", "unit", "Trung tâm", "00004"),
    ):
        agencies[code] = add_agency(session, code=code, kind=kind, name=name, parent=agencies[above], valid_from=SINCE)
    fields = {
        code: add_service_field(session, code=code, name=name) for code, name in (("HT", "Hộ tịch"), ("DD", "Đất đai"))
    }
    births = add_service(session, code="1.001", name="Khai sinh", service_field=fields["HT"], agency=agencies["00004"])
    deeds = add_service(session, code="2.001", name="Sổ đỏ", service_field=fields["DD"], agency=agencies["SNV"])
    counter = add_service_point(
        session,
        agency=agencies["TT"],
        name="Quầy 1",
        serves_agency=agencies["00004"],
        services=[births, deeds],
        today=SINCE,
    )
    administrator = create_official(session, email="quantri@mot.gov.vn", name="Trần Thị Quản", password=None)
    grant_role(session, administrator, agency=province, role="administrator")
    viewer = create_official(session, email="xem@mot.gov.vn", name="Lê Văn Xem", password=None)
    grant_role(session, viewer, agency=agencies["SNV"], role="viewer")
    session.flush()
    return Register(session, agencies, counter, administrator)


def xlsx(rows: Sequence[Sequence[Any]], *, merge: str = "", others: Sequence[str] = ()) -> bytes:
    """Return a spreadsheet of one written sheet, with ranges merged and empty sheets beside where asked."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Danh sách"
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    for title in others:
        book.create_sheet(title).append(["Ghi chú"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def scope_of_official(register: Register, official: Official) -> Scope:
    return get_scope(register.session, official_id=official.id)
