from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.models.tallies import LevelTally
from survey.services.fold import fold


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def levels(world: World, agency: str, item: str) -> dict[int, int]:
    rows = world.session.execute(
        select(LevelTally.level, func.sum(LevelTally.count))
        .where(LevelTally.agency_id == world.agencies[agency].id, LevelTally.item == item)
        .group_by(LevelTally.level)
    )
    return {level: int(count) for level, count in rows}


def test_ten_answers_move_and_nine_wait(world: World) -> None:
    world.answer("A", [5, 4, 0, 3], times=10)
    world.answer("B", [5, 4, 0, 3], times=9)
    report = fold(world.session, until=DAY)
    assert (report.moved, report.answers, report.waiting, report.waiting_answers) == (1, 10, 1, 9)
    assert levels(world, "A", "a1") == {5: 10}
    assert levels(world, "A", "b2") == {0: 10}
    assert levels(world, "B", "a1") == {}


def test_folding_again_changes_nothing(world: World) -> None:
    world.answer("A", [5, 4, 0, 3], times=10)
    fold(world.session, until=DAY)
    assert fold(world.session, until=DAY).moved == 0
    assert fold(world.session, until=DAY + timedelta(days=9)).moved == 0
    assert levels(world, "A", "a1") == {5: 10}
