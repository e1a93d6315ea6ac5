"""A phone without network keeps the form and the answer, says so, and sends each answer once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from flaky_network import Office, office_of

pytestmark = pytest.mark.browser
KEPT = "async () => (await (await caches.open('hailong')).keys()).length"
EIGHT_DAYS = 8 * 24 * 60 * 60 * 1000


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_of(sqlite_template, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture
def phone(chromium: Browser, office: Office) -> Iterator[BrowserContext]:
    """Give a phone that visited the counter once, with network, and whose worker has kept the form."""
    office.network.mode = "on"
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page = context.new_page()
    page.goto(office.form)
    while page.evaluate(KEPT) < 2:  # the form, then the page of the outbox
        page.wait_for_timeout(50)
    page.close()
    yield context
    context.close()
    office.network.mode = "on"


def lose(context: BrowserContext, office: Office, mode: str = "away") -> None:
    office.network.mode = mode
    context.set_offline(mode == "away")


def find(context: BrowserContext, office: Office) -> None:
    office.network.mode = "on"
    context.set_offline(False)


def rate(page: Page, level: int) -> None:
    page.locator(f"input[name=a1][value='{level}']").check()
    page.get_by_role("button", name="Gửi đánh giá").click()


def new(office: Office, before: set[object]) -> list[dict[str, object]]:
    return [stored.answers for stored in office.stored() if stored.id not in before]


@pytest.fixture
def answers(office: Office) -> Callable[[], list[dict[str, object]]]:
    """Give a look at the answers stored since the test began."""
    before: set[object] = {stored.id for stored in office.stored()}
    return lambda: new(office, before)


def test_an_answer_given_without_network_waits_and_is_sent_once(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]], pictures: Path
) -> None:
    lose(phone, office)
    page = phone.new_page()
    page.goto(office.form)
    expect(page.get_by_text("Đang mất mạng")).to_be_visible()
    page.screenshot(path=pictures / "citizen-offline-form.png")
    rate(page, 2)
    expect(page.get_by_role("heading", name="Phiếu chưa gửi được")).to_be_visible()
    expect(page.locator("#list li")).to_have_count(1)
    expect(page.locator("#list li")).to_contain_text("Quầy 3 – Hộ tịch")
    page.screenshot(path=pictures / "citizen-offline-waiting.png", full_page=True)
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    assert answers() == []
    page.close()

    # The phone was closed meanwhile: to open the page again is enough.
    find(phone, office)
    page = phone.new_page()
    page.goto(f"{office.host}/Q/outbox?lang=vi")
    expect(page.get_by_role("heading", name="Không còn phiếu nào chờ gửi")).to_be_visible()
    expect(page.get_by_text("đã được gửi và lưu")).to_be_visible()
    assert answers() == [{"a1": 2}]
    page.reload()
    expect(page.get_by_role("heading", name="Không còn phiếu nào chờ gửi")).to_be_visible()
    assert answers() == [{"a1": 2}]


def test_the_open_page_sends_as_soon_as_the_network_is_back_and_leads_to_the_receipt(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]]
) -> None:
    page = phone.new_page()
    page.goto(office.form)
    lose(phone, office)
    rate(page, 3)
    expect(page.locator("#list li")).to_have_count(1)
    find(phone, office)
    page.get_by_role("link", name="Xem mã biên nhận").click()
    expect(page.get_by_role("heading", name="Cảm ơn Ông/Bà!")).to_be_visible()
    assert answers() == [{"a1": 3}]


def test_three_forms_opened_without_network_are_three_answers(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]]
) -> None:
    lose(phone, office)
    page = phone.new_page()
    for level in (1, 2, 3):
        page.goto(office.form)
        rate(page, level)
        expect(page.locator("#list li")).to_have_count(level)
    find(phone, office)
    expect(page.get_by_role("heading", name="Không còn phiếu nào chờ gửi")).to_be_visible()
    assert sorted(answers(), key=str) == [{"a1": 1}, {"a1": 2}, {"a1": 3}]


@pytest.mark.parametrize("trouble", ["lost reply", "stranger", "busy"])
def test_only_our_own_word_counts_as_sent(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]], trouble: str
) -> None:
    page = phone.new_page()
    page.goto(office.form)
    lose(phone, office, trouble)
    rate(page, 4)
    expect(page.get_by_role("heading", name="Phiếu chưa gửi được")).to_be_visible()
    expect(page.locator("#list li")).to_have_count(1)
    find(phone, office)
    # Not a click: the page may have sent it by itself by now, and then has no button to click.
    page.get_by_role("button", name="Gửi ngay", include_hidden=True).dispatch_event("click")
    expect(page.get_by_role("heading", name="Không còn phiếu nào chờ gửi")).to_be_visible()
    assert answers() == [{"a1": 4}]


def test_what_could_not_be_sent_in_seven_days_is_deleted_and_that_is_said(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]]
) -> None:
    lose(phone, office)
    page = phone.new_page()
    page.goto(office.form)
    rate(page, 1)
    expect(page.locator("#list li")).to_have_count(1)
    [worker] = [each for each in phone.service_workers if each.url.startswith(office.host)]
    worker.evaluate(f"() => {{ const now = Date.now; Date.now = () => now() + {EIGHT_DAYS} }}")
    find(phone, office)
    expect(page.get_by_text("quá bảy ngày vẫn không gửi được")).to_be_visible()
    expect(page.locator("#list li")).to_have_count(0)
    assert page.evaluate(KEPT) == 0
    assert answers() == []


def test_word_of_an_answer_is_not_kept_longer_than_the_answer_would_be(phone: BrowserContext, office: Office) -> None:
    lose(phone, office)
    page = phone.new_page()
    page.goto(office.form)
    rate(page, 1)
    expect(page.locator("#list li")).to_have_count(1)
    page.close()
    [worker] = [each for each in phone.service_workers if each.url.startswith(office.host)]
    worker.evaluate(f"() => {{ const now = Date.now; Date.now = () => now() + {EIGHT_DAYS} }}")
    assert worker.evaluate("async () => { await tidy(); return (await all('news')).length }") == 1
    worker.evaluate(f"() => {{ const now = Date.now; Date.now = () => now() + {EIGHT_DAYS} }}")
    assert worker.evaluate("async () => { await tidy(); return (await all('news')).length }") == 0


def test_the_next_person_sees_nothing_of_what_was_answered(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]]
) -> None:
    lose(phone, office)
    page = phone.new_page()
    page.goto(office.form)
    page.get_by_label("Góp ý thêm").fill("Chờ lâu quá")
    rate(page, 1)
    expect(page.locator("#list li")).to_have_count(1)
    assert "Chờ lâu quá" not in page.content()
    page.go_back()
    expect(page.get_by_role("button", name="Gửi đánh giá")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    assert page.get_by_label("Góp ý thêm").input_value() == ""
    # And this form is one of its own.
    rate(page, 5)
    expect(page.locator("#list li")).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Xoá, không gửi").click()
    expect(page.locator("#list li")).to_have_count(0)
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    find(phone, office)
    assert answers() == []


def test_a_fault_is_told_without_network_too_and_nothing_is_lost(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]]
) -> None:
    lose(phone, office)
    page = phone.new_page()
    page.goto(office.form)
    page.get_by_label("Góp ý thêm").fill("ý" * 1100)
    rate(page, 2)
    expect(page.get_by_role("alert")).to_contain_text("dài quá 1.000 ký tự")
    assert page.locator("input[name=a1][value='2']").is_checked()
    assert page.get_by_label("Góp ý thêm").input_value() == "ý" * 1100
    page.get_by_label("Góp ý thêm").fill("<b>Chậm</b>")
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.locator("#list li")).to_have_count(1)
    find(phone, office)
    expect(page.get_by_role("heading", name="Không còn phiếu nào chờ gửi")).to_be_visible()
    assert answers() == [{"a1": 2}]


def test_the_page_left_open_after_sending_costs_nobody_his_answer(
    phone: BrowserContext, office: Office, answers: Callable[[], list[dict[str, object]]]
) -> None:
    page = phone.new_page()
    page.goto(office.form)
    key = page.locator("input[name=key]").input_value()
    rate(page, 5)
    receipt = page.locator(".receipt strong").inner_text()
    page.go_back()
    expect(page.get_by_role("button", name="Gửi đánh giá")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    assert page.locator("input[name=key]").input_value() != key
    # Somebody's browser kept the page all the same: the first answer wins, and the way to a new form stands there.
    page.evaluate("key => { document.querySelector('input[name=key]').value = key }", key)
    rate(page, 1)
    expect(page.get_by_text("chỉ được tính một lần")).to_be_visible()
    assert page.locator(".receipt strong").inner_text() == receipt
    page.get_by_role("link", name="Mở phiếu mới").click()
    rate(page, 2)
    expect(page.get_by_role("heading", name="Cảm ơn Ông/Bà!")).to_be_visible()
    assert sorted(answers(), key=str) == [{"a1": 2}, {"a1": 5}]
