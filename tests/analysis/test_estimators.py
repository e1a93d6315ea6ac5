"""The one door leads to linearisation for a design and to replicates for replicate weights, with every argument."""

import numpy as np
import pytest

from analysis import estimators, linearisation, replicate_estimates
from analysis.design import sampling_design
from analysis.estimators import AnyDesign
from analysis.linearisation import DomainStatistics
from analysis.replicates import delete_one_cluster, supplied_replicates

CLUSTERS = np.repeat(np.arange(6), 4)
DESIGN = sampling_design(weights=np.linspace(1, 3, 24), clusters=[CLUSTERS])
REPLICATES = delete_one_cluster(DESIGN)
Y, OVER = np.tile([1.0, 4, 2, 5, 3, 5, 4, 1], 3), np.tile([2.0, 1, 1, 2, 3, 1], 4)
DOMAIN = np.tile([0, 1, -1, 1], 6)
LATER = np.arange(24) % 3 == 0


def same(found: DomainStatistics, expected: DomainStatistics) -> bool:
    fields = ("value", "variance", "n", "degrees_of_freedom", "clusters", "kish_n", "design_effect", "is_constant")
    return all(
        np.array_equal(getattr(found, name), getattr(expected, name), equal_nan=name != "is_constant")
        for name in fields
    )


def test_a_design_is_linearised() -> None:
    assert same(estimators.means(DESIGN, Y, DOMAIN, 3), linearisation.means(DESIGN, Y, DOMAIN, 3))
    assert same(estimators.means(DESIGN, Y), linearisation.means(DESIGN, Y))
    assert same(estimators.totals(DESIGN, Y, DOMAIN, 3), linearisation.totals(DESIGN, Y, DOMAIN, 3))
    assert same(estimators.ratios(DESIGN, Y, OVER, DOMAIN, 3), linearisation.ratios(DESIGN, Y, OVER, DOMAIN, 3))


def test_replicate_weights_are_replicated() -> None:
    replicate = replicate_estimates
    assert same(estimators.means(REPLICATES, Y, DOMAIN, 3), replicate.replicate_means(REPLICATES, Y, DOMAIN, 3))
    assert same(estimators.means(REPLICATES, Y), replicate.replicate_means(REPLICATES, Y))
    assert same(estimators.totals(REPLICATES, Y, DOMAIN, 3), replicate.replicate_totals(REPLICATES, Y, DOMAIN, 3))
    assert same(
        estimators.ratios(REPLICATES, Y, OVER, DOMAIN, 3),
        replicate.replicate_ratios(REPLICATES, Y, OVER, DOMAIN, 3),
    )


@pytest.mark.parametrize("design", [DESIGN, REPLICATES])
def test_contrasts_are_those_of_the_kind_of_design(design: AnyDesign) -> None:
    direct = linearisation.contrasts if design is DESIGN else replicate_estimates.replicate_contrasts

    found = estimators.contrasts(design, Y, later=LATER, domain=DOMAIN, domains=2, confidence_level=0.9)

    assert found == direct(design, Y, later=LATER, domain=DOMAIN, domains=2, confidence_level=0.9)
    assert [one.confidence_level for one in found] == [0.9, 0.9]
    assert found[0].method == ("taylor_contrast" if design is DESIGN else "replicates")


def test_degrees_of_freedom_are_the_design_s_own() -> None:
    given = supplied_replicates([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]], scale=0.5, degrees_of_freedom=7.5)

    assert [estimators.design_degrees_of_freedom(one) for one in (DESIGN, REPLICATES, given)] == [5.0, 5.0, 7.5]
    assert isinstance(estimators.design_degrees_of_freedom(DESIGN), float)


def test_only_a_plain_design_is_simple() -> None:
    assert [estimators.is_simple(one) for one in (sampling_design(size=3), DESIGN, REPLICATES)] == [True, False, False]
