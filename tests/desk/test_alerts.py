from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import ServicePoint
from survey.models.fieldwork import Wave
from survey.models.responses import IntakeAlert


def add_alert(session: Session, province: Province) -> ServicePoint:
    """Add an alert about the counter of the commune in the open wave."""
    wave = session.get_one(Wave, province.open)
    counter = session.get_one(ServicePoint, province.counter)
    session.add(
        IntakeAlert(
            agency_id=counter.agency_id,
            service_point_id=counter.id,
            day=wave.opens_on + timedelta(days=30),
            answers=100,
            burst=20,
            outside_hours=0,
            repeated_pattern=10_000,
        )
    )
    session.commit()
    return counter


def test_who_stands_above_a_counter_sees_its_alerts_in_bands(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    counter = add_alert(session, province)

    page = sign_in("giamdoc").get("/desk/alerts").text

    assert counter.name in page
    assert "từ một máy hoặc một mạng: 20–49 phiếu" in page
    assert "giống hệt nhau: từ 10.000 trở lên phiếu" in page
    assert "ngoài giờ" not in page
    assert "100–199" in page


@pytest.mark.parametrize("name", ["yte", "xem", "kiemtra", "xa", "khong"])
def test_the_agency_itself_and_who_only_reads_see_none(
    sign_in: SignIn, province: Province, session: Session, name: str
) -> None:
    add_alert(session, province)
    client = sign_in(name)

    assert "Không có cảnh báo nào" in client.get("/desk/alerts").text
    if name != "khong":
        assert "cảnh báo tiếp nhận" not in client.get(f"/desk/waves/{province.open}").text


def test_the_page_of_a_wave_counts_its_alerts(sign_in: SignIn, province: Province, session: Session) -> None:
    client = sign_in("giamdoc")
    assert "cảnh báo tiếp nhận" not in client.get(f"/desk/waves/{province.open}").text
    add_alert(session, province)

    assert "1 cảnh báo tiếp nhận" in client.get(f"/desk/waves/{province.open}").text
    assert "cảnh báo tiếp nhận" not in client.get(f"/desk/waves/{province.closed}").text
