from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_phone import Phone, key_in
from citizen_world import World
from survey.models.identifiers import local_today
from survey.services.agencies import add_service_point, retire_code
from survey.services.kiosks import revoke_kiosk_links
from survey.web.kiosk_links import DAYS_GOOD, KioskLink, KioskLinks

TODAY = local_today()


def token_of(app: flask.Flask, link: KioskLink) -> str:
    links: KioskLinks = app.extensions["kiosk_links"]
    return links.make(link)


@pytest.fixture
def of_counter(app: flask.Flask, world: World) -> str:
    return f"/K/{token_of(app, KioskLink('counter', world.plain.id, 60, TODAY))}"


@pytest.fixture
def of_agency(app: flask.Flask, world: World) -> str:
    return f"/K/{token_of(app, KioskLink('agency', world.commune.id, 60, TODAY))}"


def test_an_answer_at_a_kiosk_carries_its_channel(phone: Phone, world: World, of_counter: str) -> None:
    page = phone.client.get(of_counter)
    assert f'action="{of_counter}/{world.code}?lang=vi#TOP"' in page.text
    thanks = phone.client.post(f"{of_counter}/{world.code}?lang=vi", data={"key": key_in(page), "a1": "5"})
    assert thanks.status_code == 200
    assert "Cảm ơn Ông/Bà!" in thanks.text
    assert re.search(r"<strong>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}</strong>", thanks.text)
    [stored] = phone.stored()
    assert (stored.channel, stored.service_point_id) == ("kiosk", world.plain.id)


def test_each_citizen_gets_a_form_of_his_own(phone: Phone, of_counter: str) -> None:
    assert key_in(phone.client.get(of_counter)) != key_in(phone.client.get(of_counter))


def test_a_kiosk_and_a_phone_are_not_given_each_others_form(phone: Phone, world: World, of_counter: str) -> None:
    for _ in range(2):
        assert f'action="{of_counter}/{world.code}' in phone.client.get(of_counter).text
        assert f'action="/Q/{world.code}' in phone.client.get(f"/Q/{world.code}").text


def test_the_same_form_twice_is_one_and_shows_the_same_receipt(phone: Phone, world: World, of_counter: str) -> None:
    key = key_in(phone.client.get(of_counter))
    pages = [phone.client.post(f"{of_counter}/{world.code}", data={"key": key, "a1": level}).text for level in "51"]
    receipts = {re.search(r"<strong>(.*)</strong>", page)[1] for page in pages}  # type: ignore[index]  # or it fails
    assert len(receipts) == 1
    assert "chỉ được tính một lần" in pages[1]
    assert [stored.answers for stored in phone.stored()] == [{"a1": 5}]


def test_the_kiosk_of_an_agency_lets_the_citizen_choose_the_counter(phone: Phone, world: World, of_agency: str) -> None:
    page = phone.client.get(of_agency)
    addresses = re.findall(r'data-form href="([^"]+)"', page.text)
    assert addresses == [f"{of_agency}/{code}?lang=vi" for code in (world.code, world.choice_code)]
    form = phone.client.get(unescape(addresses[1]))
    phone.client.post(addresses[1], data={"key": key_in(form), "a1": "2", "service": "2.001"})
    [stored] = phone.stored()
    assert (stored.channel, stored.service_point_id, stored.agency_id) == (
        "kiosk",
        world.choice.id,
        world.department.id,
    )


def test_a_kiosk_of_one_counter_is_locked_to_it(phone: Phone, world: World, of_counter: str) -> None:
    assert phone.client.get(f"{of_counter}/{world.choice_code}").status_code == 404
    assert phone.client.post(f"{of_counter}/{world.choice_code}/keys").status_code == 404
    key = phone.open(world.choice_code)
    assert phone.client.post(f"{of_counter}/{world.choice_code}", data={"key": key, "a1": "5"}).status_code == 404
    assert phone.stored() == []


