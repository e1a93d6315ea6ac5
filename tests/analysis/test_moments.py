from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.moments import Moments, answer_vectors

Table = npt.NDArray[np.int64]
ITEMS = (0, 0, 0, 1, 2, 2)  # elements of three, one and two items
ratings_tables = hnp.arrays(np.int64, st.tuples(st.integers(0, 12), st.just(len(ITEMS))), elements=st.integers(0, 5))


def moments_of(ratings: Table) -> Moments:
    return Moments.from_answers(answer_vectors(ratings, element_of_item=ITEMS), elements=3)


@given(ratings_tables, ratings_tables, ratings_tables)
def test_sums_of_parts_are_the_sums_of_the_whole(first: Table, second: Table, third: Table) -> None:
    whole = moments_of(np.concatenate([first, second, third]))

    a, b, c = (moments_of(part) for part in (first, second, third))

    assert (a + b) + c == whole
    assert a + (b + c) == whole
    assert Moments.total([c, a, b], elements=3) == whole
    assert whole - a - c == b


@given(ratings_tables)
def test_entries_are_the_sums_and_products_of_the_vectors(ratings: Table) -> None:
    vectors = answer_vectors(ratings, element_of_item=ITEMS)

    moments = moments_of(ratings)

    products = vectors.T @ vectors
    assert moments.n == len(ratings)
    assert list(moments.sums) == vectors.sum(axis=0).tolist()
    assert all(moments.product(i, j) == products[i, j] for i in range(9) for j in range(9))
    assert moments.cross == tuple(products[np.triu_indices(9)].tolist())


@given(ratings_tables)
def test_counts_of_an_element_are_read_by_name(ratings: Table) -> None:
    moments = moments_of(ratings)

    assert moments.satisfied(2) == (ratings[:, 4:] >= 4).sum()
    assert moments.rated(2) == (ratings[:, 4:] > 0).sum()
    assert moments.scores(2) == ratings[:, 4:].sum()


@given(ratings_tables)
def test_respondents_are_those_with_a_rated_item(ratings: Table) -> None:
    moments = moments_of(ratings)

    assert moments.respondents([0]) == (ratings[:, :3] > 0).any(axis=1).sum()
    assert moments.respondents([0, 1, 2]) == (ratings > 0).any(axis=1).sum()
    assert moments.respondents([1, 2]) <= (ratings[:, 3:] > 0).any(axis=1).sum()


@given(ratings_tables)
def test_without_kept_respondents_the_count_is_a_guaranteed_one(ratings: Table) -> None:
    kept = moments_of(ratings)
    bare = Moments(3, kept.n, kept.sums, kept.cross)

    assert bare.respondents([1]) == kept.respondents([1])
    for elements in ([0], [2], [0, 1, 2]):
        assert bare.respondents(elements) <= kept.respondents(elements)
        assert (bare.respondents(elements) == 0) == (kept.respondents(elements) == 0)


@given(ratings_tables)
def test_a_sum_with_moments_that_did_not_keep_respondents_does_not_pretend_to_know_them(ratings: Table) -> None:
    kept = moments_of(ratings)
    bare = Moments(3, kept.n, kept.sums, kept.cross)

    assert (kept + bare).answered == ()
    assert Moments.total([bare, bare], elements=3) == bare + bare
    assert bare + Moments.zero(3) == bare


@given(ratings_tables)
def test_moments_survive_json(ratings: Table) -> None:
    moments = moments_of(ratings)

    stored = json.loads(json.dumps([moments.n, moments.sums, moments.cross, moments.answered]))

    assert Moments(3, *stored) == moments


@given(ratings_tables)
def test_complete_cases_are_the_respondents_who_rated_everything(ratings: Table) -> None:
    vectors = answer_vectors(ratings, element_of_item=ITEMS, item_nonresponse="complete")

    complete = ratings[(ratings > 0).all(axis=1)]
    assert np.array_equal(vectors, answer_vectors(complete, element_of_item=ITEMS))


def test_nobody_is_the_neutral_value() -> None:
    assert moments_of(np.empty((0, 6))) == Moments.zero(3)
    assert Moments.total([], elements=3) == Moments.zero(3)
    assert Moments.zero(3).respondents([0]) == 0
    assert Moments.zero(3).respondents([0, 1]) == 0


def test_answers_come_as_any_iterable_of_vectors() -> None:
    vectors = [(1, 1, 4), (0, 1, 3)]

    assert Moments.from_answers(iter(vectors), elements=1) == Moments(1, 2, (1, 2, 7), (1, 1, 4, 2, 7, 25), (2, 2))


