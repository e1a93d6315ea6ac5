"""On a telephone three officials release a wave, one after the other; then anybody reads it and takes it away."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import flask
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from conftest import Database
from desk_fixtures import sqlite_province
from desk_province import PASSWORD, Province
from survey.db import db
from survey.factory import create_app
from survey.jobs import bundles, verify
from survey.jobs.perform import perform_job
from survey.jobs.releases import release_job
from survey.jobs.verify import verify_bundle
from survey.models.jobs import Job
from survey.services.releases import RELEASE

__all__ = ["sqlite_province"]

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    address: str
    app: flask.Flask
    data_dir: Path

    def work(self) -> None:
        """Do what waits, as the worker would."""
        kinds = {RELEASE: release_job(data_dir=self.data_dir, public_url=self.address)}
        with self.app.app_context():
            for job_id in db.session.scalars(select(Job.id).where(Job.state == "waiting")).all():
                db.session.rollback()
                perform_job(db.engine, job_id, kinds=kinds, data_dir=self.data_dir)


@pytest.fixture(scope="module")
def site(sqlite_province: tuple[Path, Province], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("journey")
    shutil.copy(sqlite_province[0], data_dir)
    app = create_app(Database("sqlite", "", data_dir).config)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(f"http://127.0.0.1:{server.port}", app, data_dir)
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def telephone(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Give a function that opens a page of somebody's own telephone."""
    contexts = []

    def opened() -> Page:
        # axe comes in as a script, which the policy of our pages rightly forbids.
        contexts.append(chromium.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


def test_three_officials_release_a_wave_and_anybody_takes_it_away(
    site: Site,
    telephone: Callable[[], Page],
    sqlite_province: tuple[Path, Province],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (bundles, verify):
        monkeypatch.setattr(module, "has_pages", lambda kind, _parts: kind == "wave")
    # Drawing and setting take most of the time; one document is enough to be downloaded.
    monkeypatch.setattr(bundles, "_languages", lambda _value: ("vi",))
    seen: dict[str, list[str]] = {}

    def signed_in(name: str) -> Page:
        page = telephone()
        page.goto(f"{site.address}/sign-in")
        page.get_by_label("E-mail").fill(f"{name}@songmay.example")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        return page

    director, deputy, office, public = signed_in("giamdoc"), signed_in("phogiamdoc"), signed_in("vanphong"), telephone()
    director.goto(f"{site.address}/desk/waves/{sqlite_province[1].closed}")
    director.get_by_role("link", name="Đề nghị công bố").click()
    seen["form"] = faults_of(director)
    director.get_by_role("button", name="Lập đề nghị công bố").click()
    proposed = director.url
    seen["proposed"] = faults_of(director)

    deputy.goto(f"{site.address}/desk/waves/{sqlite_province[1].closed}")
    deputy.get_by_role("link", name="bản đề nghị công bố").click()
    assert deputy.url == proposed
    deputy.get_by_role("button", name="Soát xét xong").click()
    seen["reviewed"] = faults_of(deputy)

    office.goto(proposed)
    office.get_by_role("link", name="Công bố kết quả…").click()
    seen["question"] = faults_of(office)
    office.get_by_role("button", name="Công bố kết quả").click()
    public.goto(f"{site.address}/ket-qua")
    assert "Chưa có kết quả nào được công bố" in public.locator("main").inner_text()
    site.work()
    office.reload()
    seen["published"] = faults_of(office)
    assert office.get_by_role("link", name="Tải gói hồ sơ").is_visible()

    public.reload()
    public.locator("ul.releases a").first.click()
    seen["public"] = faults_of(public)
    assert public.locator("main").get_by_text("công bố ngày", exact=False).first.is_visible()
    with public.expect_download() as told:
        public.locator("a[href$='.vi.pdf']").click()
    assert Path(told.value.path()).read_bytes().startswith(b"%PDF")
    with public.expect_download() as told:
        public.locator("a[href$='goi.zip']").click()
    taken = tmp_path / told.value.suggested_filename
    told.value.save_as(taken)
    found = verify_bundle(taken, quick=True)

    assert (found.faults, found.bundle_sha256 in public.locator("main").inner_text()) == ([], True)
    assert {place: faults for place, faults in seen.items() if faults} == {}
