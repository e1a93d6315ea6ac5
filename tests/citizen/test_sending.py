from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_phone import Phone, key_in
from citizen_world import World, plan_open_wave
from survey.db import DatabaseUnavailableError
from survey.models.identifiers import local_today
from survey.models.responses import Comment, IntakeMeter, Response
from survey.services.agencies import retire_code
from survey.services.form_keys import FormKeys
from survey.services.responses import NewResponse, Outcome
from survey.services.waves import close_wave, pause_wave

TODAY = local_today()
FORM = "application/x-www-form-urlencoded"


def keys_of(app: flask.Flask) -> FormKeys:
    keys: FormKeys = app.extensions["intake"].keys
    return keys


def test_an_answer_is_stored_and_thanked_for(phone: Phone, world: World) -> None:
    response = phone.send(world.code, phone.open(world.code), a1="5", b1="0", o="4")
    assert response.status_code == 303
    assert re.fullmatch(rf"/R/{world.code}/[0-9A-Z]{{12}}\?lang=vi", response.location)
    [stored] = phone.stored()
    assert stored.answers == {"a1": 5, "b1": 0, "o": 4}
    assert (stored.agency_id, stored.received_by_agency_id) == (world.commune.id, world.commune.id)
    assert (stored.wave_id, stored.service_point_id) == (world.wave.id, world.plain.id)
    assert (stored.answered_on, stored.channel, stored.language) == (TODAY, "qr", "vi")


def test_what_is_stored_is_exactly_the_list_of_the_promise(phone: Phone, world: World) -> None:
    phone.send(world.code, phone.open(world.code, "en"), "en", a1="5", comment="Tốt")
    [stored] = phone.stored()
    row = {column.name: getattr(stored, column.name) for column in Response.__table__.columns}
    # The list of DESIGN.md, section 5.3; a new column needs a decision record.
    assert row.keys() == {
        *("agency_id", "id", "wave_id", "questionnaire_edition_id", "received_by_agency_id", "service_point_id"),
        *("service_id", "answered_on", "channel", "language", "verified", "answers"),
        *("burst", "outside_hours", "repeated_pattern", "key_hash", "stratum", "cluster", "weight"),
    }
    assert type(row["answered_on"]) is date
    assert row["language"] == "en"
    # Whether it came outside the opening hours depends on when this test runs.
    assert not any((row["verified"], row["burst"], row["repeated_pattern"]))
    assert (row["stratum"], row["cluster"], row["weight"], row["service_id"]) == (None, None, None, None)


def test_the_id_of_an_answer_tells_the_day_and_nothing_finer(phone: Phone, world: World) -> None:
    for _ in range(3):
        phone.send(world.code, phone.open(world.code), a1="5")
    assert len({stored.id.int >> 80 for stored in phone.stored()}) == 1


def test_a_comment_lies_apart_with_agency_and_month_only(phone: Phone, session: Session, world: World) -> None:
    phone.send(world.code, phone.open(world.code), a1="5", comment="  Cảm ơn <b>chị</b>\u202e ")
    phone.send(world.code, phone.open(world.code), a1="5", comment="   ")
    session.rollback()
    [comment] = session.scalars(select(Comment)).all()
    assert (comment.agency_id, comment.month, comment.text) == (
        world.commune.id,
        f"{TODAY:%Y-%m}",
        "Cảm ơn <b>chị</b>",
    )
    # Of who wrote it and when: the agency and the month.  The rest is what a moderator decided, without a time either.
    assert Comment.__table__.columns.keys() == [
        "agency_id", "id", "month", "text", "state", "shown_text", "batch", "reason", "moderated_by",
    ]  # fmt: skip
    assert (comment.state, comment.shown_text, comment.batch, comment.moderated_by) == ("waiting", None, None, None)


def test_the_meter_counts_answers_of_ten_minutes(phone: Phone, session: Session, world: World) -> None:
    for _ in range(3):
        phone.send(world.code, phone.open(world.code), a1="5")
    session.rollback()
    rows = session.scalars(select(IntakeMeter)).all()
    assert sum(row.count for row in rows) == 3
    assert {(row.agency_id, row.service_point_id, row.day) for row in rows} == {
        (world.commune.id, world.plain.id, TODAY)
    }


def test_the_same_form_twice_is_one_answer_and_shows_the_same_receipt(phone: Phone, world: World) -> None:
    key = phone.open(world.code)
    first = phone.send(world.code, key, a1="5", comment="một")
    second = phone.send(world.code, key, a1="1", comment="hai")
    assert second.status_code == 303
    assert second.location == f"{first.location}&again=1"
    [stored] = phone.stored()
    assert stored.answers == {"a1": 5}
    page = phone.client.get(second.location).text
    assert "chỉ được tính một lần" in page
    assert f'href="/Q/{world.code}?lang=vi"' in page


def test_the_same_form_twice_leaves_one_comment_and_one_mark_on_the_meter(
    phone: Phone, session: Session, world: World
) -> None:
    key = phone.open(world.code)
    for _ in range(2):
        phone.send(world.code, key, a1="5", comment="một")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Comment)) == 1
    assert session.scalar(select(func.sum(IntakeMeter.count))) == 1


