"""Every form that comes with the product keeps its budget over the wire, in every language at once switched on."""

from __future__ import annotations

from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_world import World
from survey.citizen.words import words_of
from survey.models.editions import Questionnaire
from survey.models.identifiers import new_counter_code
from survey.models.slips import SlipIssuer
from survey.services.editions import BUILT_IN, read_edition_file
from survey.services.wording import read_catalogues

KILOBYTE = 1024
EDITIONS = sorted(BUILT_IN.glob("*.toml"))
TAGS = sorted(read_catalogues())
# "vi" and "en" are what a phone gets today; the others only once somebody has switched them all on.
WORST = frozenset(TAGS)


@pytest.fixture
def phone(app: flask.Flask) -> FlaskClient:
    app.extensions["citizens"].extensions["words"] = words_of(read_catalogues(), switched_on=WORST)
    return FlaskClient(app, app.response_class)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
def test_a_form_keeps_its_budget_in_every_language(
    app: flask.Flask, phone: FlaskClient, session: Session, world: World, path: Path
) -> None:
    # With the link for those who hold a slip.
    session.add(SlipIssuer(agency_id=world.commune.id, code=new_counter_code()))
    session.commit()
    edition = Questionnaire.from_content(read_edition_file(path))
    intake = app.extensions["intake"]
    code = world.code if edition.questionnaire == "counter" else world.choice_code
    phone.get(f"/Q/{code}")
    intake._seconds = 60.0
    with app.app_context():
        found = intake.find(code)
    found.questionnaire, found.empty_forms = edition, {}
    sizes = {tag: len(phone.get(f"/Q/{code}?lang={tag}", headers={"Accept-Encoding": "gzip, br"}).data) for tag in TAGS}
    budget = (4 if edition.questionnaire == "counter" else 14) * KILOBYTE
    assert {tag: size for tag, size in sizes.items() if size > budget} == {}
    print(path.stem, sizes)  # noqa: T201  the sizes are what a developer wants to read, with ``-rP``


@pytest.mark.parametrize(
    ("wanted", "encoding"),
    [("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None), ("*;q=0", None)],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_phone_gets_the_encoding_that_it_can_read(
    phone: FlaskClient, world: World, wanted: str, encoding: str | None
) -> None:
    response = phone.get(f"/Q/{world.code}", headers={"Accept-Encoding": wanted})
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
