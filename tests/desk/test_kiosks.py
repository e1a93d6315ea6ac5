from __future__ import annotations

import re
from urllib.parse import urlsplit

import flask
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.audit import AuditEntry
from survey.models.identifiers import local_today
from survey.web.kiosk_links import KioskLink, KioskLinks

LINK = re.compile(r'<p><a href="([^"]+/K/[^"]+)">')


def link_on(app: flask.Flask, page: str) -> KioskLink | None:
    links: KioskLinks = app.extensions["kiosk_links"]
    [address] = LINK.findall(page)
    return links.read(urlsplit(address).path.removeprefix("/K/"), today=local_today())


def test_who_manages_an_agency_gets_the_link_of_its_kiosk(
    app: flask.Flask, sign_in: SignIn, province: Province, session: Session
) -> None:
    client = sign_in("xa")
    assert not LINK.findall(client.get(f"/desk/agencies/{province.commune}/kiosk").text)
    assert session.scalar(select(func.count()).where(AuditEntry.verb == "kiosk.link_made")) == 0
    page = client.get(f"/desk/agencies/{province.commune}/kiosk?counter=").text

    assert link_on(app, page) == KioskLink("agency", province.commune, 60, local_today())
    assert "--kiosk" in page


def test_a_kiosk_can_be_of_one_counter_with_an_idle_time_of_its_own(
    app: flask.Flask, sign_in: SignIn, province: Province
) -> None:
    page = sign_in("xa").get(f"/desk/agencies/{province.commune}/kiosk?counter={province.counter}&idle=120").text

    assert link_on(app, page) == KioskLink("counter", province.counter, 120, local_today())


@pytest.mark.parametrize("wish", ["counter=x&idle=1", "counter=00000000-0000-7000-8000-000000000000&idle=x"])
def test_what_cannot_be_chosen_is_the_default(app: flask.Flask, sign_in: SignIn, province: Province, wish: str) -> None:
    page = sign_in("xa").get(f"/desk/agencies/{province.commune}/kiosk?{wish}").text

    assert link_on(app, page) == KioskLink("agency", province.commune, 60, local_today())


@pytest.mark.parametrize("name", ["xem", "kiemtra"])
def test_who_only_reads_gets_no_link(sign_in: SignIn, province: Province, name: str) -> None:
    assert sign_in(name).get(f"/desk/agencies/{province.commune}/kiosk").status_code == 404
    assert "/kiosk" not in sign_in(name).get(f"/desk/agencies/{province.commune}/counters").text


def test_a_counter_of_another_agency_is_not_to_be_had(sign_in: SignIn, province: Province) -> None:
    assert sign_in("xa").get(f"/desk/agencies/{province.health}/kiosk?counter={province.counter}").status_code == 404


def test_the_page_of_counters_leads_to_the_kiosk(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xa").get(f"/desk/agencies/{province.commune}/counters").text

    assert f'href="/desk/agencies/{province.commune}/kiosk"' in page


def test_revoking_makes_links_worthless_and_the_next_one_good(
    app: flask.Flask, sign_in: SignIn, province: Province
) -> None:
    client = sign_in("xa")
    page = client.get(f"/desk/agencies/{province.commune}/kiosk?counter=").text
    old = urlsplit(LINK.findall(page)[0]).path
    assert client.get(old).status_code == 200
    page = client.post(f"/desk/agencies/{province.commune}/kiosk/revoke", follow_redirects=True).text
    assert "Đã thu hồi" in page
    page = client.get(f"/desk/agencies/{province.commune}/kiosk?counter=").text
    assert client.get(old).status_code == 404
    assert client.get(urlsplit(LINK.findall(page)[0]).path).status_code == 200
    assert link_on(app, page) == KioskLink("agency", province.commune, 60, local_today(), 1)
