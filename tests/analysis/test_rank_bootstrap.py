"""The largest statistic of a draw by hand, where ``analysis.rank_bootstrap`` takes a shortcut to it."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.rank_bootstrap import Bootstrap


def test_units_without_variance_are_drawn_without_noise_and_all_others_with_the_standard_one() -> None:
    variances = np.array([0.0, 1e-6, 1.0, 9.0])

    noise = Bootstrap.draw(np.zeros(4), variances, draws=2000, seed=1, confidence_level=0.9).noise

    assert noise.std(axis=0) == pytest.approx([0, 1, 1, 1], abs=0.06)
    assert noise.mean(axis=0) == pytest.approx([0, 0, 0, 0], abs=0.09)


def test_the_shortcut_goes_on_as_long_as_a_later_unit_may_be_further_off() -> None:
    # The 65th strongest noise with the strongest reaches Cauchy's bound, 3² + 1.9², since its error is in proportion;
    # the 63 between them have no error to speak of and reach 3² with the first.
    noise = np.array([[-3.0, *np.linspace(2.2, 2.0, 63), 1.9, *[0.1] * 35]])
    variances = np.array([9.0, *[1e-12] * 63, 1.9**2, *[1e-12] * 35])
    drawn = Bootstrap(np.zeros(100), variances, noise, 0.9)

    each = drawn.critical_values(np.full(100, 99), np.full(100, np.inf))

    assert drawn.critical_value(4950, np.inf) == pytest.approx((9 + 1.9**2) ** 0.5)
    assert each[[0, 64]] == pytest.approx([(9 + 1.9**2) ** 0.5] * 2)
    assert each[[1, 63, 99]] == pytest.approx([3.0] * 3, abs=1e-4)


def test_as_many_units_as_the_shortcut_takes_at_first_are_all_there_are() -> None:
    noise = np.array([[2.0, *[1.0] * 63]])
    drawn = Bootstrap(np.zeros(64), np.ones(64), noise, 0.9)

    assert drawn.critical_value(2016, np.inf) == pytest.approx(0.5**0.5)
    assert drawn.critical_values(np.full(64, 63), np.full(64, np.inf)) == pytest.approx([0.5**0.5] * 64)


def test_pairs_above_the_last_critical_value_have_left_the_family() -> None:
    # 6 / √2 = 4.24 is above 3: only the second and the third unit are still compared, 0.5 / √2.
    drawn = Bootstrap(np.array([6.0, 0, 0]), np.ones(3), np.array([[3.0, -3.0, -2.5]]), 0.9)

    assert drawn.critical_value(1, 3.0) == pytest.approx(0.5**1.5)
    assert drawn.critical_values(np.array([0, 1, 1]), np.full(3, 3.0)) == pytest.approx([0, 0.5**1.5, 0.5**1.5])


def test_the_quantile_is_the_one_that_holds_for_any_number_of_draws() -> None:
    # ⌈0.8 · (9 + 1)⌉ = the eighth smallest of nine; of two draws the larger.
    nine, two = (
        Bootstrap(np.zeros(2), np.ones(2), np.array([[float(k), 0.0] for k in range(draws)]), 0.8) for draws in (9, 2)
    )

    assert nine.critical_value(1, np.inf) == pytest.approx(7 / 2**0.5)
    assert two.critical_value(1, np.inf) == pytest.approx(1 / 2**0.5)


def test_the_strongest_noise_is_looked_at_first() -> None:
    # Seventy weak units reach the bound 2² + 1² with the first; the second, 2² + 3², must not be missed for it.
    noise = np.array([[2.0, -3.0, *[-1.0] * 70]])
    drawn = Bootstrap(np.zeros(72), np.array([4.0, 9.0, *[1.0] * 70]), noise, 0.9)

    assert drawn.critical_values(np.full(72, 71), np.full(72, np.inf))[0] == pytest.approx(13**0.5)
    assert drawn.critical_value(2556, np.inf) == pytest.approx(13**0.5)
