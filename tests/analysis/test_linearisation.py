"""Expected numbers: tests/reference/survey.json, written by survey.R."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.design import sampling_design
from analysis.intervals import Floats
from analysis.linearisation import contrast, means, ratios, totals
from analysis.quantiles import estimate_quantiles
from analysis.share_intervals import Precision, share_interval
from known_survey import People, answers

DESIGNS = ("simple", "weighted", "stratified", "clustered", "two_stage", "unstratified")
CLOSE = {"rel": 1e-10, "abs": 1e-13}


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.mark.parametrize("kind", DESIGNS)
def test_means_and_shares_equal_r(people: People, kind: str) -> None:
    design, expected = people.design(kind), answers()[kind]
    for outcome, name in ((people.rating, "mean"), (people.satisfied, "share")):
        found = means(design, outcome)
        assert found.value[0] == pytest.approx(expected[name]["value"], **CLOSE)
        assert found.standard_error[0] == pytest.approx(expected[name]["se"], **CLOSE)
        if expected[name]["deff"] is not None:
            assert found.design_effect[0] == pytest.approx(expected[name]["deff"], **CLOSE)


@pytest.mark.parametrize("kind", DESIGNS)
def test_degrees_of_freedom_equal_r(people: People, kind: str) -> None:
    design, expected = people.design(kind), answers()[kind]
    assert design.degrees_of_freedom() == expected["degf"]
    assert means(design, people.rating).degrees_of_freedom[0] == expected["degf_answered"]


@pytest.mark.parametrize("kind", DESIGNS)
def test_totals_equal_r(people: People, kind: str) -> None:
    found, expected = totals(people.design(kind), people.satisfied), answers()[kind]["total"]
    assert found.value[0] == pytest.approx(expected["value"], **CLOSE)
    assert found.standard_error[0] == pytest.approx(expected["se"], **CLOSE)
    if expected["deff"] is not None:
        assert found.design_effect[0] == pytest.approx(expected["deff"], **CLOSE)


@pytest.mark.parametrize("kind", DESIGNS)
def test_ratios_equal_r(people: People, kind: str) -> None:
    found, expected = ratios(people.design(kind), people.number("days"), people.number("due")), answers()[kind]["ratio"]
    assert found.value[0] == pytest.approx(expected["value"], **CLOSE)
    assert found.standard_error[0] == pytest.approx(expected["se"], **CLOSE)
    if expected["deff"] is not None:
        assert found.design_effect[0] == pytest.approx(expected["deff"], **CLOSE)


@pytest.mark.parametrize("kind", DESIGNS)
def test_domains_equal_r(people: People, kind: str) -> None:
    names, code = people.domain("field")
    found, expected = means(people.design(kind), people.satisfied, code, len(names)), answers()[kind]["by"]
    assert names == expected["field"]
    assert found.value == pytest.approx(expected["value"], **CLOSE)
    assert found.standard_error == pytest.approx(expected["se"], **CLOSE)
    assert list(found.degrees_of_freedom) == expected["df"]
    if expected["deff"][0] is not None:
        assert found.design_effect == pytest.approx(expected["deff"], **CLOSE)


@pytest.mark.parametrize("method", ["logit", "beta", "mean", "xlogit", "asin", "wilson"])
@pytest.mark.parametrize("kind", DESIGNS)
def test_share_intervals_equal_r(people: People, kind: str, method: str) -> None:
    found = means(people.design(kind), people.satisfied)
    precision = Precision(found.variance[0], int(found.n[0]), float(found.degrees_of_freedom[0]))
    interval = share_interval(float(found.value[0]), precision, method=method)
    # R fits the logit by iteration, to nine digits.
    digits = 1e-8 if method == "logit" else 1e-10
    assert [interval.low, interval.high] == pytest.approx(answers()[kind][f"interval_{method}"], rel=digits)


@pytest.mark.parametrize("kind", DESIGNS)
def test_quantiles_equal_r(people: People, kind: str) -> None:
    expected = answers()[kind]["quantiles"]
    for place, probability in enumerate((0.25, 0.5, 0.75)):
        (found,) = estimate_quantiles(people.design(kind), people.rating, probability)
        assert found.value == expected["value"][place]
        assert found.ci.low == expected["low"][place]
        assert found.ci.high == expected["high"][place]
        assert found.standard_error == pytest.approx(expected["se"][place], **CLOSE)


@pytest.mark.parametrize("kind", DESIGNS)
def test_change_between_domains_that_share_clusters_equals_r(people: People, kind: str) -> None:
    wave, expected = people.text("wave"), answers()[kind]["change"]
    found = contrast(people.design(kind), people.rating, earlier=wave == "2025", later=wave == "2026")
    assert found.value == pytest.approx(expected["value"], **CLOSE)
    assert found.standard_error == pytest.approx(expected["se"], **CLOSE)
    assert found.method == "taylor_contrast"


@pytest.mark.parametrize("choice", ["remove", "certainty", "adjust", "average"])
def test_lonely_strata_equal_r(choice: str) -> None:
    people = People(lambda row: row["stratum"] != "city" or row["commune"] == "1")
    expected = answers()[f"lonely_{choice}"]
    for kind, name in (("one_stage", "se"), ("one_stage_fpc", "se_fpc")):
        design = people.design(kind, lonely_stratum=choice)
        domain = np.zeros(len(people.rows), dtype=int)
        assert means(design, people.rating, domain).standard_error[0] == pytest.approx(expected[name], **CLOSE)


def test_change_of_a_ratio_is_the_difference_of_the_ratios(people: People) -> None:
    wave, design = people.text("wave"), people.design("clustered")
    days, due = people.number("days"), people.number("due")
    both = ratios(design, days, due, np.where(wave == "2025", 0, 1), 2)
    found = contrast(design, days, denominator=due, earlier=wave == "2025", later=wave == "2026")
    assert found.value == pytest.approx(both.value[1] - both.value[0])


def test_a_domain_without_an_answer_has_no_value(people: People) -> None:
    domain = np.zeros(len(people.rows), dtype=int)
    for estimate in (means, totals):
        found = estimate(people.design("clustered"), people.rating, domain, 2)
        assert found.n[1] == 0
        assert np.isnan(found.value[1])
        assert np.isnan(found.variance[1])


def test_a_ratio_over_nothing_has_no_value() -> None:
    design = sampling_design(size=3)
    found = ratios(design, [1.0, 2.0, 3.0], [0.0, 0.0, 0.0])
    assert np.isnan(found.value[0])
    assert np.isnan(found.variance[0])


def test_rows_without_weight_count_for_nothing() -> None:
    design = sampling_design(weights=[1.0, 2.0, 3.0, 0.0])
    found = means(design, [1.0, 0.0, 1.0, 0.0])
    assert found.n[0] == 3
    assert found.value[0] == pytest.approx(4 / 6)
    assert found.degrees_of_freedom[0] == 2


def test_weights_that_say_nothing_about_the_population_give_no_finite_correction() -> None:
    design = sampling_design(weights=[0.5, 0.5, 0.5, 0.5])
    assert means(design, [1.0, 0.0, 1.0, 0.0]).design_effect[0] == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(
    outcome=arrays.arrays(float, 24, elements=st.sampled_from([0.0, 1.0])),
    weights=arrays.arrays(float, 24, elements=st.floats(0.5, 50)),
    factor=st.floats(0.01, 100),
    shuffle=st.randoms(use_true_random=False),
)
def test_estimates_do_not_depend_on_order_or_on_the_unit_of_the_weights(
    outcome: Floats, weights: Floats, factor: float, shuffle: Random
) -> None:
    strata, clusters = np.repeat([0, 1], 12), np.tile(np.repeat([0, 1, 2], 4), 2)
    order = list(range(24))
    shuffle.shuffle(order)
    first = means(sampling_design(weights=weights, strata=strata, clusters=[clusters]), outcome)
    again = means(
        sampling_design(weights=weights[order] * factor, strata=strata[order], clusters=[clusters[order]]),
        outcome[order],
    )
    assert again.value == pytest.approx(first.value, rel=1e-9)
    assert again.variance == pytest.approx(first.variance, rel=1e-7, abs=1e-18)


@given(outcome=arrays.arrays(float, 20, elements=st.floats(1, 5)), weight=st.floats(0.1, 100))
def test_equal_weights_are_no_weights(outcome: Floats, weight: float) -> None:
    plain, weighted = (
        means(design, outcome) for design in (sampling_design(size=20), sampling_design(weights=np.full(20, weight)))
    )
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.variance == pytest.approx(plain.variance, abs=1e-15)


@given(outcome=arrays.arrays(float, 30, elements=st.floats(1, 5)))
def test_totals_of_domains_add_up_to_the_whole(outcome: Floats) -> None:
    design = sampling_design(weights=np.linspace(1, 4, 30), strata=np.repeat([0, 1, 2], 10))
    parts = totals(design, outcome, np.tile([0, 1, 2], 10), 3)
    assert parts.value.sum() == pytest.approx(totals(design, outcome).value[0])
