from __future__ import annotations

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_world import World, plan_open_wave
from survey.models.identifiers import local_today, new_counter_code
from survey.models.slips import SlipIssuer
from survey.services.waves import close_wave

LANGUAGES = ["vi", "en"]
KILOBYTE = 1024


def size(app: flask.Flask, code: str, language: str) -> int:
    phone = FlaskClient(app, app.response_class)
    return len(phone.get(f"/Q/{code}?lang={language}", headers={"Accept-Encoding": "gzip, br"}).data)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_counter_form_fits_four_kilobytes(app: flask.Flask, session: Session, world: World, language: str) -> None:
    # With the link for those who hold a slip.
    session.add(SlipIssuer(agency_id=world.commune.id, code=new_counter_code()))
    session.commit()
    assert size(app, world.code, language) <= 4 * KILOBYTE


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("questionnaire", ["service/2026", "policy-and-service/2026.2"])
def test_long_forms_fit_fourteen_kilobytes(
    app: flask.Flask, session: Session, world: World, language: str, questionnaire: str
) -> None:
    close_wave(session, world.wave, today=local_today())
    plan_open_wave(session, world.province, today=local_today(), questionnaire=questionnaire, code="DOT-2")
    session.commit()
    assert size(app, world.choice_code, language) <= 14 * KILOBYTE


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_asks_for_nothing_else(client: FlaskClient, world: World) -> None:
    text = client.get(f"/Q/{world.code}").text
    assert "src=" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert text.count("<link") == 1
    assert '<link rel="icon" href="data:,">' in text
