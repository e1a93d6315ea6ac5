"""The documents officials sign: layout, marks, language, accessibility, the same bytes."""

import re
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest

from survey.findings.values import AgencyFindings, AnnualFindings, Wording
from survey.rendering.pdf import agency_pdf, annual_pdf
from tests.rendering.examples import FORMULA_NAME, LONG_NAME, agency_example, annual_example
from tests.rendering.reading import pdf_text, squeezed

A4_POINTS = (595, 842)


def page_texts(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


def bookmarks(pdf: bytes) -> list[str]:
    return [mark.get_title() for mark in pypdfium2.PdfDocument(pdf).get_toc()]


@pytest.fixture(scope="module")
def agency() -> bytes:
    return agency_pdf(agency_example())


@pytest.fixture(scope="module")
def annual() -> bytes:
    return annual_pdf(annual_example(34))


def test_vietnamese_text_can_be_copied_with_every_mark(agency: bytes) -> None:
    text = pdf_text(agency)

    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "Việc tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị" in text
    assert "Ủy ban nhân dân xã Suối Biếc" in text
    assert "ngày 21 tháng 11 năm 2026" in text


def test_the_head_names_the_superior_and_the_issuing_agency_in_capitals(agency: bytes) -> None:
    first = page_texts(agency)[0]

    assert "ỦY BAN NHÂN DÂN TỈNH MÂY TRẮNG" in first
    assert "ỦY BAN NHÂN DÂN XÃ SUỐI BIẾC" in first
    assert "Số:" in first


def test_there_is_room_for_recipients_and_a_signature(agency: bytes, annual: bytes) -> None:
    for pdf in (agency, annual):
        assert "Nơi nhận:" in pdf_text(pdf)
        assert "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ" in pdf_text(pdf)


def test_pages_are_a4_and_numbered_at_the_top_from_the_second_on(annual: bytes) -> None:
    document = pypdfium2.PdfDocument(annual)
    top_margins = [page.get_textpage().get_text_bounded(bottom=A4_POINTS[1] - 58).strip() for page in document]

    assert {tuple(round(side) for side in page.get_size()) for page in document} == {A4_POINTS}
    assert top_margins == ["", *(str(number) for number in range(2, len(document) + 1))]


def test_every_page_of_a_draft_and_of_demo_data_says_so(agency: bytes, annual: bytes) -> None:
    for pdf in (agency, annual):
        for text in page_texts(pdf):
            assert "BẢN NHÁP – chưa công bố" in text
            assert "DỮ LIỆU MINH HOẠ" in text


def test_a_released_report_of_a_real_agency_carries_no_mark() -> None:
    for pdf in (
        agency_pdf(agency_example(is_released=True, is_demo=False)),
        annual_pdf(annual_example(4, is_draft=False, is_demo=False)),
    ):
        assert "BẢN NHÁP" not in pdf_text(pdf)
        assert "MINH HOẠ" not in pdf_text(pdf)


def test_no_report_calls_itself_the_official_index(agency: bytes, annual: bytes) -> None:
    for pdf in (agency, annual):
        assert "đây không phải Chỉ số SIPAS do Bộ Nội vụ công bố" in pdf_text(pdf)


def test_intervals_of_self_selected_answers_carry_their_assumption_and_the_participation_rate(agency: bytes) -> None:
    text = squeezed(pdf_text(agency))

    label = "khoảng tin cậy 95 % cho sai số ngẫu nhiên, giả định người trả lời như một mẫu ngẫu nhiên"
    assert squeezed(label) in text
    assert squeezed("tỷ lệ tham gia 34,5 % (n/N = 412/1.194)") in text
    assert squeezed("tỷ lệ hài lòng của tất cả có thể nằm từ 29,6 % đến 95,1 %") in text


def test_without_n_the_rate_is_not_invented() -> None:
    text = pdf_text(agency_pdf(agency_example(population=None)))

    assert "chưa có số giao dịch N cùng kỳ" in text
    assert "có thể nằm từ" not in text


def test_more_answers_than_transactions_is_a_loud_warning() -> None:
    assert "CẢNH BÁO" in pdf_text(agency_pdf(agency_example(n=412, population=400)))
    assert "CẢNH BÁO" not in pdf_text(agency_pdf(agency_example(n=412, population=500)))


def test_too_few_answers_say_so_and_print_no_figure() -> None:
    text = pdf_text(agency_pdf(agency_example(suppressed=True)))

    assert "không đủ số liệu" in text
    assert not re.search(r"\d,\d\s%", text)


def test_only_fives_is_not_printed_without_uncertainty() -> None:
    text = squeezed(pdf_text(agency_pdf(agency_example(only_fives=True, n=31))))

    assert "100,0%(89,0–100,0%;n=31)" in text or "100,0%89,0–100,0%" in text


@pytest.mark.parametrize("name", [LONG_NAME, FORMULA_NAME, "Xã" + "a" * 198, "*đậm* _nghiêng_ $x$ #let @x <y> \\ `z`"])
def test_odd_names_are_printed_as_they_are(name: str) -> None:
    text = squeezed(pdf_text(agency_pdf(agency_example(name=name))))

    assert squeezed(name) in text


def test_the_english_report_has_no_vietnamese_label() -> None:
    findings = agency_example(name="Commune")
    nameless = replace(findings, agency=replace(findings.agency, parent_name=None), breakdowns=())
    text = pdf_text(agency_pdf(nameless, "en"))

    leftovers = re.findall(r"\w*[ăâđêôơưĂÂĐÊÔƠƯ]\w*", text)
    assert leftovers == []
    assert "DRAFT – not released" in text
    assert "participation rate 34.5% (n/N = 412/1,194)" in text


def test_the_english_summary_has_no_vietnamese_label() -> None:
    findings = annual_example(3)
    rows = tuple(
        replace(row, agency=replace(row.agency, name=Wording("X", f"Commune {at}")))
        for at, row in enumerate(findings.agencies)
    )
    root = replace(findings.root, name=Wording("X", "Province"))
    text = pdf_text(annual_pdf(replace(findings, agencies=rows, root=root), "en"))

    assert re.findall(r"\w*[ăâđêôơưĂÂĐÊÔƠƯ]\w*", text) == []


def test_chapters_are_bookmarks_numbered_without_a_gap(annual: bytes) -> None:
    chapters = [title for title in bookmarks(annual) if re.match(r"\d+\. ", title)]

    assert [int(title.split(".")[0]) for title in chapters] == list(range(1, len(chapters) + 1))
    assert any(title.startswith("Phụ lục 1. ") for title in bookmarks(annual))


def test_the_file_is_tagged_pdf_ua_with_its_language_and_title(agency: bytes) -> None:
    assert b"pdfuaid:part" in agency
    assert b"/StructTreeRoot" in agency
    assert b"/Lang" in agency
    assert pypdfium2.PdfDocument(agency).get_metadata_value("Title").startswith("Kết quả khảo sát mức độ hài lòng")


def test_fonts_are_our_own_and_embedded(agency: bytes) -> None:
    assert b"LiberationSerif" in agency
    assert b"/FontFile" in agency


@pytest.mark.parametrize(
    ("make", "findings"), [(agency_pdf, agency_example()), (annual_pdf, annual_example(12))], ids=["agency", "annual"]
)
def test_the_same_findings_are_the_same_bytes(make: Callable[..., bytes], findings: AgencyFindings) -> None:
    assert make(findings) == make(findings)


def test_movement_is_told_in_words_only_where_it_is_real(annual: bytes) -> None:
    findings, text = annual_example(34), pdf_text(annual)
    first = [row for row in findings.agencies if row.rank is not None][:5]

    for row in first:
        name, change = row.agency.name.vi, row.change
        if change.movement == "cannot_tell":
            assert f"hạng {change.previous_rank} → {row.rank}: không phân biệt được với không thay đổi" in text
        if change.movement in {"up", "down"}:
            word = "tăng" if change.movement == "up" else "giảm"
            assert f"{word} {abs(change.rank_change or 0)} bậc từ hạng {change.previous_rank}" in text
        assert f"{name} xếp thứ {row.rank}/30 (tập hạng {row.rank_low}–{row.rank_high})" in text


def test_what_is_left_out_is_named(annual: bytes) -> None:
    text = pdf_text(annual)

    assert "Khảo sát hồ sơ quý IV (đợt 1)" in text
    assert "4 cơ quan không được xếp hạng vì có dưới 30 người trả lời" in text
    assert "Nhiều phiếu trong thời gian rất ngắn 11" in text


def with_open_wave(findings: AnnualFindings) -> AnnualFindings:
    return replace(findings, waves=tuple(replace(wave, state="open") for wave in findings.waves))


def test_a_preview_of_an_open_wave_says_so_and_gives_no_verdict() -> None:
    text = pdf_text(annual_pdf(with_open_wave(annual_example(6))))

    assert "BẢN XEM TRƯỚC" in text
    assert "cải thiện" not in text
    assert "không phân biệt được với không thay đổi" not in text


def test_a_year_without_a_closed_wave_says_so() -> None:
    findings = replace(annual_example(1), waves=(), agencies=())

    assert "Chưa có đợt khảo sát nào của năm 2026 đã đóng" in pdf_text(annual_pdf(findings))


@pytest.mark.slow
def test_three_thousand_agencies_stand_in_one_document_with_repeated_headings(*, full: bool) -> None:
    findings = annual_example(3321 if full else 200)
    pdf = annual_pdf(findings)
    texts = page_texts(pdf)

    long_table = [text for text in texts if "Biến động hạng" in text]
    assert len(long_table) > len(findings.agencies) / 35
    assert squeezed(findings.agencies[-1].agency.name.vi) in squeezed(pdf_text(pdf))
