from __future__ import annotations

from datetime import datetime

import flask
import pytest
from sqlalchemy.orm import Session

from citizen_phone import Phone
from citizen_world import World
from survey.citizen.arrivals import network_of, read_arrival
from survey.models.identifiers import LOCAL_TIME
from survey.models.responses import Response
from survey.services.intake_signal import MOST_OF_A_PHONE

NOW = datetime.now(tz=LOCAL_TIME)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.200", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:203.0.113.7", "203.0.113.9", True),
        ("[2001:db8::1]", "2001:db8::2", True),
    ],
)
def test_addresses_of_one_network_are_one(one: str, other: str, is_same: bool) -> None:
    assert network_of(one)
    assert (network_of(one) == network_of(other)) is is_same


@pytest.mark.parametrize("address", ["", "unknown", "127.0.0.1", "::1", "::ffff:127.0.0.1", "1.2.3", "\x00", "x" * 500])
def test_nothing_is_known_of_what_is_no_address_or_this_machine(address: str) -> None:
    assert network_of(address) == ""


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "203.0.113.7", network_of("198.51.100.1")),
        (1, "203.0.113.7", network_of("203.0.113.7")),
        # Whatever stands before the addresses that our proxies added anybody may have written.
        (1, "192.0.2.1, 203.0.113.7", network_of("203.0.113.7")),
        (2, "203.0.113.7, 10.0.0.1", network_of("203.0.113.7")),
        (2, "203.0.113.7", ""),
        (1, "", ""),
    ],
)
def test_the_address_is_what_the_trusted_proxies_say(proxies: int, forwarded: str, network: str) -> None:
    environ = {"REMOTE_ADDR": "198.51.100.1", "HTTP_X_FORWARDED_FOR": forwarded}

    assert read_arrival(environ, moment=NOW, behind_proxies=proxies, is_late=False).network == network


def flags_of(phone: Phone) -> list[bool]:
    return sorted(answer.burst for answer in phone.stored())


def test_one_phone_that_sends_again_and_again_is_flagged_and_never_refused(phone: Phone, world: World) -> None:
    phone.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    for level in "12345":
        response = phone.send(world.code, phone.open(world.code), a1=level, o="5")
        assert response.status_code == 303

    assert flags_of(phone) == [False] * MOST_OF_A_PHONE + [True] * (5 - MOST_OF_A_PHONE)


def test_an_office_that_shares_an_address_is_not_flagged(phone: Phone, world: World) -> None:
    phone.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    for number in range(6):
        phone.client.environ_base["HTTP_USER_AGENT"] = f"phone {number}"
        phone.send(world.code, phone.open(world.code), a1=str(number % 5 + 1), o="5")

    assert flags_of(phone) == [False] * 6


def test_nothing_of_an_arrival_is_stored_or_logged(
    phone: Phone, world: World, app: flask.Flask, caplog: pytest.LogCaptureFixture
) -> None:
    phone.client.environ_base |= {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Lovely Phone 9"}
    for _ in range(5):
        phone.send(world.code, phone.open(world.code), a1="5", o="5")

    columns = [column.name for column in Response.__table__.c]
    stored = " ".join(str([getattr(row, name) for name in columns]) for row in phone.stored())
    for trace in ("203.0.113", "cb0071", "Lovely", *(mark.hex() for mark in app.extensions["intake"].signal._traces)):
        assert trace not in stored + caplog.text


def test_an_answer_outside_the_hours_of_its_counter_is_flagged(phone: Phone, world: World, session: Session) -> None:
    session.add(world.plain)
    other_day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[(NOW.weekday() + 3) % 7]
    world.plain.opening_hours = f"{other_day} 00:00-24:00"
    world.choice.opening_hours = "Mon-Sun 00:00-24:00"
    session.commit()
    codes = [world.code, world.choice_code]
    session.commit()
    for code in codes:
        phone.send(code, phone.open(code), a1="5", o="5")

    assert sorted(answer.outside_hours for answer in phone.stored()) == [False, True]
