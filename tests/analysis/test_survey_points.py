"""What a survey brings to an index: exact values of leaves, and one interval of their points together."""

from __future__ import annotations

from fractions import Fraction
from math import isnan

import numpy as np
import pytest

from analysis.index_points import Points, points
from analysis.index_total import index_total
from analysis.moments import Moments, answer_vectors
from analysis.points_rule import Part, PointsRule
from analysis.results import Estimate, Interval
from analysis.rubric import Bands, Cut, Formula, Given, Group, Leaf, Linear, Rubric, Share, Step
from analysis.survey_points import MeasuredLeaf, lost_points, measured, shared_loss

SHARES = [96, 91, 88, 97, 84]
RATINGS = np.where(np.arange(100)[:, None] < np.array(SHARES), 5, 2)
AGENCY = Moments.from_answers(answer_vectors(RATINGS, element_of_item=range(5)), elements=5)


def estimated(rule: PointsRule, confidence_level: float) -> Points:
    return points(rule, AGENCY, confidence_level=confidence_level)


def leaves(formula: Formula) -> list[MeasuredLeaf]:
    return [MeasuredLeaf(Leaf(f"s{at}", Fraction(2), formula, Cut(), is_survey=True), (at,)) for at in range(5)]


def test_leaves_that_are_shares_have_the_interval_of_their_weighted_total() -> None:
    some = leaves(Share())
    found = measured(some, estimated)
    plain = points(PointsRule(tuple(Part(Fraction(2), (at,)) for at in range(5))), AGENCY)
    rubric = Rubric((Group("a", (Leaf("x", Fraction(90), Given()),)), Group("b", tuple(one.leaf for one in some))))

    total = index_total(rubric, {"x": Fraction(80), **found.values}, surveys=[found.part])

    assert found.values == {f"s{at}": Fraction(share, 100) for at, share in enumerate(SHARES)}
    low, high = found.ends["s0"]
    assert low < 0.96 < high
    assert found.part.points.ci.low == pytest.approx(plain.unrounded.ci.low)
    # Eighty certain points are added and the ends are cut once: the ends of the official points of satisfaction.
    assert (total.points, total.low, total.high) == (80 + plain.total, 80 + plain.low, 80 + plain.high)
    assert total.components["b"].points == plain.total == Fraction("9.12")


def test_steps_and_lines_have_their_ends_at_the_ends_of_all_leaves() -> None:
    steps = measured(leaves(Bands((Step(Fraction("0.9"), Fraction(2)), Step(Fraction("0.8"), Fraction(1))))), estimated)
    lines = measured(leaves(Linear(Fraction("0.5"), Fraction(1))), estimated)
    worse = measured(leaves(Linear(Fraction(1), Fraction("0.5"))), estimated)

    # 96, 91 and 97 % reach the band of 2 points, 88 and 84 that of 1.
    assert steps.part.points.value == 8
    assert steps.part.points.ci.low < 8 < steps.part.points.ci.high
    assert isnan(steps.part.points.standard_error)
    assert steps.part.standard_error > 0
    assert lines.part.points.value == pytest.approx(2 * sum((share / 100 - 0.5) / 0.5 for share in SHARES))
    assert worse.part.points.value == pytest.approx(10 - lines.part.points.value)
    assert worse.part.points.ci.low < worse.part.points.value < worse.part.points.ci.high


def rated(ratings: int, share: float) -> tuple[int, Estimate]:
    return ratings, Estimate(value=share, ci=Interval(share - 0.05, share + 0.05), standard_error=0.02, n=ratings)


def pooled(formula: Formula) -> Leaf:
    return Leaf("s", Fraction(3), formula, Cut(), is_survey=True)


def test_what_elements_of_one_leaf_cost_adds_up_to_what_it_lost_by_its_own_formula() -> None:
    line = pooled(Linear(Fraction("0.5"), Fraction("0.95")))
    # (100 · 0.7 + 300 · 0.75) / 400 = 73.75 %: 3 · (0.95 - 0.7375) / 0.45 points are lost.
    value, elements = Fraction("0.7375"), [rated(100, 0.7), rated(300, 0.75)]
    first, second = shared_loss(line, value, elements)
    assert (first.lost, second.lost) == (pytest.approx(3 / 4 * 0.25 / 0.45), pytest.approx(9 / 4 * 0.2 / 0.45))
    assert first.lost + second.lost == pytest.approx(lost_points(line, value)) == pytest.approx(1.41666667)
    assert (first.low, first.high) == (pytest.approx(3 / 4 * 0.2 / 0.45), pytest.approx(3 / 4 * 0.3 / 0.45))
    assert first.in_points

    # One lies beyond 95 % and makes up for a part of what the other lacks; the parts still add up.
    beyond = shared_loss(line, Fraction("0.9"), [rated(50, 0.81), rated(50, 0.99)])
    assert [one.lost for one in beyond] == [pytest.approx(3 * 0.05 / 0.45), 0]
    assert beyond[1].low <= 0 < beyond[1].high
    # All points reached: nobody costs anything, but the ends tell what one might.
    reached = shared_loss(line, Fraction("0.96"), [rated(50, 0.94), rated(50, 0.98)])
    assert [(one.lost, one.low, one.high > 0) for one in reached] == [(0, 0, True), (0, 0, True)]

    plain = shared_loss(pooled(Share()), Fraction("0.7375"), elements)
    assert [one.lost for one in plain] == [pytest.approx(3 * 0.25 * 0.3), pytest.approx(3 * 0.75 * 0.25)]


def test_of_a_leaf_in_steps_it_is_told_what_elements_lack_to_the_highest() -> None:
    steps = pooled(Bands((Step(Fraction("0.6"), Fraction(1)), Step(Fraction("0.9"), Fraction(3)))))
    first, second = shared_loss(steps, Fraction("0.8"), [rated(50, 0.7), rated(50, 0.92)])
    assert (first.lost, first.low, first.high) == (pytest.approx(0.2), pytest.approx(0.15), pytest.approx(0.25))
    assert (second.lost, second.in_points) == (0, False)
