from datetime import date

import pytest

from analysis.results import Estimate, Interval
from survey.rendering import numbers

NB = "\N{NO-BREAK SPACE}"
ESTIMATE = Estimate(value=0.875, ci=Interval(0.8421, 0.9009), standard_error=0.015, n=1234)


def test_vietnamese_percent_has_a_decimal_comma_and_a_space_that_does_not_break() -> None:
    assert numbers.percent(0.875, "vi") == f"87,5{NB}%"


def test_english_percent_has_a_point_and_no_space() -> None:
    assert numbers.percent(0.875, "en") == "87.5%"


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0.0%"), (1, "100.0%"), (0.8125, "81.3%"), (0.8135, "81.4%"), (1 / 3, "33.3%")]
)
def test_percent_is_rounded_half_away_from_zero_as_a_spreadsheet_does(share: float, text: str) -> None:
    assert numbers.percent(share, "en") == text


def test_a_figure_that_may_not_be_shown_says_so_and_is_never_zero() -> None:
    assert numbers.percent(None, "vi") == "không đủ số liệu"
    assert numbers.score(None, "en") == "not enough data"
    assert numbers.percent_estimate(None, "vi") == "không đủ số liệu"
    assert numbers.points(None, "vi") == "không đủ số liệu"


def test_an_estimate_stands_with_its_interval_and_n() -> None:
    assert numbers.percent_estimate(ESTIMATE, "vi") == f"87,5{NB}% (84,2–90,1{NB}%; n{NB}={NB}1.234)"
    assert numbers.percent_estimate(ESTIMATE, "en") == f"87.5% (84.2–90.1%; n{NB}={NB}1,234)"


def test_mean_scores_have_two_decimals() -> None:
    mean = Estimate(value=4.321, ci=Interval(4.2, 4.444), standard_error=0.06, n=200)
    assert numbers.score_estimate(mean, "vi") == f"4,32 (4,20–4,44; n{NB}={NB}200)"


def test_thousands_are_grouped() -> None:
    assert numbers.count(1234567, "vi") == "1.234.567"
    assert numbers.count(1234567, "en") == "1,234,567"
    assert numbers.count(None, "vi") == "chưa biết"


def test_differences_carry_their_sign_and_never_a_negative_zero() -> None:
    assert numbers.percentage_points(0.0321, "vi") == f"+3,2{NB}điểm{NB}%"
    assert numbers.percentage_points(-0.01, "en") == f"−1.0{NB}percentage point"
    assert numbers.signed_points(-0.0001, "vi") == "0,0"
    assert numbers.signed_points_interval(Interval(-0.003, 0.041), "vi") == "−0,3 đến +4,1"


def test_rank_changes_carry_their_sign() -> None:
    assert [numbers.signed_count(n, "vi") for n in (10, 0, -23)] == ["+10", "0", "−23"]


def test_points_keep_the_decimals_of_their_rule() -> None:
    assert numbers.points(9.35, "vi") == "9,35"
    assert numbers.points(8.5, "vi") == "8,50"
    assert numbers.points(9.3, "en", decimals=1) == "9.3"


def test_dates_are_written_as_each_language_does() -> None:
    assert numbers.day(date(2026, 2, 5), "vi") == "05/02/2026"
    assert numbers.day(date(2026, 2, 5), "en") == "5 February 2026"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (date(2026, 11, 21), "ngày 21 tháng 11 năm 2026"),
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 5), "ngày 05 tháng 3 năm 2026"),
    ],
)
def test_official_dates_follow_the_decree(moment: date, text: str) -> None:
    assert numbers.official_day(moment, "vi") == text
