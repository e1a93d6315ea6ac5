from __future__ import annotations

import unicodedata
from datetime import timedelta

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import PASSWORD
from survey.models.accounts import Official, SignInAttempt

EMAIL = "xem@songmay.example"
NEW = "một câu khác cũng dễ nhớ"


def attempt(client: FlaskClient, password: str = PASSWORD, *, email: str = EMAIL, path: str = "/sign-in") -> int:
    return client.post(path, data={"email": email, "password": password}).status_code


def test_the_page_asks_who_is_there(client: FlaskClient) -> None:
    response = client.get("/sign-in")

    assert response.status_code == 200
    assert "Đăng nhập" in response.text


def test_the_right_password_leads_to_the_own_agency(client: FlaskClient) -> None:
    response = client.post("/sign-in", data={"email": f" {EMAIL.upper()} ", "password": PASSWORD})

    assert (response.status_code, response.location) == (302, "/desk")
    assert client.get("/desk").status_code == 302


def test_a_password_typed_with_separate_marks_is_the_same_password(client: FlaskClient) -> None:
    assert attempt(client, unicodedata.normalize("NFD", PASSWORD)) == 302


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "sai mật khẩu rồi"), ("ai@songmay.example", PASSWORD), (EMAIL, PASSWORD.upper())]
)
def test_a_wrong_e_mail_and_a_wrong_password_get_the_same_answer(
    client: FlaskClient, email: str, password: str
) -> None:
    response = client.post("/sign-in", data={"email": email, "password": password})

    assert response.status_code == 422
    assert "E-mail hoặc mật khẩu không đúng." in response.text
    assert f'value="{email}"' in response.text
    assert client.get("/desk/agencies").status_code == 302


@pytest.mark.parametrize("data", [{}, {"email": EMAIL}, {"password": PASSWORD}, {"email": "", "password": " "}])
def test_an_empty_field_is_named(client: FlaskClient, data: dict[str, str]) -> None:
    response = client.post("/sign-in", data=data)

    assert response.status_code == 422
    assert "Ô này còn trống" in response.text


def test_an_official_who_left_cannot_sign_in(client: FlaskClient, session: Session) -> None:
    session.execute(update(Official).where(Official.email == EMAIL).values(active=False))
    session.commit()

    assert attempt(client) == 422


def test_five_failures_close_the_account_to_everybody_and_say_for_how_long(app: flask.Flask) -> None:
    # Clients of their own: the count lies in the database, not in a session or a process.
    for _ in range(5):
        assert attempt(app.test_client(), "sai mật khẩu rồi") == 422

    response = app.test_client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD})

    assert response.status_code == 429
    assert "Hãy thử lại sau 15 phút" in response.text
    assert response.headers["Retry-After"] == "900"
    assert attempt(app.test_client(), email="giamdoc@songmay.example") == 302


def test_trying_again_while_closed_does_not_make_the_wait_longer(app: flask.Flask, session: Session) -> None:
    for _ in range(8):
        attempt(app.test_client(), "sai mật khẩu rồi")

    assert len(session.scalars(select(SignInAttempt)).all()) == 5


def test_after_a_quarter_of_an_hour_the_account_is_open_again(app: flask.Flask, session: Session) -> None:
    for _ in range(5):
        attempt(app.test_client(), "sai mật khẩu rồi")
    for failure in session.scalars(select(SignInAttempt)):
        failure.failed_at -= timedelta(minutes=15, seconds=1)
    session.commit()

    assert attempt(app.test_client()) == 302


def test_a_sign_in_that_succeeds_forgets_the_failures(app: flask.Flask, session: Session) -> None:
    for _ in range(4):
        attempt(app.test_client(), "sai mật khẩu rồi")
    assert attempt(app.test_client()) == 302

    assert session.scalars(select(SignInAttempt)).all() == []


def test_failures_are_kept_without_the_address(app: flask.Flask, session: Session) -> None:
    attempt(app.test_client(), "sai mật khẩu rồi")

    subject = session.scalars(select(SignInAttempt.subject)).one()
    assert "xem" not in subject
    assert len(subject) == 64


