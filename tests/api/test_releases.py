"""Released results over the API: what is public and nothing else, a page at a time, kept by its tag."""

from __future__ import annotations

from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from released_world import answered_world, publish_wave, publish_year
from small_world import World
from survey.api.access import PUBLIC_REQUESTS_A_MINUTE, Requests
from survey.models.releases import Release
from survey.services.api_keys import make_key

BASE = "/api/v1/releases"


@pytest.fixture
def world(session: Session) -> World:
    made = answered_world(session)
    session.commit()
    return made


@pytest.fixture
def client(app: flask.Flask) -> FlaskClient:
    app.test_client_class = None
    return app.test_client()


@pytest.fixture
def released(session: Session, world: World) -> Release:
    wave = publish_wave(session, world.waves["W"])
    session.commit()
    return wave


def got(client: FlaskClient, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_release_is_listed_and_told_with_its_address_tables_and_licence(
    client: FlaskClient, session: Session, world: World, released: Release
) -> None:
    annual = publish_year(session, world.agencies["P"], 2026)
    session.commit()
    listed = got(client, BASE)
    assert [each["kind"] for each in listed["items"]] == ["annual", "wave"] or listed["total"] == 2
    assert [each["code"] for each in got(client, f"{BASE}?kind=wave&agency=A&year=2026")["items"]] == [released.code]
    assert got(client, f"{BASE}?agency=nobody")["items"] == []
    one = got(client, f"{BASE}/{released.code}")
    assert one["versions"] == [released.code]
    assert one["page"].endswith(f"/cong-bo/{released.code}")
    assert one["licence"] == "CC-BY-4.0"
    ranks = got(client, f"{BASE}/{annual.code}/results")["items"]
    assert [(each["agency_code"], each["rank"]) for each in ranks] == [("P", None), ("B", 1), ("A", 2), ("C", None)]


def test_tables_come_a_page_at_a_time_with_interval_and_n(client: FlaskClient, released: Release) -> None:
    first = got(client, f"{BASE}/{released.code}/figures?limit=5")
    assert len(first["items"]) == 5
    following = first["next"].partition("/api")[2]
    second = got(client, f"/api{following}")
    assert first["items"] != second["items"]
    every = got(client, f"{BASE}/{released.code}/figures?limit=1000")
    assert every["total"] == len(every["items"])
    assert every["next"] is None
    for each in every["items"]:
        assert each["suppressed"] or (each["low"] <= each["estimate"] <= each["high"] and each["n"] >= 10)
    (whole,) = (
        each
        for each in got(client, f"{BASE}/{released.code}/figures?agency=A")["items"]
        if (each["scope"], each["statistic"]) == ("overall", "share_satisfied")
    )
    assert whole["estimate"] == pytest.approx(0.8)
    assert whole["n"] == 50


def test_an_agency_is_told_with_items_and_groups_and_too_few_with_nothing(
    client: FlaskClient, released: Release
) -> None:
    told = got(client, f"{BASE}/{released.code}/agencies/A")
    scopes = {each["scope"] for each in told["figures"]}
    assert {"overall", "element", "item", "channel"} <= scopes
    few = got(client, f"{BASE}/{released.code}/agencies/C")
    assert all(each["suppressed"] and each["n"] is None for each in (*few["figures"], *few["results"]))
    assert few["levels"] == few["counts"] == few["questions"] == []
    assert client.get(f"{BASE}/{released.code}/agencies/nobody").status_code == 404


def test_the_tag_of_an_answer_is_asked_for_again_without_its_body(client: FlaskClient, released: Release) -> None:
    first = client.get(f"{BASE}/{released.code}")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(f"{BASE}/{released.code}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Set-Cookie" not in first.headers


def test_a_correction_replaces_and_the_old_version_stays(
    client: FlaskClient, session: Session, world: World, released: Release
) -> None:
    released.superseded_on = released.released_on
    second = publish_wave(session, world.waves["W"], version=2, note="Sửa N.")
    session.commit()
    assert [each["code"] for each in got(client, BASE)["items"]] == [second.code]
    old = got(client, f"{BASE}/{released.code}")
    assert old["superseded_on"] == released.released_on.isoformat()
    assert old["versions"] == [second.code, released.code]
    assert got(client, f"{BASE}/{second.code}")["note"] == "Sửa N."


def test_who_asks_too_often_from_one_address_waits(app: flask.Flask, client: FlaskClient) -> None:
    now = 100.0
    api = app.extensions["api"].application()
    api.extensions["public_requests"] = Requests(3, clock=lambda: now)
    assert [client.get(BASE).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get(BASE).headers["Retry-After"] == "60"
    assert client.get(BASE, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert PUBLIC_REQUESTS_A_MINUTE > 100


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("path", ["/nobody", "/%00", "/Ω", "/x/figures", "/x/agencies/y"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(BASE + path).status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", "year=12", "kind=x", "agency=%00", "limit=a"])
def test_a_question_that_cannot_be_answered_is_told(client: FlaskClient, query: str) -> None:
    assert client.get(f"{BASE}?{query}").status_code == 422


def test_a_key_reads_the_figures_of_its_own_agency_before_they_are_released_and_no_others(
    client: FlaskClient, session: Session, world: World
) -> None:
    _, plain = make_key(
        session,
        agency=world.agencies["A"],
        label="Kho dữ liệu",
        scopes=["figures"],
        by=None,
        today=world.waves["W"].opens_on,
    )
    session.commit()
    headers = {"Authorization": f"Bearer {plain}"}
    assert [each["code"] for each in got(client, "/api/v1/waves", **headers)["items"]] == ["W"]
    own = got(client, "/api/v1/waves/W/agencies/A", **headers)
    assert own["status"] == "draft"
    assert own["results"][0]["share_satisfied"] == pytest.approx(0.8)
    for path in ("W/agencies/B", "W/agencies/P", "x/agencies/A", "W/agencies/%00"):
        assert client.get(f"/api/v1/waves/{path}", headers=headers).status_code == 404
    assert client.get("/api/v1/waves/W/agencies/A").status_code == 401
    assert client.get("/api/v1/waves", headers=headers).headers["Cache-Control"] == "no-store"
