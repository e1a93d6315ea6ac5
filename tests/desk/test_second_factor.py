"""Before the second factor nobody is there, on no route; after it everything is as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from conftest import Database
from desk_fixtures import SignIn
from desk_province import PASSWORD, Province
from page_audit import AuditingClient
from survey.db import db
from survey.factory import create_app
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.services.account_links import VALID_FOR, make_link_token, official_of_link
from survey.services.errors import AccountError
from survey.services.second_factor import code_at, enrol, new_salt, secret_of

EMAIL = "giamdoc@songmay.example"
KEY = "for tests only"
NEW = "một câu khác cũng dễ nhớ"
OPEN = {"public", "citizen", "password_given"}


@pytest.fixture
def app(database: Database) -> Iterator[flask.Flask]:
    """Give the application as it is by default: who runs surveys needs a second factor."""
    config = database.config.model_copy(update={"two_factor": "survey_manager,administrator,auditor"})
    application = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False)
    application.test_client_class = AuditingClient
    yield application
    with application.app_context():
        db.engine.dispose()


def official(session: Session, email: str = EMAIL) -> Official:
    session.rollback()
    return session.scalars(select(Official).where(Official.email == email)).one()


def set_up(session: Session, *, ago: timedelta = timedelta(minutes=5)) -> tuple[bytes, list[str]]:
    """Enrol the director some time ago, so that the code of now is fresh."""
    who, salt, then = official(session), new_salt(), datetime.now(tz=UTC) - ago
    secret = secret_of(who, salt=salt, key=KEY)
    codes = enrol(session, who, salt=salt, code=code_at(secret, then), key=KEY, now=then)
    session.commit()
    assert codes is not None
    return secret, codes


def give_password(client: FlaskClient, email: str = EMAIL) -> str:
    location: str = client.post("/sign-in", data={"email": email, "password": PASSWORD}).location
    return location


def test_a_password_alone_opens_no_route(app: flask.Flask, session: Session, province: Province) -> None:
    set_up(session)
    client = app.test_client()
    assert give_password(client) == "/sign-in/code"
    tried = 0
    values = {
        "agency_id": province.health,
        "wave_id": province.closed,
        "ending": "csv",
        "shape": "agencies",
        "size": "A4",
        "year": 2025,
        "act": "close",
    }
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", "public")
        if access in OPEN or rule.endpoint == "static" or rule.rule.startswith("/api"):
            continue
        built = rule.build({name: values.get(name, uuid4()) for name in rule.arguments}, append_unknown=False)
        assert built, rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            response = client.open(built[1], method=method)
            assert response.status_code == 302, rule
            assert response.location.startswith("/sign-in"), rule
            tried += 1
    assert tried > 40


def test_a_session_without_the_second_factor_is_nobodys(sign_in: SignIn) -> None:
    # The fixture's session says nothing of a second factor, as one from before the rule would.
    assert sign_in("giamdoc").get("/desk/agencies").location.startswith("/sign-in")
    assert sign_in("xem").get("/desk/agencies").status_code == 200


def test_the_code_of_the_telephone_opens_the_desk_once(app: flask.Flask, session: Session) -> None:
    secret, _ = set_up(session)
    client, again = app.test_client(), app.test_client()
    give_password(client)
    give_password(again)
    code = code_at(secret, datetime.now(tz=UTC))

    assert client.post("/sign-in/code", data={"code": code}).location == "/desk"
    assert client.get("/desk/agencies").status_code == 200
    assert again.post("/sign-in/code", data={"code": code}).status_code == 422
    assert again.get("/desk/agencies").status_code == 302


def test_a_recovery_code_opens_the_desk(app: flask.Flask, session: Session) -> None:
    _, codes = set_up(session)
    client = app.test_client()
    give_password(client)

    assert client.post("/sign-in/code?next=/desk/waves", data={"code": codes[3]}).location == "/desk/waves"
    assert len(official(session).mf_recovery_codes or []) == 9


def test_five_wrong_codes_close_the_door_and_each_is_recorded(app: flask.Flask, session: Session) -> None:
    secret, _ = set_up(session)
    client = app.test_client()
    give_password(client)
    for _ in range(5):
        assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422

    # A new session does not help: the count belongs to the account.
    again = app.test_client()
    give_password(again)
    assert again.post("/sign-in/code", data={"code": code_at(secret, datetime.now(tz=UTC))}).status_code == 429
    failed = select(AuditEntry.details).where(AuditEntry.verb == "sign_in.failed")
    assert session.scalars(failed).all() == [{"of": "second_factor"}] * 5


def test_who_must_and_has_not_yet_sets_it_up_first(app: flask.Flask, session: Session) -> None:
    client = app.test_client()
    assert give_password(client) == "/sign-in/set-up"
    page = client.get("/sign-in/set-up").text
    assert "data:image/svg+xml" in page
    assert f"Tên tài khoản: {EMAIL}" in page
    with client.session_transaction("/sign-in") as cookie:
        secret = secret_of(official(session), salt=cookie["salt"], key=KEY)
    assert client.post("/sign-in/set-up", data={"code": "000000"}).status_code == 422
    assert client.get("/desk/agencies").status_code == 302

    shown = client.post("/sign-in/set-up", data={"code": code_at(secret, datetime.now(tz=UTC))})

    assert shown.text.count("<li><code>") == 10
    assert client.get("/desk/agencies").status_code == 200


def test_what_was_waiting_ends_after_a_quarter_of_an_hour(app: flask.Flask, session: Session) -> None:
    set_up(session)
    client = app.test_client()
    give_password(client)
    with client.session_transaction("/sign-in") as cookie:
        cookie["began"] = int(time.time()) - 15 * 60 - 1

    assert client.get("/sign-in/code").location.startswith("/sign-in")


def test_the_demo_needs_no_second_factor(app: flask.Flask, session: Session) -> None:
    for agency in session.scalars(select(Agency)):
        agency.is_demo = True
    session.commit()

    assert give_password(app.test_client()) == "/desk"


def test_a_session_ends_after_its_hours_however_busy(sign_in: SignIn) -> None:
    client = sign_in("xem")
    with client.session_transaction("/desk") as cookie:
        cookie["began"] = int(time.time()) - 12 * 3600 - 1

    assert client.get("/desk/agencies").status_code == 302


def test_ending_other_sessions_keeps_this_one(sign_in: SignIn) -> None:
    here, elsewhere = sign_in("xem"), sign_in("xem")

    here.post("/desk/account/sessions")

    assert here.get("/desk/account").status_code == 200
    assert elsewhere.get("/desk/account").status_code == 302


def test_a_second_factor_by_choice_is_asked_for_from_then_on(sign_in: SignIn, session: Session) -> None:
    client = sign_in("xem")
    client.get("/desk/account/two-factor")
    with client.session_transaction("/desk") as cookie:
        secret = secret_of(official(session, "xem@songmay.example"), salt=cookie["salt"], key=KEY)
    code = code_at(secret, datetime.now(tz=UTC))

    assert client.post("/desk/account/two-factor", data={"code": code, "password": "sai"}).status_code == 422
    assert client.post("/desk/account/two-factor", data={"code": code, "password": PASSWORD}).status_code == 200

    assert client.get("/desk/account").status_code == 200
    assert give_password(client, "xem@songmay.example").startswith("/sign-in/code")


def test_the_language_is_kept_with_the_account(sign_in: SignIn, app: flask.Flask) -> None:
    sign_in("xem").post("/desk/account/language", data={"language": "en"})
    client = app.test_client()
    give_password(client, "xem@songmay.example")

    assert '<html lang="en">' in client.get("/desk/account").text


def test_a_link_sets_a_password_once(app: flask.Flask, session: Session) -> None:
    token = make_link_token(official(session, "xem@songmay.example"), key=KEY, now=datetime.now(tz=UTC))
    client = app.test_client()
    assert "xem@songmay.example" in client.get(f"/sign-in/link/{token}").text
    refused = client.post(f"/sign-in/link/{token}", data={"new": "123456789012", "again": "123456789012"})
    assert "dễ đoán" in refused.text

    assert client.post(f"/sign-in/link/{token}", data={"new": NEW, "again": NEW}).location == "/desk"
    assert app.test_client().get(f"/sign-in/link/{token}").status_code == 410


def test_a_link_of_who_needs_a_second_factor_leads_to_it_and_no_further(app: flask.Flask, session: Session) -> None:
    token = make_link_token(official(session), key=KEY, now=datetime.now(tz=UTC))
    client = app.test_client()

    assert client.post(f"/sign-in/link/{token}", data={"new": NEW, "again": NEW}).location == "/sign-in/set-up"
    assert client.get("/desk/agencies").status_code == 302


@pytest.mark.parametrize("later", [VALID_FOR + timedelta(seconds=1), timedelta(days=400)])
def test_a_link_ends_after_seven_days(session: Session, later: timedelta) -> None:
    who, now = official(session), datetime.now(tz=UTC)
    token = make_link_token(who, key=KEY, now=now)

    assert official_of_link(session, token, key=KEY, now=now + VALID_FOR - timedelta(minutes=1)) is who
    for bad, key in ((token, "another"), (token[:-1], KEY), ("", KEY), ("x" * 5000, KEY)):
        with pytest.raises(AccountError):
            official_of_link(session, bad, key=key, now=now)
    with pytest.raises(AccountError):
        official_of_link(session, token, key=KEY, now=now + later)
