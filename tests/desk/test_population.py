from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from desk_fixtures import SignIn, release_wave_on_desk
from desk_province import YEAR, Province
from survey.models.agencies import Agency, ServiceField
from survey.models.fieldwork import PopulationSize
from survey.services.agencies import add_service, add_service_field

JUNE = f"month_{YEAR - 1}_06"
JULY = f"month_{YEAR - 1}_07"


def address(province: Province, agency: str = "health") -> str:
    return f"/desk/agencies/{getattr(province, agency)}/waves/{province.closed}/population"


def post(client: FlaskClient, province: Province, agency: str = "health", **months: str) -> TestResponse:
    return client.post(address(province, agency), data=months)


def known(session: Session, province: Province) -> dict[str, int]:
    session.rollback()
    rows = session.scalars(select(PopulationSize).where(PopulationSize.agency_id == province.health))
    return {row.month: row.transactions for row in rows}


def test_what_is_known_stands_in_the_form(sign_in: SignIn, province: Province) -> None:
    page = sign_in("giamdoc").get(address(province)).text

    assert f'name="{JUNE}"' in page
    assert 'value="48"' in page


def test_n_is_kept_by_month_and_empty_months_stay_unknown(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    response = post(sign_in("giamdoc"), province, **{JUNE: "1.234", JULY: ""})

    assert response.status_code == 302
    assert known(session, province) == {f"{YEAR - 1}-06": 1234}


def test_n_below_the_answers_is_kept_and_warned_about(sign_in: SignIn, province: Province) -> None:
    client = sign_in("giamdoc")

    page = client.get(post(client, province, **{JUNE: "5"}).location).text

    assert "có 12 phiếu, nhiều hơn số hồ sơ đã ghi" in page


@pytest.mark.parametrize("typed", ["9" * 5000, "abc", "-5", "1,5", "10.00", "9" * 12, "0"])
def test_what_is_no_number_is_refused_and_what_was_typed_is_kept(
    sign_in: SignIn, province: Province, session: Session, typed: str
) -> None:
    response = post(sign_in("giamdoc"), province, **{JUNE: typed, JULY: "7"})

    assert response.status_code == 422
    assert f'value="{typed}"' in response.text
    assert 'value="7"' in response.text
    assert known(session, province) == {f"{YEAR - 1}-06": 48}


@pytest.mark.parametrize("name", ["yte", "xem", "kiemtra", "xa"])
def test_only_who_stands_above_the_agency_may_set_its_n(
    sign_in: SignIn, province: Province, session: Session, name: str
) -> None:
    client = sign_in(name)

    assert client.get(address(province)).status_code == 404
    assert post(client, province, **{JUNE: "1"}).status_code == 404
    assert known(session, province) == {f"{YEAR - 1}-06": 48}


def test_a_department_sets_n_of_the_units_below_it(sign_in: SignIn, province: Province) -> None:
    assert post(sign_in("yte"), province, "clinic", **{JUNE: "30"}).status_code == 302


def test_after_a_release_n_stays_as_it_was_published(sign_in: SignIn, province: Province) -> None:
    release_wave_on_desk(sign_in, province.closed)

    response = post(sign_in("giamdoc"), province, **{JUNE: "50"})

    assert response.status_code == 422
    assert 'value="50"' in response.text


@pytest.fixture
def field(session: Session, province: Province) -> ServiceField:
    """Give a field of service in which the health department decides."""
    added = add_service_field(session, code="LV1", name="Dược")
    agency = session.get_one(Agency, province.health)
    add_service(session, agency=agency, service_field=added, code="TT1", name="Cấp giấy")
    session.commit()
    return added


def test_n_is_kept_by_field_beside_all_fields_together(
    sign_in: SignIn, province: Province, session: Session, field: ServiceField
) -> None:
    client, box = sign_in("giamdoc"), f"{JUNE}_{field.id.hex}"
    assert "Dược" in client.get(address(province)).text

    client.post(address(province), data={JUNE: "48", box: "60"})

    session.rollback()
    rows = session.scalars(select(PopulationSize).where(PopulationSize.agency_id == province.health)).all()
    assert {(row.service_field_id, row.transactions) for row in rows} == {(None, 48), (field.id, 60)}
    assert "các lĩnh vực cộng lại là 60, nhiều hơn mọi lĩnh vực (48)" in client.get("/desk/waves").text


def test_the_second_of_two_officials_sees_the_number_of_the_first_and_keeps_his_own(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    first, second = sign_in("giamdoc"), sign_in("phogiamdoc")
    seen = re.findall(r'name="seen"[^>]*value="([0-9a-f]+)"', second.get(address(province)).text)[0]
    post(first, province, **{JUNE: "100"})

    told = post(second, province, **{JUNE: "200", "seen": seen})

    assert told.status_code == 409
    assert f"06/{YEAR - 1}: 100" in told.text
    assert 'value="200"' in told.text
    assert known(session, province) == {f"{YEAR - 1}-06": 100}
    again = re.findall(r'name="seen"[^>]*value="([0-9a-f]+)"', told.text)[0]
    assert post(second, province, **{JUNE: "200", "seen": again}).status_code == 302
    assert known(session, province) == {f"{YEAR - 1}-06": 200}
