"""An agency's pages in Chromium, on a telephone, a laptop and paper; and a comment's way from waiting to being read."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import LAST_JUNE, START, Province, add_answers
from survey.db import db
from survey.factory import create_app
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.responses import Comment
from survey.services.agencies import add_agency
from survey.services.fold import fold

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser
WIDTHS = [360, 1280]
LONG_NAME = "Trung tâm Phục vụ hành chính công phường Nguyễn Cư Trinh – Phạm Ngũ Lão, cơ sở hai tại khu dân cư mới"
WORDS = ["Gọi 0912345678 nếu cần", "Chờ lâu", "Rất tốt", "Thiếu ghế", "Gọn gàng"]
PAGES = {
    "overview": "/waves/{province.closed}",
    "breakdowns": "/waves/{province.closed}/breakdowns",
    "comparison": "/waves/{province.closed}/comparison",
    "trend": "/trend",
    "comments": "/comments",
    "moderation": "/comments/moderation",
}


@dataclass(frozen=True)
class Desk:
    """Where the province is served, and the cookie of who runs its surveys."""

    address: str
    cookie: str


@pytest.fixture(scope="module")
def desk(sqlite_province: tuple[Path, Province], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Serve the province with five departments, one under a long name, and five comments that wait."""
    data_dir = tmp_path_factory.mktemp("agency-pages")
    shutil.copy(sqlite_province[0], data_dir)
    app = create_app(Database("sqlite", "", data_dir).config)
    province = sqlite_province[1]
    with app.app_context(), Session(db.engine) as session:
        top, wave = session.get_one(Agency, province.province), session.get_one(Wave, province.closed)
        session.get_one(Agency, province.health).name = LONG_NAME
        for number in range(4):
            sister = add_agency(
                session, code=f"99.0{number + 5}", kind="department", name=f"Sở {number}", valid_from=START, parent=top
            )
            add_answers(session, wave, sister, satisfied=15, dissatisfied=5)
        fold(session, until=LAST_JUNE)
        session.add_all(Comment(agency_id=province.health, id=uuid4(), month="2026-11", text=text) for text in WORDS)
        official = session.scalars(select(Official).where(Official.email == "giamdoc@songmay.example")).one()
        named = official.fs_uniquifier
        session.commit()
    client = app.test_client()
    with client.session_transaction("/desk") as session_cookie:
        session_cookie.update(_user_id=named, _fresh=True, began=int(time.time()))
    cookie = client.get_cookie("hailong", path="/")
    assert cookie is not None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Desk(f"http://127.0.0.1:{server.port}", cookie.value)
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


def signed_in(chromium: Browser, desk: Desk, width: int) -> BrowserContext:
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport={"width": width, "height": 640}, bypass_csp=True)
    context.add_cookies([{"name": "hailong", "value": desk.cookie, "url": desk.address}])
    return context


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_an_agency_is_accessible_and_fits(
    chromium: Browser,
    desk: Desk,
    sqlite_province: tuple[Path, Province],
    pictures: Path,
    tmp_path: Path,
    width: int,
) -> None:
    province, found = sqlite_province[1], {}
    context = signed_in(chromium, desk, width)
    page = context.new_page()
    for name, path in PAGES.items():
        for language in ("vi", "en"):
            page.goto(f"{desk.address}/desk/agencies/{province.health}{path.format(province=province)}?lang={language}")
            assert page.locator("h1").is_visible()
            if faults := faults_of(page):
                found[f"{name} {language}"] = faults
            if (name, language, width) == ("overview", "vi", max(WIDTHS)):
                page.screenshot(path=pictures / "manual" / "results.png")
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    page.goto(f"{desk.address}/desk/comments?lang=vi")
    found |= {"backlog": faults} if (faults := faults_of(page)) else {}
    context.close()

    assert found == {}


def test_on_paper_the_tables_stand_open_and_the_links_are_gone(
    chromium: Browser, desk: Desk, sqlite_province: tuple[Path, Province]
) -> None:
    province = sqlite_province[1]
    context = signed_in(chromium, desk, 794)
    page = context.new_page()
    page.goto(f"{desk.address}/desk/agencies/{province.health}/waves/{province.closed}/breakdowns")
    assert not page.locator("details table").first.is_visible()

    page.emulate_media(media="print")

    assert page.locator("details table").first.is_visible()
    assert not page.locator("nav.no-print").first.is_visible()
    context.close()


def test_a_comment_goes_from_waiting_to_being_read_masked(
    chromium: Browser, desk: Desk, sqlite_province: tuple[Path, Province], pictures: Path
) -> None:
    agency = f"{desk.address}/desk/agencies/{sqlite_province[1].health}"
    context = signed_in(chromium, desk, 360)
    page = context.new_page()
    page.goto(f"{desk.address}/desk/comments?lang=vi")
    page.get_by_role("link", name=LONG_NAME).click()
    assert page.locator("mark").inner_text() == "0912345678"
    page.get_by_label("Sẽ hiện ra như sau").first.fill("Lời khác")
    page.get_by_role("button", name="Duyệt hiện").first.click()
    assert "không được sửa lời người dân" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Sẽ hiện ra như sau").first.input_value() == "Lời khác"

    page.goto(f"{agency}/comments/moderation")
    for _ in WORDS:
        page.get_by_role("button", name="Duyệt hiện").first.click()
    assert "Không còn góp ý nào chờ duyệt" in page.locator("main").inner_text()

    page.goto(f"{agency}/comments")
    read = page.locator(".comments li").all_inner_texts()
    assert sorted(read) == sorted(["Gọi [che] nếu cần", *WORDS[1:]])
    page.set_viewport_size({"width": 1280, "height": 720})
    page.screenshot(path=pictures / "manual" / "comments.png")
    context.close()
