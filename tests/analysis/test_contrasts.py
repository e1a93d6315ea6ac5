"""Contrasts of rows drawn one by one, by hand: n/(n - 1) Σu² with u = ±(y - ȳ)/n of its side."""

import numpy as np
import pytest
from scipy.stats import t

from analysis.design import sampling_design
from analysis.linearisation import contrast, contrasts, means, totals

NAN = np.nan
Y = np.array([5.0, 4.0, 1.0, 3.0, 2.0, 5.0, 4.0, 4.0, 1.0, NAN])
LATER = np.array([0, 1, 0, 1, 1, 0, 1, 0, 0, 1], dtype=bool)
DOMAIN = np.array([0, 0, 0, 0, 1, 1, 1, 1, -1, 1])
ALL = sampling_design(size=len(Y))


def by_hand(rows: list[int]) -> tuple[float, float, int]:
    """Return difference, standard error and degrees of freedom for some rows of the ten."""
    value, squares = 0.0, 0.0
    for side, sign in ((True, 1.0), (False, -1.0)):
        y = Y[[row for row in rows if LATER[row] == side]]
        value += sign * y.mean()
        squares += (((y - y.mean()) / len(y)) ** 2).sum()
    return value, np.sqrt(len(Y) / (len(Y) - 1) * squares), len(rows) - 1


def test_every_domain_has_its_own_contrast() -> None:
    found = contrasts(ALL, Y, later=LATER, domain=DOMAIN, domains=2)

    for one, rows in zip(found, ([0, 1, 2, 3], [4, 5, 6, 7]), strict=True):
        value, error, degrees = by_hand(rows)
        assert (one.value, one.standard_error) == pytest.approx((value, error))
        assert one.degrees_of_freedom == degrees
        assert one.confidence_level == 0.95
        assert one.ci.high - one.value == pytest.approx(t.ppf(0.975, degrees) * error)


def test_three_domains_do_not_borrow_from_each_other() -> None:
    domain = np.array([0, 0, 1, 1, 2, 2, 0, 0, 1, 2])
    found = contrasts(ALL, np.nan_to_num(Y, nan=3.0), later=LATER, domain=domain, domains=3)

    assert [one.value for one in found] == pytest.approx([4 - 4.5, 3 - 1.0, 2.5 - 5])


def test_rows_on_neither_side_stay_out_of_a_contrast() -> None:
    rows = np.isin(np.arange(len(Y)), [0, 1, 2, 3])

    found = contrast(ALL, Y, earlier=rows & ~LATER, later=rows & LATER, confidence_level=0.9)

    value, error, degrees = by_hand([0, 1, 2, 3])
    assert (found.value, found.standard_error) == pytest.approx((value, error))
    assert (found.degrees_of_freedom, found.confidence_level) == (degrees, 0.9)


def test_a_contrast_of_ratios_leaves_out_rows_without_a_denominator() -> None:
    over = np.array([1.0, 2.0, 1.0, 1.0, 2.0, 1.0, NAN, 2.0, NAN, 1.0])
    known = ~np.isnan(over) & ~np.isnan(Y)

    found = contrast(ALL, Y, earlier=~LATER, later=LATER, denominator=over)

    value, squares = 0.0, 0.0
    for side, sign in ((LATER & known, 1.0), (~LATER & known, -1.0)):
        ratio = Y[side].sum() / over[side].sum()
        value += sign * ratio
        squares += (((Y[side] - ratio * over[side]) / over[side].sum()) ** 2).sum()
    assert found.value == pytest.approx(value)
    assert found.standard_error == pytest.approx(np.sqrt(len(Y) / (len(Y) - 1) * squares))
    assert found.degrees_of_freedom == known.sum() - 1


def test_a_total_is_never_taken_for_constant_answers() -> None:
    found = totals(ALL, np.where(DOMAIN == 0, 2.0, NAN))

    assert found.is_constant.dtype == np.bool_
    assert found.is_constant.tolist() == [False]
    assert found.standard_error[0] > 0


def test_whole_numbers_and_lists_are_taken_as_numbers() -> None:
    assert means(ALL, [1, 0, 1, 1, 0, 1, 1, 1, 1, None]).value[0] == pytest.approx(7 / 9)
