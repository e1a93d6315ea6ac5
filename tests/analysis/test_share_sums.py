import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import sampling_design
from analysis.domain_estimates import estimate_domain_shares
from analysis.linearisation import means
from analysis.share_intervals import Precision, share_interval
from analysis.share_sums import add_up_shares, weighted_shares

MISSING = -1


def answers(seed: int, rows: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.integers(MISSING, 2, (rows, 3)), draw.integers(0, 4, rows), draw.uniform(0.5, 5, rows)


@given(seed=st.integers(0, 10**6))
def test_sums_give_what_linearisation_gives(seed: int) -> None:
    satisfied, domain, weights = answers(seed)
    found = weighted_shares(add_up_shares(satisfied, domain, weights, 5))
    design = sampling_design(weights=weights)
    for item in range(3):
        outcome = np.where(satisfied[:, item] == MISSING, np.nan, satisfied[:, item])
        expected = means(design, outcome, domain, 5)
        assert found.value[:, item] == pytest.approx(expected.value, nan_ok=True)
        assert found.standard_error[:, item] == pytest.approx(expected.standard_error, abs=1e-9, nan_ok=True)
        assert list(found.n[:, item]) == list(expected.n)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), cut=st.integers(1, 59))
def test_parts_add_up_to_the_whole(seed: int, cut: int) -> None:
    satisfied, domain, weights = answers(seed)
    first, second = (
        add_up_shares(satisfied[part], domain[part], weights[part], 5) for part in (slice(cut), slice(cut, None))
    )
    together, whole = weighted_shares(first + second), weighted_shares(add_up_shares(satisfied, domain, weights, 5))
    for name in ("value", "standard_error", "low", "high", "n", "effective_n"):
        assert getattr(together, name) == pytest.approx(getattr(whole, name), abs=1e-9, nan_ok=True)


def test_intervals_are_wilson_s_with_the_t_quantile() -> None:
    satisfied, domain, weights = answers(1, 400)
    found = weighted_shares(add_up_shares(satisfied.clip(0), domain, weights, 4))
    design = sampling_design(weights=weights)
    for index in range(4):
        here = np.where(domain == index, 0, -1)
        (expected,) = estimate_domain_shares(design, satisfied.clip(0)[:, 0].astype(float), here)
        assert expected is not None
        # The whole sample's degrees of freedom here, the domain's there: 399 and about 100.
        assert found.low[index, 0] == pytest.approx(expected.ci.low, abs=2e-3)
        assert found.high[index, 0] == pytest.approx(expected.ci.high, abs=2e-3)


def test_unanimous_and_empty_domains_keep_a_width() -> None:
    satisfied = np.array([[1], [1], [1], [0], [1]])
    found = weighted_shares(add_up_shares(satisfied, [0, 0, 0, 1, 1], [1.0, 1, 2, 1, 1], 3))
    assert (found.value[0, 0], found.high[0, 0]) == (1, 1)
    assert found.effective_n[0, 0] == pytest.approx(16 / 6)
    assert found.low[0, 0] < 0.7
    assert np.isnan(found.value[2, 0])
    assert (found.low[2, 0], found.high[2, 0]) == (0, 1)


def test_one_domain_by_hand_at_another_level() -> None:
    # Six of ten satisfied, beside 20 respondents of another domain: v = 10 · 0.24 / 10² · 30/29, t with 29 degrees.
    satisfied = np.array([[1]] * 6 + [[0]] * 4 + [[1], [0]] * 10)
    found = weighted_shares(add_up_shares(satisfied, [0] * 10 + [1] * 20, np.ones(30), 2), confidence_level=0.9)

    variance = 0.024 * 30 / 29
    assert found.standard_error[0, 0] == pytest.approx(variance**0.5)
    assert found.effective_n[0, 0] == pytest.approx(0.24 / variance)
    precision = Precision(variance, 10, degrees_of_freedom=29)
    expected = share_interval(0.6, precision, method="wilson", confidence_level=0.9)
    assert (found.low[0, 0], found.high[0, 0]) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("missing", [-1, -2, 2, 9, 99])
def test_whatever_is_not_0_or_1_is_a_missing_answer(missing: int) -> None:
    satisfied = np.array([[1, missing], [missing, 0], [0, 1], [1, missing]])
    sums = add_up_shares(satisfied, [0, 0, 1, 1], [2.0, 3.0, 1.0, 5.0], 2)

    assert sums.rows == 4
    assert sums.n.tolist() == [[1, 1], [2, 1]]
    assert sums.weight.tolist() == [[2, 3], [6, 1]]
    assert sums.satisfied_weight.tolist() == [[2, 0], [5, 1]]
    assert sums.squared_weight.tolist() == [[4, 9], [26, 1]]
    assert sums.satisfied_squared_weight.tolist() == [[4, 0], [25, 1]]


def test_small_types_of_numbers_do_not_overflow() -> None:
    domain, weights = np.array([0, 130, 250], dtype=np.uint8), np.array([100, 120, 1], dtype=np.int8)
    sums = add_up_shares(np.array([[1], [1], [0]], dtype=np.int8), domain, weights, 251)

    assert sums.n[[0, 130, 250], 0].tolist() == [1, 1, 1]
    assert sums.n.sum() == 3
    assert sums.squared_weight[[0, 130, 250], 0].tolist() == [10000, 14400, 1]
    assert sums.satisfied_squared_weight[[0, 130, 250], 0].tolist() == [10000, 14400, 0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("domain", [[0, 0, 1], [1, 1, 1]])
def test_domains_that_are_empty_or_of_one_mind_warn_of_nothing(domain: list[int]) -> None:
    found = weighted_shares(add_up_shares(np.array([[1], [1], [0]]), domain, [1, 1, 1], 3))
    assert np.isnan(found.value[2, 0])
