"""Whatever is sent to any citizens' route: a page comes back, and only sound answers are stored."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import flask
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from citizen_routes import FORM_TYPE, Request, citizen_rules, describe, requests
from citizen_world import World
from survey.models.agencies import ServicePoint
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.identifiers import local_today
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.responses import Comment, Response
from survey.services.answer_checks import LONGEST_COMMENT, clean_text
from survey.web.kiosk_links import IDLE_SECONDS, KioskLink

# Cases on each of the two databases: 2,000 in all as a sample, 12,000 with test --full.
SAMPLE, WHOLE = (700, 300), (4200, 1800)
KEYS = 60
NOT_STORED_BY_CITIZENS = {"assisted", "paper"}


@pytest.fixture
def known(app: flask.Flask, world: World) -> dict[str, list[str]]:
    """Give values that exist, for the arguments of routes and the fields of forms."""
    intake, kiosks = app.extensions["intake"], app.extensions["citizens"].extensions["kiosk_links"]
    today = local_today()
    forms = [(world.plain, world.code), (world.choice, world.choice_code)]
    keys = [
        intake.keys.issue(service_point_id=point.id, wave_id=world.wave.id, day=today)
        for point, _ in forms
        for _ in range(KEYS)
    ]
    tokens = [
        kiosks.make(KioskLink("counter", world.plain.id, IDLE_SECONDS, today)),
        kiosks.make(KioskLink("agency", world.commune.id, IDLE_SECONDS, today)),
    ]
    receipts = [
        intake.keys.receipt(intake.keys.read(key, service_point_id=world.plain.id)) for key in keys[: KEYS // 2]
    ]
    return {
        "code": [code for _, code in forms],
        "key": keys,
        "token": tokens,
        "receipt": receipts,
        "service": ["1.001", "2.001"],
        "slip": ["0123456789AB"],
    }


@pytest.fixture
def items(session: Session, world: World) -> list[str]:
    edition = session.get_one(QuestionnaireEdition, world.wave.questionnaire_edition_id)
    found = [item.code for item in Questionnaire.from_content(edition.content).items]
    session.rollback()
    return found


@pytest.fixture
def anybody(app: flask.Flask) -> FlaskClient:
    """Give a client that looks at nothing by itself: thousands of pages are parsed elsewhere."""
    return FlaskClient(app, TestResponse, use_cookies=False)


@pytest.fixture
def sound(session: Session, known: dict[str, list[str]]) -> Iterator[None]:
    """See after the test that everything stored is sound."""
    assert known["code"]
    yield
    session.rollback()
    waves = {wave.id: wave for wave in session.scalars(select(Wave))}
    counters = {point.id: point for point in session.scalars(select(ServicePoint))}
    editions = {edition.id: edition for edition in session.scalars(select(QuestionnaireEdition))}
    in_wave = {(row.wave_id, row.service_point_id) for row in session.scalars(select(WaveServicePoint))}
    stored = list(session.scalars(select(Response)))
    assert stored, "no case was a good answer; the fuzzing tests nothing"
    for answer in stored:
        counter, wave = counters[answer.service_point_id], waves[answer.wave_id]  # type: ignore[index]  # found or KeyError
        assert (wave.id, counter.id) in in_wave
        assert answer.questionnaire_edition_id == wave.questionnaire_edition_id
        assert answer.received_by_agency_id == counter.agency_id
        assert answer.agency_id in {counter.serves_agency_id, *(service.agency_id for service in counter.services)}
        questionnaire = Questionnaire.from_content(editions[answer.questionnaire_edition_id].content)
        assert questionnaire.unfit_codes(answer.answers) == []
        assert any(answer.answers.get(item.code, 0) for item in questionnaire.items)
        assert answer.channel not in NOT_STORED_BY_CITIZENS
        assert answer.language in {"vi", "en"}
        assert answer.answered_on == local_today()
        assert not answer.verified
        assert (answer.stratum, answer.cluster, answer.weight) == (None, None, None)
    assert len({answer.key_hash for answer in stored}) == len(stored)
    for comment in session.scalars(select(Comment)):
        assert comment.text == clean_text(comment.text)
        assert 0 < len(comment.text) <= LONGEST_COMMENT


def send_a_good_one(anybody: FlaskClient, known: dict[str, list[str]], items: list[str]) -> None:
    """Have something stored to look at, whatever is drawn."""
    key = known["key"][-1]  # one without a receipt, so that no case can take it back
    response = anybody.post(f"/Q/{known['code'][1]}", data={"key": key, items[0]: "5"})
    assert response.status_code in {200, 303}, (response.status_code, response.text)


def look(response: TestResponse, request: object) -> None:
    assert response.status_code < 500, (request, response.status_code)
    assert "Set-Cookie" not in response.headers
    if response.mimetype == "text/html" and "Content-Encoding" not in response.headers:
        response.text.encode()
        assert "<script>alert" not in response.text


@pytest.mark.slow
@pytest.mark.usefixtures("sound")
def test_nothing_that_is_sent_breaks_a_page_or_stores_rubbish(
    app: flask.Flask, anybody: FlaskClient, known: dict[str, list[str]], items: list[str], full: bool
) -> None:
    tried: set[str] = set()

    @settings(
        max_examples=(WHOLE if full else SAMPLE)[0],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(app, known, items))
    def send(request: Request) -> None:
        tried.add(request.path.partition("/")[2][:1])
        headers = {name: value for name, value in request.headers.items() if value}
        response = anybody.open(
            request.path, method=request.method, query_string=request.query, data=request.body, headers=headers
        )
        look(response, request)

    send_a_good_one(anybody, known, items)
    send()
    assert {rule.rule[1] for rule in citizen_rules(app)} <= tried


@pytest.mark.slow
@pytest.mark.usefixtures("sound")
@pytest.mark.filterwarnings("ignore")
def test_what_the_description_of_the_routes_allows_breaks_nothing(
    app: flask.Flask, anybody: FlaskClient, known: dict[str, list[str]], items: list[str], full: bool
) -> None:
    described = schemathesis.openapi.from_dict(describe(app, known, items))
    operations = [operation.ok() for operation in described.get_all_operations()]

    @settings(
        max_examples=(WHOLE if full else SAMPLE)[1],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of([operation.as_strategy() for operation in operations]))
    def send(case: schemathesis.Case) -> None:
        fields = case.body if isinstance(case.body, dict) else {}
        response = anybody.open(
            case.formatted_path,
            method=case.method,
            query_string={name: str(value) for name, value in (case.query or {}).items()},
            data=urlencode(fields, errors="surrogatepass"),
            content_type=FORM_TYPE,
        )
        look(response, case)

    send_a_good_one(anybody, known, items)
    send()
