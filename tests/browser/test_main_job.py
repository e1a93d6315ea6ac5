"""The main job: from the printed poster to the very same number in every document of the agency and of the year."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from installation import Installation
from survey.models.identifiers import local_today

PHONE = {"width": 360, "height": 640}
LAPTOP = {"width": 1280, "height": 800}
NEW_PASSWORD = "mot-cau-dai-de-nho-2026"
ELEMENTS = 5
# One line a citizen: the level he gives to each element, and to the question "nhìn chung".
CITIZENS = [
    *[(5, 5, 5, 5, 5, 5)] * 11,
    *[(4, 4, 5, 4, 4, 4)] * 10,
    *[(4, 3, 4, 2, 3, 3)] * 6,
    *[(2, 1, 3, 1, 2, 2)] * 4,
]
SATISFIED = sum(level >= 4 for citizen in CITIZENS for level in citizen[:ELEMENTS])
SHARE = SATISFIED / (ELEMENTS * len(CITIZENS))

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Downloads:
    csv: list[dict[str, str]]
    xlsx: openpyxl.Workbook
    json: dict[str, Any]


def test_the_same_number_from_the_poster_to_the_annual_summary(
    installation: Installation, chromium: Browser, pictures: Path, tmp_path: Path
) -> None:
    year = local_today().year
    installation.start("--empty")
    _set_up_a_province(installation, year)

    address = _address_on_the_poster(installation, tmp_path / "poster.pdf", pictures)
    assert address.lower().startswith(installation.address.lower() + "/q/")
    phone = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    for citizen in CITIZENS:
        _answer(phone, address, citizen, pictures if citizen is CITIZENS[0] else None)
    assert phone.cookies() == []

    installation.verb("fold", "--until", local_today().isoformat())

    official = chromium.new_context(viewport=LAPTOP, locale="vi-VN")
    page = _sign_in(official, installation)
    page.goto(installation.address + "/desk/agencies")
    page.get_by_role("link", name="Xã Mây Trắng").click()
    expected = f"{SHARE * 100:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}%"
    assert expected in page.locator("main").inner_text()
    assert f"n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{len(CITIZENS)}" in page.locator("main").inner_text()
    page.screenshot(path=pictures / "agency.png")
    downloads = _download(official, page)
    assert _share_in_csv(downloads.csv) == pytest.approx(SHARE, abs=1e-12)
    assert SHARE in [pytest.approx(number, abs=1e-9) for number in _numbers(downloads.xlsx)]
    assert downloads.json["findings"]["overall"]["share_satisfied"]["value"] == pytest.approx(SHARE, abs=1e-12)

    installation.verb("wave", "close", f"MT-{year}")
    installation.verb("annual", str(year), "--out", str(tmp_path / "summary"))
    summary = _the_agency_in_the_summary(tmp_path / "summary")
    assert summary["overall"]["share_satisfied"]["value"] == pytest.approx(SHARE, abs=1e-12)
    assert summary["overall"]["share_satisfied"]["n"] == len(CITIZENS)
    assert summary["rank"] == 1
    text = _text_of_pdf(next((tmp_path / "summary").glob("*.pdf")), pictures)
    assert expected.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " ")


def _set_up_a_province(installation: Installation, year: int) -> None:
    first = f"{year - 1}-01-01"
    installation.verb("agency", "add", "MT", "Tỉnh Mây Trắng", "--kind", "province", "--from", first)
    installation.verb("agency", "add", "X1", "Xã Mây Trắng", "--kind", "commune", "--under", "MT", "--from", first)
    installation.verb("agency", "add-counter", "X1", "Quầy 1 – Hộ tịch, chứng thực")
    opens, closes = local_today() - timedelta(days=30), local_today() + timedelta(days=30)
    installation.verb(
        "wave", "plan", f"MT-{year}", f"Khảo sát năm {year}", "--agency", "MT", "--year", str(year),
        "--from", opens.isoformat(), "--to", closes.isoformat(),
    )  # fmt: skip
    installation.verb("wave", "open", f"MT-{year}")


def _address_on_the_poster(installation: Installation, pdf: Path, pictures: Path) -> str:
    installation.verb("posters", "--agency", "X1", "--size", "A5", "--out", str(pdf))
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    image.save(pictures / "poster.png")
    (code,) = zxingcpp.read_barcodes(image)
    return code.text


def _answer(phone: BrowserContext, address: str, levels: tuple[int, ...], pictures: Path | None) -> None:
    page = phone.new_page()
    page.goto(address)
    questions = page.locator("fieldset:has(input[type=radio])")
    assert questions.count() == len(levels)
    for index, level in enumerate(levels):
        questions.nth(index).locator(f"input[value='{level}']").check(force=True)
    if pictures:
        page.screenshot(path=pictures / "citizen.png")
    page.get_by_role("button", name=re.compile("Gửi")).click()
    assert "/r/" in page.url.lower()
    assert "Cảm ơn" in page.locator("h1").inner_text()
    assert urlsplit(page.url).netloc + "/ket-qua/" in page.locator("main").inner_text()
    if pictures:
        page.screenshot(path=pictures / "thanks.png")
    page.close()


def _sign_in(official: BrowserContext, installation: Installation) -> Page:
    page = official.new_page()
    password = installation.found(r"to be changed: (\S+)")
    page.goto(installation.address + "/sign-in")
    page.get_by_label("E-mail").fill("quantri@hailong.local")
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/desk/password*")
    for box, words in zip(
        page.locator("input[type=password]").all(), [password, NEW_PASSWORD, NEW_PASSWORD], strict=True
    ):
        box.fill(words)
    page.locator("main form button").click()
    return page


def _download(official: BrowserContext, page: Page) -> Downloads:
    def fetch(ending: str) -> bytes:
        link = page.locator(f"main a[href$='report.{ending}']").first
        response = official.request.get(page.url.split("/desk")[0] + (link.get_attribute("href") or ""))
        assert response.ok, f"{ending}: {response.status}"
        return response.body()

    assert fetch("pdf").startswith(b"%PDF")
    return Downloads(
        csv=list(csv.DictReader(io.StringIO(fetch("csv").decode()))),
        xlsx=openpyxl.load_workbook(io.BytesIO(fetch("xlsx"))),
        json=json.loads(fetch("json")),
    )


def _share_in_csv(rows: list[dict[str, str]]) -> float:
    (row,) = [row for row in rows if row["scope"] == "overall" and row["statistic"] == "share_satisfied"]
    assert row["n"] == str(len(CITIZENS))
    return float(row["estimate"])


def _numbers(workbook: openpyxl.Workbook) -> list[float]:
    cells = (cell.value for sheet in workbook for row in sheet.iter_rows() for cell in row)
    return [value for value in cells if isinstance(value, float)]


def _the_agency_in_the_summary(folder: Path) -> dict[str, Any]:
    document = json.loads(next(folder.glob("*.json")).read_text(encoding="utf-8"))
    numbers = _numbers(openpyxl.load_workbook(next(folder.glob("*.xlsx"))))
    assert SHARE in [pytest.approx(number, abs=1e-9) for number in numbers]
    assert repr(SHARE)[:12] in next(folder.glob(f"*-{local_today().year}.csv")).read_text(encoding="utf-8")
    (agency,) = document["findings"]["agencies"]
    assert agency["agency"]["code"] == "X1"
    return dict(agency)


def _text_of_pdf(path: Path, pictures: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    image: Image.Image = document[0].render(scale=1.2).to_pil()
    image.save(pictures / "annual.png")
    return "\n".join(page.get_textpage().get_text_range() for page in document)
