from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import Agency, ServiceField
from survey.models.identifiers import local_today
from survey.models.paper import PaperSeries
from survey.services.agencies import add_service, add_service_point

TODAY = local_today()


def order(province: Province, sheets: str = "3", language: str = "vi") -> dict[str, str]:
    return {"wave": f"{province.open}", "counter": f"{province.counter}", "language": language, "sheets": sheets}


def test_sheets_are_numbered_on_and_the_same_series_gives_the_same_pdf(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client, address = sign_in("xa"), f"/desk/agencies/{province.commune}/paper"
    for language in ("vi", "en"):
        assert client.post(address, data=order(province, language=language)).status_code == 303
    session.rollback()
    first, second = session.scalars(select(PaperSeries).order_by(PaperSeries.first_number)).all()
    assert [(one.first_number, one.last_number, one.language) for one in (first, second)] == [
        (1, 3, "vi"),
        (4, 6, "en"),
    ]
    page = client.get(address).text
    assert f"/paper/{first.id}.pdf" in page
    assert 'data-label="Ngôn ngữ">English' in page
    documents = [client.get(f"{address}/{first.id}.pdf") for _ in range(2)]
    assert documents[0].mimetype == "application/pdf"
    assert documents[0].data == documents[1].data
    assert documents[0].data.startswith(b"%PDF-1.7")


def test_an_agency_without_counters_is_told_which_counters_take_its_cases(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    health = session.get_one(Agency, province.health)
    address = f"/desk/agencies/{province.health}"
    field = ServiceField(code="yt", name="Y tế", sort_key="")
    session.add(field)
    session.flush()
    service = add_service(session, agency=health, service_field=field, code="1", name="Cấp giấy")
    commune = session.get_one(Agency, province.commune)
    add_service_point(session, agency=commune, name="Quầy liên thông", services=[service], today=TODAY)
    session.commit()
    client = sign_in("yte")
    for page in (f"{address}/paper", f"{address}/entry"):
        text = client.get(page).text
        assert "Quầy liên thông, Xã Đông Hà" in text
        assert "<button" not in text.partition("<h1>")[2].partition("<footer")[0]
    wanted = {"wave": f"{province.open}", "counter": "", "language": "vi", "sheets": "1"}
    refused = client.post(f"{address}/paper", data=wanted)
    assert refused.status_code == 422
    assert session.scalars(select(PaperSeries)).all() == []


@pytest.mark.parametrize("sheets", ["0", "101", "x", "", "-1", "٣"])
def test_a_number_of_sheets_that_cannot_be_is_refused(sign_in: SignIn, province: Province, sheets: str) -> None:
    response = sign_in("xa").post(f"/desk/agencies/{province.commune}/paper", data=order(province, sheets))
    assert response.status_code == 422
    assert "từ 1 đến 100" in response.text


def test_a_series_of_another_agency_is_not_found(sign_in: SignIn, province: Province, session: Session) -> None:
    sign_in("xa").post(f"/desk/agencies/{province.commune}/paper", data=order(province))
    session.rollback()
    series = session.scalars(select(PaperSeries.id)).one()
    assert sign_in("yte").get(f"/desk/agencies/{province.health}/paper/{series}.pdf").status_code == 404
