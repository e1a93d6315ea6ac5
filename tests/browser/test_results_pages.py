"""Released results, the receipt and the entry of paper in Chromium: axe finds nothing, nothing overflows."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import PASSWORD, YEAR, Province
from released_world import publish_wave, publish_year
from survey.db import db
from survey.factory import create_app
from survey.models.accounts import Official
from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.improvements import write_improvement

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser
YEAR_CODE = "NAM0000001"
RESULTS = (
    "/ket-qua",
    "/ket-qua/99",
    "/ket-qua/99.02",
    f"/ket-qua/99.01/quay-{YEAR - 1}",
    f"/cong-bo/{YEAR_CODE}",
    "/du-lieu-mo",
    "/phuong-phap",
)
ENTRY = "/desk/agencies/{0.commune}/entry"
GRID = f"{ENTRY}?wave={{0.open}}&counter={{0.counter}}&channel="
DESK = (
    "/desk/agencies/{0.commune}/paper",
    "/desk/agencies/{0.commune}/improvement",
    "/desk/agencies/{0.commune}/letterhead",
    ENTRY,
    f"{GRID}paper",
)


@pytest.fixture(scope="module")
def site(sqlite_province: tuple[Path, Province], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the province with last year released and a line of what changed; give its address and a counter's code."""
    data_dir = tmp_path_factory.mktemp("results")
    shutil.copy(sqlite_province[0], data_dir)
    app, province = create_app(Database("sqlite", "", data_dir).config), sqlite_province[1]
    with app.app_context():
        session = db.session()
        closed, commune = session.get_one(Wave, province.closed), session.get_one(Agency, province.commune)
        first = session.scalars(select(Official.id)).first()
        publish_wave(session, closed)
        top = session.get_one(Agency, province.province)
        publish_year(session, top, YEAR - 1, form="counter/2026").code = YEAR_CODE
        write_improvement(session, commune, text="Đã thêm ghế.", text_en="More seats.", by=first, today=local_today())
        session.commit()
        (code,) = session.get_one(ServicePoint, province.counter).codes
        code_of_counter = code.code
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}", code_of_counter
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """Give a browser page of a telephone's or a laptop's width."""
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport={"width": request.param, "height": 640}, bypass_csp=True)
    yield context.new_page()
    context.close()


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


def test_released_results_and_the_entry_of_paper_are_accessible_and_fit(
    page: Page, site: tuple[str, str], sqlite_province: tuple[Path, Province]
) -> None:
    address, _ = site
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("xa@songmay.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    found = {}
    for path in (*RESULTS, *(path.format(sqlite_province[1]) for path in DESK)):
        for language in ("vi", "en"):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            if faults := faults_of(page):
                found[f"{path} {language}"] = faults

    assert found == {}


def test_a_receipt_is_accessible_from_storing_to_withdrawal(page: Page, site: tuple[str, str]) -> None:
    page.goto("{}/Q/{}".format(*site))
    for group in page.locator("fieldset:has(input[type=radio])").all():
        group.locator("input[value='4']").check(force=True)
    page.get_by_role("button", name=re.compile("Gửi")).click()
    receipt = page.url.partition("?")[0]
    assert "Đã thêm ghế." in page.locator("main").inner_text()
    seen = {"stored": faults_of(page)}
    page.goto(f"{receipt}/withdraw")
    seen["asked"] = faults_of(page)
    page.locator("main form button").click()
    seen["withdrawn"] = faults_of(page)
    page.goto(f"{receipt}?lang=en")
    seen["unknown"] = faults_of(page)

    assert {state: faults for state, faults in seen.items() if faults} == {}
