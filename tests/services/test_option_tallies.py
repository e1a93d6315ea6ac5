from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from question_world import question_world
from small_world import DAY, World
from survey.models.tallies import LevelTally, MomentTally, OptionTally
from survey.services.fold import fold
from survey.services.tallies import check_tallies, rebuild_tallies


@pytest.fixture
def world(session: Session) -> World:
    return question_world(session)


def options(world: World, question: str) -> dict[int, int]:
    rows = world.session.execute(
        select(OptionTally.option, func.sum(OptionTally.count))
        .where(OptionTally.agency_id == world.agencies["A"].id, OptionTally.question == question)
        .group_by(OptionTally.option)
    )
    return {option: int(count) for option, count in rows}


def states(world: World) -> Counter[str]:
    return Counter(check.state for check in check_tallies(world.session))


def test_options_are_counted_with_their_agency_ten_at_a_time(world: World) -> None:
    world.answer("A", {"a1": 5, "visits": 2}, wave="Q", times=9)
    fold(world.session, until=DAY)
    assert options(world, "visits") == {}
    world.answer("A", {"a1": 5, "visits": 0, "w1": 4}, wave="Q")
    fold(world.session, until=DAY)
    assert options(world, "visits") == {0: 1, 2: 9}
    assert options(world, "w1") == {4: 1}


def test_of_several_reasons_each_counts_and_option_0_counts_who_chose_any(world: World) -> None:
    world.answer("A", {"a1": 1, "why": 0b101}, wave="Q", times=6)
    world.answer("A", {"a1": 5, "why": 0b100}, wave="Q", times=4)
    world.answer("A", {"a1": 5}, wave="Q", times=3)
    fold(world.session, until=DAY)
    assert options(world, "why") == {0: 10, 1: 6, 3: 10}


def test_what_is_not_rated_never_comes_among_the_ratings(world: World) -> None:
    world.answer("A", {"a1": 3, "visits": 2, "w1": 4, "sex": 1, "why": 7}, wave="Q", times=10)
    fold(world.session, until=DAY)
    items = set(world.session.scalars(select(LevelTally.item).where(LevelTally.agency_id == world.agencies["A"].id)))
    sums = world.session.scalar(select(MomentTally.sums).where(MomentTally.agency_id == world.agencies["A"].id))
    assert items == {"a1"}
    assert sums == [0, 10, 30, 0, 0, 0]  # satisfied, rated, score: of the first element, then of the second


def test_the_check_finds_a_wrong_option_and_a_rebuild_mends_it(world: World) -> None:
    world.answer("A", {"a1": 3, "visits": 2, "why": 3}, wave="Q", times=12)
    fold(world.session, until=DAY)
    assert set(states(world)) == {"agrees"}
    of_agency = OptionTally.agency_id == world.agencies["A"].id
    world.session.execute(update(OptionTally).where(of_agency, OptionTally.question == "visits").values(count=99))
    assert states(world)["differs"] == 1
    rebuild_tallies(world.session)
    assert set(states(world)) == {"agrees"}
    assert options(world, "visits") == {2: 12}


def test_more_answers_are_added_to_the_options_that_are_there(world: World) -> None:
    for _ in range(2):
        world.answer("A", {"a1": 4, "visits": 1}, wave="Q", times=10)
        fold(world.session, until=DAY)
    assert options(world, "visits") == {1: 20}
    assert set(states(world)) == {"agrees"}
