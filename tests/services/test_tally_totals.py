from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.findings.groups import read_groups
from survey.findings.sample import read_sample
from survey.findings.series import read_series
from survey.models.editions import Method, Questionnaire
from survey.models.tallies import TallyTotal
from survey.queries.tallies import Total, list_totals
from survey.queries.waves import list_all_waves
from survey.services.fold import fold
from survey.services.tallies import check_tallies, rebuild_tallies

UNTIL = date(2026, 11, 19)


@pytest.fixture
def world(session: Session) -> World:
    """Two waves of two agencies: several months, channels and kinds of verification, and items left blank."""
    world = small_world(session)
    world.add_wave("V", year=2025)
    for year, wave in ((2025, "V"), (2026, "W")):
        world.answer("A", [4, 3, 5, 4], times=12, wave=wave, day=DAY.replace(year=year))
        world.answer(
            "A", {"a1": 2, "b2": 0, "o": 5}, times=11, wave=wave, day=DAY.replace(year=year, month=3), channel="paper"
        )
        world.answer("B", {"a1": 5, "b1": 5, "b2": 4}, times=10, wave=wave, day=DAY.replace(year=year), verified=True)
    fold(session, until=UNTIL)
    return world


def totals(world: World, dimension: str | None = "agency") -> list[Total]:
    ids = [agency.id for agency in world.agencies.values()]
    waves = [wave.id for wave in world.waves.values()]
    found = list_totals(world.session, wave_ids=waves, agency_ids=ids, dimension=dimension)
    return sorted(found, key=lambda total: (total.agency_id, total.wave_id, total.dimension, total.member))


def read(world: World) -> list[object]:
    """Read both waves together, each for itself, and their groups."""
    session, waves = world.session, list_all_waves(world.session)
    ids = [agency.id for agency in world.agencies.values()]
    questionnaire = Questionnaire.from_content(world.questionnaire.content)
    method = Method.from_content(world.method.content)
    together = read_sample(session, waves=waves, agency_ids=ids, questionnaire=questionnaire, method=method)
    wave_ids = [wave.id for wave in waves]
    groups = [
        dict(read_groups(session, dimension, wave_ids=wave_ids, sample=together))
        for dimension in ("channel", "verified")
    ]
    return [together, *read_series(session, waves=waves, agency_ids=ids), *groups]


def test_what_is_read_from_totals_is_what_the_tallies_say(world: World) -> None:
    fast = read(world)
    assert [total.n for total in totals(world)].count(23) == 2
    world.session.execute(delete(TallyTotal).where(TallyTotal.wave_id == world.waves["V"].id))
    mixed = read(world)
    world.session.execute(delete(TallyTotal))
    assert fast == mixed == read(world)


def test_totals_move_with_the_tallies(world: World) -> None:
    before = totals(world)
    world.answer("A", [1, 1, 1, 1], times=10, day=DAY + timedelta(days=9))
    fold(world.session, until=UNTIL)
    fast = read(world)
    assert sorted(total.n for total in totals(world)) == [10, 10, 23, 33]
    world.session.execute(delete(TallyTotal))
    assert fast == read(world)
    # Folding again makes what is missing anew.
    fold(world.session, until=UNTIL)
    assert read(world) == fast
    assert [total.n for total in totals(world)] != [total.n for total in before]


def test_a_total_that_is_behind_its_mark_is_not_used_and_made_anew(world: World) -> None:
    right, fast = totals(world), read(world)
    world.session.execute(update(TallyTotal).values(n=TallyTotal.n - 1, sums=[0, 0, 0, 0, 0, 0]))
    assert totals(world, None) == []
    assert read(world) == fast
    fold(world.session, until=UNTIL)
    assert totals(world) == right


def test_a_check_finds_a_wrong_total_and_a_rebuild_mends_it(world: World) -> None:
    right = totals(world)
    wrong = replace(right[0], levels={"a1": [0, 0, 0, 0, 0, 99]})
    key = (
        TallyTotal.agency_id == wrong.agency_id,
        TallyTotal.wave_id == wrong.wave_id,
        TallyTotal.dimension == "agency",
    )
    world.session.execute(update(TallyTotal).where(*key).values(levels=wrong.levels))
    assert [check.state for check in check_tallies(world.session)].count("differs") == 1
    rebuild_tallies(world.session)
    assert totals(world) == right
    assert world.session.scalars(select(TallyTotal.levels).where(*key)).all() == [right[0].levels]
