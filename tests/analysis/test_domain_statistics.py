"""What a statistic of a domain carries at its edges: nobody, equal answers, missing halves.  By hand."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.design import Design, sampling_design
from analysis.linearisation import DomainStatistics, contrast, contrasts, means, ratios, totals

NAN = np.nan
WEIGHTS = np.array([1.0, 2.0, 3.0, 1.0, 1.0, 2.0, 4.0, 0.0])
Y = np.array([0.1, 0.1, 0.1, 1.0, 2.0, 4.0, 9.0, 5.0])
DOMAIN = np.array([0, 0, 0, 1, 1, 1, -1, 1])  # the last row has no weight, and domain 2 nobody
ALL = sampling_design(weights=WEIGHTS)
Estimator = Callable[[Design, object], DomainStatistics]
ESTIMATORS: dict[str, Estimator] = {
    "means": lambda design, y: means(design, y, DOMAIN, 3),
    "totals": lambda design, y: totals(design, y, DOMAIN, 3),
    "ratios above": lambda design, y: ratios(design, y, WEIGHTS + 1, DOMAIN, 3),
    "ratios below": lambda design, y: ratios(design, WEIGHTS + 1, y, DOMAIN, 3),
}


def test_means_of_three_domains_by_hand() -> None:
    found = means(ALL, Y, DOMAIN, 3)

    mean = (1 * 1 + 1 * 2 + 2 * 4) / 4
    deviations = np.array([1 * (1 - mean), 1 * (2 - mean), 2 * (4 - mean)]) / 4
    variance = 8 / 7 * (deviations**2).sum()
    spread = (1 * (1 - mean) ** 2 + (2 - mean) ** 2 + 2 * (4 - mean) ** 2) / 4 * 3 / 2
    assert found.value[:2] == pytest.approx([0.1, mean])
    assert found.variance[1] == pytest.approx(variance)
    assert found.design_effect[1] == pytest.approx(variance / (spread / 3 * (4 - 3) / 4))
    assert found.n.tolist() == [3, 3, 0]
    assert found.kish_n.tolist() == pytest.approx([36 / 14, 16 / 6, 0])
    assert found.kish_n.dtype == np.float64


def test_equal_answers_have_exactly_no_variance_and_no_design_effect() -> None:
    found = means(ALL, Y, DOMAIN, 3)

    assert found.is_constant.tolist() == [True, False, False]
    assert found.variance[0] == 0.0
    assert np.isnan(found.design_effect[0])
    assert means(ALL, np.full(8, 0.1), np.full(8, 1), 2).is_constant.tolist() == [False, True]
    assert means(ALL, Y, np.where(DOMAIN == 0, 0, -1)).is_constant.tolist() == [True]


def test_a_ratio_of_equal_answers_varies_with_what_they_are_divided_by() -> None:
    found = ratios(ALL, np.full(8, 2.0), Y, DOMAIN, 3)

    assert found.is_constant.dtype == np.bool_
    assert found.is_constant.tolist() == [False] * 3
    assert found.value[1] == pytest.approx(8 / 11)
    assert found.variance[1] > 0


def test_a_total_of_equal_answers_has_no_simple_sample_to_be_compared_with() -> None:
    with np.errstate(all="raise"):
        found = totals(ALL, np.full(8, 2.0), DOMAIN, 3)

    assert found.variance[0] > 0
    assert np.isnan(found.design_effect).all()


def test_a_row_without_a_denominator_leaves_the_ratio() -> None:
    over = np.where(Y == 4, NAN, 2.0)

    found = ratios(ALL, Y, over, DOMAIN, 3)

    assert found.n.tolist() == [3, 2, 0]
    assert found.value[1] == pytest.approx((1 + 2) / 4)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_answer_of_none_is_a_missing_answer(name: str) -> None:
    without = [None if answer == 2.0 else answer for answer in Y.tolist()]

    found, expected = (ESTIMATORS[name](ALL, y) for y in (without, np.where(Y == 2, NAN, Y)))

    assert found.n.tolist() == expected.n.tolist() == [3, 2, 0]
    assert found.value[:2].tolist() == expected.value[:2].tolist()


def test_a_side_of_a_contrast_may_miss_an_answer_or_a_denominator() -> None:
    later = np.array([0, 1, 0, 0, 1, 1, 0, 1], dtype=bool)
    gaps = [None if answer == 2.0 else answer for answer in Y.tolist()]
    known = np.where(Y == 2, NAN, Y)

    plain, as_ratio, below = (
        contrasts(ALL, y, later=later, domain=DOMAIN, domains=2, denominator=over)
        for y, over in ((gaps, None), (gaps, WEIGHTS + 1), (WEIGHTS + 1, gaps))
    )

    assert plain == contrasts(ALL, known, later=later, domain=DOMAIN, domains=2)
    assert as_ratio == contrasts(ALL, known, later=later, domain=DOMAIN, domains=2, denominator=WEIGHTS + 1)
    assert below == contrasts(ALL, WEIGHTS + 1, later=later, domain=DOMAIN, domains=2, denominator=known)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_nothing_is_divided_aloud_where_nobody_answered(name: str) -> None:
    with np.errstate(all="raise"):
        found = ESTIMATORS[name](ALL, Y)
        single = ESTIMATORS[name](ALL, np.where(np.isin(Y, [0.1, 2.0]), Y, NAN))
        nothing = ratios(ALL, Y, np.zeros(8), DOMAIN, 3)
        contrast(ALL, Y, earlier=DOMAIN == 0, later=DOMAIN == 2)

    assert np.isnan(found.value[2])
    assert (single.n[1], np.isnan(single.design_effect[1])) == (1, True)
    assert np.isnan(nothing.value).all()
