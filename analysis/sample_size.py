"""How many people to ask: sizes for a margin or for a change, allocation to strata, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike

from analysis.intervals import Floats, critical_value, tail_quantile, wilson_bounds

_WHOLE = 1e-9  # a computed size this close above a whole number is that number


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many answers a reported unit needs.

    Attributes:
        n: Answers, a whole number.
        to_invite: People to ask at the expected response rate.
        unrounded: What the formula gives.
        exceeds_population: Whether more would have to be asked than there are; then everybody is asked and the
            margin is missed.
    """

    n: int
    to_invite: int
    unrounded: float
    exceeds_population: bool


def sample_size(
    *,
    margin: float,
    confidence_level: float = 0.95,
    share: float = 0.5,
    design_effect: float = 1.0,
    population_size: float | None = None,
    response_rate: float = 1.0,
) -> SampleSize:
    """Plan the answers that put a share within ``margin`` either way.

    n₀ = z² p (1 - p) / e²; times the design effect; then the finite correction n / (1 + (n - 1) / N); then divided by
    the response rate.  Cochran, W. G. (1977), Sampling Techniques, equations 4.1 and 4.2.

    Raises:
        ValueError: A margin that is no share (5 for 0.05), or another number outside its range.
    """
    _require_margin(margin)
    _require_share(share, "share")
    _require_response_rate(response_rate)
    if not design_effect > 0:
        msg = f"design_effect is {design_effect}; it must be above 0"
        raise ValueError(msg)
    size = design_effect * critical_value(confidence_level) ** 2 * share * (1.0 - share) / margin**2
    if population_size is not None:
        _require_population(population_size)
        # Of a single answer or less there is nothing to save.
        size = size / (1.0 + max(size - 1.0, 0.0) / population_size)
    n = max(_round_up(size), 1)
    to_invite = _round_up(n / response_rate)
    return SampleSize(
        n=n,
        to_invite=to_invite,
        unrounded=size,
        exceeds_population=population_size is not None and to_invite > population_size,
    )


def guidance_sample_size(*, population_size: float, margin: float = 0.05) -> float:
    """Return N / (1 + N e²), the formula of the 2012–14 guidance, unrounded.

    Yamane, T. (1967), Statistics, 2nd ed.: about Cochran's size at 95 % for a share of one half, with z = 2.  It knows
    no design effect, no other confidence level and no response rate; ``sample_size`` does.

    Raises:
        ValueError: A margin that is no share, or a population below 1.
    """
    _require_margin(margin)
    _require_population(population_size)
    return population_size / (1.0 + population_size * margin**2)


def sample_size_for_change(
    *, earlier_share: float, later_share: float, power: float = 0.8, confidence_level: float = 0.95
) -> float:
    """Return the answers each of two independent samples needs to see a change, unrounded.

    Normal approximation of Fleiss (1981), as R's ``power.prop.test``; multiply by the design effect.

    Raises:
        ValueError: Equal shares, or a number outside 0–1.
    """
    _require_share(earlier_share, "earlier_share")
    _require_share(later_share, "later_share")
    if not 0.0 < power < 1.0:
        msg = f"power is {power}; give a share between 0 and 1, such as 0.8"
        raise ValueError(msg)
    if earlier_share == later_share:
        msg = "the two shares are equal; no sample can show a change that is not there"
        raise ValueError(msg)
    mean = (earlier_share + later_share) / 2.0
    apart = earlier_share * (1.0 - earlier_share) + later_share * (1.0 - later_share)
    reach = critical_value(confidence_level) * sqrt(2.0 * mean * (1.0 - mean)) + tail_quantile(1.0 - power) * sqrt(
        apart
    )
    return (reach / (earlier_share - later_share)) ** 2


def allocate_proportionally(*, n: float, population_sizes: ArrayLike) -> Floats:
    """Split a sample over strata by their populations, unrounded."""
    sizes = np.asarray(population_sizes, dtype=np.float64)
    return np.asarray(n * sizes / sizes.sum())


