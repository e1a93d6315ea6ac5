"""The guided first set-up: what is done is read from the data."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import START, Province
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.tallies import FoldMark
from survey.services.agencies import add_agency


@pytest.fixture
def unfinished(session: Session, province: Province) -> Province:
    """Leave the province with a wave that is not open, and no poster or answer."""
    agencies = [province.province, province.health, province.clinic, province.commune]
    session.execute(delete(FoldMark).where(FoldMark.agency_id.in_(agencies)))
    session.execute(update(Wave).values(state="planned", closed_on=None))
    session.commit()
    return province


def test_what_is_not_finished_is_shown_on_arrival_with_the_next_step(sign_in: SignIn, unfinished: Province) -> None:
    client = sign_in("giamdoc")

    assert unfinished
    assert client.get("/desk").location == "/desk/setup"
    page = client.get("/desk/setup").text
    assert page.count("tag-done") == 4
    assert "Mở đợt đã lập" in page
    assert page.index("làm tiếp ở đây") < page.index("Mở đợt đã lập")


def test_the_posters_are_the_last_step(session: Session, sign_in: SignIn, unfinished: Province) -> None:
    session.execute(update(Wave).where(Wave.id == unfinished.open).values(state="open"))
    session.commit()
    client = sign_in("giamdoc")

    assert "In áp phích" in client.get("/desk/setup").text
    client.get(f"/desk/agencies/{unfinished.commune}/posters-A4.pdf")

    assert "Đã thiết lập xong" in client.get("/desk/setup").text
    assert client.get("/desk").location != "/desk/setup"


@pytest.mark.parametrize("name", ["xem", "yte", "khong"])
def test_who_does_not_run_the_whole_has_no_set_up(sign_in: SignIn, unfinished: Province, name: str) -> None:
    assert unfinished
    assert sign_in(name).get("/desk/setup").status_code == 404
    assert sign_in(name).get("/desk").location != "/desk/setup"


def test_a_second_province_cannot_be_founded(session: Session, sign_in: SignIn, province: Province) -> None:
    assert province
    response = sign_in("giamdoc").post(
        "/desk/setup/province", data={"code": "98", "name": "Tỉnh khác", "valid_from": "2025-07-01"}
    )

    assert response.status_code == 303
    assert session.scalar(select(Agency.id).where(Agency.code == "98")) is None


def test_a_wave_that_is_closed_is_not_called_open_and_another_is_offered(
    session: Session, sign_in: SignIn, unfinished: Province
) -> None:
    client = sign_in("giamdoc")
    for state, said in (("open", "đã mở"), ("paused", "đang tạm dừng"), ("closed", "đã đóng: quầy không còn")):
        session.execute(update(Wave).values(state=state))
        session.commit()
        page = client.get("/desk/setup").text
        assert said in page
        assert ("đã mở" in page) is (state == "open")
    assert page.index("làm tiếp ở đây") < page.index("Lập đợt khảo sát")
    assert f"/desk/agencies/{unfinished.province}/waves/new" in page
    session.execute(update(Wave).where(Wave.id == unfinished.open).values(state="planned"))
    session.commit()
    assert "đợt trước đã đóng, đợt mới đã lập" in client.get("/desk/setup").text


def test_where_only_some_agencies_are_named_there_is_a_way_to_all(
    session: Session, sign_in: SignIn, unfinished: Province
) -> None:
    client = sign_in("giamdoc")
    assert "Xem mọi cơ quan" not in client.get("/desk/setup").text
    above = session.get_one(Agency, unfinished.province)
    for number in range(4):
        add_agency(session, code=f"S{number}", kind="department", name=f"Sở {number}", valid_from=START, parent=above)
    session.commit()
    page = client.get("/desk/setup").text
    assert page.count("Thêm quầy của") == 5
    address = re.findall(r'href="([^"]+)">Xem mọi cơ quan', page)[0]
    assert client.get(address).status_code == 200
