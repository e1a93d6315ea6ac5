"""The dossier system asks for one-time codes, and a retry never makes more of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from citizen_world import World
from survey.api.access import REQUESTS_A_MINUTE, Requests
from survey.models.identifiers import local_today, new_id
from survey.models.slips import ApiKey, TransactionCode
from survey.services.agencies import add_agency
from survey.services.api_keys import revoke_key
from survey.services.slips import forget_seeds
from tests.api.conftest import MakeKey

PATH = "/api/v1/transaction-codes"
ORDER = {"agency": "S1", "service": "2.001", "count": 3}


def ask(client: FlaskClient, headers: dict[str, str], order: Any = ORDER, retry_key: str = "dossier 1") -> TestResponse:
    return client.post(PATH, json=order, headers={**headers, "Idempotency-Key": retry_key})


def stored(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(TransactionCode)).one()


def is_problem(response: TestResponse, status: int) -> bool:
    body = response.get_json()
    return (response.status_code, body["status"], response.mimetype) == (status, status, "application/problem+json")


def test_codes_come_back_ready_to_print_and_open_their_form(
    client: FlaskClient, session: Session, key: MakeKey
) -> None:
    made = ask(client, key("slips"))
    assert made.status_code == 201
    codes = made.get_json()["codes"]
    assert len({one["code"] for one in codes}) == 3
    assert stored(session) == 3
    path = "/T/" + codes[0]["address"].partition("/T/")[2]
    form = client.get(path)
    assert form.status_code == 200
    assert "Cấp giấy phép xây dựng" in form.text


def test_a_retry_gives_the_same_codes(client: FlaskClient, session: Session, key: MakeKey) -> None:
    headers = key("slips")
    first, second = (ask(client, headers).get_json() for _ in range(2))
    assert first == second
    assert stored(session) == 3


def test_a_retry_brings_no_used_code_back(client: FlaskClient, session: Session, key: MakeKey) -> None:
    headers = key("slips")
    ask(client, headers)
    for row in session.scalars(select(TransactionCode)):
        session.delete(row)
    session.commit()
    assert ask(client, headers).status_code == 201
    assert stored(session) == 0


def test_another_order_under_the_same_retry_key_is_refused(client: FlaskClient, key: MakeKey) -> None:
    headers = key("slips")
    ask(client, headers)
    assert is_problem(ask(client, headers, {**ORDER, "count": 4}), 409)


def test_the_same_retry_key_of_another_system_is_another_request(
    client: FlaskClient, session: Session, key: MakeKey
) -> None:
    for headers in (key("slips"), key("slips")):
        assert ask(client, headers).status_code == 201
    assert stored(session) == 6


def test_after_the_night_the_codes_are_forgotten(client: FlaskClient, session: Session, key: MakeKey) -> None:
    headers = key("slips")
    ask(client, headers)
    forget_seeds(session, today=local_today() + timedelta(days=1))
    session.commit()
    assert is_problem(ask(client, headers), 409)
    assert stored(session) == 3


@pytest.mark.parametrize(
    "order",
    [
        {},
        [],
        {"agency": "S1", "count": 0},
        {"agency": "S1", "count": 501},
        {"agency": "S1", "count": "3"},
        {"agency": "S1", "count": True},
        {"agency": "S1", "expires_on": "2020-01-01"},
        {"agency": "S1", "expires_on": "9999-12-31"},
        {"agency": "S1", "expires_on": "soon"},
        {"agency": "S1", "service": "1.001"},
        {"agency": "S1", "name": "Nguyễn Văn A"},
    ],
)
def test_an_order_that_cannot_be_filled_makes_nothing(
    client: FlaskClient, session: Session, key: MakeKey, order: Any
) -> None:
    assert is_problem(ask(client, key("slips"), order), 422)
    assert stored(session) == 0


def test_an_agency_that_is_not_there_is_not_found(client: FlaskClient, key: MakeKey) -> None:
    assert is_problem(ask(client, key("slips"), {"agency": "nobody"}), 404)


def test_without_a_retry_key_nothing_is_made(client: FlaskClient, session: Session, key: MakeKey) -> None:
    assert is_problem(client.post(PATH, json=ORDER, headers=key("slips")), 422)
    assert stored(session) == 0


def test_without_a_key_with_a_wrong_or_a_revoked_one_nothing_is_made(
    client: FlaskClient, session: Session, key: MakeKey
) -> None:
    revoked = key("slips")
    revoke_key(session, session.scalars(select(ApiKey)).one(), today=local_today())
    session.commit()
    for headers in ({}, {"Authorization": "Bearer HLWRONG"}, {"Authorization": "Basic eDp5"}, revoked):
        refused = ask(client, headers)
        assert is_problem(refused, 401)
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert stored(session) == 0


def test_a_key_for_something_else_is_refused(client: FlaskClient, key: MakeKey) -> None:
    assert is_problem(ask(client, key("population")), 403)


def test_problems_speak_the_language_asked_for(client: FlaskClient) -> None:
    assert client.post(PATH).get_json()["detail"].startswith("Khoá thiếu")
    english = client.post(PATH, headers={"Accept-Language": "en"})
    assert english.get_json()["detail"].startswith("The key is missing")
    assert english.headers["Content-Language"] == "en"


def test_what_is_no_json_is_a_problem(client: FlaskClient, key: MakeKey) -> None:
    headers = {**key("slips"), "Idempotency-Key": "1", "Content-Type": "application/json"}
    for body in (b"{", b"\xff\xfe", b"x" * 70_000):
        assert client.post(PATH, data=body, headers=headers).status_code in {400, 413, 422}
    assert is_problem(client.get(PATH), 405)
    assert is_problem(client.get("/api/v1/nothing"), 404)
    assert is_problem(client.get("/api"), 404)


def test_a_key_that_asks_too_often_waits() -> None:
    now = 100.0
    requests, key_id = Requests(clock=lambda: now), new_id()
    assert all(requests.allow(key_id) for _ in range(REQUESTS_A_MINUTE))
    assert not requests.allow(key_id)
    assert requests.allow(new_id())
    now += 60
    assert requests.allow(key_id)


def test_no_cookie_is_set_and_nothing_is_kept_by_caches(client: FlaskClient, key: MakeKey) -> None:
    made = ask(client, key("slips"))
    assert "Set-Cookie" not in made.headers
    assert made.headers["Cache-Control"] == "no-store"


def test_a_commune_makes_no_codes_for_an_agency_that_its_counters_do_not_take_in(
    client: FlaskClient, session: Session, key: MakeKey, world: World
) -> None:
    province = session.merge(world.province)
    rival = add_agency(
        session, kind="commune", code="X9", name="Xã bên cạnh", parent=province, valid_from=local_today() - timedelta(9)
    )
    session.commit()
    headers = key("slips")
    for each in (rival.code, province.code):
        assert is_problem(ask(client, headers, {"agency": each}), 404)
    assert ask(client, key("slips", agency=province), {"agency": rival.code}).status_code == 201


@pytest.mark.parametrize("text", ["\x00", "\ud800", "S1\x00"])
def test_a_code_that_no_database_can_hold_is_refused(client: FlaskClient, key: MakeKey, text: str) -> None:
    assert is_problem(ask(client, key("slips"), {"agency": text}), 422)
    assert is_problem(ask(client, key("slips"), {"agency": "S1", "service": text}), 422)
