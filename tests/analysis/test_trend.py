"""A line through two waves, one of them at 100 %, by hand; and chances at their ends."""

from math import sqrt

import pytest
from scipy.stats import norm

from analysis.multiplicity import holm
from analysis.results import Estimate, Interval
from analysis.trend import trend


def test_a_wave_at_100_percent_takes_the_error_its_interval_implies() -> None:
    earlier = Estimate(0.8, Interval(0.7, 0.9), 0.05, 50, 0.9)
    later = Estimate(1.0, Interval(0.92, 1.0), 0.0, 50, 0.9)

    line = trend([earlier, later], [2024, 2026])

    error = sqrt(0.05**2 + (0.08 / (2 * norm.ppf(0.95))) ** 2) / 2
    assert line.value == pytest.approx(0.1)
    assert line.standard_error == pytest.approx(error)
    assert line.confidence_level == 0.9
    assert line.ci.high == pytest.approx(0.1 + norm.ppf(0.95) * error)


def test_a_chance_of_one_is_a_chance() -> None:
    assert list(holm([1.0, 0.01])) == [1.0, 0.02]
