from __future__ import annotations

from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient

from conftest import Database
from survey.db import db
from survey.factory import create_app


def test_the_policy_starts_from_none(client: FlaskClient) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_view_may_name_a_policy_of_its_own(app: flask.Flask) -> None:
    @app.get("/own")
    def own() -> flask.Response:
        flask.g.content_security_policy = "default-src 'none'; style-src 'sha256-x'"
        return flask.Response("x", mimetype="text/plain")

    assert "sha256-x" in app.test_client().get("/own").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("header", "value"), [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]
)
def test_every_response_carries_the_safe_headers(client: FlaskClient, header: str, value: str) -> None:
    for path in ("/sign-in", "/khong-co", "/static/site.css"):
        assert client.get(path).headers[header] == value


def test_what_officials_read_is_not_kept_by_the_browser(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_a_year_under_an_address_that_changes_with_them(client: FlaskClient) -> None:
    assert "/static/site.css?v=" in client.get("/sign-in").text
    assert "max-age=31536000" in client.get("/static/site.css").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/khong-co", "/Q/AAAAAAAAA", "/static/site.css"])
def test_outside_officials_pages_no_cookie_is_read_or_set(client: FlaskClient, path: str) -> None:
    client.get("/sign-in?lang=en")

    response = client.get(path)

    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.fixture
def secure_app(database: Database) -> Iterator[flask.Flask]:
    config = database.config.model_copy(update={"public_url": "https://hailong.example", "behind_proxies": 1})
    application = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False)
    yield application
    with application.app_context():
        db.engine.dispose()


def test_behind_https_the_cookie_is_secure_and_the_browser_stays_with_https(secure_app: flask.Flask) -> None:
    response = secure_app.test_client().get("/sign-in?lang=en", base_url="https://hailong.example")

    assert "Secure" in response.headers["Set-Cookie"]
    assert "max-age" in response.headers["Strict-Transport-Security"]


def test_the_address_of_who_asks_is_taken_from_the_trusted_proxy(secure_app: flask.Flask) -> None:
    seen = []
    secure_app.before_request(lambda: seen.append(flask.request.remote_addr))

    secure_app.test_client().get("/sign-in", headers={"X-Forwarded-For": "203.0.113.9"})

    assert seen == ["203.0.113.9"]
