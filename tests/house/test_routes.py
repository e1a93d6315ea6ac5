"""House rules of routes: each says who may see it, each is listed, none opens to a stranger or a forged request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import flask
import pytest
from werkzeug.routing import Rule

from conftest import Database
from desk_fixtures import SignIn
from desk_province import YEAR, Province
from survey.db import db
from survey.factory import create_app
from survey.web.headers import is_official_path

LISTED = Path(__file__).resolve().parents[2] / "docs" / "routes.md"
OPEN = {"public", "citizen", "api_key"}
# What neither who reads nor who manages only elsewhere may do at the health department.
CHANGING = {
    "manager_above",
    "wave_manager",
    "release_manager",
    "release_publisher",
    "agency_administrator",
    "administrator",
    "root_administrator",
    "official_administrator",
    "account_keeper",
}
IMPLIED = {"HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def routes(sqlite_province: tuple[Path, Province]) -> flask.Flask:
    path, _ = sqlite_province
    return create_app(Database("sqlite", "", path.parent).config, TESTING=True)


def rules_of(app: flask.Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield every rule of officials and citizens with its method and access rule; static files are everybody's."""
    for each in (app, app.extensions["citizens"], app.extensions["api"].application()):
        for rule in each.url_map.iter_rules():
            access = getattr(each.view_functions[rule.endpoint], "access", "")
            if rule.endpoint != "static":
                yield from ((rule, method, access) for method in sorted((rule.methods or set()) - IMPLIED))


def test_every_view_declares_who_may_see_it(routes: flask.Flask) -> None:
    assert [rule.rule for rule, _, access in rules_of(routes) if not access] == []


def test_every_route_is_listed_with_its_access_rule(routes: flask.Flask) -> None:
    found = {(method, rule.rule, access) for rule, method, access in rules_of(routes)}
    listed = set(re.findall(r"^\| (\w+) \| `([^`]+)` \| (\w+) \|", LISTED.read_text(encoding="utf-8"), re.MULTILINE))

    assert found == listed


def test_officials_pages_lie_where_sessions_are_and_citizens_pages_where_they_are_not(routes: flask.Flask) -> None:
    for rule, _, access in rules_of(routes):
        if access == "citizen":
            assert not is_official_path(rule.rule), rule.rule
        elif access not in OPEN:
            assert is_official_path(rule.rule), rule.rule


def address(rule: Rule, province: Province) -> str:
    """Fill a rule with what exists in the province, and with a job that does not."""
    values = {
        "agency_id": province.health,
        "wave_id": province.closed,
        "job_id": uuid4(),
        "key_id": uuid4(),
        "series_id": uuid4(),
        "ending": "csv",
        "shape": "agencies",
        "size": "A4",
        "year": YEAR - 1,
        "label": "PDF",
        "token": "x",
        "act": "close",
    }
    # What a part adds to an address is taken as something that does not exist.
    given = {name: values.get(name, uuid4()) for name in rule.arguments}
    built = rule.build(given, append_unknown=False)
    assert built is not None
    return built[1]


def test_whoever_is_not_signed_in_is_sent_to_sign_in(app: flask.Flask, province: Province) -> None:
    for rule, method, access in rules_of(app):
        if access in OPEN:
            continue
        response = app.test_client().open(address(rule, province), method=method)
        assert response.status_code == 302, rule
        assert response.location.startswith("/sign-in"), rule


@pytest.mark.parametrize("name", ["xa", "khong"])
def test_a_stranger_finds_nothing_of_an_agency_on_any_route(
    app: flask.Flask, sign_in: SignIn, province: Province, name: str
) -> None:
    client = sign_in(name)
    tried = 0
    for rule, method, _ in rules_of(app):
        if rule.arguments & {"agency_id", "job_id", "official_id"}:
            assert client.open(address(rule, province), method=method).status_code == 404, rule
            tried += 1

    assert tried > 8


@pytest.mark.parametrize("name", ["xem", "kiemtra", "xa", "yte"])
def test_who_only_reads_there_changes_nothing_on_any_route(
    app: flask.Flask, sign_in: SignIn, province: Province, name: str
) -> None:
    client = sign_in(name)
    for rule, method, access in rules_of(app):
        if access in CHANGING:
            assert client.open(address(rule, province), method=method).status_code == 404, rule


def test_a_request_from_another_site_is_refused_on_every_route(
    database: Database, sign_in: SignIn, province: Province
) -> None:
    cookie = sign_in("giamdoc").get_cookie("hailong", path="/")
    assert cookie is not None
    strict = create_app(database.config, TESTING=True)
    for rule, method, access in rules_of(strict):
        if method != "POST" or access in {"citizen", "api_key"}:
            continue
        client = strict.test_client()
        client.set_cookie("hailong", cookie.value)
        assert client.post(address(rule, province), data={"email": "x", "password": "x"}).status_code == 400, rule
    with strict.app_context():
        db.engine.dispose()
