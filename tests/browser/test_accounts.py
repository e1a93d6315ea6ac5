"""Invite, set a password, set up the telephone, sign in, see it in the audit: in Chromium, with axe on each page."""

from __future__ import annotations

import re
import shutil
import threading
from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import PASSWORD, Province
from survey.db import db
from survey.factory import create_app
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.services.accounts import grant_role
from survey.services.second_factor import code_at, enrol, new_salt, secret_of

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser
KEY = "for tests only"
OWN = "một câu chỉ mình tôi nhớ"


@pytest.fixture
def served(sqlite_province: tuple[Path, Province], tmp_path: Path) -> Iterator[tuple[str, Session, bytes]]:
    """Serve the province with the second factor required; the director administers it and has a telephone."""
    shutil.copy(sqlite_province[0], tmp_path)
    config = Database("sqlite", "", tmp_path).config.model_copy(update={"two_factor": "administrator,auditor"})
    engine = create_engine(config.sqlalchemy_url)
    with Session(engine) as session:
        director = session.get_one(Official, sqlite_province[1].director)
        grant_role(session, director, agency=session.get_one(Agency, sqlite_province[1].province), role="administrator")
        salt, then = new_salt(), datetime.now(tz=UTC) - timedelta(minutes=5)
        secret = secret_of(director, salt=salt, key=KEY)
        assert enrol(session, director, salt=salt, code=code_at(secret, then), key=KEY, now=then)
        session.commit()
        app = create_app(config)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}", session, secret
        server.shutdown()
        with app.app_context():
            db.engine.dispose()
    engine.dispose()


def audited(page: Page, pictures: Path, name: str) -> None:
    """Hold a page against axe on a laptop and a telephone, in both languages, and take its picture."""
    faults = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 760})
        page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
        faults += [
            f"{each['id']}: {node['html'][:120]}"
            for each in Axe().run(page).response["violations"]
            for node in each["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"too wide at {width}")
    assert faults == [], name


def test_from_the_invitation_to_the_audit(
    chromium: Browser, served: tuple[str, Session, bytes], tmp_path: Path
) -> None:
    address, session, secret = served
    page = chromium.new_context(bypass_csp=True).new_page()
    page.goto(f"{address}/sign-in?next=/admin/officials/invite")
    page.get_by_label("E-mail").fill("giamdoc@songmay.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    audited(page, tmp_path, "code")
    page.get_by_label("Mã xác thực").fill(code_at(secret, datetime.now(tz=UTC)))
    page.get_by_role("button", name="Tiếp tục").click()
    audited(page, tmp_path, "invite")
    page.get_by_label("E-mail").fill("an@songmay.example")
    page.get_by_label("Họ và tên").fill("Trần Thị Ân")
    page.get_by_label("Cơ quan (mã hoặc tên)").fill("99.01")
    page.get_by_label("Vai trò").select_option("auditor")
    page.get_by_role("button", name="Lập liên kết mời").click()
    audited(page, tmp_path, "link")
    link = urlsplit(page.locator("#link").inner_text()).path

    theirs = chromium.new_context(bypass_csp=True).new_page()
    theirs.goto(address + link)
    audited(theirs, tmp_path, "first-password")
    theirs.get_by_label("Mật khẩu mới", exact=True).fill(OWN)
    theirs.get_by_label("Ghi lại mật khẩu mới").fill(OWN)
    theirs.get_by_role("button", name="Đặt mật khẩu").click()
    theirs.get_by_text("Không quét được?").click()
    audited(theirs, tmp_path, "set-up")
    typed = theirs.locator("code.typed").inner_text()
    theirs.get_by_label("Mã xác thực").fill(code_at(_secret(typed), datetime.now(tz=UTC)))
    theirs.get_by_role("button", name="Xác nhận").click()
    audited(theirs, tmp_path, "recovery-codes")
    assert len(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", theirs.locator("main").inner_text())) == 10
    theirs.get_by_role("link", name="Tôi đã cất các mã").click()
    for path, name in [("/desk/account", "account"), ("/admin/audit", "audit"), ("/admin/audit?lang=en", "audit-en")]:
        theirs.goto(address + path)
        audited(theirs, tmp_path, name)
    assert "Password set by link" in theirs.locator("table").inner_text()
    assert "an@songmay.example" in theirs.locator("table").inner_text()

    for path, name in [("/admin/officials", "officials"), ("/admin/officials?lang=en", "officials-en")]:
        page.goto(address + path)
        audited(page, tmp_path, name)
    page.get_by_role("link", name="Trần Thị Ân").click()
    audited(page, tmp_path, "official")
    assert session.scalars(select(Official.email).where(Official.email == "an@songmay.example")).one()


def _secret(typed: str) -> bytes:
    return b32decode(typed.replace(" ", ""))
