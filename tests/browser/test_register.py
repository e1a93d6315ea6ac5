"""Import a file after looking at what it would do, edit a counter, be told what somebody else stored: in Chromium."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from conftest import Database
from register_world import make_register, xlsx
from survey.db import db
from survey.factory import create_app

pytestmark = pytest.mark.browser
REAL = Path(__file__).resolve().parents[3] / "shared/data/commune_old_to_new_2025.csv"


@pytest.fixture
def page(sqlite_template: Path, tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """Give a page of the administrator, already signed in."""
    shutil.copy(sqlite_template, tmp_path)
    config = Database("sqlite", "", tmp_path).config
    engine = create_engine(config.sqlalchemy_url)
    with Session(engine) as session:
        administrator = make_register(session).administrator
        administrator.password = "only there"
        session.commit()
        session_names = {"_user_id": administrator.fs_uniquifier, "_fresh": True, "began": int(time.time())}
    engine.dispose()
    app = create_app(config)
    signing = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signing is not None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.port}"
    context = chromium.new_context(base_url=base, locale="vi-VN", bypass_csp=True)
    name = app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([{"name": name, "value": str(signing.dumps(session_names)), "url": base}])
    yield context.new_page()
    context.close()
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


def audited(page: Page, pictures: Path, name: str) -> None:
    """Hold a page against axe on a laptop and a telephone, and take its picture."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 760})
        page.screenshot(path=pictures / f"register-{name}-{width}.png", full_page=width == 1280)
        faults = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in Axe().run(page).response["violations"]]
        assert faults == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide at {width}"


def try_out(page: Page, file: Path, *, reach: str = "") -> None:
    page.goto("/admin/register/import")
    page.get_by_label("Tệp CSV hoặc XLSX").set_input_files(file)
    if reach:
        page.get_by_label(reach).check()
    page.get_by_role("button", name="Kiểm tra và xem trước").click()


def test_a_register_is_imported_edited_and_never_overwritten_unseen(page: Page, pictures: Path, tmp_path: Path) -> None:
    page.goto("/admin/register")
    audited(page, pictures, "home")

    bad = tmp_path / "sai.xlsx"
    bad.write_bytes(xlsx([["code", "kind", "name", "parent_code"], ["SYT", "sở", "=A1", 1]], merge="A4:A5"))
    try_out(page, bad)
    expect(page.get_by_role("alert")).to_contain_text("2 ô sai")
    audited(page, pictures, "bad")

    good = tmp_path / "co-quan.csv"
    good.write_bytes("Mã;Loại;Tên;Mã cấp trên\nSYT;sở;Sở Y tế;01\nSNV;sở;Sở Nội Vụ;01\n".encode("utf-16"))
    try_out(page, good)
    audited(page, pictures, "check")
    page.get_by_role("button", name="Nhập đúng như trên").click()
    expect(page.get_by_role("status")).to_contain_text("thêm 1, sửa 1")

    lists = {"Cơ quan": "agencies", "Quầy": "counters", "Thủ tục": "services", "Lĩnh vực": "fields"}
    for link, name in lists.items():
        page.goto("/admin/register")
        page.get_by_role("main").get_by_role("link", name=link, exact=True).click()
        audited(page, pictures, name)
    page.goto("/admin/register/import")
    audited(page, pictures, "import")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.screenshot(path=pictures / "manual" / "import.png")

    page.goto("/admin/register/counters")
    page.get_by_role("link", name="Quầy 1").click()
    audited(page, pictures, "counter")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Tên", exact=True).fill("Quầy tư pháp")
    other.get_by_role("button", name="Lưu").click()
    expect(other.get_by_role("status")).to_contain_text("Đã lưu")
    page.get_by_label("Tên", exact=True).fill("Quầy hộ tịch")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("alert")).to_contain_text("đang lưu: Quầy tư pháp")
    expect(page.get_by_label("Tên", exact=True)).to_have_value("Quầy hộ tịch")
    audited(page, pictures, "conflict")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("main")).to_contain_text("Quầy hộ tịch")


@pytest.mark.skipif(not REAL.exists(), reason="the file of communes lies beside the project only where it is built")
def test_the_communes_of_the_country_go_in_from_the_page(page: Page, pictures: Path) -> None:
    try_out(page, REAL, reach="Cả nước")
    expect(page.get_by_role("main")).to_contain_text("tệp có 113 đơn vị cấp xã, chính thức là 114")
    expect(page.get_by_role("main")).to_contain_text("82 → 80")
    audited(page, pictures, "communes")
    page.get_by_role("button", name="Nhập đúng như trên").click()
    expect(page.get_by_role("status")).to_contain_text("thêm 3.348")