@pytest.mark.parametrize("path", ["/desk/waves", "/desk/agencies?search=y+t%E1%BA%BF"])
def test_after_signing_in_the_page_that_was_asked_for_is_shown(client: FlaskClient, path: str) -> None:
    asked = client.get(path)

    response = client.post(asked.location, data={"email": EMAIL, "password": PASSWORD})

    assert response.location == path


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/desk",
        "//evil.example/desk",
        "/\\evil.example",
        "/desk\\@evil",
        "javascript:alert(1)",
        "x",
        "//[/desk",
        "/desk\r\nX-Planted: 1",
        "\n/desk",
    ],
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, wanted: str) -> None:
    response = client.post("/sign-in", query_string={"next": wanted}, data={"email": EMAIL, "password": PASSWORD})

    assert response.location == "/desk"


def test_who_is_signed_in_is_not_asked_again(sign_in: SignIn) -> None:
    assert sign_in("xem").get("/sign-in").location == "/desk"


def test_signing_in_starts_a_new_session(client: FlaskClient) -> None:
    with client.session_transaction("/desk") as before:
        before["planted"] = "by somebody else"
    attempt(client)

    with client.session_transaction("/desk") as after:
        assert "_user_id" in after
        assert "planted" not in after


def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    client = sign_in("xem")

    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/desk/agencies").status_code == 302


def test_a_cookie_copied_before_signing_out_opens_nothing_after_it(sign_in: SignIn) -> None:
    client = sign_in("xem")
    copied = client.get_cookie("hailong", path="/")
    assert copied is not None

    client.post("/sign-out")
    client.set_cookie("hailong", copied.value)

    assert client.get("/desk/agencies").status_code == 302


def test_signing_out_by_a_link_is_not_possible(sign_in: SignIn) -> None:
    assert sign_in("xem").get("/sign-out").status_code == 405


def test_a_session_ends_after_the_time_of_idleness(app: flask.Flask, sign_in: SignIn) -> None:
    client = sign_in("xem")
    app.permanent_session_lifetime = timedelta(seconds=-1)

    assert client.get("/desk/agencies").status_code == 302


def test_the_cookie_is_for_this_site_only_and_out_of_reach_of_scripts(client: FlaskClient) -> None:
    response = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})

    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_the_first_password_must_be_changed_before_anything_else(client: FlaskClient, session: Session) -> None:
    session.execute(update(Official).where(Official.email == EMAIL).values(must_change_password=True))
    session.commit()
    attempt(client)

    assert client.get("/desk/agencies").location == "/desk/password"
    changed = client.post("/desk/password", data={"old": PASSWORD, "new": NEW, "again": NEW})

    assert changed.location == "/desk"
    assert client.get("/desk/agencies").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "reason"),
    [
        ("sai", NEW, NEW, "Mật khẩu hiện tại không đúng"),
        (PASSWORD, NEW, NEW + "!", "không giống nhau"),
        (PASSWORD, PASSWORD, PASSWORD, "phải khác mật khẩu hiện tại"),
        (PASSWORD, "ngắn", "ngắn", "từ 12 đến 200 ký tự"),
        (PASSWORD, EMAIL.upper(), EMAIL.upper(), "không được là địa chỉ e-mail"),
        (PASSWORD, "", "", "Ô này còn trống"),
    ],
)
def test_a_password_that_will_not_do_says_why(sign_in: SignIn, old: str, new: str, again: str, reason: str) -> None:
    response = sign_in("xem").post("/desk/password", data={"old": old, "new": new, "again": again})

    assert response.status_code == 422
    assert reason in response.text


def test_a_new_password_ends_the_other_sessions(sign_in: SignIn) -> None:
    here, elsewhere = sign_in("xem"), sign_in("xem")

    here.post("/desk/password", data={"old": PASSWORD, "new": NEW, "again": NEW})

    assert here.get("/desk/agencies").status_code == 200
    assert elsewhere.get("/desk/agencies").status_code == 302


def test_the_password_is_stored_as_argon2(session: Session) -> None:
    stored = session.scalars(select(Official.password)).all()

    assert all(password is not None and password.startswith("$argon2id$") for password in stored)


def test_somebody_removed_while_signed_in_is_out(sign_in: SignIn, session: Session) -> None:
    client = sign_in("xem")
    session.execute(update(Official).where(Official.email == EMAIL).values(active=False))
    session.commit()

    assert client.get("/desk/agencies").status_code == 302