def allocate_neyman(*, n: float, population_sizes: ArrayLike, standard_deviations: ArrayLike) -> Floats:
    """Split a sample over strata so that the variance of the whole is least, unrounded.

    No stratum gets more than its population; what it cannot take goes to the others.
    Neyman, J. (1934), J. R. Stat. Soc. 97, 558-625; Cochran (1977), section 5.5.

    Raises:
        ValueError: A sample larger than the population.
    """
    sizes = np.asarray(population_sizes, dtype=np.float64)
    pull = sizes * np.asarray(standard_deviations, dtype=np.float64)
    if n > sizes.sum():
        msg = f"{n:g} answers are wanted of a population of {sizes.sum():g}; ask everybody"
        raise ValueError(msg)
    allocation = np.zeros_like(sizes)
    full = np.zeros(len(sizes), dtype=np.bool_)
    while True:
        free = ~full & (pull > 0)
        allocation[full] = sizes[full]
        if not free.any():
            return allocation
        allocation[free] = (n - sizes[full].sum()) * pull[free] / pull[free].sum()
        over = free & (allocation > sizes)
        if not over.any():
            return allocation
        full |= over


def whole_numbers(allocation: Sequence[float] | Floats) -> list[int]:
    """Round an allocation to whole numbers with the same rounded sum, by largest remainders; ties to the first."""
    parts = np.asarray(allocation, dtype=np.float64)
    whole = np.floor(parts + _WHOLE)
    missing = int(round(float(parts.sum())) - whole.sum())
    for index in np.argsort(whole - parts, kind="stable")[: max(missing, 0)]:
        whole[index] += 1
    return [int(count) for count in whole]


def answers_still_needed(
    *,
    share: float,
    n: int,
    margin: float,
    confidence_level: float = 0.95,
    design_effect: float = 1.0,
    population_size: int | None = None,
) -> int:
    """Return how many more answers bring the longer arm of the Wilson interval within the margin, at the same share.

    With a population size never more than the people left; the sample must then be random.

    Raises:
        ValueError: A number outside its range.
    """
    _require_margin(margin)
    _require_share(share, "share")
    if n < 0 or not design_effect > 0:
        msg = f"n is {n} and design_effect is {design_effect}; n cannot be negative, the effect must be above 0"
        raise ValueError(msg)

    def is_enough(total: int) -> bool:
        if population_size is not None and total >= population_size:
            return True
        effective = total / design_effect
        if population_size is not None:
            effective *= (population_size - 1) / (population_size - total)
        low, high = wilson_bounds(share, effective, confidence_level=confidence_level)
        return bool(max(share - low, high - share) <= margin)

    enough = max(n, 1)
    while not is_enough(enough):
        enough *= 2
    too_few = max(n, enough // 2)
    while too_few < enough:
        middle = (too_few + enough) // 2
        if is_enough(middle):
            enough = middle
        else:
            too_few = middle + 1
    return enough - n


def _round_up(size: float) -> int:
    return ceil(size - _WHOLE)


def _require_margin(margin: float) -> None:
    if not 0.0 < margin < 1.0:
        msg = f"margin is {margin}; give it as a share: 5 points are 0.05"
        raise ValueError(msg)


def _require_share(share: float, name: str) -> None:
    if not 0.0 <= share <= 1.0:
        msg = f"{name} is {share}; give a share between 0 and 1"
        raise ValueError(msg)


def _require_response_rate(response_rate: float) -> None:
    if not 0.0 < response_rate <= 1.0:
        msg = f"response_rate is {response_rate}; give a share above 0 and at most 1"
        raise ValueError(msg)


def _require_population(population_size: float) -> None:
    if not population_size >= 1:
        msg = f"population_size is {population_size}; it must be at least 1"
        raise ValueError(msg)
