"""Two communes merge at the desk: tried out, confirmed, listed, and their history converted; on both screens."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import LAST_JUNE, PASSWORD, START, Province, add_answers, add_official
from survey.db import db
from survey.factory import create_app
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.agencies import add_agency
from survey.services.fold import fold

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser
IN_THE_MANUAL = {("plan", "laptop"), ("today", "laptop")}
WIDTHS = {"laptop": (1280, 800), "phone": (360, 640)}


@pytest.fixture(scope="module")
def address(sqlite_province: tuple[Path, Province], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the province with a second commune and an administrator; the value is where."""
    data_dir = tmp_path_factory.mktemp("changes")
    shutil.copy(sqlite_province[0], data_dir)
    province = sqlite_province[1]
    app = create_app(Database("sqlite", "", data_dir).config)
    with app.app_context(), Session(db.engine) as session:
        top, wave = session.get_one(Agency, province.province), session.get_one(Wave, province.closed)
        other = add_agency(session, code="99.03", kind="commune", name="Xã Tây Hà", valid_from=START, parent=top)
        add_answers(session, wave, other, satisfied=10, dissatisfied=10)
        add_answers(session, wave, session.get_one(Agency, province.commune), satisfied=11, dissatisfied=0)
        add_official(session, "quantri", top, "administrator")
        fold(session, until=LAST_JUNE)
        session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


def test_two_communes_merge_and_their_history_is_converted(
    chromium: Browser, address: str, sqlite_province: tuple[Path, Province], pictures: Path, tmp_path: Path
) -> None:
    found: dict[str, list[str]] = {}
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()

    def look(name: str) -> None:
        for screen, (width, height) in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            folder = pictures if (name, screen) in IN_THE_MANUAL else tmp_path
            page.screenshot(path=folder / f"changes-{name}-{screen}.png", full_page=True)
            if faults := faults_of(page):
                found[f"{name} {screen}"] = faults

    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("quantri@songmay.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto(f"{address}/admin/changes")
    look("empty")
    page.goto(f"{address}/desk/agencies/{sqlite_province[1].commune}/history")
    page.get_by_role("link", name="Ghi thay đổi").click()
    page.get_by_label("Ngày có hiệu lực").fill(f"{local_today():%d/%m/%Y}")
    page.get_by_label("Căn cứ").fill("Nghị quyết 1656/NQ-UBTVQH15")
    page.get_by_label("Mã các đơn vị").fill("99.03")
    page.get_by_label("Mã đơn vị mới").fill("99.02")
    page.get_by_role("button", name="Xem thử").click()
    look("form")
    page.get_by_label("Tên đơn vị mới").fill("Xã Sông Hà")
    page.get_by_role("button", name="Xem thử").click()
    assert page.get_by_text("Quầy số 1 của Xã Đông Hà: chuyển sang Xã Sông Hà").is_visible()
    look("plan")
    page.get_by_role("button", name="Xác nhận").click()
    assert page.get_by_text("Đã ghi thay đổi của Xã Đông Hà").is_visible()
    look("list")
    page.get_by_role("link", name="Xã Sông Hà").first.click()
    assert page.get_by_text("số liệu quy đổi", exact=True).is_visible()
    look("today")
    page.get_by_role("link", name="Như đã có lúc đó").click()
    assert page.get_by_text("số liệu quy đổi", exact=True).count() == 0
    look("as-was")
    for kind in ("split", "move", "rename", "abolish"):
        page.goto(f"{address}/admin/agencies/{sqlite_province[1].health}/change?kind={kind}&lang=en")
        look(kind)
    context.close()

    assert found == {}
