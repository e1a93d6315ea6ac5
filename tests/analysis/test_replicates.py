"""Expected numbers: tests/reference/survey.json, written by survey.R with as.svrepdesign and svrepdesign."""

import numpy as np
import pytest

from analysis.design import DesignError, sampling_design
from analysis.linearisation import means, ratios, totals
from analysis.replicate_estimates import replicate_contrasts, replicate_means, replicate_ratios, replicate_totals
from analysis.replicates import (
    ReplicateDesign,
    balanced_half_samples,
    bootstrap,
    delete_one_cluster,
    supplied_replicates,
)
from known_survey import People, answers

HALVES = ("brr", "fay")


def replicated(kind: str) -> tuple[People, ReplicateDesign]:
    people = People((lambda row: int(row["commune"]) <= 2) if kind in HALVES else None)
    if kind == "jk1":
        return people, delete_one_cluster(people.design("unstratified"))
    if kind == "jkn":
        return people, delete_one_cluster(people.design("clustered"))
    if kind == "jkn_fpc":
        return people, delete_one_cluster(people.design("one_stage_fpc"))
    if kind == "supplied":
        source = delete_one_cluster(people.design("clustered"))
        return people, supplied_replicates(source.weights, source.replicates, scale=0.9, around_estimate=True)
    return people, balanced_half_samples(people.design("one_stage"), fay_rho=0.3 if kind == "fay" else 0.0)


@pytest.mark.parametrize("kind", ["jk1", "jkn", "jkn_fpc", "brr", "fay", "supplied"])
def test_replicate_variances_equal_r(kind: str) -> None:
    people, design = replicated(kind)
    expected = answers()[kind]
    found = replicate_means(design, people.rating)
    assert found.value[0] == pytest.approx(expected["mean"])
    assert found.standard_error[0] == pytest.approx(expected["se"], rel=1e-10)
    names, code = people.domain("field")
    by = replicate_means(design, people.satisfied, code, len(names))
    assert by.value == pytest.approx(expected["by"])
    assert by.standard_error == pytest.approx(expected["by_se"], rel=1e-10)


@pytest.mark.parametrize("kind", ["jk1", "jkn", "jkn_fpc", "brr", "fay", "supplied"])
def test_replicate_totals_ratios_and_contrasts_equal_r(kind: str) -> None:
    people, design = replicated(kind)
    expected, wave = answers()[kind], people.text("wave")
    total = replicate_totals(design, people.satisfied)
    ratio = replicate_ratios(design, people.number("days"), people.number("due"))
    (change,) = replicate_contrasts(
        design, people.rating, later=wave == "2026", domain=np.zeros(len(wave), dtype=int), domains=1
    )
    assert total.standard_error[0] == pytest.approx(expected["total"], rel=1e-10)
    assert ratio.standard_error[0] == pytest.approx(expected["ratio"], rel=1e-10)
    assert change.standard_error == pytest.approx(expected["change"], rel=1e-10)
    assert (change.method, change.degrees_of_freedom) == ("replicates", design.degrees_of_freedom)
    assert min(total.design_effect[0], ratio.design_effect[0]) > 0


def test_design_effects_of_replicates_compare_with_the_linearised_ones() -> None:
    people = People()
    plain = people.design("one_stage")
    by_hand = bootstrap(plain, replicates=3000, seed=5)
    days, due = people.number("days"), people.number("due")
    pairs = [
        (replicate_means(by_hand, days), means(plain, days)),
        (replicate_totals(by_hand, people.satisfied), totals(plain, people.satisfied)),
        (replicate_ratios(by_hand, days, due), ratios(plain, days, due)),
    ]
    for found, expected in pairs:
        assert found.value == pytest.approx(expected.value)
        assert found.design_effect == pytest.approx(expected.design_effect, rel=0.2)


