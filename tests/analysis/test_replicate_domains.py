"""Replicate estimates of several domains against their definition: every estimate again with every set of weights."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.design import sampling_design
from analysis.intervals import Floats
from analysis.linearisation import DomainStatistics
from analysis.replicate_estimates import replicate_contrasts, replicate_means, replicate_ratios, replicate_totals
from analysis.replicates import delete_one_cluster

NAN = np.nan
CLUSTERS = np.repeat(np.arange(6), 4)
WEIGHTS = np.linspace(2, 5, 24)
DESIGN = delete_one_cluster(sampling_design(weights=WEIGHTS, clusters=[CLUSTERS]))
Y = np.where(np.arange(24) == 9, NAN, np.tile([1.0, 4, 2, 5, 3, 5, 4, 1], 3))
OVER = np.where(np.arange(24) == 14, NAN, np.tile([2.0, 1, 1, 2, 3, 1], 4))
DOMAIN = np.tile([0, 1, -1, 2, 1, 0], 4)
LATER = np.arange(24) % 5 < 2
Estimates = Callable[[Floats, Floats], DomainStatistics]
KINDS: dict[str, Estimates] = {
    "mean": lambda y, _: replicate_means(DESIGN, y, DOMAIN, 4),
    "total": lambda y, _: replicate_totals(DESIGN, y, DOMAIN, 4),
    "ratio": lambda y, over: replicate_ratios(DESIGN, y, over, DOMAIN, 4),
}


def rows_of(domain: int, kind: str) -> Floats:
    return np.flatnonzero((domain == DOMAIN) & ~np.isnan(Y) & ~(np.isnan(OVER) & (kind == "ratio")))


def with_weights(weights: Floats, rows: Floats, kind: str) -> float:
    w, y, over = weights[rows], Y[rows], OVER[rows]
    with np.errstate(invalid="ignore"):
        return float((w * y).sum() / {"mean": w.sum(), "total": 1.0, "ratio": (w * over).sum()}[kind])


def jackknife(estimate: Callable[[Floats], float]) -> float:
    """Return 5/6 Σ(θ - θ̄)² over the six samples without one cluster, the other weights times 6/5.

    A sample without a side or domain stands for no change.
    """
    again = np.array([estimate(np.where(left_out == CLUSTERS, 0.0, 1.2 * WEIGHTS)) for left_out in range(6)])
    again = np.where(np.isnan(again), estimate(WEIGHTS), again)
    return float(5 / 6 * ((again - again.mean()) ** 2).sum())


@pytest.mark.parametrize("kind", KINDS)
def test_every_domain_has_its_estimate_and_its_jackknife(kind: str) -> None:
    found = KINDS[kind](Y, OVER)

    for domain in range(3):
        rows = rows_of(domain, kind)
        w, n, value = WEIGHTS[rows], len(rows), with_weights(WEIGHTS, rows, kind)
        variance = jackknife(lambda weights, rows=rows: with_weights(weights, rows, kind))
        centred = Y[rows] - (value * OVER[rows] if kind == "ratio" else np.average(Y[rows], weights=w))
        times = {"mean": 1.0, "total": w.sum(), "ratio": w.sum() / (w * OVER[rows]).sum() if kind == "ratio" else 0}
        simple = np.average(centred**2, weights=w) / (n - 1) * (1 - n / w.sum()) * times[kind] ** 2
        assert (found.value[domain], found.variance[domain]) == pytest.approx((value, variance))
        assert found.design_effect[domain] == pytest.approx(variance / simple)
        assert found.kish_n[domain] == pytest.approx(w.sum() ** 2 / (w**2).sum())
        assert (found.n[domain], found.degrees_of_freedom[domain], found.clusters[domain]) == (n, 5, 6)
    assert (np.isnan(found.value[3]), found.n[3], found.kish_n[3]) == (True, 0, 0)
    assert found.is_constant.tolist() == found.is_enumerated.tolist() == [False] * 4
    assert found.is_constant.dtype == found.is_enumerated.dtype == np.bool_


def test_every_domain_has_its_contrast() -> None:
    found = replicate_contrasts(DESIGN, Y, later=LATER, domain=DOMAIN, domains=3, confidence_level=0.8)

    for domain, one in enumerate(found):
        rows = rows_of(domain, "mean")

        def change(weights: Floats, rows: Floats = rows) -> float:
            later, earlier = rows[LATER[rows]], rows[~LATER[rows]]
            return with_weights(weights, later, "mean") - with_weights(weights, earlier, "mean")

        assert (one.value, one.standard_error**2) == pytest.approx((change(WEIGHTS), jackknife(change)))
        assert (one.confidence_level, one.degrees_of_freedom) == (0.8, 5)
    assert replicate_contrasts(DESIGN, Y, later=LATER, domain=DOMAIN, domains=3)[0].confidence_level == 0.95


def test_equal_answers_have_exactly_no_variance_and_no_design_effect() -> None:
    found = replicate_means(DESIGN, np.where(DOMAIN == 1, 0.1, Y), DOMAIN, 4)

    assert found.is_constant.tolist() == [False, True, False, False]
    assert (found.variance[1], np.isnan(found.design_effect[1])) == (0.0, True)
    assert found.variance[0] > 0


def test_one_domain_of_all_rows_is_the_default() -> None:
    for found in (replicate_means(DESIGN, Y), replicate_totals(DESIGN, Y), replicate_ratios(DESIGN, Y, OVER)):
        assert found.value.shape == found.variance.shape == (1,)


@pytest.mark.parametrize("kind", KINDS)
def test_none_is_a_missing_answer_and_nothing_is_divided_aloud(kind: str) -> None:
    y, over = ([None if np.isnan(one) else one for one in column.tolist()] for column in (Y, OVER))

    with np.errstate(all="raise"):
        found = KINDS[kind](y, over)
        changes = replicate_contrasts(DESIGN, y, later=LATER, domain=DOMAIN, domains=3)

    assert np.array_equal(found.variance, KINDS[kind](Y, OVER).variance, equal_nan=True)
    assert changes == replicate_contrasts(DESIGN, Y, later=LATER, domain=DOMAIN, domains=3)


def test_a_ratio_over_nothing_has_no_value_and_a_total_of_equal_answers_no_design_effect() -> None:
    with np.errstate(all="raise"):
        nothing = replicate_ratios(DESIGN, Y, np.zeros(24), DOMAIN, 3)
        constant = replicate_totals(DESIGN, np.full(24, 2.0), DOMAIN, 3)

    assert np.isnan(nothing.value).all()
    assert np.isnan(nothing.variance).all()
    assert np.isnan(constant.design_effect).all()
    assert (constant.variance > 0).all()
