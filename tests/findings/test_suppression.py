from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from survey.findings.suppression import withheld


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
