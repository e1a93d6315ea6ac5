"""Points of a survey with strata, clusters and weights, against R's survey and against sums by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from analysis.design import sampling_design
from analysis.design_points import RatedSample, design_points
from analysis.domain_estimates import estimate_domain_shares
from analysis.moments import NothingRatedError
from analysis.points_rule import Part, PointsRule

# Twelve people of two strata with three clusters each; the last four are not of the agency that is told of.
STRATA = np.repeat(["x", "y"], [6, 6])
CLUSTERS = np.repeat(["a", "b", "c", "d", "e", "f"], 2)
WEIGHTS = np.array([1, 1, 2, 2, 1.5, 1.5, 3, 3, 1, 1, 2, 2])
SATISFIED = np.array([[1, 2], [0, 1], [1, 2], [1, 0], [0, 2], [1, 1], [1, 2], [1, 0], [0, 0], [1, 2], [0, 1], [1, 1]])
RATED = np.array([[1, 2], [1, 2], [1, 2], [1, 0], [1, 2], [1, 1], [1, 2], [1, 2], [1, 2], [1, 2], [1, 2], [1, 1]])
MEMBERS = np.arange(12) < 8
RULE = PointsRule((Part(Fraction(2), (0,)), Part(Fraction(3), (1,))), rounding="none")


def sample(members: np.ndarray = MEMBERS, weights: np.ndarray = WEIGHTS) -> RatedSample:
    design = sampling_design(weights=weights, strata=STRATA, clusters=[CLUSTERS])
    satisfied, rated = SATISFIED.astype(float), RATED.astype(float)
    return RatedSample(design, satisfied, satisfied * 5 + (rated - satisfied) * 2, rated, members)


def test_the_total_has_the_covariance_of_its_parts_as_r_gives_it() -> None:
    # R's survey 4.1.1: d is the svydesign of these clusters, strata and weights, cut down to the members; then
    # svycontrast(svyratio(~s1 + s2, ~r1 + r2, d, covmat = TRUE), c(2, 0, 0, 3)) has this SE, and degf(d) is 2.
    found = design_points(RULE, sample())
    assert [part.value for part in found.parts] == [Fraction(5, 6), Fraction(5, 7)]
    assert found.total == Fraction(80, 21)
    assert found.unrounded.standard_error == pytest.approx(0.321776519691718, rel=1e-12)
    # Clusters a, b, c and d less both strata.
    assert (found.unrounded.degrees_of_freedom, found.unrounded.n) == (2, 8)
    # survey.R's "wilson": the score interval of 80/105 on p(1 - p) / (SE / 5)², with qt(0.975, 2).
    p, t = 80 / 105, 4.30265272974946
    size = p * (1 - p) / (0.321776519691718 / 5) ** 2
    middle, arm = p + t**2 / (2 * size), t * (p * (1 - p) / size + t**2 / (4 * size**2)) ** 0.5
    ends = tuple(5 * (middle + side * arm) / (1 + t**2 / size) for side in (-1, 1))
    assert (found.unrounded.ci.low, found.unrounded.ci.high) == pytest.approx(ends)


def test_one_part_of_everything_is_the_share_of_all_ratings() -> None:
    found = design_points(PointsRule((Part(Fraction(10)),), rounding="none"), sample())
    # Each rating a row of its respondent.
    rows = [
        (person, int(at < SATISFIED[person, element]))
        for person in range(12)
        for element in range(2)
        for at in range(RATED[person, element])
    ]
    who = np.array([person for person, _ in rows])
    design = sampling_design(weights=WEIGHTS[who], strata=STRATA[who], clusters=[CLUSTERS[who]])
    (expected,) = estimate_domain_shares(design, [given for _, given in rows], np.where(MEMBERS[who], 0, -1))
    assert expected is not None
    assert found.unrounded.value / 10 == pytest.approx(expected.value)
    assert found.unrounded.standard_error / 10 == pytest.approx(expected.standard_error)
    assert found.unrounded.ci.low / 10 == pytest.approx(expected.ci.low)
    assert found.unrounded.ci.high / 10 == pytest.approx(expected.ci.high)


def test_no_binary_fraction_costs_a_hundredth() -> None:
    design = sampling_design(weights=[0.1] * 20, clusters=[list(range(20))])
    satisfied, rated = np.array([[1.0]] * 17 + [[0.0]] * 3), np.ones((20, 1))
    whole = RatedSample(design, satisfied, satisfied * 5, rated, np.ones(20, dtype=bool))
    # 85 % of two points, cut to two decimals.
    assert design_points(PointsRule((Part(Fraction(2)),)), whole).total == Fraction("1.70")


def test_where_all_say_the_same_the_interval_keeps_its_width() -> None:
    happy = RatedSample(sample().design, RATED.astype(float), RATED * 5.0, RATED.astype(float), MEMBERS)
    for source in ("share", "scaled_mean"):
        found = design_points(PointsRule(RULE.parts, source=source), happy)
        assert (found.total, found.high) == (5, 5)
        assert found.low < 4
    with pytest.raises(NothingRatedError, match="part 2"):
        design_points(RULE, sample(members=np.arange(12) == 3))
