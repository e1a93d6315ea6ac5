"""A kiosk forgets each citizen, asks before it does, and keeps no way back to what was filled in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from flaky_network import Office, office_of

pytestmark = pytest.mark.browser
SCREEN = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_of(sqlite_template, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture
def kiosk(chromium: Browser) -> Iterator[BrowserContext]:
    """Give a kiosk's browser; its clock is the test's."""
    context = chromium.new_context(viewport=SCREEN, bypass_csp=True)
    yield context
    context.close()


def begin(kiosk: BrowserContext, office: Office) -> Page:
    """Open the form of the counter's kiosk, whose idle time is two seconds; the test lets its clock run ahead."""
    page = kiosk.new_page()
    page.clock.install()
    page.goto(f"{office.host}/K/{office.kiosk}")
    return page


def chosen(page: Page) -> int:
    return page.locator("input:checked").count()


def faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]


def test_a_kiosk_asks_who_is_there_and_begins_anew_when_nobody_answers(
    kiosk: BrowserContext, office: Office, pictures: Path
) -> None:
    page = begin(kiosk, office)
    # Nobody has touched it: it may stand there for a long time.
    page.clock.run_for(60_000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    key = page.locator("input[name=key]").input_value()
    page.locator("label", has=page.locator("input[name=a1][value='5']")).click()
    page.clock.run_for(2_100)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.screenshot(path=pictures / "kiosk-idle.png")
    assert faults(page) == []
    page.clock.run_for(5_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert chosen(page) == 1
    page.clock.run_for(16_000)
    page.wait_for_function("key => document.querySelector('input[name=key]').value !== key", arg=key)
    assert chosen(page) == 0


def test_who_needs_more_time_gets_it_as_often_as_he_asks(kiosk: BrowserContext, office: Office) -> None:
    page = begin(kiosk, office)
    page.locator("label", has=page.locator("input[name=a1][value='5']")).click()
    for _ in range(3):
        page.clock.run_for(2_100)
        page.get_by_role("button", name="Cần thêm thời gian").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    assert chosen(page) == 1


def test_the_thank_you_goes_by_itself_and_the_back_button_shows_an_empty_form(
    kiosk: BrowserContext, office: Office, pictures: Path
) -> None:
    page = begin(kiosk, office)
    page.get_by_label("Góp ý thêm").fill("Chờ lâu quá")
    page.locator("label", has=page.locator("input[name=a1][value='1']")).click()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_role("heading", name="Cảm ơn Ông/Bà!")).to_be_visible()
    receipt = page.locator(".receipt strong").inner_text()
    page.screenshot(path=pictures / "kiosk-thanks.png")
    assert faults(page) == []
    assert receipt.replace("-", "") not in page.url
    page.clock.run_for(15_100)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.run_for(20_500)
    expect(page.get_by_role("button", name="Gửi đánh giá")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Gửi đánh giá")).to_be_visible()
    assert chosen(page) == 0
    assert page.get_by_label("Góp ý thêm").input_value() == ""
    assert receipt not in page.content()
    assert [stored.channel for stored in office.stored()] == ["kiosk"]


def test_the_counters_to_choose_from_are_large_and_kept_for_times_without_network(
    kiosk: BrowserContext, office: Office, pictures: Path
) -> None:
    page = kiosk.new_page()
    page.goto(f"{office.host}/K/{office.kiosk_to_choose}")
    page.screenshot(path=pictures / "kiosk-counters.png")
    assert faults(page) == []
    for link in page.locator("a[data-form]").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    # The list, two forms, and the page that says that an answer waits.
    while page.evaluate("async () => (await (await caches.open('hailong')).keys()).length") < 4:
        page.wait_for_timeout(50)
    before = len(office.stored())
    office.network.mode = "away"
    kiosk.set_offline(True)
    page.reload()
    page.get_by_role("link", name="Quầy 3").click()
    page.locator("input[name=a1][value='4']").check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_role("heading", name="Đã giữ đánh giá, chưa gửi được")).to_be_visible()
    page.screenshot(path=pictures / "kiosk-waiting.png")
    assert len(office.stored()) == before
    office.network.mode = "on"
    kiosk.set_offline(False)
    page.get_by_role("link", name="Xong, mời người tiếp theo").click()
    while len(office.stored()) == before:
        page.wait_for_timeout(50)
    assert {stored.channel for stored in office.stored()} == {"kiosk"}
