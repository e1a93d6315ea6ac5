"""The first set-up as a clerk does it: an empty installation, from the first sign-in to a poster that citizens scan."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from desk_province import PASSWORD
from installation import Installation

pytestmark = pytest.mark.browser
LAPTOP, TELEPHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 640}
LARGEST_PICTURE = 150_000


class Journey:
    """One page of the browser; ``look`` audits what it shows on a telephone and a laptop, and may take its picture."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page, self.address, self.pictures = page, address, pictures
        self.faults: dict[str, list[str]] = {}

    def look(self, name: str, *, keep: bool = False) -> None:
        for size in (TELEPHONE, LAPTOP):
            self.page.set_viewport_size(size)
            violations = Axe().run(self.page).response["violations"]
            found = [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if found or wide > 0:
                self.faults[f"{name} {size['width']}"] = [*found, f"{wide} px too wide"]
        if keep:
            self.page.screenshot(path=self.pictures / f"{name}.png")

    def step(self, words: str) -> None:
        """Go back to the guide and press what it offers next."""
        self.page.goto(f"{self.address}/desk")
        assert urlsplit(self.page.url).path == "/desk/setup"
        self.next.get_by_role("link", name=words).click()

    @property
    def next(self) -> Locator:
        return self.page.locator("li[aria-current=step]")

    def fill(self, **fields: str) -> None:
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(value)

    def press(self, words: str) -> None:
        self.page.locator("main").get_by_role("button", name=words, exact=True).click()


def test_a_clerk_sets_up_a_province_without_a_manual(
    chromium: Browser, installation: Installation, pictures: Path, tmp_path: Path
) -> None:
    installation.start("--empty")
    folder = pictures / "manual"
    folder.mkdir(exist_ok=True)
    # axe comes in as a script, which the policy of our pages rightly forbids.
    context = chromium.new_context(viewport=LAPTOP, bypass_csp=True, accept_downloads=True)
    journey = Journey(context.new_page(), installation.address, folder)

    sign_in(journey, installation)
    found_the_province(journey)
    add_what_is_rated(journey)
    run_a_wave(journey)
    address = print_posters(journey, tmp_path)

    assert urlsplit(address).path.startswith("/Q/")
    assert journey.page.goto(address.lower().replace("/q/", "/Q/")).ok
    assert "Sở Xây dựng" in journey.page.content()
    journey.page.goto(f"{journey.address}/desk/setup")
    assert "Đã thiết lập xong" in journey.page.content()
    journey.look("setup-done")
    for path, name in (("/admin/audit", "audit"), ("/desk/help", "help"), ("/desk/help?lang=en", "help-en")):
        journey.page.goto(journey.address + path)
        journey.look(name, keep=name == "audit")
    assert journey.faults == {}
    assert all(picture.stat().st_size < LARGEST_PICTURE for picture in folder.glob("*.png"))
    context.close()


def sign_in(journey: Journey, installation: Installation) -> None:
    page, once = journey.page, installation.found(r"One-time password[^:]*: (\S+)")
    page.goto(f"{journey.address}/sign-in")
    page.get_by_label("E-mail").fill("quantri@hailong.local")
    page.get_by_label("Mật khẩu").fill(once)
    journey.look("sign-in", keep=True)
    page.get_by_role("button", name="Đăng nhập").click()
    journey.fill(Mật_khẩu_hiện_tại=once, Mật_khẩu_mới=PASSWORD, Ghi_lại_mật_khẩu_mới=PASSWORD)
    page.locator("main button.main").click()


def found_the_province(journey: Journey) -> None:
    assert urlsplit(journey.page.url).path == "/desk/setup"
    journey.look("setup-province", keep=True)
    journey.press("Thêm tỉnh")
    assert "Ô này còn trống" in journey.page.content()
    journey.fill(Tên="Tỉnh Sông Mây", Mã="99")
    journey.press("Thêm tỉnh")
    assert "Tỉnh Sông Mây" in journey.page.content()
    journey.look("setup-agencies", keep=True)


def add_what_is_rated(journey: Journey) -> None:
    journey.step("Thêm một cơ quan")
    journey.fill(Tên="Sở Xây dựng", Mã_cơ_quan="99.01")
    journey.look("agency-add", keep=True)
    journey.press("Lưu")
    journey.step("Thêm quầy của Sở Xây dựng")
    journey.fill(Tên="Quầy số 1: Giấy phép xây dựng")
    journey.look("counter-add")
    journey.press("Lưu")


def run_a_wave(journey: Journey) -> None:
    journey.step("Lập đợt khảo sát")
    journey.look("wave-new", keep=True)
    journey.press("Lập đợt khảo sát")
    journey.step("Mở đợt đã lập")
    journey.look("wave-opening", keep=True)
    journey.press("Mở đợt khảo sát")
    journey.page.get_by_role("link", name="Tiến độ thu phiếu").first.click()
    journey.look("gauge", keep=True)


def print_posters(journey: Journey, tmp_path: Path) -> str:
    """Print the poster and return the address in its code."""
    journey.step("In áp phích")
    journey.look("posters", keep=True)
    with journey.page.expect_download() as waiting:
        journey.press("Lập tệp PDF")
    waiting.value.save_as(tmp_path / "posters.pdf")
    journey.page.get_by_role("link", name=re.compile("Quầy số 1")).first.click()
    journey.look("counter-codes", keep=True)
    (sheet,) = pypdfium2.PdfDocument(tmp_path / "posters.pdf")
    (code,) = zxingcpp.read_barcodes(sheet.render(scale=1.5).to_pil())
    return str(code.text)
