"""Six taps on the first screen of a small phone, whatever names and language; and the way through a long form."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from citizen_world import make_world, plan_open_wave
from conftest import Database
from survey.db import db
from survey.factory import create_app
from survey.models.identifiers import local_today, new_counter_code
from survey.models.slips import SlipIssuer
from survey.services.agencies import add_agency, add_service_point

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}
LONG_AGENCY = "Trung tâm Phục vụ hành chính công và Kiểm soát thủ tục hành chính phường Phan Rang – Tháp Chàm"
LONG_COUNTER = "Quầy số 12 – Đất đai, xây dựng, tài nguyên và môi trường"
ITEMS = ["a1", "b1", "c1", "d1", "e1", "o"]
# Samples of the scripts, for the look of a page only; none of them is shipped.
KHMER = """
[text]
form_title = { text = "តើលោកអ្នកពេញចិត្តកម្រិតណា?", status = "reviewed" }
promise_short = { text = "មិនសួរឈ្មោះ មិនរក្សាទុកលេខទូរស័ព្ទ។", status = "reviewed" }
no_opinion = { text = "គ្មានមតិ", status = "reviewed" }
"""
CHINESE = """
[text]
form_title = { text = "您的满意程度如何？", status = "reviewed" }
no_opinion = { text = "没有意见", status = "reviewed" }
"""


@pytest.fixture(scope="module")
def counters(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve a counter of long names and one that asks the longest form; the values are their addresses."""
    data_dir = tmp_path_factory.mktemp("citizens")
    shutil.copy(sqlite_template, data_dir)
    (data_dir / "wording").mkdir()
    for tag, text in (("km", KHMER), ("zh", CHINESE)):
        (data_dir / "wording" / f"{tag}.toml").write_text(text, encoding="utf-8")
    app = create_app(Database("sqlite", "", data_dir).config)
    today = local_today()
    codes = {}
    with app.app_context():
        engine, session = db.engine, db.session()
        province = make_world(session, today=today).province
        for code, edition in (("L1", "counter/2026.2"), ("L2", "policy-and-service/2026.2")):
            agency = add_agency(
                session, code=code, kind="commune", name=LONG_AGENCY, valid_from=date(2025, 7, 1), parent=province
            )
            point = add_service_point(session, agency=agency, name=LONG_COUNTER, today=today)
            session.flush()
            plan_open_wave(session, agency, today=today, questionnaire=edition, code=f"DOT-{code}")
            codes[edition.partition("/")[0]] = point.codes[0].code
            # The form then leads those who hold a slip on, below everything else.
            session.add(SlipIssuer(agency_id=agency.id, code=new_counter_code()))
        session.commit()
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {name: f"http://127.0.0.1:{server.port}/Q/{code}" for name, code in codes.items()}
    server.shutdown()
    app.extensions["intake"].close()
    engine.dispose()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """Give a phone of 360 × 640 that runs no scripts of the page."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["vi", "en", "km", "zh"])
def test_six_taps_without_scrolling_whatever_the_names(
    phone: Page, counters: dict[str, str], language: str, pictures: Path
) -> None:
    phone.goto(f"{counters['counter']}?lang={language}")
    for place, item in enumerate(ITEMS):
        box = phone.locator(f"input[name={item}]").nth(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"]
        phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert [phone.locator(f"input[name={item}]:checked").get_attribute("value") for item in ITEMS] == list("123450")
    if language == "km":
        phone.screenshot(path=pictures / "citizen-khmer.png")
    assert LONG_AGENCY in phone.locator("form small").last.inner_text()


def test_the_contents_of_a_long_form_lead_to_its_parts(phone: Page, counters: dict[str, str]) -> None:
    phone.goto(counters["policy-and-service"])
    phone.locator("main summary").tap()
    phone.get_by_role("link", name="Tiếp cận dịch vụ").tap()
    phone.wait_for_url("**#s-access")
    heading = phone.locator("#s-access").bounding_box()
    assert heading is not None
    assert 0 <= heading["y"] < PHONE["height"] / 2


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


@pytest.mark.parametrize("path", ["policy-and-service?lang=vi", "policy-and-service?lang=en", "counter?lang=km"])
def test_axe_finds_nothing_in_long_forms_and_in_other_languages(
    chromium: Browser, counters: dict[str, str], path: str
) -> None:
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    name, _, query = path.partition("?")
    page.goto(f"{counters[name]}?{query}")
    for summary in page.locator("summary").all():
        summary.click()
    faults = {"empty": faults_of(page)}
    page.locator("header details").evaluate("menu => { menu.open = false }")
    for question in page.locator("fieldset").all():
        question.locator("input").last.check()
    page.locator("textarea").fill("ý" * 1100)
    faults["filled"] = faults_of(page)
    page.locator("#f button").click()
    page.wait_for_selector("#TOP:focus")
    faults["error"] = faults_of(page)
    context.close()
    assert {state: found for state, found in faults.items() if found} == {}