def test_kinds_and_degrees_of_freedom_are_recorded() -> None:
    kinds = {kind: replicated(kind)[1] for kind in ("jk1", "jkn", "brr", "supplied")}
    assert [design.kind for design in kinds.values()] == ["JK1", "JKn", "BRR", "supplied"]
    assert kinds["supplied"].degrees_of_freedom == answers()["supplied"]["degf"]
    assert kinds["jkn"].degrees_of_freedom == answers()["clustered"]["degf"]
    given = supplied_replicates([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]], scale=0.5, degrees_of_freedom=7)
    assert given.degrees_of_freedom == 7


def test_a_bootstrap_is_its_seed() -> None:
    people = People()
    first, again, other = (bootstrap(people.design("one_stage"), replicates=40, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.replicates, again.replicates)
    assert not np.array_equal(first.replicates, other.replicates)
    assert (first.seed, first.kind) == (1, "bootstrap")


def test_a_long_bootstrap_comes_close_to_the_linearised_variance() -> None:
    people = People()
    design = people.design("one_stage")
    found = replicate_means(bootstrap(design, replicates=2000, seed=20261121), people.rating)
    assert found.standard_error[0] == pytest.approx(means(design, people.rating).standard_error[0], rel=0.08)


def test_bootstrap_weights_add_up_to_the_weights_on_average() -> None:
    design = People().design("one_stage")
    drawn = bootstrap(design, replicates=4000, seed=3).replicates
    assert drawn.mean(axis=1) == pytest.approx(design.weights, rel=0.15)


def test_equal_answers_have_no_variance_and_empty_domains_no_value() -> None:
    _, design = replicated("jkn")
    domain = np.zeros(len(design.weights), dtype=int)
    found = replicate_means(design, np.ones(len(design.weights)), domain, 2)
    assert found.variance[0] == 0
    assert np.isnan(found.value[1])
    assert (found.n[1], found.kish_n[1]) == (0, 0)


def test_a_replicate_without_a_domain_adds_nothing() -> None:
    design = delete_one_cluster(sampling_design(clusters=[[1, 1, 2, 2, 3, 3]]))
    found = replicate_means(design, [1.0, 0, 1, 1, 0, 1], [0, 0, -1, -1, -1, -1])
    assert found.value[0] == 0.5
    assert found.variance[0] == pytest.approx(0)


def test_designs_that_cannot_be_replicated_are_refused() -> None:
    lonely = sampling_design(strata=["a", "a", "b"], lonely_stratum="remove")
    for make in (delete_one_cluster, balanced_half_samples, lambda design: bootstrap(design, replicates=3, seed=1)):
        with pytest.raises(DesignError, match=r"one cluster|two clusters"):
            make(lonely)


def test_supplied_weights_that_cannot_be_are_refused() -> None:
    with pytest.raises(DesignError, match="one row for each weight"):
        supplied_replicates([1.0, 1.0], [[1.0, 1.0]], scale=1.0)
    with pytest.raises(DesignError, match="one row for each weight"):
        supplied_replicates([1.0, 1.0], [1.0, 1.0], scale=1.0)
    with pytest.raises(DesignError, match="1 replicate weights and 2 replicate_scales"):
        supplied_replicates([1.0, 1.0], [[1.0], [1.0]], scale=1.0, replicate_scales=[1.0, 1.0])
    for weights, replicates in (([1.0, -1.0], [[1.0], [1.0]]), ([1.0, 1.0], [[1.0], [float("nan")]])):
        with pytest.raises(DesignError, match="negative or not a number") as refused:
            supplied_replicates(weights, replicates, scale=1.0)
        assert refused.value.row == 1


def test_replicates_may_have_scales_of_their_own() -> None:
    plain = supplied_replicates([1.0, 1.0, 1.0], [[0, 1.5], [1.5, 0], [1.5, 1.5]], scale=1.0)
    scaled = supplied_replicates(
        [1.0, 1.0, 1.0], [[0, 1.5], [1.5, 0], [1.5, 1.5]], scale=0.5, replicate_scales=[2.0, 2.0]
    )
    first, second = (replicate_means(design, [0.0, 1.0, 1.0]).variance[0] for design in (plain, scaled))
    assert first == pytest.approx(second)
