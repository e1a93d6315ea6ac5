from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.points_rule import Band, Part, PointsRule

FIVE_PARTS = PointsRule(tuple(Part(Fraction(2), (element,)) for element in range(5)))
shares = st.fractions(0, 1, max_denominator=10_000)
SHARE_BANDS = (
    Band(Fraction("0.9"), Fraction(1)),
    Band(Fraction("0.8"), Fraction("0.75")),
    Band(Fraction("0.5"), Fraction("0.25")),
)


@pytest.mark.parametrize(
    ("percent", "points"),
    [
        # PAR INDEX 2020 as published: 93.57 % and 85.15 % with equal elements, 95.76 % with elements near it.
        (["93.57"] * 5, "9.35"),
        (["85.15"] * 5, "8.50"),
        (["96.2", "95.6", "95.6", "95.6", "95.8"], "9.56"),
    ],
)
def test_five_parts_of_two_points_give_the_published_points(percent: list[str], points: str) -> None:
    assert FIVE_PARTS.total([Fraction(share) / 100 for share in percent]) == Fraction(points)


def test_the_same_share_of_one_part_of_ten_points_is_not_cut_in_between() -> None:
    whole = PointsRule((Part(Fraction(10)),))

    assert whole.total([Fraction("0.9357")]) == Fraction("9.35")
    assert whole.total([Fraction("0.8515")]) == Fraction("8.51")


@pytest.mark.parametrize(
    ("rounding", "rounded", "points"),
    [
        ("truncate", "each_part", "1.98"),
        ("truncate", "total", "1.99"),
        ("round_half_up", "each_part", "2.00"),
        ("round_half_up", "total", "1.99"),
        ("none", "each_part", "1.992"),
        ("none", "total", "1.992"),
    ],
)
def test_rounding_is_a_choice_of_the_edition(rounding: Any, rounded: Any, points: str) -> None:
    rule = PointsRule((Part(Fraction(1), (0,)), Part(Fraction(1), (1,))), rounding=rounding, rounded=rounded)

    assert rule.total([Fraction("0.997"), Fraction("0.995")]) == Fraction(points)


def test_half_is_rounded_up_exactly() -> None:
    rule = PointsRule((Part(Fraction(1)),), rounding="round_half_up")

    assert rule.total([Fraction("0.145")]) == Fraction("0.15")
    assert rule.total([Fraction("0.1449999999999999999")]) == Fraction("0.14")


def test_bands_are_steps() -> None:
    rule = PointsRule((Part(Fraction(4)),), bands=SHARE_BANDS)

    reached = [rule.total([Fraction(share)]) for share in ("0.4999", "0.5", "0.8", "0.8999", "0.9", "1")]

    assert reached == [0, 1, 3, 3, 4, 4]


@given(st.lists(shares, min_size=5, max_size=5), st.sampled_from(["truncate", "round_half_up", "none"]))
def test_points_stay_within_a_cut_of_the_unrounded_ones(values: list[Fraction], rounding: Any) -> None:
    rule = PointsRule(FIVE_PARTS.parts, rounding=rounding)

    difference = rule.total(values) - 2 * sum(values)

    assert abs(difference) <= Fraction(5, 100)
    assert rounding != "truncate" or difference <= 0
    assert rounding != "none" or difference == 0


@given(shares, shares, st.sampled_from([(), SHARE_BANDS]))
def test_more_satisfaction_never_costs_points(one: Fraction, other: Fraction, bands: tuple[Band, ...]) -> None:
    rule = PointsRule((Part(Fraction("3.3")),), bands=bands)

    assert rule.total([min(one, other)]) <= rule.total([max(one, other)])


@given(shares)
def test_points_lie_between_0_and_the_maximum(value: Fraction) -> None:
    assert 0 <= FIVE_PARTS.total([value] * 5) <= FIVE_PARTS.maximum == 10


def test_a_rule_is_read_from_data() -> None:
    rule = PointsRule.from_mapping(
        {
            "parts": [{"maximum": "2.00", "elements": [0, 2]}, {"maximum": 0.1}],
            "decimals": 3,
            "rounding": "round_half_up",
            "rounded": "total",
            "source": "scaled_mean",
            "bands": [{"at_least": "0.8", "share_of_maximum": 0.5}, {"at_least": 0, "share_of_maximum": 0}],
        }
    )

    assert rule == PointsRule(
        (Part(Fraction(2), (0, 2)), Part(Fraction(1, 10))),
        decimals=3,
        rounding="round_half_up",
        rounded="total",
        source="scaled_mean",
        bands=(Band(Fraction(0), Fraction(0)), Band(Fraction(4, 5), Fraction(1, 2))),
    )


def test_what_the_data_leave_out_is_the_built_in_rule() -> None:
    assert PointsRule.from_mapping({"parts": [{"maximum": 2, "elements": [e]} for e in range(5)]}) == FIVE_PARTS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rounding": "ceiling"}, "rounding is 'ceiling'; choose one of truncate"),
        ({"rounded": "never"}, "rounded is 'never'"),
        ({"source": "median"}, "source is 'median'"),
        ({"parts": []}, "needs parts"),
        ({"parts": [{"maximum": 0}]}, "maximum above 0"),
        ({"parts": [{"maximum": 1, "elements": [0, 0]}]}, "named once"),
        ({"parts": [{"maximum": 1, "elements": [-1]}]}, "counted from 0"),
        ({"decimals": -1}, "cannot be negative"),
        ({"bands": [{"at_least": "1.1", "share_of_maximum": 1}]}, "between 0 and 1"),
        ({"bands": [{"at_least": "0.5", "share_of_maximum": -1}]}, "between 0 and 1"),
        ({"bands": [{"at_least": "0.5", "share_of_maximum": 1}] * 2}, "same value"),
        (
            {"bands": [{"at_least": 0, "share_of_maximum": 1}, {"at_least": "0.5", "share_of_maximum": 0}]},
            "cannot earn less",
        ),
        ({"round": "up", "best": 1}, "does not know best, round"),
    ],
)
def test_rules_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PointsRule.from_mapping({"parts": [{"maximum": 1}]} | changes)
