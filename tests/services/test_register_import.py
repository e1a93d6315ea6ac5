"""A file goes into the register exactly as it was shown, or not at all; every bad line says what to do about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from register_world import SINCE, TODAY, Register, make_register, xlsx
from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.audit import AuditEntry
from survey.services.agencies import add_agency, rename_agency
from survey.services.register_import import Order, carry_out_import, plan_import, recognise_shape
from survey.services.register_work import Rights
from survey.services.table_file import read_table

REAL = Path(__file__).resolve().parents[3] / "shared/data/commune_old_to_new_2025.csv"
AGENCIES = "code,kind,name,parent_code,valid_from,valid_to\n"
COUNTERS = "counter_code,agency_code,name,serves_code,service_codes,opening_hours,retired_on\n"
SERVICES = "agency_code,code,name,field_code,field_name,retired_on\n"
OFFICIALS = "email,name,active,roles\n"


@pytest.fixture
def register(session: Session) -> Register:
    return make_register(session)


def agency(session: Session, code: str) -> Agency:
    return session.scalars(select(Agency).where(Agency.code == code)).one()


def test_a_dry_run_tells_and_keeps_nothing(register: Register) -> None:
    plan = register.plan(AGENCIES + "SYT,sở,Sở Y tế,01,2020-01-01,\nSNV,sở,Sở Nội Vụ,01,2020-01-01,\n")
    assert plan.counts == {"added": 1, "changed": 1, "retired": 0, "unchanged": 0}
    register.session.commit()
    assert agency(register.session, "SNV").name == "Sở Nội vụ"
    assert register.session.scalar(select(Agency).where(Agency.code == "SYT")) is None


def test_what_was_shown_is_carried_out_with_one_entry_of_the_whole_in_the_audit(register: Register) -> None:
    text = AGENCIES + (
        "B,unit,Phòng B,A,2021-01-01,\n"  # its parent stands below
        "A,department,Sở A,01,2021-01-01,\n"
        "SNV,department,Sở Nội Vụ,01,2020-01-01,\n"
        "00004,commune,Phường Ba Đình,01,2020-01-01,\n"
    )
    plan = register.carry_out(text)
    assert [(line.key, line.act) for line in plan.lines] == [
        ("B", "added"), ("A", "added"), ("SNV", "changed"), ("00004", "unchanged"),
    ]  # fmt: skip
    assert [(each.column, each.old, each.new) for each in plan.lines[2].differences] == [
        ("name", "Sở Nội vụ", "Sở Nội Vụ")
    ]
    assert agency(register.session, "B").path.startswith(agency(register.session, "A").path)
    whole = select(AuditEntry).where(AuditEntry.verb == "import.done", AuditEntry.agency_id.is_(None))
    entries = register.session.scalars(whole).all()
    assert [(entry.subject, entry.details["added"], entry.details["changed"]) for entry in entries] == [
        ("agencies t.csv", 2, 1)
    ]


def test_nothing_is_done_where_the_data_changed_after_the_dry_run(register: Register) -> None:
    order = register.order(AGENCIES + "SNV,department,Sở Nội Vụ,01,2020-01-01,\n")
    shown = plan_import(register.session, order)
    rename_agency(register.session, agency(register.session, "SNV"), name="Sở Nội vụ mới")
    assert carry_out_import(register.session, order, shown=shown.digest) is None
    assert agency(register.session, "SNV").name == "Sở Nội vụ mới"


def test_an_ended_agency_and_what_is_below_it_end_in_any_order(register: Register) -> None:
    register.session.get_one(ServicePoint, register.counter.id).retired_on = TODAY
    text = (
        AGENCIES
        + "00004,commune,Phường Ba Đình,01,2020-01-01,01/12/2026\nTT,unit,Trung tâm,00004,2020-01-01,01/12/2026\n"
    )
    assert register.carry_out(text).counts["retired"] == 2
    assert agency(register.session, "00004").valid_to == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (AGENCIES + "A,unit,A,B,2021-01-01,\nB,unit,B,A,2021-01-01,\n", 2, "parent_code", "vòng tròn"),
        (AGENCIES + "00004,commune,Phường Ba Đình,TT,2020-01-01,\n", 2, "code", "nằm dưới"),
        (AGENCIES + "A,unit,A,KHONG,2021-01-01,\n", 2, "parent_code", "không có cơ quan mã này"),
        (AGENCIES + "A,unit,A,1,2021-01-01,\n", 2, "parent_code", "có mã 01"),
        (AGENCIES + "A,unit,A,SNV,2021-01-01,\nA,unit,A,SNV,2021-01-01,\n", 3, "code", "đã có ở dòng 2"),
        (AGENCIES + "SNV,department,Sở khác,01,2021-01-01,\n", 2, "code", "là của “Sở Nội vụ”"),
        (AGENCIES + f"A,unit,{'x' * 201},SNV,2021-01-01,\n", 2, "code", "tối đa 200"),
        (AGENCIES + "A,unit,,SNV,2021-01-01,\n", 2, "code", "còn trống"),
        (AGENCIES + ",unit,A,SNV,2021-01-01,\n", 2, "code", "mã còn trống"),
        (AGENCIES + "A,huyện,A,01,2021-01-01,\n", 2, "kind", "không phải một trong"),
        (AGENCIES + "A,commune,A,SNV,2021-01-01,\n", 2, "code", "không thể nằm dưới"),
        (AGENCIES + "A,unit,A,SNV,31/02/2021,\n", 2, "valid_from", "không phải ngày"),
        (AGENCIES + "A,unit,A,SNV,2021-01-01,,thừa\n", 2, "", "dòng tiêu đề có 6"),
        (
            AGENCIES + "00004,commune,Phường Ba Đình,01,2020-01-01,2026-12-01\n",
            2,
            "valid_to",
            "còn cơ quan “Trung tâm”",
        ),
        (COUNTERS + ",TT,Quầy 2,KHONG,,,\n", 2, "serves_code", "không có cơ quan"),
        (COUNTERS + "ABCD,TT,Quầy 2,,,,\n", 2, "counter_code", "không có quầy nào"),
        (COUNTERS + ",TT,Quầy 2,00004,9.999,,\n", 2, "service_codes", "không có thủ tục"),
        (COUNTERS + ",TT,Quầy 2,,,7h-11h,\n", 2, "opening_hours", "Không hiểu giờ mở cửa"),
        (COUNTERS + ",TT,Quầy 2,,,,2999-01-01\n", 2, "retired_on", "tương lai"),
        (COUNTERS + ",TT,Quầy 2,,,,\n,TT,Quầy 2,,,,\n", 3, "name", "đã có ở dòng 2"),
        (SERVICES + "SNV,3.1,Thủ tục,XX,,\n", 2, "field_code", "không có lĩnh vực"),
        (SERVICES + "SNV,3.1,Thủ tục,HT,,\nSNV,3.1,Thủ tục,HT,,\n", 3, "code", "đã có ở dòng 2"),
        (SERVICES + "SNV,3.1,,HT,,\n", 2, "code", "còn trống"),
        (OFFICIALS + "khong-phai,A,,viewer@SNV\n", 2, "email", "không phải là địa chỉ"),
        (OFFICIALS + "a@b.vn,A,,sếp@SNV\n", 2, "roles", "không phải một trong"),
        (OFFICIALS + "a@b.vn,A,,viewer\n", 2, "roles", "thiếu mã cơ quan"),
        (OFFICIALS + "a@b.vn,A,,\n", 2, "email", "ít nhất một vai trò"),
        (OFFICIALS + "a@b.vn,A,,viewer@SNV\nA@B.vn,A,,viewer@SNV\n", 3, "email", "đã có ở dòng 2"),
    ],
)
def test_a_bad_line_is_named_with_its_place_and_nothing_is_kept(
    register: Register, text: str, line: int, column: str, words: str
) -> None:
    before = len(register.session.scalars(select(Agency)).all())
    plan = register.plan(text)
    bad = plan.bad[0]
    assert (bad.line, bad.column) == (line, column)
    assert words in bad.vi
    assert bad.en
    assert not plan.does_something
    assert len(register.session.scalars(select(Agency)).all()) == before


def test_every_bad_line_is_told_not_only_the_first(register: Register) -> None:
    plan = register.plan(AGENCIES + "A,x,A,01,2021-01-01,\nB,unit,B,NO,2021-01-01,\nC,unit,C,SNV,2021-01-01,\n")
    assert [cell.line for cell in plan.bad] == [2, 3]
    assert [line.key for line in plan.lines] == ["C"]


def test_a_formula_in_a_name_is_pointed_out_and_kept_as_text(register: Register) -> None:
    text = AGENCIES + "A,unit,=HYPERLINK(1),SNV,2021-01-01,\nB,unit,- Phòng B,SNV,2021-01-01,\n"
    assert [(odd.line, odd.column) for odd in register.plan(text).odd] == [(2, "name"), (3, "name")]
    register.carry_out(text)
    assert agency(register.session, "A").name == "=HYPERLINK(1)"


def test_a_spreadsheet_with_formulae_merged_cells_and_numbers_is_told_cell_by_cell(register: Register) -> None:
    rows = [
        ["code", "kind", "name", "parent_code"],
        ["A", "unit", '=CONCAT("a","b")', "SNV"],
        ["B", "unit", "B", 1],
        ["C", "unit", "C", "SNV"],
        ["D", "unit", "D", None],
    ]
    plan = register.plan(xlsx(rows, merge="D4:D5"), name="t.xlsx")
    told = [(cell.line, cell.column, cell.vi) for cell in plan.bad]
    assert [(line, column) for line, column, _ in told] == [
        (2, "name"), (3, "parent_code"), (4, "parent_code"), (5, "parent_code"),
    ]  # fmt: skip
    assert "là công thức" in told[0][2]
    assert "có lẽ là 01" in told[1][2]
    assert "D4:D5" in told[2][2]


def test_what_lies_outside_the_subtree_is_refused_line_by_line(register: Register) -> None:
    mine = register.scope_of(("00004", "administrator"))
    text = AGENCIES + (
        "TT,unit,Trung tâm hành chính,00004,2020-01-01,\n"
        "SNV,department,Sở của tôi,01,2020-01-01,\n"
        "A,unit,A,SNV,2021-01-01,\n"
        "99,province,Tỉnh mới,,2021-01-01,\n"
    )
    plan = register.plan(text, scope=mine)
    assert [(cell.line, "ngoài phạm vi" in cell.vi) for cell in plan.bad] == [(3, True), (4, True), (5, True)]
    assert [line.key for line in plan.lines] == ["TT"]
    moved = register.plan(AGENCIES + "TT,unit,Trung tâm,SNV,2020-01-01,\n", scope=mine)
    assert [cell.column for cell in moved.bad] == ["parent_code"]
    services = register.plan(SERVICES + "SNV,2.001,Của tôi,DD,,\n00004,1.001,Khai sinh lại,HT,,\n", scope=mine)
    assert [cell.line for cell in services.bad] == [2]
    officials = register.plan(OFFICIALS + "xem@mot.gov.vn,Lê Văn Xem,,viewer@00004\nm@m.vn,M,,viewer@SNV\n", scope=mine)
    assert [cell.column for cell in officials.bad] == ["email", "roles"]


def test_a_manager_sets_up_his_counters_and_nothing_else(register: Register) -> None:
    manager = register.scope_of(("00004", "agency_manager"))
    plan = register.plan(COUNTERS + ",TT,Quầy 2,00004,1.001,,\n,SNV,Quầy 1,,,,\n", scope=manager)
    assert ([line.act for line in plan.lines], [cell.line for cell in plan.bad]) == (["added"], [3])
    assert register.plan(AGENCIES + "TT,unit,Khác,00004,2020-01-01,\n", scope=manager).bad
    assert register.plan(SERVICES + "00004,1.001,Khác,HT,,\n", scope=manager).bad


def test_counters_are_known_by_their_code_or_by_their_name(register: Register) -> None:
    code = register.counter.codes[0].code
    text = COUNTERS + (
        f'{code.lower()},TT,Quầy tư pháp,00004,1.001,"Mon-Fri 07:30-17:00",\n,TT,Quầy 2,00004,SNV/2.001; 1.001,,\n'
    )
    assert [line.act for line in register.carry_out(text).lines] == ["changed", "added"]
    counter = register.session.get_one(ServicePoint, register.counter.id)
    assert (counter.name, counter.opening_hours) == ("Quầy tư pháp", "Mon-Fri 07:30-17:00")
    assert [service.code for service in counter.services] == ["1.001"]
    again = register.plan(COUNTERS + ",TT,Quầy 2,00004,1.001; SNV/2.001,,\n")
    assert [line.act for line in again.lines] == ["unchanged"]
    ended = register.carry_out(COUNTERS + f"{code},TT,Quầy tư pháp,00004,1.001,T2–T6 7:30–17:00,22/11/2026\n")
    assert [line.act for line in ended.lines] == ["retired"]
    assert all(each.retired_on == TODAY for each in counter.codes)


def test_a_retired_service_is_offered_nowhere_and_can_come_back(register: Register) -> None:
    register.carry_out(SERVICES + "00004,1.001,Khai sinh,HT,,2026-11-01\n")
    counter = register.session.get_one(ServicePoint, register.counter.id)
    assert [service.code for service in counter.services] == ["2.001"]
    assert register.plan(COUNTERS + ",TT,Quầy 1,00004,1.001,,\n").bad[0].column == "service_codes"
    assert [line.act for line in register.carry_out(SERVICES + "00004,1.001,Khai sinh,HT,,\n").lines] == ["changed"]
    found = register.session.scalars(select(Service).where(Service.code == "1.001")).one()
    assert found.retired_on is None


def test_a_new_field_comes_with_its_first_service_and_only_from_above(register: Register) -> None:
    text = SERVICES + "00004,5.1,Cấp phép,XD,Xây dựng,\n"
    assert register.plan(text, scope=register.scope_of(("00004", "administrator"))).bad[0].column == "field_code"
    assert [line.act for line in register.carry_out(text).lines] == ["added"]


def test_officials_are_invited_given_and_taken_roles_and_closed(register: Register) -> None:
    text = OFFICIALS + (
        "moi@mot.gov.vn,Phạm Mới,,người xem @ SNV; quản lý cơ quan @ 00004\n"
        "xem@mot.gov.vn,Lê Văn Xem,không,auditor@01\n"
    )
    assert [line.act for line in register.carry_out(text, scope=register.scope_of(("01", "administrator"))).lines] == [
        "added", "retired",
    ]  # fmt: skip
    new = register.session.scalars(select(Official).where(Official.email == "moi@mot.gov.vn")).one()
    assert new.password is None
    assert {(grant.role, grant.agency.code) for grant in new.grants} == {
        ("viewer", "SNV"), ("agency_manager", "00004"),
    }  # fmt: skip
    old = register.session.scalars(select(Official).where(Official.email == "xem@mot.gov.vn")).one()
    assert (old.active, [(grant.role, grant.agency.code) for grant in old.grants]) == (False, [("auditor", "01")])


def test_the_last_administrator_stays(register: Register) -> None:
    plan = register.plan(OFFICIALS + "quantri@mot.gov.vn,Trần Thị Quản,,viewer@01\n")
    assert "người quản trị cuối cùng" in plan.bad[0].vi


def test_whoever_adds_a_tree_administers_it_and_no_tree_that_was_there(register: Register) -> None:
    session = register.session
    orphan = add_agency(session, code="03", kind="province", name="Tỉnh Ba", valid_from=SINCE)
    table = read_table((AGENCIES + "02,province,Tỉnh Hai,,2021-01-01,\n").encode(), name="t.csv")
    scope = register.scope_of(("01", "administrator"))
    order = Order(table, "agencies", Rights.of_scope(scope), TODAY, official=register.administrator)
    assert carry_out_import(session, order, shown=plan_import(session, order).digest)
    held = set(session.scalars(select(Grant.agency_id).where(Grant.official_id == register.administrator.id)))
    assert held == {agency(session, "01").id, agency(session, "02").id}
    assert orphan.id not in held


@pytest.mark.skipif(not REAL.exists(), reason="the file of communes lies beside the project only where it is built")
def test_the_communes_of_the_country_go_in_at_once_and_a_second_time_change_nothing(session: Session) -> None:
    table = read_table(REAL.read_bytes(), name=REAL.name)
    order = Order(table, recognise_shape(table), Rights.of_operator(), TODAY)
    shown = plan_import(session, order)
    assert (shown.shape, shown.counts["added"], shown.bad) == ("communes", 34 + 3316, [])
    assert carry_out_import(session, order, shown=shown.digest)
    ward = agency(session, "00004")
    assert (ward.name, ward.kind, ward.path) == ("Phường Ba Đình", "commune", f"{agency(session, '01').path}{ward.id}/")
    assert plan_import(session, order).counts == {"added": 0, "changed": 0, "retired": 0, "unchanged": 34 + 3316}


def commune_line(province: str, code: str, name: str = "Xã Mới") -> str:
    return f"{province},Tỉnh {province},{code},{name},{code},Xã Cũ,Nhập toàn bộ\n"


COMMUNES = "new_province_code,new_province,new_commune_code,new_commune,old_commune_code,old_commune,note\n"


def test_a_province_takes_its_own_communes_from_the_file_of_the_country(register: Register) -> None:
    table = read_table((COMMUNES + commune_line("01", "00007") + commune_line("02", "00009")).encode(), name="c.csv")
    mine = Rights.of_scope(Rights.of_operator().scope)
    order = Order(table, "communes", mine, TODAY)
    assert [(cell.line, "ngoài phạm vi" in cell.vi) for cell in plan_import(register.session, order).bad] == [(3, True)]
    own = Order(table, "communes", mine, TODAY, only=frozenset({"01"}))
    plan = plan_import(register.session, own)
    assert ([line.key for line in plan.lines], plan.left_out, plan.bad) == (["01", "00007"], 1, [])
    none = Order(table, "communes", mine, TODAY, only=frozenset({"77"}))
    assert plan_import(register.session, none).bad[0].value == "77"


def test_a_commune_that_is_there_keeps_its_name_and_its_code_is_nobody_elses(register: Register) -> None:
    text = COMMUNES + commune_line("01", "00004") + commune_line("01", "TT")
    plan = register.plan(text)
    assert [line.act for line in plan.lines] == ["unchanged", "unchanged"]
    assert any("“Phường Ba Đình”; tên đã có được giữ nguyên" in odd.vi for odd in plan.odd)
    assert [cell.value for cell in plan.bad] == ["TT"]


def test_an_agency_without_a_day_begins_with_its_parent(register: Register) -> None:
    text = "code,kind,name,parent_code\nB,unit,Phòng B,A\nA,department,Sở A,01\nSNV,department,Sở Nội vụ,01\n"
    plan = register.plan(text)
    days = {line.key: each.new for line in plan.lines for each in line.differences if each.column == "valid_from"}
    assert days == {"B": SINCE.isoformat(), "A": SINCE.isoformat()}
    assert [(odd.line, "2 cơ quan mới" in odd.vi, "01/01/2020" in odd.vi) for odd in plan.odd] == [(0, True, True)]
    register.carry_out(text)
    assert {agency(register.session, code).valid_from for code in ("A", "B")} == {SINCE}


def test_without_a_day_the_one_of_a_parent_in_the_file_counts_and_else_today(register: Register) -> None:
    dated = register.plan(AGENCIES + "B,unit,Phòng B,A,,\nA,department,Sở A,01,01/07/2025,\nX,province,Tỉnh X,,,\n")
    days = {line.key: each.new for line in dated.lines for each in line.differences if each.column == "valid_from"}
    assert days == {"B": "2025-07-01", "A": "2025-07-01", "X": TODAY.isoformat()}
    circle = register.plan(AGENCIES + "A,unit,A,B,,\nB,unit,B,A,,\n")
    assert [cell.column for cell in circle.bad] == ["parent_code", "parent_code"]
