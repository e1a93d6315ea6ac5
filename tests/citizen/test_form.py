from __future__ import annotations

import gzip
import re
from datetime import date, timedelta

import flask
import pytest
from flask.testing import FlaskClient
from html5lib import parse
from sqlalchemy.orm import Session

from citizen_phone import Phone, key_in
from citizen_world import World, plan_open_wave
from survey.models.agencies import ServicePoint
from survey.models.identifiers import local_today, new_counter_code
from survey.services.agencies import issue_code, retire_code, retire_service_point
from survey.services.waves import close_wave, pause_wave

TODAY = local_today()


def test_the_form_names_agency_and_counter_and_promises_privacy(client: FlaskClient, world: World) -> None:
    response = client.get(f"/Q/{world.code}")
    assert response.status_code == 200
    for words in ("UBND phường Hoa Sữa", "Quầy 3 – Hộ tịch", "không hỏi tên", "Dữ liệu minh hoạ"):
        assert words in response.text
    assert '<html lang="vi">' in response.text


def test_english_is_one_tap_away(client: FlaskClient, world: World) -> None:
    assert 'href="?lang=en"' in client.get(f"/Q/{world.code}").text
    english = client.get(f"/Q/{world.code}?lang=en").text
    assert '<html lang="en">' in english
    for words in ("Hoa Sua Ward", "Counter 3", "How satisfied are you?", "No opinion", "Demonstration data"):
        assert words in english


def test_an_unknown_language_is_vietnamese(client: FlaskClient, world: World) -> None:
    assert '<html lang="vi">' in client.get(f"/Q/{world.code}?lang=xx").text


def test_every_item_takes_five_levels_or_no_opinion_and_nothing_is_chosen(client: FlaskClient, world: World) -> None:
    page = parse(client.get(f"/Q/{world.code}").text, namespaceHTMLElements=False)
    questions = page.findall(".//fieldset")
    assert [question.get("id") for question in questions] == ["a1", "b1", "c1", "d1", "e1", "o"]
    for question in questions:
        values = [box.get("value") for box in question.iter("input")]
        assert values == ["1", "2", "3", "4", "5", "0"]
        assert not [box for box in question.iter("input") if box.get("checked") is not None]


def test_real_agencies_carry_no_mark_of_demonstration(client: FlaskClient, session: Session, world: World) -> None:
    world.commune.is_demo = False
    session.commit()
    assert "Dữ liệu minh hoạ" not in client.get(f"/Q/{world.code}").text


def test_the_form_sets_no_cookie_and_must_not_be_kept(client: FlaskClient, world: World) -> None:
    response = client.get(f"/Q/{world.code}")
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert re.search(r"script-src 'sha256-[^ ]+'; ", policy)


