"""Recording changes of bodies at the desk: a dry run, a confirmation, the list, and the history page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import LAST_JUNE, START, YEAR, Province, add_answers, add_official
from survey.models.agencies import Agency
from survey.models.agency_changes import AgencyChange
from survey.models.audit import AuditEntry
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.agencies import add_agency, add_service_point
from survey.services.fold import fold
from survey.services.lookups import find_agency

TODAY = local_today()


@pytest.fixture
def admin(session: Session, sign_in: SignIn, province: Province) -> FlaskClient:
    top = session.get_one(Agency, province.province)
    other = add_agency(session, code="99.03", kind="commune", name="Xã Tây Hà", valid_from=START, parent=top)
    add_answers(session, session.get_one(Wave, province.closed), other, satisfied=10, dissatisfied=10)
    add_answers(
        session,
        session.get_one(Wave, province.closed),
        session.get_one(Agency, province.commune),
        satisfied=11,
        dissatisfied=0,
    )
    fold(session, until=LAST_JUNE)
    add_official(session, "quantri", top, "administrator")
    session.commit()
    return sign_in("quantri")


def address(province: Province, kind: str = "merge") -> str:
    return f"/admin/agencies/{province.commune}/change?kind={kind}"


def merger(**changed: str) -> dict[str, str]:
    return {
        "effective_on": TODAY.isoformat(),
        "decision": "NQ 1656",
        "others": "99.03",
        "code": "99.02",
        "name": "Xã Sông Hà",
        "counters": "hand_over",
        **changed,
    }


def confirmed(client: FlaskClient, path: str, data: dict[str, str]) -> dict[str, str]:
    page = client.post(path, data=data)
    assert page.status_code == 200, page.text
    found = re.search(r'name="confirm" value="(\w+)"', page.text)
    assert found is not None
    return {**data, "confirm": found[1]}


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(AgencyChange)) or 0


def test_a_merger_is_tried_out_confirmed_and_then_told_everywhere(
    admin: FlaskClient, session: Session, province: Province
) -> None:
    assert admin.get(address(province)).status_code == 200
    tried = admin.post(address(province), data=merger())
    for word in ("Xã Sông Hà", "Quầy số 1", "Cán bộ xa", "toàn bộ", "Xác nhận"):
        assert word in tried.text
    assert count(session) == 0
    done = admin.post(address(province), data=confirmed(admin, address(province), merger()))
    assert done.status_code == 303
    assert count(session) == 1
    new = session.scalars(select(Agency).where(Agency.name == "Xã Sông Hà")).one()
    listed = admin.get("/admin/changes").text
    assert "NQ 1656" in listed
    assert "đã có hiệu lực" in listed
    today = admin.get(f"/desk/agencies/{new.id}/history").text
    assert "số liệu quy đổi" in today
    assert "thành lập từ" in today
    # By answers: 20 of 20 and 10 of 20 satisfied.
    assert "75,0" in today
    as_was = admin.get(f"/desk/agencies/{new.id}/history?view=as_was").text
    assert "Xã Tây Hà" in as_was
    assert "số liệu quy đổi" not in as_was
    assert "sáp nhập vào" in admin.get(f"/desk/agencies/{province.commune}/history").text
    assert admin.get(f"/desk/agencies/{new.id}/waves/{province.open}").status_code == 200


def test_who_takes_over_from_an_abolished_body_is_told_what_that_means_and_its_history_says_so(
    admin: FlaskClient, session: Session, province: Province
) -> None:
    path = address(province, "abolish")
    wanted = {"effective_on": TODAY.isoformat(), "decision": "QĐ 5", "heir": "99.03"}
    tried = admin.post(path, data=wanted).text
    assert "chỉ công việc, không gộp địa bàn và số liệu" in tried
    assert "hãy chọn “Sáp nhập”" in tried
    assert admin.post(path, data=confirmed(admin, path, wanted)).status_code == 303
    heir = find_agency(session, "99.03", on=TODAY)
    assert heir is not None
    history = admin.get(f"/desk/agencies/{heir.id}/history").text
    assert "tiếp nhận việc của đơn vị giải thể" in history
    assert "Xã Đông Hà" in history


def test_bodies_with_units_below_them_are_merged_once_the_dry_run_is_confirmed(
    admin: FlaskClient, session: Session, province: Province
) -> None:
    for place, code in ((province.commune, "99.02.01"), (None, "99.03.01")):
        above = session.get_one(Agency, place) if place else find_agency(session, "99.03", on=TODAY)
        unit = add_agency(session, code=code, kind="unit", name=f"Trạm {code}", valid_from=START, parent=above)
    add_service_point(session, agency=unit, name="Quầy trạm", today=TODAY)
    session.commit()
    tried = admin.post(address(province), data=merger()).text
    assert "Trạm 99.03.01 (99.03.01), trực thuộc Xã Sông Hà" in tried
    assert "Quầy trạm của Trạm 99.03.01: ở nguyên chỗ cũ" in tried
    done = admin.post(address(province), data=confirmed(admin, address(province), merger()))
    assert done.status_code == 303, done.text
    assert count(session) == 2
    new = session.scalars(select(Agency).where(Agency.name == "Xã Sông Hà")).one()
    below = session.scalars(select(Agency.code).where(Agency.parent_id == new.id, Agency.valid_to.is_(None)))
    assert sorted(below) == ["99.02.01", "99.03.01"]
    listed = admin.get("/admin/changes").text
    assert "từ trực thuộc Xã Đông Hà sang trực thuộc Xã Sông Hà" in listed


def test_a_change_to_come_waits_and_can_be_withdrawn(admin: FlaskClient, session: Session, province: Province) -> None:
    day = (TODAY + timedelta(days=30)).isoformat()
    data = confirmed(admin, address(province), merger(effective_on=day))
    admin.post(address(province), data=data)
    listed = admin.get("/admin/changes").text
    assert "chờ đến ngày" in listed
    action = re.search(r'action="(/admin/changes/[^"]+/withdraw)"', listed)
    assert action is not None
    assert admin.post(action[1]).status_code == 303
    assert count(session) == 0
    verbs = session.scalars(select(AuditEntry.verb).order_by(AuditEntry.position.desc()).limit(2)).all()
    assert verbs == ["agency.change_withdrawn", "agency.merged"]
    assert admin.post(action[1]).status_code == 404


def test_who_confirms_what_has_changed_meanwhile_is_told_and_loses_nothing(
    admin: FlaskClient, session: Session, province: Province
) -> None:
    data = confirmed(admin, address(province), merger())
    first = {"effective_on": TODAY.isoformat(), "decision": "QĐ 7", "name": "Phường Đông Hà"}
    admin.post(address(province, "rename"), data=confirmed(admin, address(province, "rename"), first))
    page = admin.post(address(province), data=data)
    assert page.status_code in {200, 422}
    assert "Từ lúc bạn xem thử đã có điều khác đi" in page.text
    assert 'value="Xã Sông Hà"' in page.text
    assert count(session) == 1
    merged = admin.post(address(province), data=confirmed(admin, address(province), merger()))
    assert merged.status_code == 303
    again = admin.post(address(province), data=merger(decision="NQ khác"))
    assert again.status_code == 422
    assert "NQ 1656" in again.text
    assert 'value="NQ khác"' in again.text


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("merge", merger(others="99.99"), "Không có đơn vị nào mang mã 99.99"),
        ("merge", merger(others="99.02"), "chính nó"),
        ("merge", merger(effective_on="31/02/2026"), "không phải là ngày"),
        ("merge", merger(effective_on="01/01/2019"), "mới có từ ngày 01/01/2020"),
        ("merge", merger(decision=""), "còn trống"),
        ("split", {**merger(), "bodies": "một dòng lạ"}, "phải có dạng"),
        ("split", {**merger(), "bodies": "A;Xã A;60\nB;Xã B;60", "heir": "A"}, "cộng lại không quá 100"),
        ("move", {**merger(), "parent": "99.02", "code": ""}, "không thể"),
        ("abolish", {**merger(), "heir": "99.02"}, "không thể tự tiếp nhận"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_and_the_form_keeps_what_was_typed(
    admin: FlaskClient, province: Province, session: Session, kind: str, data: dict[str, str], said: str
) -> None:
    page = admin.post(address(province, kind), data=data)
    assert page.status_code == 422
    assert said in page.text
    assert f'value="{data["decision"]}"' in page.text
    assert count(session) == 0


def test_a_bodys_own_administrator_is_told_to_ask_above(
    session: Session, sign_in: SignIn, province: Province, admin: FlaskClient
) -> None:
    del admin
    add_official(session, "cuaxa", session.get_one(Agency, province.commune), "administrator")
    session.commit()
    client = sign_in("cuaxa")
    page = client.post(address(province, "rename"), data={**merger(), "name": "Phường Mới"})
    assert page.status_code == 422
    assert "cấp trên" in page.text
    assert sign_in("xa").get(address(province)).status_code == 404
    assert client.get(f"/desk/agencies/{province.health}/history").status_code == 404


def test_every_kind_has_its_page_and_there_is_an_empty_list(
    admin: FlaskClient, province: Province, sign_in: SignIn
) -> None:
    for kind in ("merge", "split", "rename", "move", "abolish"):
        assert admin.get(address(province, kind)).status_code == 200
    assert admin.get(address(province, "fusion")).status_code == 404
    assert "Chưa có thay đổi nào" in sign_in("xem").get("/admin/changes").text
    assert f"{YEAR - 1}" in sign_in("xa").get(f"/desk/agencies/{province.commune}/history").text
