from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePointCode
from survey.models.identifiers import read_counter_code
from survey.services import agencies
from survey.services.agencies import (
    add_agency,
    add_service,
    add_service_field,
    add_service_point,
    end_agency,
    issue_code,
    move_agency,
    rename_agency,
    retire_code,
    retire_service_point,
)
from survey.services.errors import AgencyError

START = date(2025, 7, 1)
TODAY = date(2026, 11, 21)


@pytest.fixture
def province(session: Session) -> Agency:
    return add_agency(session, code="P", kind="province", name="Tỉnh A", valid_from=START)


@pytest.fixture
def department(session: Session, province: Agency) -> Agency:
    return add_agency(session, code="D", kind="department", name="Sở B", parent=province, valid_from=START)


def test_path_is_the_chain_of_ids_from_the_root(session: Session, department: Agency, province: Agency) -> None:
    unit = add_agency(session, code="U", kind="unit", name="Phòng C", parent=department, valid_from=START)

    assert province.path == f"{province.id}/"
    assert unit.path == f"{province.id}/{department.id}/{unit.id}/"


def test_what_stands_below_demo_data_is_demo_data(session: Session, province: Agency) -> None:
    province.is_demo = True

    child = add_agency(session, code="D", kind="department", name="Sở B", parent=province, valid_from=START)

    assert child.is_demo


def test_name_is_kept_composed_and_sorts_as_vietnamese(session: Session, province: Agency) -> None:
    decomposed = "So\u031b\u0309 Đ"

    department = add_agency(session, code="D", kind="department", name=decomposed, parent=province, valid_from=START)
    earlier = add_agency(session, code="E", kind="department", name="Sở D", parent=province, valid_from=START)

    assert department.name == "Sở Đ"
    assert earlier.sort_key < department.sort_key


@pytest.mark.parametrize(
    ("kind", "above", "word"),
    [
        ("province", "province", "cannot stand under"),
        ("department", "department", "cannot stand under"),
        ("commune", "department", "cannot stand under"),
        ("guild", "province", "no kind of agency"),
        ("ministry", "province", "cannot stand under"),
    ],
)
def test_kind_must_fit_its_parent(
    session: Session, province: Agency, department: Agency, kind: str, above: str, word: str
) -> None:
    parent = {"province": province, "department": department}[above]

    with pytest.raises(AgencyError, match=word):
        add_agency(session, code="X", kind=kind, name="X", parent=parent, valid_from=START)


def test_unit_cannot_be_a_root(session: Session) -> None:
    with pytest.raises(AgencyError, match="needs an agency above"):
        add_agency(session, code="X", kind="unit", name="X", valid_from=START)


def test_one_office_can_be_a_root(session: Session) -> None:
    assert add_agency(session, code="X", kind="commune", name="Xã X", valid_from=START).parent_id is None


def test_code_may_pass_to_another_body_later(session: Session) -> None:
    end = date(2025, 7, 1)
    add_agency(session, code="15", kind="province", name="Tỉnh cũ", valid_from=date(1991, 1, 1), valid_to=end)

    assert add_agency(session, code="15", kind="province", name="Tỉnh mới", valid_from=end).code == "15"


@pytest.mark.usefixtures("province")
def test_code_cannot_mean_two_bodies_at_once(session: Session) -> None:
    with pytest.raises(AgencyError, match="belongs to “Tỉnh A”") as refusal:
        add_agency(session, code="P", kind="province", name="Tỉnh khác", valid_from=TODAY)

    assert "Mã P" in refusal.value.text("vi")
    assert "use another code" in refusal.value.text("en")


@pytest.mark.parametrize(
    ("valid_from", "valid_to"), [(date(2025, 6, 30), None), (START, START), (START, date(2024, 1, 1))]
)
def test_validity_runs_forward_and_within_the_parents(
    session: Session, province: Agency, valid_from: date, valid_to: date | None
) -> None:
    with pytest.raises(AgencyError, match="validity"):
        add_agency(
            session, code="D", kind="department", name="Sở", parent=province, valid_from=valid_from, valid_to=valid_to
        )


@pytest.mark.parametrize(
    ("code", "name", "word"),
    [("", "A", "is empty"), ("A", "  ", "is empty"), ("A", "a\nb", "line break"), ("A", "a" * 201, "201 characters")],
)
def test_code_and_name_are_checked(session: Session, code: str, name: str, word: str) -> None:
    with pytest.raises(AgencyError, match=word):
        add_agency(session, code=code, kind="province", name=name, valid_from=START)


def test_formula_in_a_name_stays_a_name(session: Session) -> None:
    assert add_agency(session, code="P", kind="province", name="=1+1", valid_from=START).name == "=1+1"


def test_renaming_changes_the_order_too(session: Session, province: Agency) -> None:
    before = province.sort_key

    rename_agency(session, province, name="Tỉnh B", name_en="Province B")

    assert (province.name, province.name_en) == ("Tỉnh B", "Province B")
    assert province.sort_key > before


