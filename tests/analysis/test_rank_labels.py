"""What rank sets, chances and groups carry and allow at the edges of their arguments."""

import numpy as np
import pytest
from scipy.stats import norm

from analysis.rank_pairs import bonferroni_critical_value
from analysis.ranking import indistinguishable_groups, rank_sets, ranks, top_probability


def test_rank_sets_say_what_they_are() -> None:
    closed = rank_sets([3, 1, 2], [1, 1, 1], sets="marginal", confidence_level=0.9)
    drawn = rank_sets([3, 1, 2], [1, 1, 1], method="bootstrap", seed=1)

    assert (closed.sets, closed.method, closed.confidence_level) == ("marginal", "pairwise", 0.9)
    assert (closed.ranked, closed.seed, closed.draws) == (3, None, 0)
    assert (drawn.sets, drawn.method, drawn.confidence_level) == ("simultaneous", "bootstrap", 0.95)
    assert (drawn.ranked, drawn.seed, drawn.draws) == (3, 1, 1000)


def test_ranks_are_whole_numbers() -> None:
    found = rank_sets([3.0, 1.0, np.nan], [0.1, 0.1, np.nan])

    for part in (ranks([3.0, np.nan]), found.rank, found.low_rank, found.high_rank):
        assert part.dtype == np.int64
    assert found.critical_value.dtype == np.float64


def test_a_single_unit_is_first_and_has_no_pair() -> None:
    found = rank_sets([3.0], [0.1])

    assert (found.low_rank[0], found.high_rank[0], found.critical_value[0]) == (1, 1, 0.0)
    assert found.low_rank.dtype == np.int64
    assert [group.tolist() for group in indistinguishable_groups([3.0], [0.1])] == [[0]]


def test_two_units_have_one_pair_and_one_critical_value() -> None:
    for sets in ("marginal", "simultaneous"):
        found = rank_sets([1.0, 0.0], [0.5, 0.5], sets=sets)  # type: ignore[arg-type]  # a loop over the literals
        assert found.critical_value.tolist() == pytest.approx([norm.ppf(0.975)] * 2)


def test_a_bootstrap_may_have_a_single_draw_and_not_fewer() -> None:
    assert rank_sets([1.0, 0.0], [0.5, 0.5], method="bootstrap", seed=1, draws=1).draws == 1
    with pytest.raises(ValueError, match=r"^the bootstrap needs a seed and at least one draw$"):
        rank_sets([1.0, 0.0], [0.5, 0.5], method="bootstrap", seed=1, draws=0)


def test_the_chance_of_a_place_among_two_is_that_of_the_normal_distribution() -> None:
    # The first is far ahead; the others compete for the second place: P(b > c) = Φ(0.5 / √2).
    values, errors = [9.0, 1.5, 1.0, -9.0], [1.0, 1.0, 1.0, 1.0]

    found = top_probability(values, errors, 2, seed=3, draws=20_000)

    assert found.tolist() == pytest.approx([1.0, norm.cdf(0.5 / np.sqrt(2)), norm.cdf(-0.5 / np.sqrt(2)), 0], abs=0.02)
    assert top_probability(values, errors, 2, seed=3, bottom=True, draws=20_000)[1] == pytest.approx(
        norm.cdf(-0.5 / np.sqrt(2)), abs=0.02
    )


def test_all_units_are_among_all_of_them() -> None:
    assert top_probability([1.0, 2.0], [1.0, 1.0], 2, seed=1, draws=10).tolist() == [1.0, 1.0]


def test_groups_hold_at_their_level() -> None:
    # The statistic of the only pair lies between the critical values of 80 % and of 95 %.
    gap = (norm.ppf(0.9) + norm.ppf(0.975)) / 2

    assert len(indistinguishable_groups([gap, 0.0], [1.0, 0.0])) == 1
    assert len(indistinguishable_groups([gap, 0.0], [1.0, 0.0], confidence_level=0.8)) == 2


def test_a_difference_at_the_critical_value_is_not_proven() -> None:
    limit = bonferroni_critical_value(1, 0.95)

    assert [group.tolist() for group in indistinguishable_groups([limit, 0.0], [1.0, 0.0])] == [[0, 1]]
    assert rank_sets([limit, 0.0], [1.0, 0.0]).high_rank.tolist() == [2, 2]
