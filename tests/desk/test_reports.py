from __future__ import annotations

import csv
import io
import json
import re
from uuid import uuid4

import pypdfium2
import pytest
from openpyxl import load_workbook

from desk_fixtures import SignIn
from desk_province import Province
from tests.rendering.reading import squeezed
from tests.rendering.test_docx import document


def address(province: Province, agency: str = "health", wave: str = "closed") -> str:
    return f"/desk/agencies/{getattr(province, agency)}/waves/{getattr(province, wave)}"


def pdf_text(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_an_agency_opens_at_its_newest_wave(sign_in: SignIn, province: Province) -> None:
    response = sign_in("xem").get(f"/desk/agencies/{province.health}")

    assert response.location == address(province, wave="open")


def test_the_page_prints_every_share_with_its_interval_and_n(sign_in: SignIn, province: Province) -> None:
    page = sign_in("yte").get(address(province)).text

    # 10 of 12: Wilson's interval is 55.2 to 95.3 %.
    assert "83,3\u00a0%" in page
    assert "55,2–95,3\u00a0%" in page
    assert "n\u00a0=\u00a012" in page
    assert "Công chức trực tiếp giải quyết công việc" in page


def test_participation_is_not_printed_where_n_covers_another_period(sign_in: SignIn, province: Province) -> None:
    # N is known for June alone, the wave ran all year.
    page = sign_in("yte").get(address(province)).text

    assert "Biết khi đợt đã đóng và có số hồ sơ đã giải quyết (N) của mọi tháng" in page
    assert "phiếu trên 48 hồ sơ" not in page


def test_fewer_than_ten_are_not_enough(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xa").get(address(province, "commune")).text

    assert "không đủ số liệu" in page
    assert "100,0" not in page
    assert "9 phiếu đã nhận không có trong số liệu" in page


def test_what_is_not_released_is_marked_as_a_draft(sign_in: SignIn, province: Province) -> None:
    assert "bản nháp" in sign_in("xem").get(address(province)).text


def test_self_selected_answers_carry_the_assumption_of_their_interval(sign_in: SignIn, province: Province) -> None:
    assert "giả định người trả lời như một mẫu ngẫu nhiên" in sign_in("xem").get(address(province)).text


def test_the_page_speaks_english(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xem").get(address(province) + "?lang=en").text

    assert '<html lang="en">' in page
    assert "83.3%" in page
    assert "Share satisfied" in page


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "csv", "excel.csv", "json"])
def test_every_format_is_a_file_that_names_agency_and_wave(sign_in: SignIn, province: Province, ending: str) -> None:
    response = sign_in("yte").get(f"{address(province)}/report.{ending}")

    assert response.status_code == 200
    assert "hai-long-99.01-quay-" in response.headers["Content-Disposition"]
    assert response.headers["Content-Disposition"].endswith(f".{ending}")
    assert response.headers["Cache-Control"] == "no-store"


def test_page_pdf_workbook_csv_and_json_say_the_same_share(sign_in: SignIn, province: Province) -> None:
    client = sign_in("yte")
    base = f"{address(province)}/report."
    book = load_workbook(io.BytesIO(client.get(base + "xlsx").data), read_only=True)
    rows = list(csv.DictReader(io.StringIO(client.get(base + "csv").text)))

    shares = {cell for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line}
    assert any(isinstance(share, float) and abs(share - 10 / 12) < 1e-9 for share in shares)
    assert any("0.8333" in value for row in rows for value in row.values() if value)
    assert "0.8333" in json.dumps(json.loads(client.get(base + "json").text))
    assert "83,3" in pdf_text(client.get(base + "pdf").data)
    assert "83,3" in client.get(address(province)).text


@pytest.mark.parametrize("path", ["", "/report.pdf", "/report.csv", "/population"])
def test_outside_his_subtree_an_official_finds_nothing(sign_in: SignIn, province: Province, path: str) -> None:
    assert sign_in("xa").get(address(province) + path).status_code == 404


def test_an_official_without_a_role_finds_nothing(sign_in: SignIn, province: Province) -> None:
    assert sign_in("khong").get(address(province)).status_code == 404


def test_unknown_agencies_waves_and_formats_are_not_found(sign_in: SignIn, province: Province) -> None:
    client = sign_in("xem")

    assert client.get(f"/desk/agencies/{uuid4()}").status_code == 404
    assert client.get(f"/desk/agencies/{province.health}/waves/{uuid4()}").status_code == 404
    assert client.get(f"/desk/agencies/{province.health}/waves/khong-phai-ma").status_code == 404
    assert client.get(address(province) + "/report.odt").status_code == 404


def test_a_report_cannot_be_posted_to(sign_in: SignIn, province: Province) -> None:
    assert sign_in("giamdoc").post(address(province)).status_code == 405


def test_posters_are_drawn_for_every_counter_below(sign_in: SignIn, province: Province) -> None:
    response = sign_in("xa").get(f"/desk/agencies/{province.commune}/posters-A5.pdf")

    assert response.data.startswith(b"%PDF")
    assert "Quầy số 1" in pdf_text(response.data)


def test_one_counter_s_poster_can_be_had_alone(sign_in: SignIn, province: Province) -> None:
    client = sign_in("xem")
    base = f"/desk/agencies/{province.province}/posters-A4.pdf"

    assert client.get(f"{base}?counter={province.counter}").status_code == 200
    assert client.get(f"{base}?counter={uuid4()}").status_code == 404


@pytest.mark.parametrize("path", ["posters-A4.pdf", "counters"])
def test_posters_and_counters_outside_the_subtree_are_not_found(sign_in: SignIn, province: Province, path: str) -> None:
    assert sign_in("yte").get(f"/desk/agencies/{province.commune}/{path}").status_code == 404


def test_a_poster_of_another_size_is_not_found(sign_in: SignIn, province: Province) -> None:
    assert sign_in("xem").get(f"/desk/agencies/{province.commune}/posters-A3.pdf").status_code == 404


def test_counters_are_listed_with_their_codes(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xa").get(f"/desk/agencies/{province.commune}/counters").text

    assert "Quầy số 1" in page
    assert "posters-A4.pdf" in page


def test_an_agency_without_counters_says_how_to_add_one(sign_in: SignIn, province: Province) -> None:
    assert "chưa có quầy nào" in sign_in("yte").get(f"/desk/agencies/{province.clinic}/counters").text


def test_the_pages_tell_the_figures_of_the_documents(sign_in: SignIn, province: Province) -> None:
    client = sign_in("giamdoc")
    place = address(province, agency="province")
    documents = {ending: client.get(f"{place}/report.{ending}").data for ending in ("pdf", "docx")}
    said = {"pdf": squeezed(pdf_text(documents["pdf"])), "docx": squeezed(docx_text(documents["docx"]))}
    estimate = re.compile(r'estimate-value">([^<]+)</span>\s*<span class="estimate-with">([^;<]+);\s*n\s*=\s*([\d.]+)')

    found = [figure for page in ("", "/breakdowns") for figure in estimate.findall(client.get(place + page).text)]

    assert len(found) >= 6
    for value, interval, n in found:
        for text in said.values():
            assert squeezed(value) + squeezed(interval) in text or f"{squeezed(value)}({squeezed(interval)}" in text
            assert n in text


def docx_text(docx: bytes) -> str:
    opened = document(docx)
    paragraphs = [paragraph.text for paragraph in opened.paragraphs]
    return "\n".join([*paragraphs, *(cell.text for table in opened.tables for row in table.rows for cell in row.cells)])
