"""Citizens' pages in Chromium: six taps without scrolling, scripts off, and nothing for axe to find in any state."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from citizen_world import make_world
from conftest import Database
from survey.db import db
from survey.factory import create_app
from survey.models.identifiers import local_today, new_counter_code
from survey.models.responses import Response

pytestmark = pytest.mark.browser
ITEMS = {"a1": 5, "b1": 4, "c1": 1, "d1": 3, "e1": 0, "o": 2}
PHONE = {"width": 360, "height": 640}
TARGET = 48


@pytest.fixture(scope="module")
def counter(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Callable[[], list[Response]]]]:
    """Serve a counter of several services; the value is its address, and a look at what is stored."""
    data_dir = tmp_path_factory.mktemp("citizens")
    shutil.copy(sqlite_template, data_dir)
    app = create_app(Database("sqlite", "", data_dir).config)
    with app.app_context():
        engine = db.engine
        world = make_world(db.session(), today=local_today())
        db.session.commit()
        code = world.choice_code
        db.session.remove()

    def stored() -> list[Response]:
        with Session(engine) as session:
            return list(session.scalars(select(Response).order_by(Response.id)))

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}/Q/{code}", stored
    server.shutdown()
    app.extensions["intake"].close()
    engine.dispose()


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """Give a phone of 360 × 640 that runs no scripts."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def tap_all(page: Page) -> None:
    for item, level in ITEMS.items():
        page.locator(f"input[name={item}][value='{level}']").tap()


def test_six_taps_and_send_without_scripts(
    plain: Page, counter: tuple[str, Callable[[], list[Response]]], pictures: Path
) -> None:
    address, stored = counter
    before = len(stored())
    plain.goto(address)
    plain.screenshot(path=pictures / "citizen-form.png")
    tap_all(plain)
    plain.screenshot(path=pictures / "citizen-filled.png")
    plain.get_by_label("Góp ý thêm").fill("Cảm ơn chị ở quầy 5")
    plain.get_by_role("button", name="Gửi đánh giá").tap()
    plain.wait_for_url("**/R/**")
    plain.screenshot(path=pictures / "citizen-thanks.png")
    assert "Cảm ơn Ông/Bà!" in plain.inner_text("h1")
    assert ITEMS in [response.answers for response in stored()]
    assert len(stored()) == before + 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_choice_lies_on_the_first_screen_and_is_large_enough(
    chromium: Browser, counter: tuple[str, Callable[[], list[Response]]], language: str
) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{counter[0]}?lang={language}")
    for box in page.locator("input[type=radio]").all():
        place = box.bounding_box()
        assert place is not None
        assert min(place["width"], place["height"]) >= TARGET
        assert place["y"] + place["height"] <= PHONE["height"]
    context.close()


def test_an_error_takes_the_focus_and_leads_to_its_place(
    plain: Page, counter: tuple[str, Callable[[], list[Response]]]
) -> None:
    plain.goto(counter[0])
    plain.get_by_label("Góp ý thêm").fill("ý" * 1200)
    plain.get_by_role("button", name="Gửi đánh giá").tap()
    plain.wait_for_selector("[role=alert]:focus")
    assert plain.get_by_label("Góp ý thêm").input_value() == "ý" * 1200
    plain.get_by_role("link", name="Góp ý dài quá").tap()
    plain.wait_for_url("**#comment")


def test_the_form_can_be_filled_in_with_the_keyboard_alone(
    chromium: Browser, counter: tuple[str, Callable[[], list[Response]]]
) -> None:
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(counter[0])
    page.locator("input[name=a1][value='1']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=a1][value='2']").is_checked()
    for _ in range(7):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "comment"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/R/**")
    context.close()


def faults_of(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, *([f"{too_wide} px too wide"] if too_wide > 0 else [])]


@pytest.fixture
def looked_at(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    """Give the ways in which people look at a page."""
    width = int(request.param) if request.param.isdigit() else 360
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(
        viewport={"width": width, "height": 700},
        bypass_csp=True,
        color_scheme="dark" if request.param == "dark" else "light",
        forced_colors="active" if request.param == "forced" else "none",
        reduced_motion="reduce",
    )
    if request.param == "large-text":
        context.add_init_script(
            "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
        )
    yield context
    context.close()


# Colours and sizes are the same in both languages; English differs in its words, and so in its widths.
@pytest.mark.parametrize(
    ("looked_at", "language"),
    [(look, "vi") for look in ("320", "1280", "dark", "forced", "large-text")] + [("320", "en"), ("1280", "en")],
    indirect=["looked_at"],
)
def test_axe_finds_nothing_in_any_state(
    looked_at: BrowserContext, counter: tuple[str, Callable[[], list[Response]]], language: str
) -> None:
    address, lang = counter[0], f"?lang={language}"
    page = looked_at.new_page()
    faults = {}
    page.goto(address + lang)
    faults["empty"] = faults_of(page)
    page.locator("button").click()
    page.wait_for_selector("[role=alert]")
    faults["error"] = faults_of(page)
    for item, level in ITEMS.items():
        page.locator(f"input[name={item}][value='{level}']").check()
    faults["filled"] = faults_of(page)
    page.locator("button").click()
    page.wait_for_url("**/R/**")
    faults["thanks"] = faults_of(page)
    page.locator("a.quiet").click()
    page.wait_for_url("**/withdraw**")
    faults["withdraw"] = faults_of(page)
    page.locator("button").click()
    page.wait_for_selector("a.button")
    faults["withdrawn"] = faults_of(page)
    for name, path in {"mistyped": "ABC", "unknown": new_counter_code()}.items():
        page.goto(address.rpartition("/")[0] + f"/{path}{lang}")
        faults[name] = faults_of(page)
    page.goto(address.partition("/Q/")[0] + f"/R{lang}")
    faults["receipt box"] = faults_of(page)
    assert {state: found for state, found in faults.items() if found} == {}
