from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import rank_bootstrap
from analysis.composite import item_share
from analysis.ranking import (
    Method,
    Sets,
    cautious_standard_errors,
    indistinguishable_groups,
    rank_sets,
    ranks,
    top_probability,
)
from analysis.ratios import cautious_variance

# Made by tests/reference/ranking.R.
KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "ranking.json").read_text())
Floats = npt.NDArray[np.float64]
values_with_ties = st.lists(st.sampled_from([0.8, 0.85, 0.9, 0.91, 0.99, 1.0, np.nan]), max_size=12)
CHOICES = [(sets, method) for sets in ("simultaneous", "marginal") for method in ("pairwise", "bootstrap")]


def random_units(units: int, seed: int = 1, spread: float = 0.04) -> tuple[Floats, Floats]:
    generator = np.random.default_rng(seed)
    errors = generator.uniform(0.003, 0.03, units)
    return generator.normal(0.88, spread, units) + errors * generator.standard_normal(units), errors


def statistics_of(values: Floats, errors: Floats) -> Floats:
    """Compute every pair the plain way."""
    found: Floats = np.abs(values[:, None] - values) / np.sqrt(errors[:, None] ** 2 + errors**2)
    return found


@pytest.mark.parametrize(
    ("name", "sets", "level"),
    [
        ("simultaneous_95", "simultaneous", 0.95),
        ("marginal_95", "marginal", 0.95),
        ("simultaneous_975", "simultaneous", 0.975),
    ],
)
def test_closed_form_sets_equal_holms_in_r(name: str, sets: Sets, level: float) -> None:
    found = rank_sets(KNOWN["values"], KNOWN["standard_errors"], sets=sets, confidence_level=level)

    assert found.low_rank.tolist() == KNOWN[name]["low"]
    assert found.high_rank.tolist() == KNOWN[name]["high"]


@pytest.mark.parametrize(("sets", "name"), [("simultaneous", "tukey"), ("marginal", "dunnett")])
@pytest.mark.parametrize("units", [5, 30, 100])
def test_bootstrap_critical_values_are_those_of_tukey_and_dunnett(sets: Sets, name: str, units: int) -> None:
    # All units alike, so that nothing is rejected and the first critical value stays.
    found = rank_sets(np.zeros(units), np.ones(units), sets=sets, method="bootstrap", seed=3, draws=4000)

    assert found.critical_value.mean() == pytest.approx(KNOWN[name][str(units)], abs=0.06)


@pytest.mark.parametrize("before", [np.inf, 3.5, 2.0])
@pytest.mark.parametrize("zeros", [0, 20])
def test_the_shortcut_of_the_bootstrap_finds_the_largest_of_all_pairs(before: float, zeros: int) -> None:
    values, errors = random_units(400)
    order = np.argsort(-values)
    values, errors = values[order], errors[order] ** 3 * 1000  # standard errors that differ a thousandfold
    errors[:zeros] = 0.0
    drawn = rank_bootstrap.Bootstrap.draw(values, errors**2, draws=30, seed=1, confidence_level=0.95)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = ~(statistics_of(values, errors) > before)
        everything = [np.nan_to_num(np.where(left, statistics_of(z * errors, errors), 0.0)) for z in drawn.noise]

    each = drawn.critical_values(np.full(400, 399), np.full(400, before))

    place = 29  # ceil(0.95 * 31) - 1
    assert drawn.critical_value(1, before) == pytest.approx(np.sort([table.max() for table in everything])[place])
    assert each == pytest.approx(np.sort([table.max(axis=1) for table in everything], axis=0)[place])


@pytest.mark.parametrize("sets", ["simultaneous", "marginal"])
def test_bootstrap_sets_equal_the_plain_step_down(sets: Sets) -> None:
    values, errors = random_units(60)
    order = np.lexsort((errors, -values))
    drawn = rank_bootstrap.Bootstrap.draw(values[order], errors[order] ** 2, draws=99, seed=5, confidence_level=0.9)
    pairs, noise = statistics_of(values[order], errors[order]), drawn.noise * errors[order]
    simulated = np.array([statistics_of(row, errors[order]) for row in noise])
    left = ~np.eye(60, dtype=bool)
    while True:
        largest = np.where(left, simulated, 0.0).max(axis=(1, 2) if sets == "simultaneous" else 2)
        limit = np.sort(largest, axis=0)[89].reshape(-1, 1)
        if not (left & (pairs > limit)).any():
            break
        left &= pairs <= limit

    found = rank_sets(values, errors, sets=sets, method="bootstrap", confidence_level=0.9, seed=5, draws=99)

    proven = (pairs > limit) & ~np.eye(60, dtype=bool)
    assert found.low_rank[order].tolist() == (1 + np.tril(proven).sum(axis=1)).tolist()
    assert found.high_rank[order].tolist() == (60 - np.triu(proven).sum(axis=1)).tolist()


