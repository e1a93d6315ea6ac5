"""The year of a wave as a survey manager lives it: made, opened, answered, watched, extended, closed."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import flask
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import PASSWORD, START, YEAR, Province
from survey.db import db
from survey.factory import create_app
from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.agencies import add_service_point

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_province: tuple[Path, Province], tmp_path_factory: pytest.TempPathFactory) -> Iterator[flask.Flask]:
    """Give the province, with a second counter and a wave that has been open for weeks."""
    data_dir = tmp_path_factory.mktemp("wave")
    shutil.copy(sqlite_province[0], data_dir)
    application = create_app(Database("sqlite", "", data_dir).config)
    with application.app_context(), Session(db.engine) as session:
        health = session.get_one(Agency, sqlite_province[1].health)
        add_service_point(session, agency=health, name="Quầy y tế", today=START)
        wave = session.get_one(Wave, sqlite_province[1].open)
        wave.opens_on, wave.closes_on = local_today() - timedelta(days=40), local_today() + timedelta(days=40)
        session.commit()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def address(app: flask.Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


def code_of(app: flask.Flask, name: str) -> str:
    with app.app_context(), Session(db.engine) as session:
        counter = session.query(ServicePoint).filter_by(name=name).one()
        return counter.codes[0].code


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


def test_a_wave_is_made_opened_answered_watched_extended_and_closed(  # noqa: PLR0915 -- one journey, one browser
    chromium: Browser, app: flask.Flask, address: str, sqlite_province: tuple[Path, Province], pictures: Path
) -> None:
    """One life from end to end; what follows needs what came before."""
    province = sqlite_province[1]
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page, found = context.new_page(), {}

    def look(name: str) -> None:
        """Audit the page on a laptop and on a telephone, and keep a picture of each."""
        for width, height in ((1280, 800), (360, 640)):
            page.set_viewport_size({"width": width, "height": height})
            if faults := faults_of(page):
                found[f"{name} {width}"] = faults
            page.screenshot(path=pictures / f"wave-{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})

    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("giamdoc@songmay.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto(f"{address}/desk/waves")
    page.get_by_role("link", name="Lập đợt khảo sát mới").click()
    look("whose")
    page.get_by_role("link", name="Tỉnh Sông Mây và mọi đơn vị bên dưới").click()
    page.get_by_label("Mã đợt").fill("thu-2")
    page.get_by_label("Tên đợt khảo sát").fill("Đợt thứ hai")
    page.get_by_label("Ngày bắt đầu").fill(f"{YEAR}-01-01")
    look("form")
    page.get_by_role("button", name="Lập đợt khảo sát").click()
    assert "Chưa quầy nào phát phiếu" in page.locator("main").inner_text()
    page.get_by_role("link", name="Mở đợt khảo sát…").click()
    assert "Quầy số 1" in page.locator("main").inner_text()
    look("clash")
    page.get_by_role("button", name="Bỏ các quầy đang bận").click()
    page.get_by_role("link", name="Xem lại các quầy").click()
    assert "1 trên 2 quầy tham gia" in page.locator("main").inner_text()
    look("counters")
    page.go_back()
    look("opening")
    page.get_by_role("button", name="Mở đợt khảo sát").click()
    assert "Các quầy đang phát phiếu" in page.locator("main").inner_text()

    citizen = chromium.new_context(viewport={"width": 360, "height": 640}).new_page()
    for _ in range(2):
        citizen.goto(f"{address}/Q/{code_of(app, 'Quầy y tế')}")
        for group in citizen.locator("fieldset").all():
            group.locator("label").first.click()
        citizen.locator("form button").last.click()
        assert "Cảm ơn" in citizen.locator("body").inner_text()
    citizen.context.close()

    page.get_by_role("link", name="đặt mục tiêu").click()
    look("target")
    page.get_by_role("button", name="Lưu mục tiêu").click()
    row = page.get_by_role("row", name=re.compile("Sở Y tế"))
    assert "2 / 385" in row.inner_text()
    look("gauge")
    page.goto(f"{address}/desk/waves/{province.open}/gauge")
    assert "Quầy số 1" in page.locator("main").inner_text()
    look("gauge-silent")

    page.goto(f"{address}/desk/waves")
    page.get_by_role("link", name="Đợt thứ hai").click()
    page.get_by_role("link", name="Gia hạn…").click()
    page.get_by_label("Ngày cuối phát phiếu mới").fill(f"{YEAR + 1}-01-31")
    look("extension")
    page.get_by_role("button", name="Gia hạn").click()
    assert f"31/01/{YEAR + 1}" in page.locator("main").inner_text()
    page.get_by_role("link", name="Đóng đợt khảo sát…").click()
    look("closing")
    page.get_by_role("button", name="Đóng đợt khảo sát").click()
    assert "Các quầy đã thôi phát phiếu" in page.locator("main").inner_text()
    look("closed")

    page.goto(f"{address}/desk/waves/{province.closed}/population")
    lines = f"Mã cơ quan;Tháng;Số hồ sơ\n99.01;06/{YEAR - 1};11\n99.02;06/{YEAR - 1};-3\n"
    file = FilePayload(name="n.csv", mimeType="text/csv", buffer=lines.encode("utf-16"))
    page.get_by_label("Tệp CSV hoặc XLSX").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    assert "N = 11, có 12 phiếu" in page.locator("main").inner_text()
    look("population-file")
    page.goto(f"{address}/desk/agencies/{province.health}/waves/{province.closed}/population")
    look("population")
    page.goto(f"{address}/desk/agencies/{province.health}/waves/{province.closed}/exclusions")
    page.get_by_label("Từ ngày").fill(f"{YEAR - 1}-06-01")
    page.get_by_label("Đến ngày").fill(f"{YEAR - 1}-06-30")
    page.get_by_label("Lý do").fill("Thử máy")
    page.get_by_role("button", name="Đếm thử").click()
    assert "Sẽ loại 12 phiếu" in page.locator("main").inner_text()
    look("exclusions")
    context.close()

    assert found == {}
