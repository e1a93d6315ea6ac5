"""A file from before a change of bodies does not undo it, and every agency an import touches hears of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from register_world import SINCE, TODAY, Register, make_register
from survey.models.agencies import Agency, ServicePoint
from survey.models.audit import AuditEntry
from survey.queries.audit import AuditFilter, list_audit
from survey.services.agencies import add_agency
from survey.services.agency_changes import record_change
from survey.services.audit import find_broken_entry
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.register_values import Plan

AGENCIES = "code,kind,name,name_en,parent_code,valid_from,valid_to\n"
COUNTERS = "counter_code,agency_code,name,serves_code,service_codes\n"
DAY, BY = date(2026, 3, 1), "NQ 5"


@pytest.fixture
def register(session: Session) -> Register:
    return make_register(session)


def change(register: Register, kind: str, agency: Agency, *bodies: NewBody, **more: object) -> None:
    request = ChangeRequest(kind, DAY, BY, (agency,), bodies, **more)  # type: ignore[arg-type]  # as the test says
    record_change(register.session, request, by=None, today=TODAY)


def odd(plan: Plan, column: str) -> list[str]:
    return [cell.vi for cell in plan.odd if cell.column == column]


def test_an_old_name_in_a_file_does_not_undo_a_renaming(register: Register) -> None:
    health = add_agency(
        register.session,
        code="SYT",
        kind="department",
        name="Sở Y tế",
        parent=register.agencies["01"],
        valid_from=SINCE,
    )
    change(register, "rename", health, NewBody("SYT", "Sở Y tế và Dân số", "Health"))
    plan = register.carry_out(AGENCIES + "SYT,sở,Sở Y tế,,01,2020-01-01,\nSNV,sở,Sở Nội vụ tỉnh,,01,2020-01-01,\n")

    assert (health.name, health.name_en) == ("Sở Y tế và Dân số", "Health")
    assert [line.act for line in plan.lines] == ["unchanged", "changed"]
    [told] = odd(plan, "name")
    assert told.startswith("đã đổi tên ngày 01/03/2026 theo NQ 5; tệp còn ghi tên cũ")
    assert "sửa tên" in odd(register.plan(AGENCIES + "SYT,sở,Sở Y,Health,01,2020-01-01,\n"), "name")[0]
    assert register.agencies["SNV"].name == "Sở Nội vụ tỉnh"


def test_old_ends_places_and_owners_in_files_do_not_undo_a_merger_or_a_move(register: Register) -> None:
    ward, unit = register.agencies["00004"], register.agencies["TT"]
    neighbour = add_agency(
        register.session, code="00005", kind="commune", name="Xã Bên", parent=register.agencies["01"], valid_from=SINCE
    )
    request = ChangeRequest(
        "merge", DAY, BY, (ward, neighbour), (NewBody("00009", "Phường Mới"),), register.agencies["01"], "00009"
    )
    record_change(register.session, request, by=None, today=TODAY)
    code = register.counter.codes[0].code
    before = register.session.scalars(select(ServicePoint)).one().agency_id

    plan = register.carry_out(
        AGENCIES + "00004,xã,Phường Ba Đình,,01,2020-01-01,\nTT,đơn vị,Trung tâm,,00004,2026-03-01,\n"
    )
    assert {line.act for line in plan.lines} == {"unchanged"}
    assert "đã sáp nhập ngày 01/03/2026 theo NQ 5" in odd(plan, "valid_to")[0]
    assert "giữ cấp trên “Phường Mới”" in odd(plan, "parent_code")[0]
    assert (ward.valid_to, unit.valid_to) == (DAY, DAY)

    old = COUNTERS + f"{code},TT,Quầy 1,00004,00004/1.001; SNV/2.001\n,00004,Quầy ở xã,,\n"
    told = register.carry_out(old)
    assert [line.act for line in told.lines] == ["unchanged", "added"]
    assert any("được hiểu là của “Phường Mới” (00009)" in said for said in odd(told, "agency_code"))
    assert register.session.get_one(ServicePoint, register.counter.id).agency_id == before
    new = register.session.scalars(select(Agency).where(Agency.code == "00009")).one()
    assert register.session.scalars(select(ServicePoint).where(ServicePoint.name == "Quầy ở xã")).one().agency == new


def test_each_touched_agency_hears_what_an_import_did_to_it(register: Register) -> None:
    session = register.session
    register.carry_out(
        AGENCIES + "SNV,sở,Sở Nội vụ tỉnh,,01,2020-01-01,\n00007,xã,Xã Bảy,,01,2020-01-01,\n"
        "00004,xã,Phường Ba Đình,,01,2020-01-01,\n"
    )
    register.carry_out(COUNTERS + ",TT,Quầy 9,00004,\n")

    def heard(code: str) -> list[str]:
        lines = list_audit(session, register.scope_of((code, "auditor")), AuditFilter(verb="import.done"))
        return [str(line.details.get("what")) for line in lines]

    assert heard("SNV") == ["Sở Nội vụ tỉnh, name Sở Nội vụ → Sở Nội vụ tỉnh"]
    assert len(heard("00004")) == 2  # of the counter of its unit that takes in its cases, and so does the unit
    assert len(heard("01")) == 6  # both files as a whole, and all four agencies
    assert find_broken_entry(session) is None
    details = session.scalars(select(AuditEntry.details).where(AuditEntry.agency_id.is_not(None))).all()
    assert all(each["sha256"] for each in details)