def test_the_service_decides_which_agency_is_rated(phone: Phone, world: World) -> None:
    phone.send(world.choice_code, phone.open(world.choice_code), a1="5", service="2.001")
    [stored] = phone.stored()
    assert stored.agency_id == world.department.id
    assert stored.received_by_agency_id == world.commune.id
    assert stored.service_id == world.services[2].id


def test_without_a_service_the_counters_own_agency_is_rated(phone: Phone, world: World) -> None:
    phone.send(world.choice_code, phone.open(world.choice_code), a1="5", service="")
    [stored] = phone.stored()
    assert (stored.agency_id, stored.service_id) == (world.commune.id, None)


@pytest.mark.parametrize("services", [("", "2.001"), ("2.001", ""), ("1.001", "2.001")])
def test_the_same_form_with_another_service_is_still_one_answer(
    phone: Phone, world: World, services: tuple[str, str]
) -> None:
    key = phone.open(world.choice_code)
    first, second = (phone.send(world.choice_code, key, a1="5", service=service) for service in services)
    assert second.location == f"{first.location}&again=1"
    assert len(phone.stored()) == 1


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"a1": "6", "b1": "4"}, "a1", "mức không hợp lệ"),
        ({"a1": "tốt", "b1": "4"}, "a1", "mức không hợp lệ"),
        ({"a1": "", "b1": "4"}, "a1", "mức không hợp lệ"),
        ({}, "a1", "ít nhất một câu"),
        ({"a1": "0"}, "a1", "ít nhất một câu"),
        ({"b1": "4", "z9": "5"}, "", "câu hỏi lạ"),
        ({"b1": "4", "service": "9.999"}, "service", "không có thủ tục đã chọn"),
        ({"b1": "4", "comment": "ý" * 5000}, "comment", "dài quá 1.000 ký tự"),
    ],
)
def test_what_cannot_be_stored_comes_back_with_a_sentence_and_what_was_chosen(
    phone: Phone, world: World, fields: dict[str, str], place: str, words: str
) -> None:
    key = phone.open(world.choice_code)
    response = phone.send(world.choice_code, key, **fields)
    assert response.status_code == 400
    assert words in response.text
    assert 'role="alert" tabindex="-1" autofocus' in response.text
    assert not place or f'href="#{place}"' in response.text
    assert ("b1" not in fields) or 'name="b1" value="4" checked' in response.text
    assert fields.get("comment", "") in response.text
    assert key_in(response) == key
    assert phone.stored() == []


def test_faults_are_told_in_the_citizens_language(phone: Phone, world: World) -> None:
    response = phone.send(world.code, phone.open(world.code, "en"), "en", a1="6")
    assert '<html lang="en">' in response.text
    assert "impossible level" in response.text


def test_a_comment_is_shown_back_as_text(phone: Phone, world: World) -> None:
    response = phone.send(world.code, phone.open(world.code), comment="</textarea><script>x</script>")
    assert "&lt;script&gt;" in response.text
    assert "<script>x" not in response.text


@pytest.mark.parametrize("key", ["", "AAAA", "a" * 60, "ký tự"])
def test_a_form_without_a_good_key_is_handed_out_again_with_what_was_chosen(
    phone: Phone, world: World, key: str
) -> None:
    response = phone.send(world.code, key, a1="2", comment="Chậm")
    assert response.status_code == 400
    assert 'name="a1" value="2" checked' in response.text
    assert "Chậm" in response.text
    assert phone.stored() == []
    assert phone.send(world.code, key_in(response), a1="2").status_code == 303


def test_a_form_of_another_counter_is_not_taken(phone: Phone, world: World) -> None:
    response = phone.send(world.code, phone.open(world.choice_code), a1="2")
    assert response.status_code == 400
    assert "không phải của quầy" in response.text
    assert phone.stored() == []


def test_items_of_another_edition_are_not_taken(phone: Phone, world: World) -> None:
    response = phone.send(world.code, phone.open(world.code), fft="5")
    assert response.status_code == 400
    assert phone.stored() == []


@pytest.mark.parametrize("body", [b"a1=%ff", b"\xff\xfe", b"a1=1&a1=2", b"key=%e1%bb"])
def test_broken_text_is_refused_in_words(client: FlaskClient, phone: Phone, world: World, body: bytes) -> None:
    response = client.post(f"/Q/{world.code}?lang=en", data=body, content_type=FORM)
    assert response.status_code == 400
    assert "could not be read" in response.text
    assert phone.stored() == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_what_is_not_a_form_is_refused_in_words(client: FlaskClient, phone: Phone, world: World, kind: str) -> None:
    response = client.post(f"/Q/{world.code}", data=b'{"a1": 5}', content_type=kind)
    assert response.status_code == 400
    assert phone.stored() == []


