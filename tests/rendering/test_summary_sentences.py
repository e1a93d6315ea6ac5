"""Sentences and tables of a summary: a movement is told as one only where it is real."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from survey.findings.form_values import FormCounts
from survey.findings.values import Change, Participation, Wording
from survey.rendering import summary_sentences as told
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Heading, Table
from survey.rendering.exclusion_tables import effect_missing
from survey.rendering.summary_tables import alike_table
from survey.rendering.words import participation_label
from tests.rendering.examples import annual_example
from tests.rendering.summary_example import full_example

FINDINGS = annual_example(34)


def moved(before: int, now: int, movement: str, name: str = "Thừa Thiên Huế") -> str:
    row = FINDINGS.agencies[0]
    change = Change(row.change.previous, row.change.difference, "improved", before, before - now, movement)
    agency = replace(row.agency, name=Wording(name, name))
    return told.movement(replace(row, agency=agency, rank=now, rank_low=1, rank_high=6, change=change), 63, "vi")


@pytest.mark.parametrize(
    ("before", "now", "movement", "said"),
    [
        (13, 3, "up", "Thừa Thiên Huế tăng 10 bậc từ hạng 13, xếp thứ 3/63 (tập hạng 1–6)"),
        (6, 29, "down", "Thừa Thiên Huế giảm 23 bậc từ hạng 6, xếp thứ 29/63 (tập hạng 1–6)"),
        (
            29, 31, "cannot_tell",
            "Thừa Thiên Huế xếp thứ 31/63 (tập hạng 1–6); hạng 29 → 31: không phân biệt được với không thay đổi",
        ),
        (8, 8, "same", "Thừa Thiên Huế xếp thứ 8/63 (tập hạng 1–6); giữ nguyên hạng 8"),
    ],
)  # fmt: skip
def test_a_movement_is_told_as_one_only_where_it_is_real(before: int, now: int, movement: str, said: str) -> None:
    assert moved(before, now, movement) == said


def test_forms_and_channels_are_told_in_both_languages() -> None:
    forms = FormCounts(500, 420, 410, 0, 1440, 15, 9, 6, 1410)
    findings = replace(FINDINGS, forms=forms)
    assert told.returns(findings, "vi") == (
        "Thu về 1.440 phiếu, 1.410 phiếu hợp lệ (97,9\N{NO-BREAK SPACE}% số thu về); không tính theo quy tắc 15, người "
        "trả lời rút lại 9, còn chờ 6. Riêng phiếu giấy: phát ra 500, thu về 420, hợp lệ 410."
    )
    assert "1,410 of them valid (97.9% of those received)" in told.returns(findings, "en")
    assert told.mode_mix(findings.channels, "en").startswith("Mix of channels: QR code 70.0%")
    assert told.mode_mix((), "vi") == ""


def test_the_range_of_an_element_names_both_agencies() -> None:
    first = next(iter(told.ranges(FINDINGS, "vi")))
    assert first.startswith("Tiếp cận dịch vụ: ")
    assert "cao nhất 100,0\N{NO-BREAK SPACE}%" in first
    assert "ở Xã Hồ Trắng" in first


def test_of_many_groups_as_many_are_listed_as_cover_the_ranking() -> None:
    runs = tuple((at, at + 9) for at in range(90))
    findings = replace(annual_example(110), alike=runs)
    listed = [(first, last) for first, last, _, _ in alike_table(findings, "vi").rows]
    assert len(listed) == 10
    assert all(int(str(before[1])) >= int(str(after[0])) - 1 for before, after in pairwise(listed))
    assert len(alike_table(replace(FINDINGS, alike=((0, 3), (4, 4))), "vi").rows) == 1


def test_every_agency_has_a_page_of_its_own() -> None:
    report = annual_report(annual_example(3), "en")
    tables = [block.code for block in report.annexes if isinstance(block, Table)]
    pages = [block.text for block in report.annexes if isinstance(block, Heading) and block.new_page]
    assert sum(code.startswith("agency-") for code in tables) == 3
    assert len(pages) == 3


def test_what_a_summary_cannot_tell_is_said_with_the_reason_and_nothing_else_is() -> None:
    bare, full = annual_example(6), full_example(6)
    assert list(told.not_told(full, "vi")) == []
    assert effect_missing(full, "vi") == ""
    said = list(told.not_told(bare, "en"))
    assert [one.split(":")[0] for one in said] == [
        "Satisfaction by group of respondents (sex, age, occupation …)",
        "Perception, experience, expectations and who answered",
        "By field of service",
        "Over the periods",
    ]
    assert "this form does not ask who answers" in next(told.not_told(replace(bare, weighting="design"), "en"))
    assert "so few answers were excluded" in effect_missing(bare, "en")
    assert effect_missing(replace(bare, exclusions=()), "en") == ""
    assert participation_label(Participation(0, 168, None, None, None), "vi") == "chưa có người trả lời nào được tính"
