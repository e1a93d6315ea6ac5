"""What is said of points lost, aims and chances, word by word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from survey.findings.index_plan_values import Aim, AimStanding, LostLeaf
from survey.findings.index_result_values import IndexComponent
from survey.findings.index_targets import TargetOutlook
from survey.findings.values import Wording
from survey.rendering.index_plan_words import (
    aim_sentence,
    aim_words,
    chance_words,
    lacking_words,
    outlook_sentences,
    weak_sentences,
)

OUTLOOK = TargetOutlook(
    k=10,
    of=22,
    rank=13,
    needed=Fraction("1.25"),
    chance_now=0.004,
    planned=Fraction(2),
    chance_with_plan=0.724,
    points_for_likely=2.301,
    points_for_nearly_sure=3.0,
    headroom=Fraction(2),
    simulation_error=0.001,
)
STANDING = AimStanding(
    round_code="R",
    round_name=Wording("Kỳ năm 2026", "Round 2026"),
    round_year=2026,
    is_draft=False,
    year=2027,
    rank=13,
    rank_low=11,
    rank_high=14,
    of=22,
    points=Fraction("84.5"),
    low=Fraction(84),
    high=Fraction(85),
    maximum=Fraction(100),
    decimals=2,
    aim=Aim(10, Fraction(84)),
    lacking_rank=Fraction("1.25"),
    lacking_points=Fraction(0),
)


def lost(code: str, points: str | None, *, others_low: int) -> LostLeaf:
    own = None if points is None else Fraction(points)
    kind = "unscored" if own is None else "nothing" if own == 0 else "low" if own < 1 else "part"
    component = IndexComponent(code, Wording(code, code), "leaf", own, Fraction(2))
    return LostLeaf(component, Wording("Một", "One"), 2 - (own or 0), kind, 10, 10, 0, others_low)


def test_what_the_first_places_take_is_said_with_what_is_assumed_and_rounded_up() -> None:
    said = list(outlook_sentences(OUTLOOK, 2027, 2, "vi"))
    assert said[0].startswith("Để nằm trong nhóm 10 còn thiếu 1,25 điểm, nếu điểm của mọi cơ quan khác giữ nguyên")
    assert said[1].endswith("dưới 1\N{NO-BREAK SPACE}%.")
    assert said[2] == "Nếu lộ trình năm 2027 mang lại đủ 2,00 điểm kỳ vọng: khoảng 72\N{NO-BREAK SPACE}%."
    assert said[3] == "Để khả năng đạt 80 % cần thêm 2,31 điểm, để đạt 95 % cần thêm 3,00 điểm."
    assert "chỉ còn 2,00 điểm chưa đạt" in said[4]
    there = replace(OUTLOOK, needed=Fraction(0), planned=Fraction(0), points_for_likely=0.0)
    english = list(outlook_sentences(there, 2027, 2, "en"))
    assert english[0] == "By this round it is among the first 10."
    assert "expects no points yet" in english[2]
    assert english[4] == "Points that the rubric leaves to win: 2.00."
    assert [chance_words(chance, "en") for chance in (0.0, 0.5, 1.0)] == ["below 1%", "about 50%", "above 99%"]


def test_an_aim_is_told_from_where_it_begins_and_judged_by_its_own_year() -> None:
    assert aim_words(None, "vi") == "chưa đặt"
    assert aim_words(STANDING.aim, "en") == "among the first 10 and 84 points or more"
    assert lacking_words(STANDING, "vi") == "còn thiếu 1,25 điểm tới nhóm 10, đã đạt mức điểm đề ra"
    assert "kết quả năm 2027 chưa có, tính từ đây: còn thiếu 1,25" in aim_sentence(STANDING, "vi")
    own_year = replace(STANDING, year=2026)
    assert aim_sentence(own_year, "en") == (
        "By Round 2026: 84.50 points, rank 13 of 22; 1.25 points lacking to the first 10, the points aimed at reached."
    )
    reached = replace(own_year, lacking_rank=Fraction(0))
    assert aim_sentence(reached, "vi").endswith("đứng thứ 13/22; đạt mục tiêu.")
    assert replace(reached, lacking_rank=None).is_reached is None


@pytest.mark.parametrize(
    ("points", "others_low", "said"), [("0.5", 6, "đây là việc chung"), ("0", 1, "Chỉ thấp ở đây")]
)
def test_what_is_low_everywhere_is_told_from_what_is_low_only_here(points: str, others_low: int, said: str) -> None:
    told = list(weak_sentences([lost("1.1", points, others_low=others_low), lost("1.2", "1.5", others_low=0)], "vi"))
    assert len(told) == 2
    assert said in told[1]
    assert "Chưa ai chấm 1 tiêu chí" in next(weak_sentences([lost("1.1", None, others_low=10)], "vi"))