@given(values_with_ties, st.sampled_from(CHOICES), st.randoms())
@settings(max_examples=60)
def test_sets_contain_the_rank_and_do_not_depend_on_the_order(
    values: list[float], choice: tuple[Sets, Method], random: Any
) -> None:
    errors = [0.02 + 0.001 * place for place in range(len(values))]
    shuffled = list(range(len(values)))
    random.shuffle(shuffled)

    found = rank_sets(values, errors, sets=choice[0], method=choice[1], seed=2, draws=50)
    again = rank_sets(
        [values[i] for i in shuffled], [errors[i] for i in shuffled], sets=choice[0], method=choice[1], seed=2, draws=50
    )

    known = ~np.isnan(np.array(values, dtype=float))
    assert found.ranked == known.sum()
    assert (found.low_rank <= found.rank).all()
    assert (found.rank <= found.high_rank).all()
    assert (found.high_rank <= found.ranked).all()
    assert (found.low_rank[known] >= 1).all()
    assert (found.rank[~known] == 0).all()
    assert (found.high_rank[~known] == 0).all()
    assert found.low_rank[shuffled].tolist() == again.low_rank.tolist()
    assert found.high_rank[shuffled].tolist() == again.high_rank.tolist()


@given(values_with_ties)
def test_ties_share_the_better_rank(values: list[float]) -> None:
    expected = [0 if np.isnan(one) else 1 + sum(other > one for other in values) for one in values]

    assert ranks(values).tolist() == expected


def test_ties_and_missing_units_by_example() -> None:
    assert ranks([0.9, 0.8, np.nan, 0.9, 0.95]).tolist() == [2, 4, 0, 2, 1]
    assert ranks([0.9, 0.8]).dtype == np.int64


@pytest.mark.parametrize("sets", ["simultaneous", "marginal"])
def test_the_bootstrap_is_sharper_than_bonferroni(sets: Sets) -> None:
    values, errors = random_units(100)

    pairwise = rank_sets(values, errors, sets=sets)
    bootstrap = rank_sets(values, errors, sets=sets, method="bootstrap", seed=1)

    def width(found: Any) -> int:
        return int((found.high_rank - found.low_rank).sum())

    assert width(bootstrap) < width(pairwise)


def test_marginal_sets_lie_within_simultaneous_ones() -> None:
    values, errors = random_units(150)

    marginal, simultaneous = rank_sets(values, errors, sets="marginal"), rank_sets(values, errors)

    assert (marginal.low_rank >= simultaneous.low_rank).all()
    assert (marginal.high_rank <= simultaneous.high_rank).all()


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_clearly_different_units_have_sets_of_one_rank(sets: Sets, method: Method) -> None:
    found = rank_sets(np.arange(50.0), np.full(50, 1e-6), sets=sets, method=method, seed=1, draws=100)

    assert found.low_rank.tolist() == found.high_rank.tolist() == found.rank.tolist() == list(range(50, 0, -1))


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_units_without_error_differ_unless_they_are_the_same(sets: Sets, method: Method) -> None:
    found = rank_sets([3.0, 2.0, 2.0, 1.0], [0.0] * 4, sets=sets, method=method, seed=1, draws=20)

    assert found.low_rank.tolist() == [1, 2, 2, 4]
    assert found.high_rank.tolist() == [1, 3, 3, 4]


@pytest.mark.parametrize(("sets", "method"), CHOICES)
@pytest.mark.parametrize("values", [[], [0.9], [np.nan, np.nan], [np.nan, 0.9]])
def test_nobody_to_compare_with(sets: Sets, method: Method, values: list[float]) -> None:
    found = rank_sets(values, [0.1] * len(values), sets=sets, method=method, seed=1)

    expected = [0 if np.isnan(value) else 1 for value in values]
    assert found.low_rank.tolist() == found.high_rank.tolist() == expected


