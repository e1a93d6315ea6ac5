"""Slips are cut out, scanned and typed: the tests read the printed codes back."""

from __future__ import annotations

from datetime import date

import pypdfium2
import zxingcpp

from survey.rendering.slips import SLIPS_A_SHEET, SlipSheet, slip_address, slips_csv, slips_pdf
from survey.services.slip_keys import SlipKeys

CODES = SlipKeys("for tests only").draw("seed", 12)
LONG_NAME = ("Trung tâm Phục vụ hành chính công phường Nguyễn Thị Minh Khai " * 4)[:200]


def sheet(name: str = "UBND phường Hoa Sữa") -> SlipSheet:
    return SlipSheet(
        issuer_name=name,
        deciding_name="Sở Xây dựng",
        service_name="Cấp giấy phép xây dựng",
        public_url="https://hailong.songlam.gov.vn",
        issuer_code="7K4M2Q9XD",
        expires_on=date(2026, 12, 21),
        made_on=date(2026, 11, 21),
        is_demo=True,
        is_loopback=False,
    )


def test_every_slip_reads_as_its_address_ten_a_sheet() -> None:
    found = []
    with pypdfium2.PdfDocument(slips_pdf(sheet(LONG_NAME), CODES)) as pdf:
        for page in pdf:
            picture = page.render(scale=2).to_pil().convert("RGB")
            found.append({code.text for code in zxingcpp.read_barcodes(picture)})
    addresses = [f"HTTPS://HAILONG.SONGLAM.GOV.VN/T/7K4M2Q9XD/{code}" for code in CODES]
    assert found == [set(addresses[:SLIPS_A_SHEET]), set(addresses[SLIPS_A_SHEET:])]


def test_a_slip_says_code_address_and_last_day_and_nothing_of_the_outcome() -> None:
    with pypdfium2.PdfDocument(slips_pdf(sheet(), CODES[:1])) as pdf:
        text = " ".join(pdf[0].get_textpage().get_text_range().split())
    code = CODES[0]
    for part in (f"{code[:4]}-{code[4:8]}-{code[8:]}", "21/12/2026", "21 December 2026", "UBND phường Hoa Sữa"):
        assert part in text
    for word in ("từ chối", "đồng ý", "trễ", "refused", "approved", "late"):
        assert word not in text.lower()


def test_the_table_has_a_line_a_code_and_no_formula() -> None:
    lines = slips_csv(sheet(), CODES, agency_code="=S1", service_code="").decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(CODES)
    assert lines[1].split(",")[1:] == [
        slip_address(sheet().public_url, "7K4M2Q9XD", CODES[0]),
        "'=S1",
        "",
        "2026-12-21",
    ]


def test_codes_differ_and_come_again_only_from_the_same_seed_and_key() -> None:
    assert len(set(SlipKeys("a").draw("seed", 500))) == 500
    assert SlipKeys("a").draw("seed", 3) == SlipKeys("a").draw("seed", 5)[:3]
    assert SlipKeys("a").draw("seed", 3) != SlipKeys("b").draw("seed", 3)
    assert SlipKeys("a").draw("seed", 3) != SlipKeys("a").draw("other", 3)
