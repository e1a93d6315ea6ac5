"""Statements of the kind that are published of indexes, each from a table of results; names and other units invented.

What was published: Thừa Thiên Huế 2019 and 2020, Cần Thơ 2019, departments and districts of Sóc Trăng 2015, Bắc Giang
city 2024, Bình Thuận in nine months of 2022, regions 2023.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from analysis.index_standing import year_of
from analysis.index_total import IndexTotal, SurveyPart, index_total
from analysis.movement import movement
from analysis.outside_series import SeriesYear
from analysis.results import Estimate, Interval
from analysis.rubric import Given, Group, Leaf, Rubric, Share
from survey.findings.index_ranks import VERDICTS, rank_series
from survey.findings.index_values import Achievement, RankSeries, RankStep
from survey.findings.values import Wording
from survey.rendering import numbers
from survey.rendering.index_sentences import (
    achievements_sentence,
    again_first_sentence,
    counts_sentence,
    history_sentence,
    league_sentences,
    moved,
    placement,
    target_sentence,
    tie_sentence,
    unit_sentence,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
PAR, SIPAS, PAPI = (Wording(name, name) for name in ("PAR INDEX", "SIPAS", "PAPI"))
NBSP = "\N{NO-BREAK SPACE}"


def year(number: int, places: Mapping[str, int], of: int, unit_set: str = "63") -> SeriesYear:
    """A table in which the named units have their places, and units that nobody asks for have the others."""
    free = (rank for rank in range(1, of + 1) if rank not in places.values())
    ranks = dict(places) | {f"other {at}": rank for at, rank in enumerate(free)}
    return SeriesYear(number, {unit: Fraction(100) - rank for unit, rank in ranks.items()}, unit_set=unit_set)


def series(index: Wording, years: Mapping[int, Mapping[str, int]], of: int) -> dict[str, RankSeries]:
    names = {unit: Wording(unit, unit) for places in years.values() for unit in places}
    found = [year(number, places, of) for number, places in years.items()]
    return rank_series(index, found, names, source="bảng kết quả")


def test_third_of_sixty_three_up_ten_after_thirteenth_up_three() -> None:
    found = series(PAR, {2018: {"Sông Mây": 16}, 2019: {"Sông Mây": 13}, 2020: {"Sông Mây": 3}}, 63)["Sông Mây"]

    assert placement(found, 2020, "vi") == "PAR INDEX xếp thứ 3/63, tăng 10 bậc (năm 2019 thứ 13)"
    assert placement(found, 2020, "en") == "PAR INDEX 3rd of 63, up 10 places (13th in 2019)"
    assert placement(found, 2019, "vi") == "PAR INDEX xếp thứ 13/63, tăng 3 bậc (năm 2018 thứ 16)"
    assert history_sentence(found, "vi") == (
        "Sông Mây, PAR INDEX: năm 2020 thứ 3/63, tăng 10 bậc; năm 2019 thứ 13/63, tăng 3 bậc; năm 2018 thứ 16/63."
    )
    assert target_sentence(found, 2020, 10, "vi") == "Mục tiêu nằm trong nhóm 10: đạt (thứ 3/63)."
    assert target_sentence(found, 2019, 10, "en") == "The aim of the first 10 was missed (13th of 63)."
    assert placement(found, 2021, "vi") == "PAR INDEX năm 2021 không có số liệu"
    assert target_sentence(found, 2021, 10, "vi") == ""


def test_several_indexes_stand_beside_each_other() -> None:
    rows = [(PAR, 6, 29), (SIPAS, 45, 51), (PAPI, 8, 8)]
    found = [series(index, {2018: {"Cửa Nam": old}, 2019: {"Cửa Nam": new}}, 63)["Cửa Nam"] for index, old, new in rows]

    assert unit_sentence(2019, found, "vi") == (
        "Cửa Nam, năm 2019: PAR INDEX xếp thứ 29/63, giảm 23 bậc (năm 2018 thứ 6); SIPAS xếp thứ 51/63, giảm 6 bậc "
        "(năm 2018 thứ 45); PAPI xếp thứ 8/63, giữ nguyên (năm 2018 thứ 8)."
    )
    assert unit_sentence(2019, found, "en") == (
        "Cửa Nam in 2019: PAR INDEX 29th of 63, down 23 places (6th in 2018); SIPAS 51st of 63, down 6 places (45th in "
        "2018); PAPI 8th of 63, unchanged (8th in 2018)."
    )


def test_fourteen_of_twenty_two_departments_rose() -> None:
    changes = {f"Sở {at}": 1 if at < 14 else -1 for at in range(22)}
    kind = Wording("sở", "departments")

    assert counts_sentence(changes, kind, "vi") == "14/22 sở tăng, 8/22 sở giảm."
    assert counts_sentence(changes, kind, "en") == "14 of 22 departments rose, 8 of 22 departments fell."


def test_eleven_districts_tell_first_climbers_those_alike_and_last() -> None:
    # Place the year before and now, as published for districts of 2015; two were not told and fill the gaps.
    places = {
        "Phú Long": (1, 1), "Xuyên Mỹ": (8, 2), "Đề Trần": (10, 3), "Cù Lao": (5, 4), "Tú": (6, 5), "Thành phố": (9, 8),
        "Châu": (4, 10), "Sách": (2, 6), "Vĩnh": (7, 9), "Trị": (3, 7), "Năm": (11, 11),
    }  # fmt: skip
    table = series(
        PAR,
        {2014: {name: row[0] for name, row in places.items()}, 2015: {name: row[1] for name, row in places.items()}},
        11,
    )

    assert list(league_sentences(list(table.values()), 2015, "vi")) == [
        "Phú Long xếp thứ 1/11.",
        "Xuyên Mỹ từ thứ 8 tăng 6 bậc lên thứ 2.",
        "Đề Trần từ vị trí áp chót (10/11) tăng 7 bậc lên thứ 3.",
        "Cù Lao, Tú và Thành phố tăng 1 bậc.",
        "Vĩnh giảm 2 bậc.",
        "Sách và Trị giảm 4 bậc.",
        "Châu giảm 6 bậc.",
        "Năm tiếp tục xếp cuối (11/11).",
    ]
    english = list(league_sentences(list(table.values()), 2015, "en"))
    assert english[2] == "Đề Trần rose 7 places from last but one (10 of 11) to 3rd."
    assert english[3] == "Cù Lao, Tú and Thành phố up 1 place."
    assert english[-1] == "Năm is again last (11 of 11)."


def test_a_city_is_first_again_with_its_figures_beside_it() -> None:
    found = series(PAR, {2022: {"Bến Trăng": 1}, 2023: {"Bến Trăng": 3}, 2024: {"Bến Trăng": 1}}, 10)["Bến Trăng"]
    figures = [
        Achievement(Wording("số người được hỏi hài lòng", "of those asked satisfied"), share=Fraction("0.989")),
        Achievement(
            Wording("hồ sơ trước hạn và đúng hạn", "dossiers early or on time"), share=Fraction("0.97"), decimals=0,
            is_at_least=True,
        ),
        Achievement(Wording("dịch vụ công trực tuyến", "services online"), share=Fraction("0.9719"), decimals=2),
    ]  # fmt: skip

    assert again_first_sentence(found, 2024, "vi") == (
        "Bến Trăng trở lại vị trí thứ 1/10 năm 2024, sau khi xếp thứ 3 năm 2023."
    )
    assert again_first_sentence(found, 2024, "en") == "Bến Trăng is 1st of 10 again in 2024, after 3rd in 2023."
    assert again_first_sentence(found, 2023, "vi") == ""
    assert again_first_sentence(found, 2022, "vi") == "Bến Trăng xếp thứ 1/10 năm 2022."
    assert achievements_sentence(figures, "vi") == (
        f"Số người được hỏi hài lòng 98,9{NBSP}%; hồ sơ trước hạn và đúng hạn trên 97{NBSP}%; "
        f"dịch vụ công trực tuyến 97,19{NBSP}%."
    )


def test_counts_are_told_of_their_wholes() -> None:
    rows = [("thủ tục được công bố", 1849, 1849), ("dịch vụ công trực tuyến tại sở", 17, 19), ("tại cấp huyện", 10, 10),
            ("tại cấp xã", 124, 124)]  # fmt: skip
    told = [Achievement(Wording(what, what), part, whole) for what, part, whole in rows]

    assert achievements_sentence(told, "vi") == (
        "Thủ tục được công bố 1.849/1.849; dịch vụ công trực tuyến tại sở 17/19; tại cấp huyện 10/10; "
        "tại cấp xã 124/124."
    )
    assert "1,849 of 1,849" in achievements_sentence(told, "en")


def test_ranks_among_other_units_are_told_and_not_taken_from_each_other() -> None:
    names = {"Huế": Wording("Huế", "Huế")}
    years = [year(2024, {"Huế": 8}, 63), year(2025, {"Huế": 3}, 34, "34")]

    found = rank_series(PAR, years, names, source="x")["Huế"]

    assert placement(found, 2025, "vi") == (
        "PAR INDEX xếp thứ 3/34, không so bậc với năm 2024 thứ 8/63 vì tập hợp đơn vị đã khác"
    )
    assert "not compared with 8th of 63 in 2024" in placement(found, 2025, "en")


RUBRIC = Rubric((Group("a", (Leaf("x", Fraction(90), Given()), Leaf("y", Fraction(10), Share(), is_survey=True))),))


def total(points: float, error: float) -> IndexTotal:
    estimate = Estimate(value=8.0, ci=Interval(8 - 2 * error, 8 + 2 * error), standard_error=error, n=100)
    values = {"x": Fraction(points), "y": Fraction("0.8")}
    return index_total(RUBRIC, values, surveys=[SurveyPart(("y",), estimate)])


@pytest.mark.parametrize(("error", "verdict", "doubt"), [(0.05, "up", False), (3.0, "cannot_tell", True)])
def test_thirteen_to_three_is_told_as_real_only_where_it_is(error: float, verdict: str, doubt: bool) -> None:
    before = {f"u{at}": total(80 - at, error) for at in range(1, 21)}
    after = before | {"u13": total(77.5, error)}

    found = movement(year_of(before, edition="r"), year_of(after, edition="r"))

    one = next(unit for unit in found.units if unit.unit == "u13")
    assert VERDICTS[one.verdict] == verdict
    step = RankStep(2026, Fraction(0), one.published_after or 0, 20, 20, 2025, 13, 20, 20, one.rank_change, 20, verdict)
    assert moved(step, "vi").startswith("tăng 10 bậc (năm 2025 thứ 13")
    assert ("chưa phân biệt được với không đổi" in moved(step, "vi")) is doubt


def test_regions_of_2023_share_the_fifth_place() -> None:
    path = DATA / "par_2023_regions.csv"
    if not path.exists():
        pytest.skip("par_2023_regions.csv is not here (../shared/data); the tie of the regions is not checked")
    with path.open(encoding="utf-8") as file:
        totals = {row["region_vi"]: Fraction(row["par_2023"]) for row in csv.DictReader(file)}
    found = rank_series(PAR, [SeriesYear(2023, totals)], {name: Wording(name, name) for name in totals}, source="x")

    places = {name: one.steps[0].rank for name, one in found.items()}
    tied = [name for name, rank in places.items() if rank == 5]
    value = numbers.decimal(float(totals[tied[0]]), 2, "vi")
    assert tie_sentence(tied, 5, value, "vi") == "Đồng bằng sông Cửu Long và Tây Nguyên cùng xếp thứ 5 với 85,42."
    assert [found[name].steps[0].is_last for name in tied] == [True, True]


def test_papi_of_a_real_province_is_told_with_what_breaks_it() -> None:
    path = DATA / "papi_dimension_totals_rank_derived.csv"
    if not path.exists():
        pytest.skip("PAPI is not here (../shared/data); sentences of a real series are not checked")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = [
        SeriesYear(
            number,
            {row["province"]: Fraction(row["total_derived"]) if row["total_derived"] else None for row in own},
            codes=tuple(f"dim{at}" for at in range(1, 9) if any(row[f"dim{at}"] for row in own)),
            unit_set="63",
        )
        for number in range(2011, 2025)
        if (own := [row for row in rows if int(row["year"]) == number])
    ]
    wanted = {name: Wording(name, name) for name in ("Lang Son", "Quang Ninh")}

    found = rank_series(PAPI, years, wanted, source="CECODES")

    assert "vì chỉ số được tính từ các nội dung khác" in placement(found["Lang Son"], 2018, "vi")
    assert placement(found["Quang Ninh"], 2023, "vi") == "PAPI năm 2023 không có số liệu"
    for step in found["Lang Son"].steps:
        derived = next(row for row in rows if row["province"] == "Lang Son" and int(row["year"]) == step.year)
        assert step.rank == int(derived["rank_derived"])
        if step.change is not None and step.common == step.of == step.previous_of:
            assert step.change == int(derived["rank_change_vs_prev_year"])