def test_the_same_seed_gives_the_same_sets() -> None:
    values, errors = random_units(80)

    first = rank_sets(values, errors, method="bootstrap", seed=20261121, draws=200)
    again = rank_sets(values, errors, method="bootstrap", seed=20261121, draws=200)

    assert first.high_rank.tolist() == again.high_rank.tolist()
    assert first.critical_value.tolist() == again.critical_value.tolist()
    assert (first.seed, first.draws) == (20261121, 200)
    assert (rank_sets(values, errors, seed=3).seed, rank_sets(values, errors, seed=3).draws) == (None, 0)


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_sets_cover_the_true_ranks(sets: Sets, method: Method) -> None:
    generator = np.random.default_rng(11)
    truth = np.sort(generator.normal(0.88, 0.03, 25))[::-1]
    errors = generator.uniform(0.01, 0.03, 25)
    true_ranks = np.arange(1, 26)
    trials = 200
    all_right, one_right = 0, 0
    for trial in range(trials):
        drawn = truth + errors * generator.standard_normal(25)
        found = rank_sets(drawn, errors, sets=sets, method=method, seed=trial, draws=99)
        right = (found.low_rank <= true_ranks) & (true_ranks <= found.high_rank)
        all_right += bool(right.all())
        one_right += int(right.sum())

    # Nominal 95 %: three standard errors of the simulation below it at most.
    covered = all_right / trials if sets == "simultaneous" else one_right / trials / 25
    assert covered > 0.95 - 3 * (0.95 * 0.05 / trials) ** 0.5


@pytest.mark.parametrize(
    ("values", "errors", "message"),
    [
        ([0.9, 0.8], [0.1], "one of each for every unit"),
        ([[0.9]], [[0.1]], "one of each for every unit"),
        ([0.9, 0.8], [0.1, -0.1], "unit 1 has value 0.8 and standard error -0.1"),
        ([0.9, 0.8], [np.nan, 0.1], "unit 0"),
        ([0.9, np.inf], [0.1, 0.1], "unit 1 has value inf"),
    ],
)
def test_units_that_cannot_be_ranked_are_refused(values: list[float], errors: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rank_sets(values, errors)


def test_a_missing_unit_needs_no_standard_error() -> None:
    assert rank_sets([0.9, np.nan], [0.1, np.nan]).rank.tolist() == [1, 0]


@pytest.mark.parametrize(
    "choice",
    [{"sets": "joint"}, {"method": "exact"}, {"method": "bootstrap"}, {"method": "bootstrap", "seed": 1, "draws": 0}],
)
def test_choices_that_do_not_exist_are_refused(choice: Any) -> None:
    with pytest.raises(ValueError, match=r"choose|needs a seed"):
        rank_sets([0.9, 0.8], [0.1, 0.1], **choice)


def test_a_confidence_level_in_percent_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rank_sets([0.9, 0.8], [0.1, 0.1], confidence_level=95)


def test_a_unit_at_100_percent_gets_the_adjusted_standard_error() -> None:
    sure, unsure = item_share([0, 0, 0, 0, 20]), item_share([0, 0, 10, 0, 90])

    found = cautious_standard_errors([1.0, 0.9], [0.0, unsure.standard_error], [20, 100])

    assert found == pytest.approx([cautious_variance(sure) ** 0.5, unsure.standard_error])
    assert found[0] == pytest.approx((22 / 24 * 2 / 24 / 24) ** 0.5)


def test_chances_of_the_top_add_up_to_its_places() -> None:
    values, errors = random_units(40)

    top = top_probability(values, errors, 10, seed=1, draws=1000)
    bottom = top_probability(values, errors, 10, seed=1, draws=1000, bottom=True)

    assert top.sum() == pytest.approx(10)
    assert bottom.sum() == pytest.approx(10)
    assert (top + bottom <= 1).all()


def test_chance_of_beating_one_other_unit_is_the_normal_one() -> None:
    # Phi(1) = 0.841345: a difference of one standard error of the difference.
    found = top_probability([2.0**0.5, 0.0], [1.0, 1.0], 1, seed=4, draws=40_000)

    assert found[0] == pytest.approx(0.841345, abs=0.006)


def test_chances_do_not_depend_on_the_order_and_leave_missing_units_out() -> None:
    values, errors = random_units(30)
    reverse = top_probability(np.append(values[::-1], np.nan), np.append(errors[::-1], np.nan), 5, seed=1, draws=500)

    assert reverse[:-1][::-1].tolist() == top_probability(values, errors, 5, seed=1, draws=500).tolist()
    assert np.isnan(reverse[-1])


@pytest.mark.parametrize("k", [0, 3])
def test_a_top_larger_than_the_league_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="between 1 and the 2 ranked units"):
        top_probability([0.9, 0.8], [0.1, 0.1], k, seed=1)


def test_groups_hold_neighbours_that_cannot_be_told_apart() -> None:
    values = [0.80, 0.95, 0.93, 0.60, 0.87]
    errors = [0.02, 0.02, 0.02, 0.02, 0.02]

    groups = indistinguishable_groups(values, errors)

    # Holm rejects down to 0.87 - 0.80 = 0.07; with two pairs left it needs 2.2414 * 0.02 * √2 = 0.0634.
    assert [group.tolist() for group in groups] == [[1, 2], [2, 4], [0], [3]]


