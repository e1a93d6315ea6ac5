"""Every interval of a share by its formula, with figures that tell n, the degrees of freedom and the level apart."""

from math import asin, exp, log, sin, sqrt

import pytest
from scipy.stats import beta, norm, t

from analysis.share_intervals import SHARE_INTERVALS, Precision, share_interval

SHARE, VARIANCE, N, DEGREES = 0.3, 0.005, 40, 7
PRECISION = Precision(VARIANCE, N, DEGREES)
SIZE = SHARE * (1 - SHARE) / VARIANCE  # 42
CRITICAL = float(t.ppf(0.95, DEGREES))
# Korn and Graubard's size: shrunk by what 7 degrees of freedom cost beside 39.
ADJUSTED = SIZE * (float(t.ppf(0.95, N - 1)) / CRITICAL) ** 2
ON_SIZE = ("beta", "clopper_pearson", "jeffreys", "agresti_coull")


def ends(method: str, share: float = SHARE, precision: Precision = PRECISION, level: float = 0.9) -> list[float]:
    found = share_interval(share, precision, method=method, confidence_level=level)
    return [found.low, found.high]


def score(share: float, size: float, critical: float) -> list[float]:
    centre = share + critical**2 / (2 * size)
    half = critical * sqrt(share * (1 - share) / size + (critical / size / 2) ** 2)
    return [(centre - half) / (1 + critical**2 / size), (centre + half) / (1 + critical**2 / size)]


def exact(share: float, size: float, tail: float) -> list[float]:
    hits = share * size
    return [float(beta.ppf(tail, hits, size - hits + 1)), float(beta.ppf(1 - tail, hits + 1, size - hits))]


def share_of(logit: float) -> float:
    return exp(logit) / (1 + exp(logit))


def test_wilson_by_hand() -> None:
    assert ends("wilson") == pytest.approx(score(SHARE, SIZE, CRITICAL))


@pytest.mark.parametrize("method", ["t", "mean"])
def test_t_by_hand(method: str) -> None:
    arm = CRITICAL * sqrt(VARIANCE)
    assert ends(method) == pytest.approx([SHARE - arm, SHARE + arm])


@pytest.mark.parametrize("method", ["logit", "xlogit"])
def test_logit_by_hand(method: str) -> None:
    middle, arm = log(3 / 7), CRITICAL * sqrt(VARIANCE) / 0.21
    assert ends(method) == pytest.approx([share_of(middle - arm), share_of(middle + arm)])


def test_asin_by_hand() -> None:
    middle, arm = asin(sqrt(SHARE)), CRITICAL * sqrt(VARIANCE) / (2 * sqrt(0.21))
    assert ends("asin") == pytest.approx([sin(middle - arm) ** 2, sin(middle + arm) ** 2])


@pytest.mark.parametrize("method", ["beta", "clopper_pearson"])
def test_korn_and_graubard_by_hand(method: str) -> None:
    assert ends(method) == pytest.approx(exact(SHARE, ADJUSTED, 0.05))


def test_jeffreys_and_agresti_coull_on_the_same_size() -> None:
    hits, z = SHARE * ADJUSTED, float(norm.ppf(0.95))
    assert ends("jeffreys") == pytest.approx(list(beta.ppf([0.05, 0.95], hits + 0.5, ADJUSTED - hits + 0.5)))
    size = ADJUSTED + z**2
    middle = (hits + z**2 / 2) / size
    arm = z * sqrt(middle * (1 - middle) / size)
    assert ends("agresti_coull") == pytest.approx([middle - arm, middle + arm])


def test_two_answers_have_one_degree_to_compare_with_and_a_single_one_has_none() -> None:
    two = SIZE * (float(t.ppf(0.95, 1)) / CRITICAL) ** 2
    assert ends("beta", precision=Precision(VARIANCE, 2, DEGREES)) == pytest.approx(exact(SHARE, two, 0.05))
    assert ends("beta", precision=Precision(VARIANCE, 1, DEGREES)) == pytest.approx(exact(SHARE, SIZE, 0.05))


@pytest.mark.parametrize("method", sorted(set(SHARE_INTERVALS) - set(ON_SIZE)))
@pytest.mark.parametrize("variance", [0.0, VARIANCE])
def test_a_size_that_is_given_takes_the_place_of_the_variance(method: str, variance: float) -> None:
    precision = Precision(variance, N, DEGREES, effective_n=12.5)
    assert ends(method, 1.0, precision) == pytest.approx(score(1.0, 12.5, CRITICAL))
    assert ends(method, SHARE, precision) == pytest.approx(score(SHARE, 12.5, CRITICAL))


def test_a_size_that_is_given_is_adjusted_like_any_other() -> None:
    low, high = ends("beta", 1.0, Precision(0.0, N, DEGREES, effective_n=12.5))
    adjusted = 12.5 * ADJUSTED / SIZE
    assert [low, high] == [pytest.approx(0.05 ** (1 / adjusted)), 1]


@pytest.mark.parametrize("method", SHARE_INTERVALS)
def test_without_degrees_of_freedom_nothing_is_known(method: str) -> None:
    assert ends(method, precision=Precision(VARIANCE, N, 0)) == [0, 1]


@pytest.mark.parametrize("method", SHARE_INTERVALS)
def test_the_level_is_95_per_cent_where_none_is_asked_for(method: str) -> None:
    found = share_interval(SHARE, PRECISION, method=method)
    assert [found.low, found.high] == ends(method, level=0.95) != ends(method)


def test_the_ends_of_asin_stop_at_0_and_1() -> None:
    few = Precision(0.01, N, DEGREES)
    middle, arm = asin(sqrt(0.02)), CRITICAL * 0.1 / (2 * sqrt(0.02 * 0.98))
    assert ends("asin", 0.02, few) == [0, pytest.approx(sin(middle + arm) ** 2)]
    assert ends("asin", 0.98, few) == [pytest.approx(1 - sin(middle + arm) ** 2), 1]


def test_a_logit_beyond_all_floats_ends_at_0_and_1() -> None:
    assert ends("logit", 0.5, Precision(1e8, N, DEGREES)) == [0, 1]


def test_an_unknown_method_is_told_all_that_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"choose one of wilson, clopper_pearson, jeffreys, .*, xlogit, asin, t, mean$"
    ):
        ends("walt")
