"""Sizes at the edges of their arguments, and the answers still needed by trying every number."""

from math import sqrt

import pytest
from scipy.stats import norm

from analysis.sample_size import (
    allocate_neyman,
    answers_still_needed,
    sample_size,
    sample_size_for_change,
    whole_numbers,
)

Z = norm.ppf(0.975)


def longer_arm(share: float, n: float) -> float:
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return max(share - max(centre - half, 0.0), min(centre + half, 1.0) - share)


@pytest.mark.parametrize(
    ("share", "n", "margin", "effect", "population"),
    [
        (0.85, 40, 0.05, 1.0, None),
        (0.85, 40, 0.05, 2.5, None),
        (0.85, 40, 0.05, 1.0, 300),
        (0.6, 0, 0.1, 1.8, 120),
        (0.5, 1, 0.2, 0.5, 60),
        (0.5, 1, 0.2, 1.0, 12),
        (0.5, 1, 0.25, 1.0, 15),
    ],
)
def test_the_answers_still_needed_are_the_fewest_that_do(
    share: float, n: int, margin: float, effect: float, population: int | None
) -> None:
    def enough(total: int) -> bool:
        if population is not None and total >= population:
            return True
        gain = 1.0 if population is None else (population - 1) / (population - total)
        return longer_arm(share, total / effect * gain) <= margin

    fewest = next(total for total in range(max(n, 1), 5000) if enough(total))

    found = answers_still_needed(share=share, n=n, margin=margin, design_effect=effect, population_size=population)

    assert found == fewest - n


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"share": 1.2, "n": 9, "margin": 0.1}, "^share is 1.2; give a share between 0 and 1$"),
        ({"share": 0.5, "n": -1, "margin": 0.1}, "n is -1 and design_effect is 1.0"),
        ({"share": 0.5, "n": 9, "margin": 0.1, "design_effect": 0.0}, "the effect must be above 0$"),
    ],
)
def test_what_cannot_be_needed_is_refused(given: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        answers_still_needed(**given)  # type: ignore[arg-type]  # whole numbers among them


@pytest.mark.parametrize("power", [0.0, 1.0, 1.5])
def test_a_power_lies_between_0_and_1(power: float) -> None:
    with pytest.raises(ValueError, match="power"):
        sample_size_for_change(earlier_share=0.8, later_share=0.85, power=power)


def test_the_share_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"^earlier_share is 1\.5; give a share"):
        sample_size_for_change(earlier_share=1.5, later_share=0.85)


def test_a_simple_sample_is_the_default_and_all_people_are_not_too_many() -> None:
    assert sample_size(margin=0.05).n == 385
    everybody = sample_size(margin=0.05, population_size=200, response_rate=132 / 200)
    assert (everybody.n, everybody.to_invite, everybody.exceeds_population) == (132, 200, False)


def test_whole_numbers_go_to_the_largest_remainders_and_to_the_first_of_equal_ones() -> None:
    assert whole_numbers([1.2, 2.7, 3.1]) == [1, 3, 3]
    assert whole_numbers([1.5, 2.5, 1.0]) == [2, 2, 1]
    assert whole_numbers([2.9999999999999996, 1.0]) == [3, 1]


def test_neyman_fills_one_stratum_after_the_other() -> None:
    # Pulls of 160, 120 and 50: the first stratum is full in the first round, the second in the next.
    found = allocate_neyman(n=100, population_sizes=[20, 40, 100], standard_deviations=[8, 3, 0.5])

    assert found.tolist() == pytest.approx([20, 40, 40])
    assert allocate_neyman(n=10, population_sizes=[10, 20], standard_deviations=[1, 1]).tolist() == pytest.approx(
        [10 / 3, 20 / 3]
    )


def test_a_margin_so_wide_that_one_answer_would_do_gains_nothing_from_a_small_population() -> None:
    for margin in (0.8, 0.99):
        size = Z**2 * 0.25 / margin**2
        found = sample_size(margin=margin, population_size=10)
        assert found.unrounded == pytest.approx(size / (1 + max(size - 1, 0) / 10))
    assert answers_still_needed(share=0.5, n=0, margin=0.9) == 0


def test_the_edges_of_the_ranges_belong_to_them_or_not() -> None:
    assert sample_size(margin=0.05, share=1.0, population_size=1).n == 1
    assert sample_size(margin=0.05, population_size=1).n == 1
    for given in ({"margin": 1.0}, {"margin": 1.5}, {"share": 1.5}, {"share": -0.1}, {"response_rate": 1.5}):
        with pytest.raises(ValueError, match=f"^{next(iter(given))} is "):
            sample_size(**({"margin": 0.05} | given))
    with pytest.raises(ValueError, match=r"^population_size is 0.5; it must be at least 1$"):
        sample_size(margin=0.05, population_size=0.5)


def test_one_answer_can_be_enough_and_is_counted_in_whole_numbers() -> None:
    found = answers_still_needed(share=0.5, n=0, margin=0.45)

    assert (found, type(found)) == (1, int)
    assert type(answers_still_needed(share=0.85, n=40, margin=0.05)) is int


def test_many_equal_remainders_go_to_the_first() -> None:
    assert whole_numbers([1.5, 1.25] * 40) == [2, 1] * 30 + [1, 1] * 10