@given(values_with_ties)
def test_every_ranked_unit_is_in_a_group_and_no_group_is_part_of_another(values: list[float]) -> None:
    errors = [0.005] * len(values)

    groups = [set(group.tolist()) for group in indistinguishable_groups(values, errors)]

    assert set().union(*groups) == {i for i, value in enumerate(values) if not np.isnan(value)}
    assert not any(one < other for one in groups for other in groups)


def test_a_long_group_is_found_across_blocks() -> None:
    values = np.concatenate([np.full(70, 1.0), np.full(70, 0.0)])

    groups = indistinguishable_groups(values, np.full(140, 0.01))

    assert [len(group) for group in groups] == [70, 70]


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_sets_say_how_they_were_made_and_who_is_missing(sets: Sets, method: Method) -> None:
    found = rank_sets([0.9, np.nan, 0.8], [0.1] * 3, sets=sets, method=method, confidence_level=0.9, seed=1, draws=1)

    assert (found.ranked, found.sets, found.method, found.confidence_level) == (2, sets, method, 0.9)
    assert {numbers.dtype for numbers in (found.rank, found.low_rank, found.high_rank)} == {np.dtype(np.int64)}
    assert np.isnan(found.critical_value).tolist() == [False, True, False]


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_where_there_is_no_pair_the_critical_value_is_0(sets: Sets, method: Method) -> None:
    assert rank_sets([0.9], [0.1], sets=sets, method=method, seed=1).critical_value.tolist() == [0.0]


def test_whole_numbers_are_ranked_like_others() -> None:
    found = rank_sets([3, 1, 2], [1, 1, 1], confidence_level=0.5)

    # Three pairs at 50 %: Φ⁻¹(1 - 0.5 / 6) = 1.3830; then two pairs: 1.1503.  The gaps are 2/√2 = 1.41 and 0.71.
    assert found.critical_value == pytest.approx([1.1503] * 3, abs=1e-4)
    assert found.low_rank.tolist() == [1, 2, 1]
    assert found.high_rank.tolist() == [2, 3, 3]


def test_units_alike_share_the_top_evenly_and_all_of_them_are_sure() -> None:
    # Two places for three: 2/3 each, with a Monte Carlo error of √(2/9 / 20,000) = 0.0033.
    assert top_probability([0.9] * 3, [0.1] * 3, 2, seed=1, draws=20_000) == pytest.approx([2 / 3] * 3, abs=0.015)
    assert top_probability([0.9, 0.5, 0.1], [0.1] * 3, 3, seed=1, draws=300).tolist() == [1.0] * 3


def test_groups_split_where_less_confidence_is_asked_for() -> None:
    # One pair with t = 1.5: below 1.96 at 95 %, above 1.28 at 80 %.
    values, errors = [1.5, 0.0], [0.5**0.5] * 2

    assert [group.tolist() for group in indistinguishable_groups(values, errors)] == [[0, 1]]
    assert [group.tolist() for group in indistinguishable_groups(values, errors, confidence_level=0.8)] == [[0], [1]]


def test_a_league_of_one_is_a_group_and_one_of_nobody_none() -> None:
    assert [group.tolist() for group in indistinguishable_groups([np.nan, 0.9], [0.1, 0.1])] == [[1]]
    assert indistinguishable_groups([np.nan], [0.1]) == ()


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_the_same_value_without_error_is_never_different_however_low_the_level(sets: Sets, method: Method) -> None:
    found = rank_sets([0.9, 0.9], [0.0, 0.0], sets=sets, method=method, confidence_level=0.3, seed=1, draws=20)

    assert found.high_rank.tolist() == [2, 2]


@pytest.mark.parametrize(("sets", "method"), CHOICES)
def test_two_units_a_hair_apart_are_not_told_apart(sets: Sets, method: Method) -> None:
    found = rank_sets([0.90, 0.89], [0.1, 0.1], sets=sets, method=method, seed=1, draws=99)

    assert (found.low_rank.tolist(), found.high_rank.tolist()) == ([1, 1], [2, 2])
    assert found.critical_value == pytest.approx([1.96] * 2, abs=0.5)


def test_of_very_many_units_without_error_the_last_are_the_last() -> None:
    values = np.random.default_rng(1).permutation(4001).astype(float)

    for k in (1, 2, 1999, 2000):
        found = top_probability(values, np.zeros(4001), k, seed=1, draws=3, bottom=True)
        assert found.tolist() == (values < k).astype(float).tolist()
