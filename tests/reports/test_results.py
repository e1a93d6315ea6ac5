"""The pages of an agency: what is released of it, as it was frozen, with interval, n and label."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import YEAR, Province, add_answers
from released_world import publish_wave
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.releases import Release
from survey.services.agencies import add_agency
from survey.services.fold import fold


@pytest.fixture
def released(session: Session, province: Province) -> Release:
    release = publish_wave(session, session.get_one(Wave, province.closed))
    session.commit()
    return release


@pytest.mark.usefixtures("province")
def test_what_is_not_released_cannot_be_reached(client: FlaskClient) -> None:
    assert "Chưa có kết quả nào được công bố" in client.get("/ket-qua").text
    page = client.get("/ket-qua/99.01")
    assert page.status_code == 200
    assert "83,3" not in page.text
    for wave in (f"quay-{YEAR - 1}", f"quay-{YEAR}", "x"):
        assert client.get(f"/ket-qua/99.01/{wave}").status_code == 404
    for code in ("nobody", "%00"):
        assert client.get(f"/ket-qua/{code}").status_code == 404


def test_neither_a_draft_nor_what_is_not_frozen_yet_is_public(
    client: FlaskClient, session: Session, sign_in: SignIn, province: Province
) -> None:
    sign_in("giamdoc").post(f"/desk/waves/{province.closed}/draft")
    assert client.get(f"/ket-qua/99.01/quay-{YEAR - 1}").status_code == 404
    release = session.query(Release).one()
    for path in ("", "/goi.zip", "/du-lieu.zip", "/du-lieu/datapackage.json", "/co-quan/99.01", "/phuong-phap"):
        assert client.get(f"/cong-bo/{release.code}{path}").status_code == 404


@pytest.mark.usefixtures("released")
def test_released_figures_are_shown_with_interval_n_and_label(client: FlaskClient) -> None:
    assert "99/" not in client.get("/ket-qua").text
    page = client.get(f"/ket-qua/99.01/quay-{YEAR - 1}")
    assert "83,3" in page.text
    assert re.search(r"n\s=\s12", page.text)
    assert "không chọn mẫu" in page.text
    assert client.get(f"/ket-qua/99.01/quay-{YEAR}").status_code == 404
    assert "83,3" in client.get(f"/ket-qua/99.01/QUAY-{YEAR - 1}").text
    assert "99.01" in client.get("/ket-qua/99").text
    assert re.search(r"n\s=\s12", client.get("/ket-qua/99.01?lang=en").text)


def test_what_was_released_stays_as_it_was_whatever_is_counted_since(
    client: FlaskClient, session: Session, province: Province, released: Release
) -> None:
    address = f"/cong-bo/{released.code}/co-quan/99.01"
    before = client.get(address).text
    wave, health = session.get_one(Wave, province.closed), session.get_one(Agency, province.health)
    add_answers(session, wave, health, satisfied=0, dissatisfied=40)
    fold(session, until=local_today())
    session.commit()
    assert client.get(address).text == before
    assert "83,3" in client.get("/ket-qua/99.01").text


@pytest.mark.usefixtures("released")
def test_a_release_stays_what_it_was_when_bodies_change(
    client: FlaskClient, province: Province, session: Session
) -> None:
    old = session.scalars(select(Agency).where(Agency.code == "99.01")).one()
    old.valid_to = local_today()
    session.flush()
    top = session.get_one(Agency, province.province)
    for code, name in (("99.01", "Sở Mới"), ("99.77", "Sở Tách Ra")):
        add_agency(session, code=code, kind="department", name=name, valid_from=local_today(), parent=top)
    session.commit()
    whole = client.get(f"/ket-qua/99/quay-{YEAR - 1}").text
    assert old.name in whole
    assert "Sở Mới" not in whole
    assert "Sở Tách Ra" not in whole
    for address in ("/ket-qua/99.01", f"/ket-qua/99.01/quay-{YEAR - 1}"):
        page = client.get(address).text
        assert "83,3" in page
        assert f"<h1>{old.name}</h1>" in page
        assert "tỷ lệ tham gia" in page.lower()
    assert client.get(f"/ket-qua/99.77/quay-{YEAR - 1}").status_code == 404
    assert "Chưa có kết quả nào" in client.get("/ket-qua/99.77").text


@pytest.mark.usefixtures("released")
def test_too_few_answers_give_no_figure(client: FlaskClient) -> None:
    page = client.get(f"/ket-qua/99.02/quay-{YEAR - 1}").text
    assert "không đủ số liệu" in page
    assert not re.search(r"n\s=\s9", page)


@pytest.mark.usefixtures("released")
def test_the_pages_set_no_cookie_may_be_kept_and_are_asked_for_by_their_tag(client: FlaskClient) -> None:
    for address in ("/ket-qua", "/ket-qua/99.01", "/ket-qua?lang=en", "/phuong-phap", "/du-lieu-mo"):
        response = client.get(address)
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.usefixtures("released")
def test_an_agency_is_found_by_a_part_of_its_name_without_marks(client: FlaskClient) -> None:
    assert "/ket-qua/99.02" in client.get("/ket-qua?search=dong+ha").text
    assert "Không có cơ quan nào như vậy" in client.get("/ket-qua?search=zzz").text
    assert client.get("/ket-qua?search=%00&page=-1").status_code == 200
