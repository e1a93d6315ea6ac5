from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_phone import Phone
from citizen_world import World
from survey.citizen.offline_views import KEYS_FOR_A_PHONE
from survey.citizen.words import words_of
from survey.models.identifiers import local_today
from survey.services.agencies import retire_code
from survey.services.waves import close_wave, pause_wave
from survey.services.wording import read_catalogues

TODAY = local_today()


def keys_of(client: FlaskClient, code: str, language: str = "vi") -> dict[str, Any]:
    response = client.post(f"/Q/{code}/keys?lang={language}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    content: dict[str, Any] = json.loads(response.text)
    return content


def deliver(client: FlaskClient, code: str, **fields: str) -> Any:
    return client.post(f"/Q/{code}/send?lang=vi", data=fields)


def test_every_key_handed_out_stores_an_answer_of_its_own(phone: Phone, world: World) -> None:
    keys = keys_of(phone.client, world.code)["keys"]
    assert len(set(keys)) == KEYS_FOR_A_PHONE
    for key in keys:
        response = deliver(phone.client, world.code, key=key, a1="4")
        assert (response.status_code, response.headers["Hai-Long"]) == (201, "stored")
        assert response.location.startswith(f"/R/{world.code}/")
    assert len(phone.stored()) == KEYS_FOR_A_PHONE
    assert {(stored.channel, stored.answered_on) for stored in phone.stored()} == {("qr", TODAY)}


def test_an_answer_sent_again_after_a_lost_reply_is_one_and_has_the_same_receipt(phone: Phone, world: World) -> None:
    key = phone.open(world.code)
    first, second = (deliver(phone.client, world.code, key=key, a1="4") for _ in range(2))
    assert second.headers["Hai-Long"] == "stored"
    assert second.location == f"{first.location}&again=1"
    assert len(phone.stored()) == 1


def test_the_words_come_in_the_language_of_the_form(client: FlaskClient, world: World) -> None:
    content = keys_of(client, world.code, "en")
    assert content["counter"] == "Counter 3 – Civil status"
    assert content["words"]["offline"] == words_of(read_catalogues())["en"].say("offline_hint")


def test_a_counter_that_hands_out_no_form_hands_out_no_keys(
    client: FlaskClient, session: Session, world: World
) -> None:
    pause_wave(session, world.wave)
    session.commit()
    assert keys_of(client, world.code)["keys"] == []
    assert client.post("/Q/HFX1CGP03/keys").status_code == 404


def test_a_fault_is_refused_with_the_form_to_put_right(phone: Phone, world: World) -> None:
    response = deliver(phone.client, world.code, key=phone.open(world.code), a1="6")
    assert (response.status_code, response.headers["Hai-Long"]) == (400, "refused")
    assert 'role="alert"' in response.text
    assert phone.stored() == []


def test_a_pause_is_no_refusal(phone: Phone, session: Session, world: World) -> None:
    key = phone.open(world.code)
    pause_wave(session, world.wave)
    session.commit()
    assert deliver(phone.client, world.code, key=key, a1="5").headers["Hai-Long"] == "later"


@pytest.mark.parametrize("fate", ["closed", "retired"])
def test_what_can_never_count_is_refused(
    phone: Phone, app: flask.Flask, session: Session, world: World, fate: str
) -> None:
    day = TODAY - timedelta(days=8)
    key = app.extensions["intake"].keys.issue(service_point_id=world.plain.id, wave_id=world.wave.id, day=day)
    if fate == "closed":
        close_wave(session, world.wave, today=day)
    else:
        retire_code(session, world.plain.codes[0], today=TODAY)
    session.commit()
    response = deliver(phone.client, world.code, key=key, a1="5")
    assert (response.status_code, response.headers["Hai-Long"]) == (410, "refused")
    assert phone.stored() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/Q/sw.js", "/K/sw.js"])
def test_the_worker_is_small_and_may_talk_to_nobody_else(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert response.mimetype == "text/javascript"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    assert len(response.data) <= 4096
    assert b"https://" not in gzip.decompress(response.data)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_of_the_outbox_holds_nothing_of_anybody(client: FlaskClient) -> None:
    response = client.get("/Q/outbox?lang=en")
    assert response.headers["Hai-Long"] == "keep"
    assert "Not sent yet" in response.text
    assert "Set-Cookie" not in response.headers
