"""Random states of releases against every public address: what is not released and frozen is nowhere to be read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from conftest import Database
from released_world import FOLDED, publish_wave, publish_year
from small_world import small_world
from survey.api.access import Requests
from survey.db import db
from survey.factory import create_app
from survey.models.releases import Release
from survey.services.fold import fold

ROOTS = 3
STATES = ("draft", "reviewed", "released", "frozen", "superseded")
PUBLIC = {"frozen", "superseded"}
STARTS = ("/ket-qua", "/ket-qua?search=don", "/du-lieu-mo", "/phuong-phap", "/api/v1/releases", "/api/v1/openapi.json")
BELOW = ("", "/phuong-phap", "/du-lieu/figures.csv", "/du-lieu/datapackage.json", "/goi.zip", "/co-quan/D{0}")
API = ("", "/figures", "/results", "/agencies/D{0}", "/waves")


@dataclass(frozen=True)
class Site:
    """``marks`` holds for every release its code and a number of respondents that stands in no other."""

    app: flask.Flask
    client: FlaskClient
    marks: dict[str, tuple[int, str]]


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("unreleased")
    shutil.copy(sqlite_template, data_dir)
    app = create_app(Database("sqlite", "", data_dir).config, TESTING=True)
    app.extensions["api"].application().extensions["public_requests"] = Requests(1_000_000)
    with app.app_context():
        marks = _fill(db.session())
        db.session.commit()
    yield Site(app, app.test_client(), marks)
    with app.app_context():
        db.engine.dispose()


def _fill(session: Session) -> dict[str, tuple[int, str]]:
    world = small_world(session)
    marks = {}
    for at in range(ROOTS):
        world.add_agency(f"R{at}", parent=None, kind="province")
        world.add_agency(f"D{at}", parent=f"R{at}")
        world.add_wave(f"V{at}", state="closed", root=f"R{at}")
        world.answer(f"D{at}", [5, 4, 5, 5], times=3011 + 100 * at, wave=f"V{at}")
    session.flush()
    fold(session, until=FOLDED)
    for at in range(ROOTS):
        for release in (
            publish_wave(session, world.waves[f"V{at}"]),
            publish_year(session, world.agencies[f"R{at}"], 2026),
        ):
            marks[release.code] = (at, release.kind)
    return marks


def _plant(site: Site, states: dict[str, str]) -> None:
    with site.app.app_context(), Session(db.engine) as session:
        for release in session.scalars(select(Release)):
            state = states[release.code]
            is_released = state not in {"draft", "reviewed"}
            release.reviewed_on = None if state == "draft" else FOLDED
            release.released_on = FOLDED if is_released else None
            release.frozen_on = FOLDED if state in PUBLIC else None
            release.superseded_on = FOLDED if state == "superseded" else None
        session.commit()


def _read(site: Site) -> dict[str, str]:
    """Fetch every address that a reader could think of, and every address that any of them names."""
    waiting, texts = list(STARTS), {}
    for code, (at, _) in site.marks.items():
        waiting += [f"/cong-bo/{code}{path.format(at)}" for path in BELOW]
        waiting += [f"/api/v1/releases/{code}{path.format(at)}" for path in API]
        waiting += [f"/ket-qua/R{at}", f"/ket-qua/D{at}", f"/ket-qua/D{at}/V{at}", f"/tong-hop/R{at}/2026"]
    while waiting:
        address = waiting.pop()
        if address in texts or address.startswith("/static"):
            continue
        response = site.client.get(address)
        assert response.status_code in {200, 302, 404}, (address, response.status_code)
        texts[address] = response.text if response.status_code == 200 and "zip" not in response.mimetype else ""
        found = re.findall(r'(?:href="|"next": ?")(?:https?://[^/"]+)?(/[^"#]*)"', texts[address])
        waiting += [each.replace("&amp;", "&") for each in found if not each.startswith(("/sign-in", "/desk"))]
    return texts


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(st.sampled_from(STATES), min_size=2 * ROOTS, max_size=2 * ROOTS))
def test_what_is_not_released_and_frozen_is_nowhere_to_be_read(site: Site, drawn: list[str]) -> None:
    states = dict(zip(site.marks, drawn, strict=True))
    _plant(site, states)
    texts = _read(site)
    for code, (at, kind) in site.marks.items():
        named = [address for address, text in texts.items() if code in text]
        if states[code] in PUBLIC:
            assert texts[f"/cong-bo/{code}"], (code, states)
            assert texts[f"/api/v1/releases/{code}/figures"]
        else:
            assert named == [], (code, states)
            assert not any(text for address, text in texts.items() if code in address), (code, states)
            assert kind == "annual" or not texts[f"/ket-qua/D{at}/V{at}"]
    for at in range(ROOTS):
        mine = [states[code] for code, (root, _) in site.marks.items() if root == at]
        if not PUBLIC & set(mine):
            number = re.compile(rf"(?<!\d)3[.,]?{11 + 100 * at:03d}(?!\d)")
            assert [address for address, text in texts.items() if number.search(text)] == [], (at, states)