def test_moving_takes_everything_below_along(session: Session, province: Agency, department: Agency) -> None:
    other = add_agency(session, code="E", kind="department", name="Sở E", parent=province, valid_from=START)
    unit = add_agency(session, code="U", kind="unit", name="Phòng", parent=department, valid_from=START)
    desk = add_agency(session, code="V", kind="unit", name="Tổ", parent=unit, valid_from=START)

    move_agency(session, unit, parent=other)

    assert unit.path == f"{other.path}{unit.id}/"
    assert desk.path == f"{unit.path}{desk.id}/"


def test_agency_cannot_move_below_itself(session: Session, department: Agency) -> None:
    unit = add_agency(session, code="U", kind="unit", name="Phòng", parent=department, valid_from=START)
    desk = add_agency(session, code="V", kind="unit", name="Tổ", parent=unit, valid_from=START)

    for parent in (unit, desk):
        with pytest.raises(AgencyError, match="cannot be its parent"):
            move_agency(session, unit, parent=parent)


def test_agency_ends_only_after_what_hangs_on_it(session: Session, province: Agency, department: Agency) -> None:
    counter = add_service_point(session, agency=department, name="Quầy 1", today=START)

    with pytest.raises(AgencyError, match="still has the agency “Sở B”"):
        end_agency(session, province, valid_to=TODAY)
    with pytest.raises(AgencyError, match="still has the counter “Quầy 1”"):
        end_agency(session, department, valid_to=TODAY)
    retire_service_point(session, counter, today=TODAY)
    end_agency(session, department, valid_to=TODAY)
    end_agency(session, province, valid_to=TODAY)

    assert department.valid_to == province.valid_to == TODAY


def test_service_code_is_unique_within_its_agency_only(session: Session, province: Agency, department: Agency) -> None:
    field = add_service_field(session, code="LV1", name="Hộ tịch")
    add_service(session, code="1", name="Khai sinh", service_field=field, agency=department)

    add_service(session, code="1", name="Khai tử", service_field=field, agency=province)
    with pytest.raises(AgencyError, match="another service's already"):
        add_service(session, code="1", name="Kết hôn", service_field=field, agency=department)
    with pytest.raises(AgencyError, match="another field of service's already"):
        add_service_field(session, code="LV1", name="Đất đai")


def test_counter_is_born_with_a_readable_code(session: Session, department: Agency) -> None:
    counter = add_service_point(session, agency=department, name="Quầy 1", today=TODAY)

    (code,) = counter.codes
    assert read_counter_code(code.code) == code.code
    assert (code.issued_on, code.retired_on) == (TODAY, None)
    assert counter.serves_agency_id == department.id


def test_counter_name_is_unique_among_those_in_use(session: Session, department: Agency) -> None:
    old = add_service_point(session, agency=department, name="Quầy 1", today=TODAY)

    with pytest.raises(AgencyError, match="already has the counter"):
        add_service_point(session, agency=department, name="Quầy 1", today=TODAY)
    retire_service_point(session, old, today=TODAY)

    assert add_service_point(session, agency=department, name="Quầy 1", today=TODAY).id != old.id


def test_counter_serves_agencies_of_its_own_province_only(session: Session, department: Agency) -> None:
    stranger = add_agency(session, code="Q", kind="province", name="Tỉnh Q", valid_from=START)

    with pytest.raises(AgencyError, match="not of the same province"):
        add_service_point(session, agency=department, name="Quầy 1", today=TODAY, serves_agency=stranger)


def test_new_code_leaves_the_old_one_working_until_it_is_retired(session: Session, department: Agency) -> None:
    counter = add_service_point(session, agency=department, name="Quầy 1", today=START)
    (old,) = counter.codes

    new = issue_code(session, counter, today=TODAY)

    assert (old.retired_on, new.retired_on) == (None, None)
    retire_code(session, old, today=TODAY)
    assert old.retired_on == TODAY
    with pytest.raises(AgencyError, match="retired on 21/11/2026 already"):
        retire_code(session, old, today=TODAY)


def test_code_that_exists_is_never_issued_again(
    session: Session, department: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = add_service_point(session, agency=department, name="Quầy 1", today=START)
    taken = counter.codes[0].code
    drawn = iter([taken, taken, "00000000Z"])
    monkeypatch.setattr(agencies, "new_counter_code", lambda: next(drawn))

    assert issue_code(session, counter, today=TODAY).code == "00000000Z"


def test_retired_counter_loses_its_codes_and_gets_no_new_one(session: Session, department: Agency) -> None:
    counter = add_service_point(session, agency=department, name="Quầy 1", today=START)

    retire_service_point(session, counter, today=TODAY)

    assert set(session.scalars(select(ServicePointCode.retired_on))) == {TODAY}
    with pytest.raises(AgencyError, match="gets no new code"):
        issue_code(session, counter, today=TODAY)
