"""The guided first set-up: what is done is read from the data."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.tallies import FoldMark


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
