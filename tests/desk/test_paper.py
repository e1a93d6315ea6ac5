from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.paper import PaperSeries


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
    documents = [client.get(f"{address}/{first.id}.pdf") for _ in range(2)]
    assert documents[0].mimetype == "application/pdf"
    assert documents[0].data == documents[1].data
    assert documents[0].data.startswith(b"%PDF-1.7")


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
