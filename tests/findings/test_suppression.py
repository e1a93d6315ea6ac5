from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from survey.findings.suppression import Extent, withheld, withheld_groups


def test_a_part_below_the_smallest_n_takes_the_next_smallest_along() -> None:
    assert withheld([50, 3, 20, 30], smallest=10) == {1, 2}


def test_parts_that_are_enough_together_need_nobody_else() -> None:
    assert withheld([50, 6, 7], smallest=10) == {1, 2}


def test_people_outside_all_parts_hide_those_withheld() -> None:
    assert withheld([50, 3], smallest=10, apart=7) == {1}


def test_an_empty_part_gives_nobody_away() -> None:
    assert withheld([50, 0], smallest=10) == {1}


def test_people_outside_all_parts_are_not_found_by_subtracting_either() -> None:
    assert withheld([50, 20], smallest=10, apart=4) == {1}


@given(sizes=st.lists(st.integers(0, 40), max_size=8), apart=st.integers(0, 30), smallest=st.integers(2, 15))
def test_what_subtracting_finds_is_nobody_or_enough(sizes: list[int], apart: int, smallest: int) -> None:
    hidden = withheld(sizes, smallest=smallest, apart=apart)
    together = apart + sum(sizes[position] for position in hidden)
    shown = [size for position, size in enumerate(sizes) if position not in hidden]
    assert all(size >= smallest for size in shown)
    assert together == 0 or together >= smallest or not shown


def test_a_small_group_that_said_the_same_is_withheld_with_enough_others_to_hide_it() -> None:
    alike, mixed, many = Extent(20, 60, 60), Extent(40, 90, 120), Extent(50, 0, 150)
    # Fifty who are all dissatisfied are told; of twenty each would be known, and so by subtracting.
    assert withheld_groups([alike, mixed, many], smallest=10, small=30) == {0, 1}
    # Two of them, satisfied alike, are forty together; one satisfied and one not are no group of one mind.
    assert withheld_groups([alike, alike, many], smallest=10, small=30) == {0, 1}
    assert withheld_groups([Extent(11, 11, 11), Extent(12, 0, 12), many], smallest=10, small=30) == {0, 1}
    assert withheld_groups([alike, mixed], smallest=10, small=20) == frozenset()


@given(
    groups=st.lists(st.integers(0, 40).flatmap(lambda n: st.builds(Extent, st.just(n), st.integers(0, n), st.just(n)))),
    apart=st.integers(0, 30),
)
def test_subtracting_never_finds_a_small_group_of_one_mind(groups: list[Extent], apart: int) -> None:
    hidden = withheld_groups(groups, smallest=10, small=30, apart=apart)
    shown = [one for at, one in enumerate(groups) if at not in hidden]
    left = [one for at, one in enumerate(groups) if at in hidden]
    size = apart + sum(one.size for one in left)
    assert not any(one.is_uniform(30) or one.size < 10 for one in shown)
    if shown and left:
        assert not Extent(size, sum(one.satisfied for one in left), sum(one.ratings for one in left)).is_uniform(30)
