"""A file or a form cannot undo a recorded change, move figures that were added up, or let a body end itself."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from fieldwork import add_wave
from register_world import SINCE, TODAY, Register, make_register
from survey.models.agencies import Agency
from survey.models.fieldwork import PopulationSize, WaveServicePoint
from survey.services.agencies import add_agency, end_agency
from survey.services.agency_changes import record_change
from survey.services.agency_ties import check_place_is_free
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.errors import AgencyError

HEADINGS = "code,kind,name,parent_code,valid_from,valid_to\n"
OLD_EXPORT = HEADINGS + "SNV,department,Sở Nội vụ,01,2020-01-01,\n"


@pytest.fixture
def register(session: Session) -> Register:
    return make_register(session)


def change(register: Register, kind: str, on: date, *bodies: NewBody) -> None:
    request = ChangeRequest(kind, on, "QĐ 12/QĐ-UBND", (register.agencies["SNV"],), bodies)
    record_change(register.session, request, by=None, today=TODAY)


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2027, 7, 1)], ids=["carried out", "pending"])
def test_an_old_export_does_not_undo_a_recorded_change(register: Register, day: date) -> None:
    change(register, "abolish", day)
    (told,) = register.plan(OLD_EXPORT.replace(",\n", ",2028-01-01\n")).bad
    assert (told.line, told.column, "“Thay đổi đơn vị”" in told.vi) == (2, "valid_to", True)
    assert "QĐ 12/QĐ-UBND" in told.vi
    before_it = register.carry_out(OLD_EXPORT)
    assert [line.act for line in before_it.lines] == ["unchanged"]
    assert "QĐ 12/QĐ-UBND; tệp còn ghi là đang hoạt động" in before_it.odd[0].vi
    assert not register.plan(OLD_EXPORT.replace(",\n", f",{day.isoformat()}\n")).bad
    assert register.agencies["SNV"].valid_to == day


def test_a_body_that_was_renamed_may_be_ended_by_hand(register: Register) -> None:
    body = register.agencies["SNV"]
    change(register, "rename", date(2026, 7, 1), NewBody(code="SNV", name="Sở Nội vụ và Lao động"))
    end_agency(register.session, body, valid_to=date(2027, 1, 1))
    assert body.valid_to == date(2027, 1, 1)


def test_no_end_lets_two_bodies_have_one_code_at_once(register: Register) -> None:
    body = register.agencies["SNV"]
    end_agency(register.session, body, valid_to=date(2025, 1, 1))
    add_agency(
        register.session,
        code="SNV",
        kind="department",
        name="Sở Nội vụ mới",
        parent=register.agencies["01"],
        valid_from=date(2025, 1, 1),
    )
    with pytest.raises(AgencyError, match="the code SNV belongs to “Sở Nội vụ mới”"):
        end_agency(register.session, body, valid_to=date(2025, 6, 1))
    assert body.valid_to == date(2025, 1, 1)


def test_what_has_figures_below_it_is_moved_by_decision_only(register: Register) -> None:
    session = register.session
    unit = add_agency(
        session, code="P", kind="unit", name="Phòng P", parent=register.agencies["00004"], valid_from=SINCE
    )
    moved = HEADINGS + "P,unit,Phòng P,SNV,2020-01-01,\n"
    assert not register.plan(moved).bad
    wave = add_wave(session, register.agencies["01"])
    session.add(PopulationSize(wave_id=wave.id, agency_id=unit.id, month="2026-01", transactions=9))
    session.flush()
    (told,) = register.plan(moved).bad
    assert (told.line, told.column, "“Chuyển”" in told.vi) == (2, "parent_code", True)
    with pytest.raises(AgencyError, match="Phường Ba Đình"):
        check_place_is_free(session, register.agencies["00004"])
    check_place_is_free(session, register.agencies["SNV"])


def test_a_counter_in_a_wave_keeps_its_agency_in_its_place(register: Register) -> None:
    unit: Agency = register.agencies["TT"]
    check_place_is_free(register.session, unit)
    wave = add_wave(register.session, register.agencies["01"])
    register.session.add(WaveServicePoint(wave_id=wave.id, service_point_id=register.counter.id))
    register.session.flush()
    with pytest.raises(AgencyError):
        check_place_is_free(register.session, unit)


def test_nobody_ends_or_moves_his_own_body_by_a_file(register: Register) -> None:
    own, above = (register.scope_of((code, "administrator")) for code in ("SNV", "01"))
    ended = OLD_EXPORT.replace(",\n", ",2027-01-01\n")
    (told,) = register.plan(ended, scope=own).bad
    assert (told.column, "không phải quản trị cấp trên" in told.vi) == ("valid_to", True)
    assert not register.plan(ended, scope=above).bad
    both = register.scope_of(("TT", "administrator"), ("SNV", "administrator"))
    (told,) = register.plan(HEADINGS + "TT,unit,Trung tâm,SNV,2020-01-01,\n", scope=both).bad
    assert (told.column, "không phải quản trị cấp trên" in told.vi) == ("parent_code", True)
