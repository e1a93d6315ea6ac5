"""Limits of a funnel plot: as Spiegelhalter (2005) has them, with the variance of a respondent pooled."""

from math import sqrt

import pytest

from analysis.funnel import Funnel, funnel
from analysis.results import Estimate, Interval


def unit(value: float, n: int, standard_error: float) -> Estimate:
    return Estimate(value, Interval(0.0, 1.0), standard_error, n)


def test_units_of_the_same_variance_have_the_limits_of_one_binomial() -> None:
    p = 0.8
    made = funnel([unit(p, n, sqrt(p * (1 - p) / n)) for n in (10, 100, 1000)], centre=p)

    assert made.deviation == pytest.approx(sqrt(p * (1 - p)))
    limits = made.limits(100, confidence_level=0.95)
    # 0.8 ± 1.959964 · 0.4 / 10
    assert (limits.low, limits.high) == pytest.approx((0.7216014, 0.8783986))


def test_larger_units_weigh_more_and_limits_narrow_with_n() -> None:
    made = funnel([unit(0.9, 11, 0.1), unit(0.8, 991, 0.01)], centre=0.8)

    # (10 · 11 · 0.01 + 990 · 991 · 0.0001) / 1000
    assert made.deviation**2 == pytest.approx(0.099209)
    wide, narrow = (made.limits(n, confidence_level=0.95) for n in (50, 5000))
    assert wide.low < narrow.low < 0.8 < narrow.high < wide.high
    outer = made.limits(50, confidence_level=0.998)
    assert outer.low < wide.low


def test_limits_stay_shares_and_sides_are_told() -> None:
    made = Funnel(0.97, 0.4)

    assert made.limits(4, confidence_level=0.95).high == 1.0
    sides = [made.side(unit(value, 1000, 0.01), confidence_level=0.95) for value in (0.999, 0.97, 0.9)]
    assert sides == [1, 0, -1]


def test_no_funnel_without_respondents() -> None:
    with pytest.raises(ValueError, match="two respondents"):
        funnel([unit(1.0, 1, 0.0)], centre=1.0)
