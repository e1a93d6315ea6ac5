from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.fieldwork import Wave, WaveRelease
from survey.models.identifiers import local_today

STEPS = ["open", "pause", "close", "draft", "release"]
READERS = ["xem", "kiemtra", "xa", "yte"]


def step(client: FlaskClient, wave: object, name: str) -> int:
    return client.post(f"/desk/waves/{wave}/{name}").status_code


def state_of(session: Session, wave: object) -> str:
    session.rollback()
    return session.scalars(select(Wave.state).where(Wave.id == wave)).one()


@pytest.mark.parametrize("name", ["giamdoc", "xem", "kiemtra", "yte", "xa"])
def test_everybody_below_sees_the_waves_that_reach_him(sign_in: SignIn, province: Province, name: str) -> None:
    client = sign_in(name)

    assert "Khảo sát tại quầy năm" in client.get("/desk/waves").text
    assert client.get(f"/desk/waves/{province.open}").status_code == 200


def test_an_official_without_a_role_sees_no_wave(sign_in: SignIn, province: Province) -> None:
    client = sign_in("khong")

    assert "Chưa có đợt khảo sát nào" in client.get("/desk/waves").text
    assert client.get(f"/desk/waves/{province.open}").status_code == 404


def test_a_wave_is_paused_resumed_and_closed(sign_in: SignIn, province: Province, session: Session) -> None:
    client = sign_in("giamdoc")

    assert step(client, province.open, "pause") == 302
    assert state_of(session, province.open) == "paused"
    assert step(client, province.open, "open") == 302
    assert state_of(session, province.open) == "open"
    assert client.get(f"/desk/waves/{province.open}/closing").status_code == 200
    assert step(client, province.open, "close") == 302
    assert state_of(session, province.open) == "closed"


def test_what_cannot_be_done_now_is_refused_with_a_reason(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    response = sign_in("giamdoc").post(f"/desk/waves/{province.closed}/open")

    assert response.status_code == 409
    assert "Chưa thực hiện được" in response.text
    assert state_of(session, province.closed) == "closed"


@pytest.mark.parametrize("name", READERS)
def test_who_does_not_run_surveys_there_sees_no_button_and_cannot_press_it(
    sign_in: SignIn, province: Province, session: Session, name: str
) -> None:
    client = sign_in(name)

    assert "Điều hành đợt khảo sát" not in client.get(f"/desk/waves/{province.open}").text
    assert [step(client, province.open, each) for each in STEPS] == [404] * len(STEPS)
    assert client.get(f"/desk/waves/{province.open}/closing").status_code == 404
    assert state_of(session, province.open) == "open"


@pytest.mark.parametrize("name", [step for step in STEPS if step != "release"])
def test_a_step_is_pressed_never_followed(sign_in: SignIn, province: Province, name: str) -> None:
    assert sign_in("giamdoc").get(f"/desk/waves/{province.open}/{name}").status_code == 405


@pytest.mark.parametrize("name", STEPS)
def test_a_wave_that_does_not_exist_is_not_found(sign_in: SignIn, name: str) -> None:
    assert step(sign_in("giamdoc"), uuid4(), name) == 404
    assert step(sign_in("giamdoc"), "x", name) == 404


def test_one_proposes_and_another_releases(sign_in: SignIn, province: Province, session: Session) -> None:
    director, deputy = sign_in("giamdoc"), sign_in("phogiamdoc")

    assert step(director, province.closed, "draft/withdrawal") == 409
    assert step(director, province.closed, "draft") == 302
    assert step(deputy, province.closed, "draft/withdrawal") == 302
    assert session.scalars(select(WaveRelease)).all() == []
    assert step(director, province.closed, "draft") == 302
    assert "Người đề nghị không tự công bố" in director.get(f"/desk/waves/{province.closed}").text
    assert step(director, province.closed, "release") == 409
    assert "Công bố kết quả" in deputy.get(f"/desk/waves/{province.closed}").text
    asked = deputy.get(f"/desk/waves/{province.closed}/release").text
    assert "Ai cũng xem được ngay kết quả của Tỉnh Sông Mây" in asked
    assert f'action="/desk/waves/{province.closed}/release"' in asked
    assert "action" not in director.get(f"/desk/waves/{province.closed}/release").text.partition("<h1>")[2]
    session.rollback()
    assert session.scalars(select(WaveRelease.released_on)).all() == [None]
    # What was asked about was taken back and proposed anew meanwhile.
    seen = re.search(r'name="seen" value="(\w+)"', asked)
    assert seen
    step(director, province.closed, "draft/withdrawal")
    step(deputy, province.closed, "draft")
    told = sign_in("giamdoc").post(
        f"/desk/waves/{province.closed}/release", data={"seen": seen[1]}, follow_redirects=True
    )
    assert "vừa thay đổi đợt này" in told.text
    step(director, province.closed, "draft/withdrawal")
    assert step(director, province.closed, "draft") == 302
    session.rollback()
    assert session.scalars(select(WaveRelease.released_on)).all() == [None]
    assert step(deputy, province.closed, "release") == 302
    assert step(director, province.closed, "draft/withdrawal") == 409
    session.rollback()

    release = session.scalars(select(WaveRelease)).one()
    assert (release.drafted_by, release.released_by) == (province.director, province.deputy)
    assert "đã công bố" in director.get(f"/desk/waves/{province.closed}").text
    page = director.get(f"/desk/agencies/{province.health}/waves/{province.closed}").text
    assert "bản nháp" not in page


def test_while_a_correction_is_only_proposed_the_first_release_stays_public(
    sign_in: SignIn, province: Province
) -> None:
    director, deputy = sign_in("giamdoc"), sign_in("phogiamdoc")
    step(director, province.closed, "draft")
    step(deputy, province.closed, "release")
    step(director, province.closed, "draft")

    page = deputy.get(f"/desk/waves/{province.closed}").text

    assert "đã công bố" in page
    assert "Công bố kết quả" in page


def test_nothing_is_released_within_seven_days_of_closing(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    session.get_one(Wave, province.closed).closed_on = local_today() - timedelta(days=6)
    session.commit()
    director, deputy = sign_in("giamdoc"), sign_in("phogiamdoc")
    address = f"/desk/waves/{province.closed}"
    said = director.post(f"{address}/draft", follow_redirects=True).text
    first = f"công bố được từ ngày {local_today() + timedelta(days=4):%d/%m/%Y}"
    assert said.count(first) == 2
    assert first in deputy.get(f"{address}/release").text

    assert "công bố được từ ngày" in deputy.get(f"/desk/waves/{province.closed}").text
    assert step(deputy, province.closed, "release") == 409


def test_the_agencies_of_a_wave_are_those_of_the_subtree(sign_in: SignIn, province: Province) -> None:
    page = sign_in("yte").get(f"/desk/waves/{province.closed}/agencies").text

    assert "Sở Y tế" in page
    assert "Bệnh viện 10" in page
    assert "Xã Đông Hà" not in page


def test_the_list_shows_what_is_folded_and_n(sign_in: SignIn, province: Province) -> None:
    page = sign_in("giamdoc").get(f"/desk/waves/{province.closed}/agencies?search=y+te").text

    assert ">12<" in page
    assert ">48<" in page
    assert "chưa ghi" not in page