def test_a_body_of_a_megabyte_is_refused_in_words(client: FlaskClient, phone: Phone, world: World) -> None:
    body = b"a1=5&comment=" + b"a" * 1_000_000
    response = client.post(f"/Q/{world.code}?lang=en", data=body, content_type=FORM)
    assert response.status_code == 413
    assert "too large" in response.text
    assert phone.stored() == []


def test_sixty_four_kilobytes_still_come_in(client: FlaskClient, world: World) -> None:
    body = b"a1=5&comment=" + b"a" * (64 * 1024 - 13)
    assert client.post(f"/Q/{world.code}", data=body, content_type=FORM).status_code == 400
    assert client.post(f"/Q/{world.code}", data=body + b"a", content_type=FORM).status_code == 413


@pytest.mark.parametrize("code", ["ABC", "HFX1CGP03"])
def test_an_answer_to_a_code_that_is_none_is_refused_in_words(
    client: FlaskClient, phone: Phone, world: World, code: str
) -> None:
    assert client.post(f"/Q/{code}", data={"a1": "5"}).status_code == 404
    assert phone.stored() == []
    assert world


def test_an_answer_to_a_retired_code_is_refused(phone: Phone, session: Session, world: World) -> None:
    key = phone.open(world.code)
    retire_code(session, world.plain.codes[0], today=TODAY)
    session.commit()
    assert phone.send(world.code, key, a1="5").status_code == 410
    assert phone.stored() == []


def test_a_paused_wave_keeps_what_was_chosen_but_stores_nothing(phone: Phone, session: Session, world: World) -> None:
    key = phone.open(world.code)
    pause_wave(session, world.wave)
    session.commit()
    response = phone.send(world.code, key, a1="5")
    assert response.status_code == 409
    assert "tạm dừng" in response.text
    assert 'name="a1" value="5" checked' in response.text
    assert phone.stored() == []


def closed(session: Session, world: World, *, days_ago: int) -> date:
    """Close the wave so many days ago; forms were handed out until then."""
    day = TODAY - timedelta(days=days_ago)
    close_wave(session, world.wave, today=day)
    session.commit()
    return day


def issued(app: flask.Flask, world: World, day: date) -> str:
    return keys_of(app).issue(service_point_id=world.plain.id, wave_id=world.wave.id, day=day)


@pytest.mark.parametrize(("days_ago", "status", "stored"), [(0, 303, 1), (7, 303, 1), (8, 410, 0)])
def test_a_form_handed_out_before_the_close_counts_for_seven_days(
    app: flask.Flask, phone: Phone, session: Session, world: World, days_ago: int, status: int, stored: int
) -> None:
    key = issued(app, world, closed(session, world, days_ago=days_ago))
    assert phone.send(world.code, key, a1="5").status_code == status
    assert len(phone.stored()) == stored


def test_a_form_handed_out_after_the_close_does_not_count(
    app: flask.Flask, phone: Phone, session: Session, world: World
) -> None:
    key = issued(app, world, closed(session, world, days_ago=2) + timedelta(days=1))
    assert phone.send(world.code, key, a1="5").status_code == 410
    assert phone.stored() == []


def test_a_late_form_counts_for_its_own_wave_while_the_next_is_open(
    app: flask.Flask, phone: Phone, session: Session, world: World
) -> None:
    key = issued(app, world, closed(session, world, days_ago=1))
    plan_open_wave(session, world.province, today=TODAY, questionnaire="service", code="DOT-2")
    session.commit()
    assert phone.send(world.code, key, a1="5", e1="4").status_code == 303
    [stored] = phone.stored()
    assert stored.wave_id == world.wave.id
    assert stored.questionnaire_edition_id == world.wave.questionnaire_edition_id


class AwayWriter:
    """A writer whose disk is full, until it is not."""

    def __init__(self, app: flask.Flask) -> None:
        self._intake = app.extensions["intake"]
        self._intake._writer = self

    def store(self, _new: NewResponse) -> Outcome:
        msg = "database or disk is full"
        raise DatabaseUnavailableError(msg)

    def close(self) -> None:
        self._intake._writer = None


def test_a_full_disk_gives_the_form_back_as_it_was_and_the_same_key_stores_later(
    app: flask.Flask, phone: Phone, world: World
) -> None:
    key = phone.open(world.code)
    away = AwayWriter(app)
    response = phone.send(world.code, key, a1="5", comment="Tốt")
    assert response.status_code == 503
    assert "bấm “Gửi đánh giá” lần nữa" in response.text
    assert 'name="a1" value="5" checked' in response.text
    assert "Tốt" in response.text
    assert response.headers["Retry-After"]
    assert key_in(response) == key
    assert phone.stored() == []
    away.close()
    assert phone.send(world.code, key, a1="5").status_code == 303


def test_nothing_sets_a_cookie(phone: Phone, world: World) -> None:
    key = phone.open(world.code)
    sent: list[Any] = [phone.send(world.code, key, a1="6"), phone.send(world.code, key, a1="5")]
    sent.append(phone.client.get(sent[-1].location))
    for response in sent:
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