def test_more_respondents_than_one_block_holds_are_added_exactly() -> None:
    vectors = np.tile([[3, 5, 18]], (70_000, 1))

    moments = Moments.from_answers(vectors, elements=1)

    assert moments.sums == (210_000, 350_000, 1_260_000)
    assert moments.cross == (630_000, 1_050_000, 3_780_000, 1_750_000, 6_300_000, 22_680_000)


def test_sums_beyond_64_bits_stay_exact() -> None:
    large = Moments(1, 10**20, (10**20,) * 3, (10**25,) * 6)

    assert (large + large).cross == (2 * 10**25,) * 6


def test_not_rated_is_zero_or_nan() -> None:
    assert np.array_equal(
        answer_vectors([[np.nan, 4.0], [5.0, np.nan]], element_of_item=(0, 0)),
        answer_vectors([[0, 4], [5, 0]], element_of_item=(0, 0)),
    )


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ([(2, 1, 4)], "respondent 0, element 0"),
        ([(0, 1, 6)], "impossible"),
        ([(0, 1, 0)], "impossible"),
        ([(-1, 1, 3)], "impossible"),
        ([(0, 10_001, 20_000)], "impossible"),
        ([(1, 1)], "shape"),
        ([(1.0, 1.0, 4.5)], "whole numbers"),
        ([1, 1, 4], "shape"),
    ],
)
def test_impossible_answers_are_refused(vectors: npt.ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Moments.from_answers(vectors, elements=1)


@pytest.mark.parametrize("rating", [6, -1, 2.5])
def test_ratings_outside_the_scale_are_refused(rating: float) -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        answer_vectors([[rating]], element_of_item=(0,))


@pytest.mark.parametrize("ratings", [[[1, 2]], [1, 2]])
def test_items_without_an_element_are_refused(ratings: npt.ArrayLike) -> None:
    with pytest.raises(ValueError, match="names 1 items"):
        answer_vectors(ratings, element_of_item=(0,))


def test_wrong_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="cross has 5 numbers; 1 elements need 6"):
        Moments(1, 0, (0, 0, 0), (0,) * 5)
    with pytest.raises(ValueError, match="answered has 1 numbers"):
        Moments(1, 0, (0, 0, 0), (0,) * 6, (0,))


def test_moments_of_different_questionnaires_are_not_added() -> None:
    with pytest.raises(ValueError, match="moments of 2 elements"):
        Moments.zero(1) + Moments.zero(2)


def test_the_guaranteed_number_is_rounded_up_and_no_less_than_that_of_one_element() -> None:
    def bare(ratings: npt.ArrayLike) -> Moments:
        kept = moments_of(np.asarray(ratings))
        return Moments(3, kept.n, kept.sums, kept.cross)

    # Three items and one: 4² / (9 + 1) = 1.6 respondents at least, hence two.
    assert bare([[5, 5, 5, 0, 0, 0], [5, 0, 0, 0, 0, 0]]).respondents([0]) == 2
    assert bare([[5, 5, 0, 0, 0, 0]] * 3).respondents([0]) == 3
    # 3, 1, 1 and 1 items: 6² / 12 = 3 by the elements together, and four by the one that has a single item.
    assert bare([[0, 0, 0, 5, 5, 5], *[[0, 0, 0, 5, 0, 0]] * 3]).respondents([1, 2]) == 4


def test_what_is_impossible_is_named_in_full() -> None:
    with pytest.raises(ValueError, match=r"respondent 1, element 1: \(satisfied, rated, scores\) = \(2, 1, 4\) is imp"):
        Moments.from_answers([(1, 1, 5, 1, 1, 4), (1, 1, 5, 2, 1, 4)], elements=2)


def test_the_outermost_possible_answers_are_accepted() -> None:
    vectors = [(0, 0, 0), (0, 2, 2), (2, 2, 10), (10_000, 10_000, 50_000)]

    assert Moments.from_answers(vectors, elements=1).sums == (10_002, 10_004, 50_012)


def test_no_vector_at_all_is_nobody() -> None:
    assert Moments.from_answers([], elements=2) == Moments.zero(2)


def test_who_rated_other_elements_only_is_not_counted_among_some_and_is_among_all() -> None:
    moments = moments_of(np.array([[5, 5, 5, 0, 0, 0], [5, 5, 5, 0, 0, 0], [0, 0, 0, 4, 0, 0]]))

    assert (moments.respondents([1, 2]), moments.respondents([0, 1, 2])) == (1, 3)


def test_a_respondent_who_left_out_an_item_is_no_complete_case() -> None:
    found = answer_vectors([[5, 0], [1, 4], [3, 5]], element_of_item=(0, 0), item_nonresponse="complete")

    assert found.tolist() == [[1, 2, 5], [1, 2, 8]]
