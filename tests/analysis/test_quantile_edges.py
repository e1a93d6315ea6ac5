"""Quantiles of weighted domains by hand, and shares that are none."""

import numpy as np
import pytest
from scipy.stats import t

from analysis.design import sampling_design
from analysis.quantiles import estimate_quantiles

SCORES = [1.0, 2, 3, 4, 5, 1, 2, 3, None, 9]
WEIGHTS = np.array([5.0, 1, 1, 1, 1, 2, 2, 9, 1, 4])
DOMAIN = [0] * 5 + [1] * 4 + [-1]
ALL = sampling_design(weights=WEIGHTS)


def test_every_domain_has_woodruffs_interval_of_its_own_weights() -> None:
    # Of nine, five have 1: the median. Of thirteen, nine have 3.
    first, second, nobody = estimate_quantiles(ALL, SCORES, 0.5, DOMAIN, 3, confidence_level=0.8)

    assert nobody is None
    for found, rows, value in ((first, slice(0, 5), 1.0), (second, slice(5, 8), 3.0)):
        w, scores = WEIGHTS[rows], np.array(SCORES[rows], dtype=float)
        shares = np.cumsum(w) / w.sum()
        share = shares[scores == value][0]
        error = np.sqrt(10 / 9 * (((scores <= value) - share) ** 2 * w**2).sum()) / w.sum()
        critical = t.ppf(0.9, len(scores) - 1)
        low, high = (
            scores[min(np.searchsorted(shares, share + side * critical * error - 1e-9), len(scores) - 1)]
            for side in (-1, 1)
        )
        assert found is not None
        assert (found.value, found.ci.low, found.ci.high) == (value, low, high)
        assert found.standard_error == pytest.approx((high - low) / (2 * critical))
        assert (found.n, found.confidence_level, found.degrees_of_freedom) == (len(scores), 0.8, len(scores) - 1)
    assert first is not None
    assert first.ci.low < first.ci.high


@pytest.mark.parametrize("probability", [0.0, 1.0, 1.5, -0.5])
def test_a_quantile_lies_strictly_between_0_and_1(probability: float) -> None:
    with pytest.raises(ValueError, match="the quantile asked for is"):
        estimate_quantiles(ALL, SCORES, probability, DOMAIN, 2)


def test_a_step_reached_but_for_rounding_is_reached() -> None:
    # Three weights of 0.1 add up to 0.30000000000000004, and 0.1 + 0.2 + 0.3 of 0.6 may fall short of a half.
    design = sampling_design(weights=[0.1, 0.1, 0.1, 0.3])
    (found,) = estimate_quantiles(design, [1.0, 2, 3, 4], 0.5)

    assert found is not None
    assert found.value == 3.0


def test_a_single_cluster_says_nothing_about_the_ends() -> None:
    (found,) = estimate_quantiles(sampling_design(clusters=[[1, 1, 2]]), [2.0, 4, 9], 0.5, [0, 0, -1])

    assert found is not None
    assert (found.value, found.ci.low, found.ci.high) == (2.0, 2.0, 4.0)
