"""Every page of the desk in Chromium, on a telephone and on a laptop: axe finds nothing, nothing overflows."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import PASSWORD, YEAR, Province
from survey.db import db
from survey.factory import create_app
from survey.services.editions import BUILT_IN

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser
WIDTHS = [320, 1280]
PAGES = {
    "agencies": "/desk/agencies",
    "no-agency": "/desk/agencies?search=zzz",
    "agency": "/desk/agencies/{province.health}/waves/{province.closed}",
    "agency-suppressed": "/desk/agencies/{province.commune}/waves/{province.closed}",
    "agency-empty": "/desk/agencies/{province.health}/waves/{province.open}",
    "counters": "/desk/agencies/{province.province}/counters",
    "no-counters": "/desk/agencies/{province.clinic}/counters",
    "waves": "/desk/waves",
    "wave": "/desk/waves/{province.open}",
    "wave-closed": "/desk/waves/{province.closed}",
    "wave-closing": "/desk/waves/{province.open}/closing",
    "wave-agencies": "/desk/waves/{province.closed}/agencies",
    "population": "/desk/agencies/{province.health}/waves/{province.closed}/population",
    "years": "/desk/annual",
    "annual": f"/desk/agencies/{{province.province}}/annual/{YEAR - 1}",
    "annual-open": f"/desk/agencies/{{province.province}}/annual/{YEAR}",
    "jobs": "/desk/jobs",
    "password": "/desk/password",
    "not-found": "/desk/agencies/00000000-0000-0000-0000-000000000000",
}


@pytest.fixture(scope="module")
def address(sqlite_province: tuple[Path, Province], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the province; the value is where."""
    data_dir = tmp_path_factory.mktemp("desk")
    shutil.copy(sqlite_province[0], data_dir)
    app = create_app(Database("sqlite", "", data_dir).config)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    """Give a browser page of a telephone's or a laptop's width, signed in."""
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport={"width": request.param, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("giamdoc@songmay.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    yield page
    context.close()


def faults_of(page: Page, *, is_audited: bool = True) -> list[str]:
    violations = Axe().run(page).response["violations"] if is_audited else []
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


def test_every_page_of_the_desk_is_accessible_and_fits(
    page: Page, address: str, sqlite_province: tuple[Path, Province], tmp_path: Path
) -> None:
    found = {}
    for name, path in PAGES.items():
        for language in ("vi", "en"):
            joint = "&" if "?" in path else "?"
            page.goto(address + path.format(province=sqlite_province[1]) + f"{joint}lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            # English is the same page at a laptop's width: there only its fit is looked at.
            if faults := faults_of(page, is_audited=language == "vi" or page.viewport_size["width"] == 320):
                found[f"{name} {language}"] = faults
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    assert found == {}


def test_the_pages_of_questionnaires_are_accessible_and_fit(
    page: Page, address: str, sqlite_province: tuple[Path, Province], tmp_path: Path
) -> None:
    found = {}

    def look(name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        if faults := faults_of(page):
            found[name] = faults

    def send(source: str) -> None:
        page.goto(f"{address}/admin/questionnaires")
        file = FilePayload(name="phieu.toml", mimeType="application/toml", buffer=source.encode())
        page.get_by_label("Tệp TOML").set_input_files(file)
        page.get_by_role("button", name="Kiểm tra và xem trước").click()

    source = (BUILT_IN / "counter-2026.2.toml").read_text(encoding="utf-8")
    source = source.replace('edition = "2026.2"', 'edition = "2027"', 1)
    send(source.replace('vi = "Nhìn chung', 'vj = "Nhìn chung'))
    look("faults")
    send(source)
    look("check")
    page.get_by_role("button", name="Lưu làm bản nháp").click()
    look("draft")
    page.get_by_role("link", name="Xem thử như người dân thấy").click()
    assert "Xem thử" in page.get_by_role("note").inner_text()
    look("preview")
    page.go_back()
    page.get_by_role("button", name="Bỏ bản nháp này").click()
    look("list")
    page.goto(f"{address}/admin/agencies/{sqlite_province[1].commune}/edition")
    look("choice")

    assert found == {}


def test_the_sign_in_page_and_its_refusal_are_accessible(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    assert faults_of(page) == []

    page.get_by_role("button", name="Đăng nhập").click()

    assert "Ô này còn trống" in page.locator("main").inner_text()
    assert faults_of(page) == []
    context.close()


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}/desk/waves")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_pages_load_nothing_from_elsewhere_and_need_no_script(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("giamdoc@songmay.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()

    assert page.locator("h1").inner_text() == "Tỉnh Sông Mây"
    assert all(url.startswith(address) for url in asked)
    context.close()
