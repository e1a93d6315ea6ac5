from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.models.responses import Exclusion, Response
from survey.models.tallies import FoldMark, LevelTally
from survey.queries.responses import count_by_agency, count_exclusions
from survey.services.exclusions import Choice, ExclusionError, exclude_responses
from survey.services.fold import fold

TODAY = date(2026, 11, 21)
LATER = DAY + timedelta(days=1)
NOBODY = Choice(first_day=date(2020, 1, 1), last_day=date(2020, 1, 2))


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def exclude(world: World, choice: Choice, *, rule: str = "test", reason: str = "Thử máy", agency: str = "A") -> int:
    return exclude_responses(
        world.session,
        wave_id=world.waves["W"].id,
        agency_ids=[world.agencies[agency].id],
        choice=choice,
        rule=rule,
        reason=reason,
        by=None,
        today=TODAY,
    )


def satisfied(world: World) -> int:
    return (
        world.session.scalar(
            select(func.sum(LevelTally.count)).where(
                LevelTally.agency_id == world.agencies["A"].id, LevelTally.item == "a1", LevelTally.level == 5
            )
        )
        or 0
    )


def test_test_answers_of_a_counter_stay_but_do_not_count(world: World) -> None:
    counter = world.add_counter("1", agency="A")
    world.answer("A", [5, 5, 5, 5], times=3, counter="1")
    world.answer("A", [5, 5, 5, 5], times=12)
    owner, wave = world.agencies["A"].id, world.waves["W"].id
    assert exclude(world, Choice(service_point_id=counter.id)) == 3
    assert count_by_agency(world.session, wave_id=wave, agency_ids=[owner]) == {owner: 12}
    stored = select(func.count()).select_from(Response).where(Response.agency_id == owner)
    assert world.session.scalar(stored) == 15
    assert count_exclusions(world.session, wave_ids=[wave], agency_ids=[owner]) == {"test": 3}
    fold(world.session, until=DAY)
    assert satisfied(world) == 12


def test_nobody_is_excluded_twice(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=3)
    assert exclude(world, Choice(first_day=DAY, last_day=DAY)) == 3
    assert exclude(world, Choice(first_day=DAY, last_day=DAY)) == 0


def test_only_answers_between_the_days_are_excluded(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=3)
    world.answer("A", [5, 5, 5, 5], times=4, day=LATER)
    assert exclude(world, Choice(first_day=LATER, last_day=LATER)) == 4


def test_a_flag_takes_only_the_answers_that_carry_it(world: World) -> None:
    ids = world.answer("A", [5, 5, 5, 5], times=5)
    owner = world.agencies["A"].id
    flagged = update(Response).where(Response.agency_id == owner, Response.id.in_(ids[:2])).values(burst=True)
    world.session.execute(flagged)
    assert exclude(world, Choice(), rule="outside_hours") == 0
    assert exclude(world, Choice(), rule="burst") == 2


def test_what_is_excluded_after_the_fold_leaves_with_the_next_move_of_ten(world: World) -> None:
    counter = world.add_counter("1", agency="A")
    world.answer("A", [5, 5, 5, 5], times=4, counter="1")
    world.answer("A", [5, 5, 5, 5], times=16)
    fold(world.session, until=DAY)
    exclude(world, Choice(service_point_id=counter.id))
    stale = select(FoldMark.dimension, FoldMark.stale).where(FoldMark.agency_id == world.agencies["A"].id)
    assert dict(world.session.execute(stale).tuples().all()) == dict.fromkeys(
        ("agency", "language", "verified", "channel"), 4
    )
    fold(world.session, until=LATER)
    assert satisfied(world) == 20
    world.answer("A", [5, 5, 5, 5], times=6, day=LATER)
    fold(world.session, until=LATER)
    assert satisfied(world) == 22
    known = select(Exclusion.is_folded).where(Exclusion.agency_id == world.agencies["A"].id)
    assert set(world.session.scalars(known)) == {True}


@pytest.mark.parametrize(
    ("choice", "rule", "reason", "word"),
    [
        (NOBODY, "unliked", "…", "rule"),
        (NOBODY, "test", "  ", "reason"),
        (Choice(), "test", "Thử máy", "counter"),
        (Choice(first_day=DAY), "test", "Thử máy", "days"),
    ],
)
def test_what_cannot_be_excluded_is_refused_with_a_reason(
    world: World, choice: Choice, rule: str, reason: str, word: str
) -> None:
    with pytest.raises(ExclusionError, match=word):
        exclude(world, choice, rule=rule, reason=reason)
