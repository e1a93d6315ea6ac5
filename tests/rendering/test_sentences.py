"""Sentences say only what the data support, in both languages."""

from dataclasses import replace

import pytest

from analysis.results import Estimate, Interval
from survey.findings.values import Change, Participation, RankedAgency
from survey.rendering import sentences
from tests.rendering.examples import agency_example, annual_example, share

ROW = next(row for row in annual_example(34).agencies if row.rank == 3)
NB = "\N{NO-BREAK SPACE}"


def moved(movement: str, before: int | None, places: int | None) -> RankedAgency:
    change = Change(share(80, 100), None, "no_evidence", before, places, movement)
    return replace(ROW, change=change)


def difference(value: float, low: float, high: float, verdict: str) -> Change:
    estimate = Estimate(value, Interval(low, high), 0.01, 300, method="newcombe")
    return Change(share(80, 100), estimate, verdict, None, None, "not_comparable")


@pytest.mark.parametrize(
    ("row", "vi", "en"),
    [
        (moved("up", 13, 10), "tăng 10 bậc từ hạng 13", "up 10 places from rank 13"),
        (moved("down", 1, -2), "giảm 2 bậc từ hạng 1", "down 2 places from rank 1"),
        (moved("up", 4, 1), "tăng 1 bậc từ hạng 4", "up 1 place from rank 4"),
        (moved("same", 3, 0), "giữ nguyên hạng 3", "still ranks 3"),
        (
            moved("cannot_tell", 5, 2),
            "hạng 5 → 3: không phân biệt được với không thay đổi",
            "rank 5 → 3: cannot be told from no change",
        ),
        (moved("new", None, None), "chưa có kỳ trước", "no earlier period"),
        (moved("not_comparable", None, None), "không so sánh được", "not comparable"),
    ],
)
def test_movement_is_worded_only_as_far_as_it_is_real(row: RankedAgency, vi: str, en: str) -> None:
    assert sentences.placing(row, 30, "vi").endswith(f"; {vi}.")
    assert sentences.placing(row, 30, "en").endswith(f"; {en}.")


def test_a_place_stands_with_its_set_interval_and_n() -> None:
    text = sentences.placing(ROW, 30, "vi")

    assert f"xếp thứ 3/30 (tập hạng {ROW.rank_low}–{ROW.rank_high}): " in text
    assert f"n{NB}=" in text


@pytest.mark.parametrize(
    ("change", "vi", "en"),
    [
        (difference(0.032, 0.005, 0.059, "improved"), ": cải thiện.", ": improved."),
        (difference(-0.05, -0.08, -0.02, "declined"), ": giảm sút.", ": declined."),
        (difference(0.008, -0.013, 0.029, "no_evidence"), "chưa đủ căn cứ kết luận", ": no evidence of change."),
        (
            Change(None, None, "not_comparable", None, None, "not_comparable"),
            "Không so sánh được với năm 2025",
            "Not comparable with 2025",
        ),
        (Change(None, None, "new", None, None, "new"), "Chưa có kết quả năm 2025", "no result of 2025"),
    ],
)
def test_change_has_one_of_four_verdicts_or_none(change: Change, vi: str, en: str) -> None:
    assert vi in sentences.change(change, 2026, "vi")
    assert en in sentences.change(change, 2026, "en")


def test_a_change_stands_with_its_interval() -> None:
    text = sentences.change(difference(0.032, 0.005, 0.059, "improved"), 2026, "vi")

    assert f"+3,2{NB}điểm{NB}% (khoảng tin cậy 95{NB}%: +0,5 đến +5,9)" in text


def test_rises_and_falls_as_observed_stand_beside_those_that_are_real() -> None:
    findings = annual_example(34)
    text = sentences.risen_and_fallen(findings, "en")
    verdicts = [row.change.verdict for row in findings.agencies]

    assert f"rose at {findings.score_up} agencies and fell at {findings.score_down}" in text
    assert f"{verdicts.count('improved')} improved, {verdicts.count('declined')} declined" in text


def test_too_few_answers_are_words_and_no_number() -> None:
    findings = agency_example(suppressed=True)

    assert sentences.satisfaction(findings.overall, 0.95, "vi").startswith("Không đủ số liệu")
    assert sentences.lowest_and_highest(findings.elements, "vi") == ""
    assert sentences.index_points(None, "en").startswith("No points of the PAR INDEX are given: not enough data")


def test_equal_elements_have_no_highest_and_lowest() -> None:
    assert sentences.lowest_and_highest(agency_example(only_fives=True).elements, "vi") == ""


@pytest.mark.parametrize(
    ("participation", "expected"),
    [
        (Participation(412, 1194, 412 / 1194, 0.3, 0.95), "34.5% (n/N = 412/1,194)"),
        (Participation(412, None, None, None, None), "not known"),
        (Participation(412, 400, None, None, None), "WARNING: more respondents than finished transactions"),
    ],
)
def test_the_participation_rate_is_printed_only_where_it_is_known(participation: Participation, expected: str) -> None:
    assert expected in sentences.taking_part(participation, "en")


def test_an_unranked_agency_is_not_placed() -> None:
    assert sentences.placing(replace(ROW, rank=None), 30, "vi").endswith("không đủ số liệu để xếp hạng.")