def test_the_kiosk_of_an_agency_does_not_rate_another_agencys_counter(
    app: flask.Flask, phone: Phone, session: Session, world: World
) -> None:
    add_service_point(session, agency=world.department, name="Quầy 9", today=TODAY)
    session.commit()
    foreign = f"/K/{token_of(app, KioskLink('agency', world.department.id, 60, TODAY))}"
    assert phone.client.get(f"{foreign}/{world.code}").status_code == 404


def test_a_new_code_of_the_counter_does_not_stop_the_kiosk(
    client: FlaskClient, session: Session, world: World, of_agency: str, of_counter: str
) -> None:
    retire_code(session, world.plain.codes[0], today=TODAY)
    session.commit()
    assert client.get(of_counter).status_code == 404
    assert client.get(of_agency).status_code == 200
    assert world.code not in client.get(of_agency).text


def test_the_link_of_a_year_ago_or_a_changed_one_is_no_kiosk(
    app: flask.Flask, client: FlaskClient, world: World
) -> None:
    link = KioskLink("counter", world.plain.id, 60, TODAY)
    good = token_of(app, link)
    old = token_of(app, replace(link, made_on=TODAY - timedelta(days=DAYS_GOOD + 1)))
    forged = KioskLinks("another secret").make(link)
    assert client.get(f"/K/{good}").status_code == 200
    for token in (old, forged, f"A{good[1:]}", good[:-4], "x", "ấ", "A" * 46):
        response = client.get(f"/K/{token}")
        assert response.status_code == 404, token
        assert "không dùng được" in response.text


def test_an_agency_without_counters_says_so(app: flask.Flask, client: FlaskClient, world: World) -> None:
    assert world
    address = f"/K/{token_of(app, KioskLink('agency', UUID(int=7), 60, TODAY))}"
    response = client.get(address)
    assert response.status_code == 404
    assert "chưa có quầy" in response.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_kiosk_begins_anew_without_scripts_too(phone: Phone, world: World, of_counter: str) -> None:
    page = phone.client.get(of_counter)
    # Ten times the usual time, since nobody can ask for more without a script (WCAG 2.2, criterion 2.2.1).
    assert f'<noscript><meta http-equiv="refresh" content="600;url={of_counter}"></noscript>' in page.text
    thanks = phone.client.post(f"{of_counter}/{world.code}", data={"key": key_in(page), "a1": "5"})
    assert f'content="60;url={of_counter}"' in thanks.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_kiosk_keeps_a_stock_of_keys_and_sends_under_its_channel(phone: Phone, world: World, of_counter: str) -> None:
    keys = phone.client.post(f"{of_counter}/{world.code}/keys").get_json()["keys"]
    assert len(set(keys)) == 40
    response = phone.client.post(f"{of_counter}/{world.code}/send", data={"key": keys[0], "a1": "3"})
    assert (response.status_code, response.headers["Hai-Long"]) == (200, "stored")
    assert [stored.channel for stored in phone.stored()] == ["kiosk"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_kiosk_can_be_installed_and_fills_the_screen(client: FlaskClient, of_counter: str) -> None:
    manifest = client.get(f"{of_counter}/app.webmanifest").get_json()
    assert (manifest["display"], manifest["start_url"]) == ("fullscreen", of_counter)
    assert f'<link rel="manifest" href="{of_counter}/app.webmanifest">' in client.get(of_counter).text
    assert client.get("/static/icon.svg").status_code == 200


def test_a_revoked_link_takes_no_answer_at_a_counter_either(
    phone: Phone, world: World, session: Session, of_counter: str, of_agency: str
) -> None:
    key = key_in(phone.client.get(of_counter))
    revoke_kiosk_links(session, world.commune)
    session.commit()
    for link in (of_counter, of_agency):
        assert phone.client.get(link).status_code == 404
        for end in ("", "/send"):
            assert phone.client.post(f"{link}/{world.code}{end}", data={"key": key, "a1": "5"}).status_code == 404
    assert phone.stored() == []