def test_a_compressed_form_is_the_form_but_for_its_key(app: flask.Flask, client: FlaskClient, world: World) -> None:
    plain = client.get(f"/Q/{world.code}")
    # The auditing client reads text only.
    response = FlaskClient(app, app.response_class).get(f"/Q/{world.code}", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    fixed = plain.text.partition(key_in(plain))[0]
    assert gzip.decompress(response.data).decode().startswith(fixed)


def test_each_form_has_its_own_key(phone: Phone, world: World) -> None:
    assert phone.open(world.code) != phone.open(world.code)


def test_an_address_typed_in_small_letters_keeps_its_language(client: FlaskClient, world: World) -> None:
    assert client.get(f"/q/{world.code.lower()}?lang=en").location == f"/Q/{world.code}?lang=en"


def test_a_code_is_read_in_any_case_and_with_misread_letters(client: FlaskClient, world: World) -> None:
    typed = world.code.replace("0", "O").replace("1", "l").lower()
    assert client.get(f"/Q/{typed}").status_code == 200
    assert client.get(f"/q/{typed}", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("typed", ["xyz", "%0d%0aX-Planted:1", "{{7*7}}"])
def test_a_mistyped_code_in_small_letters_asks_for_it_again(client: FlaskClient, typed: str) -> None:
    response = client.get(f"/q/{typed}")
    assert response.status_code == 404
    assert "gõ nhầm" in response.text


def test_a_mistyped_code_asks_for_it_again(client: FlaskClient, world: World) -> None:
    wrong = world.code[:-1] + ("A" if world.code[-1] != "A" else "B")
    response = client.get(f"/Q/{wrong}")
    assert response.status_code == 404
    assert f'value="{wrong}"' in response.text
    assert "gõ nhầm" in response.text


@pytest.mark.usefixtures("world")
def test_a_code_that_nobody_has_asks_for_it_again(client: FlaskClient) -> None:
    response = client.get(f"/Q/{new_counter_code()}")
    assert response.status_code == 404
    assert "Không tìm thấy quầy" in response.text
    assert 'name="code"' in response.text


@pytest.mark.parametrize("code", ["<script>", "ẤẤẤẤẤẤẤẤẤ", "%00", "a" * 500, "..", "'--"])
@pytest.mark.usefixtures("world")
def test_a_code_that_is_none_is_shown_harmlessly(client: FlaskClient, code: str) -> None:
    assert client.get(f"/Q/{code}").status_code == 404


def test_the_box_leads_to_the_counter(client: FlaskClient, world: World) -> None:
    response = client.get(f"/Q?code={world.code.lower()}&lang=en")
    assert response.status_code == 303
    assert response.location == f"/Q/{world.code}?lang=en"
    assert client.get("/Q").status_code == 200
    assert client.get("/Q?code=xyz").status_code == 404


def test_a_retired_code_says_so_and_a_new_one_works(client: FlaskClient, session: Session, world: World) -> None:
    old = world.plain.codes[0]
    new = issue_code(session, world.plain, today=TODAY)
    retire_code(session, old, today=TODAY)
    session.commit()
    response = client.get(f"/Q/{old.code}")
    assert response.status_code == 410
    assert "không còn dùng" in response.text
    assert client.get(f"/Q/{new.code}").status_code == 200


def test_a_retired_counter_says_so(client: FlaskClient, session: Session, world: World) -> None:
    code = world.code
    retire_service_point(session, world.plain, today=TODAY)
    session.commit()
    assert client.get(f"/Q/{code}").status_code == 410


def test_a_counter_without_a_wave_says_so(client: FlaskClient, session: Session, world: World) -> None:
    counter = ServicePoint(agency_id=world.commune.id, serves_agency_id=world.commune.id, name="Quầy 9", sort_key="9")
    session.add(counter)
    session.flush()
    code = issue_code(session, counter, today=TODAY).code
    session.commit()
    response = client.get(f"/Q/{code}")
    assert response.status_code == 404
    assert "Quầy 9" in response.text
    assert "không lấy ý kiến" in response.text


def test_a_paused_wave_says_so(client: FlaskClient, session: Session, world: World) -> None:
    pause_wave(session, world.wave)
    session.commit()
    response = client.get(f"/Q/{world.code}")
    assert response.status_code == 404
    assert "tạm dừng" in response.text


def test_a_closed_wave_says_since_when(client: FlaskClient, session: Session, world: World) -> None:
    close_wave(session, world.wave, today=TODAY)
    session.commit()
    response = client.get(f"/Q/{world.code}")
    assert response.status_code == 410
    assert f"{TODAY:%d/%m/%Y}" in response.text
    assert f"{TODAY.day} {TODAY:%B %Y}" in client.get(f"/Q/{world.code}?lang=en").text


def test_a_wave_whose_last_day_is_over_hands_out_nothing(client: FlaskClient, session: Session, world: World) -> None:
    world.wave.closes_on = TODAY - timedelta(days=1)
    session.commit()
    assert client.get(f"/Q/{world.code}").status_code == 410


def test_a_wave_that_has_not_begun_says_when(client: FlaskClient, session: Session, world: World) -> None:
    world.wave.opens_on = TODAY + timedelta(days=3)
    session.commit()
    response = client.get(f"/Q/{world.code}")
    assert response.status_code == 404
    assert f"{TODAY + timedelta(days=3):%d/%m/%Y}" in response.text


def test_the_open_wave_speaks_for_a_counter_before_the_closed_one(
    client: FlaskClient, session: Session, world: World
) -> None:
    close_wave(session, world.wave, today=TODAY)
    plan_open_wave(session, world.province, today=TODAY, code="DOT-2")
    session.commit()
    assert client.get(f"/Q/{world.code}").status_code == 200


def test_a_counter_of_several_services_lets_the_citizen_name_one(client: FlaskClient, world: World) -> None:
    page = parse(client.get(f"/Q/{world.choice_code}").text, namespaceHTMLElements=False)
    options = [option.get("value") for option in page.iter("option")]
    assert options == ["", "1.002", "1.001", "2.001"]  # kết hôn before khai sinh
    assert [group.get("label") for group in page.iter("optgroup")] == ["Hộ tịch", "Xây dựng"]
    assert page.find(".//select") is not None
    assert "<select" not in client.get(f"/Q/{world.code}").text


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/Q", "/Q/{code}"])
def test_another_method_is_refused_in_words(client: FlaskClient, world: World, method: str, path: str) -> None:
    response = client.open(path.format(code=world.code), method=method.upper())
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "mở lại phiếu" in response.text


@pytest.mark.parametrize("questionnaire", ["service", "fft", "city-services"])
def test_every_built_in_edition_can_be_asked(
    client: FlaskClient, session: Session, world: World, questionnaire: str
) -> None:
    close_wave(session, world.wave, today=TODAY)
    plan_open_wave(session, world.province, today=TODAY, questionnaire=questionnaire, code="DOT-2")
    session.commit()
    assert client.get(f"/Q/{world.code}").status_code == 200
    assert key_in(client.get(f"/Q/{world.code}?lang=en"))


def test_a_counter_is_remembered_for_a_moment(app: flask.Flask, world: World, client: FlaskClient) -> None:
    intake = app.extensions["intake"]
    intake._seconds = 60.0
    client.get(f"/Q/{world.code}")
    with app.app_context():
        assert intake.find(world.code) is intake.find(world.code)


def test_what_was_rendered_is_not_shown_on_another_day(app: flask.Flask, world: World, client: FlaskClient) -> None:
    intake = app.extensions["intake"]
    client.get(f"/Q/{world.code}")
    known = intake._counters[world.code]
    known.read_on = date(2020, 1, 1)
    with app.app_context():
        assert intake.find(world.code).empty_forms == {}


def test_every_page_says_that_it_is_for_citizens(app: flask.Flask) -> None:
    views = app.extensions["citizens"].view_functions
    assert views
    assert {getattr(view, "access", None) for view in views.values()} == {"citizen"}
