from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.models.agencies import Agency
from survey.models.identifiers import new_id
from survey.queries.agencies import list_agencies, list_children
from survey.queries.responses import (
    BEFORE_EVERYTHING,
    count_by_agency,
    count_by_day,
    count_patterns,
    count_since,
)
from survey.queries.waves import get_wave, list_waves, list_waves_of_year
from survey.services.exclusions import Choice, exclude_responses

SURVEY = Path(__file__).resolve().parents[2] / "survey"
ANTI_JOIN = re.compile(r"exists\((?:(?!\n\n).)*\bExclusion\b|\bExclusion\.\w+\.is_\(None\)", re.DOTALL)
LATER = DAY + timedelta(days=1)


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def exclude_day(world: World, day: date) -> None:
    exclude_responses(
        world.session,
        wave_id=world.waves["W"].id,
        agency_ids=[world.agencies["A"].id],
        choice=Choice(first_day=day, last_day=day),
        rule="test",
        reason="Thử máy",
        by=None,
        today=LATER,
    )


def test_which_responses_count_is_defined_once() -> None:
    # Whoever counts responses asks ``counted``; nobody else joins exclusions to leave responses out.
    anti_joins = [
        path.relative_to(SURVEY).as_posix()
        for path in SURVEY.rglob("*.py")
        if ANTI_JOIN.search(path.read_text(encoding="utf-8"))
    ]
    assert anti_joins == ["queries/responses.py"]


def test_every_count_leaves_excluded_responses_out(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=3)
    world.answer("A", [5, 5, 5, 5], times=2, day=LATER)
    exclude_day(world, DAY)
    owner, wave = world.agencies["A"].id, world.waves["W"].id
    assert count_by_agency(world.session, wave_id=wave, agency_ids=[owner]) == {owner: 2}
    assert count_since(world.session, wave_id=wave, since={owner: BEFORE_EVERYTHING}) == {owner: 2}
    days = count_by_day(world.session, agency_id=owner, wave_id=wave, until=LATER)
    assert [(day.day, day.count) for day in days] == [(LATER, 2)]
    portions = count_patterns(world.session, agency_id=owner, wave_id=wave, after=date(2020, 1, 1), until=LATER)
    assert [one.count for portion in portions for one in portion] == [2]


def test_equal_answers_come_as_one_row_with_a_count(world: World) -> None:
    world.answer("A", [5, 4, 0, 3], times=7)
    world.answer("A", [5, 4, 0, 3], times=2, language="en")
    owner, wave = world.agencies["A"].id, world.waves["W"].id
    portions = count_patterns(world.session, agency_id=owner, wave_id=wave, after=date(2020, 1, 1), until=LATER)
    assert sorted((one.language, one.count) for portion in portions for one in portion) == [("en", 2), ("vi", 7)]


def test_each_agency_is_counted_from_its_own_day_on(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=10)
    world.answer("A", [5, 5, 5, 5], times=3, day=LATER)
    world.answer("B", [5, 5, 5, 5], times=4)
    one, two, three = (world.agencies[code].id for code in "ABC")
    since = {one: DAY, two: BEFORE_EVERYTHING, three: BEFORE_EVERYTHING}
    assert count_since(world.session, wave_id=world.waves["W"].id, since=since) == {one: 3, two: 4}
    assert count_since(world.session, wave_id=world.waves["W"].id, since={}) == {}


def test_agencies_come_by_subtree_and_as_vietnamese_sorts_them(world: World) -> None:
    world.add_agency("B 10", parent="B", kind="unit")
    world.add_agency("B 9", parent="B", kind="unit")
    below = list_agencies(world.session, paths=[world.agencies["B"].path])
    assert [row.code for row in below] == ["B", "B 9", "B 10"]
    assert below[1].parent_name == "Đơn vị B"
    assert [row.code for row in list_children(world.session, agency_id=world.agencies["P"].id)] == ["A", "B", "C"]
    assert list_agencies(world.session, paths=[]) == []


def test_the_agencies_below_more_than_a_thousand_siblings_are_listed_at_once(session: Session) -> None:
    every = []
    for number in range(1200):
        key = new_id()
        every.append({"id": key, "code": f"R{number}", "kind": "commune", "name": f"Xã {number}", "path": f"{key}/"})
    unit = new_id()
    below = {"id": unit, "code": "U", "kind": "unit", "name": "Phòng", "path": f"{every[7]['path']}{unit}/"}
    same = {"sort_key": "", "is_demo": False, "valid_from": DAY}
    session.execute(insert(Agency), [{**row, **same} for row in every])
    session.execute(insert(Agency), [{**below, **same, "parent_id": every[7]["id"]}])
    found = list_agencies(session, paths=[f"{row['path']}" for row in every[1:]])
    assert (len(found), sum(row.id == unit for row in found)) == (1200, 1)
    assert every[0]["id"] not in {row.id for row in found}


def test_a_wave_is_listed_for_every_agency_it_covers_once_it_was_opened(world: World) -> None:
    world.add_wave("PLANNED", state="planned")
    world.add_wave("ONLY-B", root="B")
    world.add_wave("LAST-YEAR", year=2025, state="closed")
    assert [wave.code for wave in list_waves(world.session, agency_id=world.agencies["A"].id)] == ["W", "LAST-YEAR"]
    own = list_waves(world.session, agency_id=world.agencies["B"].id)
    assert {wave.code for wave in own} == {"W", "ONLY-B", "LAST-YEAR"}
    roots = [world.agencies["P"].id]
    assert [wave.code for wave in list_waves_of_year(world.session, agency_ids=roots, year=2025)] == ["LAST-YEAR"]


def test_a_wave_tells_the_version_of_its_release(world: World) -> None:
    wave = world.add_wave("V", state="closed")
    before = get_wave(world.session, wave_id=wave.id)
    assert before is not None
    assert before.release_version == 0
    world.release("V")
    after = get_wave(world.session, wave_id=wave.id)
    assert after is not None
    assert after.release_version == 1
