"""Results by channel: each channel reaches other people, and none gives another away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.values import BreakdownRow
from survey.rendering.csv import agency_csv
from survey.services.fold import fold

DAY, LATER, TODAY = date(2026, 2, 2), date(2026, 2, 3), date(2026, 11, 21)
# Two of three satisfied, and one: small groups that all say the same are withheld.
GOOD, BAD = [5, 5, 2, 5], [1, 1, 4, 1]


@pytest.fixture
def world(session: Session) -> World:
    """Give a province with two departments and a commune, in one wave."""
    return small_world(session)


def by_channel(world: World, agency: str) -> dict[str, tuple[int, float] | None]:
    fold(world.session, until=LATER)
    found = agency_findings(
        world.session, agency_id=world.agencies[agency].id, wave_id=world.waves["W"].id, today=TODAY
    )
    return shown([row for row in found.breakdowns if row.dimension == "channel"])


def shown(rows: list[BreakdownRow]) -> dict[str, tuple[int, float] | None]:
    return {
        row.member: (row.measures.share_satisfied.n, round(row.measures.share_satisfied.value, 2))
        if row.measures.share_satisfied
        else None
        for row in rows
    }


def test_each_channel_has_its_own_figure_in_the_usual_order(world: World) -> None:
    world.answer("A", GOOD, times=12, channel="paper")
    world.answer("A", BAD, times=20)
    assert list(by_channel(world, "A").items()) == [("qr", (20, 0.33)), ("paper", (12, 0.67))]


def test_where_all_came_by_one_channel_there_is_nothing_to_tell_apart(world: World) -> None:
    world.answer("A", GOOD, times=12)
    assert by_channel(world, "A") == {}


def test_a_channel_below_ten_hides_the_next_smallest_too(world: World) -> None:
    world.answer("A", GOOD, times=40)
    world.answer("A", GOOD, times=15, channel="paper")
    world.answer("A", BAD, times=3, channel="assisted")
    assert by_channel(world, "A") == {"qr": (40, 0.67), "assisted": None, "paper": None}


def test_one_more_sheet_shows_in_no_figure_until_ten_have_come(world: World) -> None:
    world.answer("A", GOOD, times=12, channel="paper")
    world.answer("A", BAD, times=20)
    fold(world.session, until=DAY)
    world.answer("A", BAD, channel="paper", day=LATER)
    world.answer("A", BAD, times=9, day=LATER)
    assert by_channel(world, "A") == {"qr": (20, 0.33), "paper": (12, 0.67)}


def test_the_year_tells_channels_apart_over_all_its_agencies(world: World) -> None:
    world.answer("A", GOOD, times=12, channel="assisted")
    world.answer("A", BAD, times=20)
    world.answer("B", BAD, times=15)
    fold(world.session, until=LATER)
    world.waves["W"].state = "closed"
    world.session.flush()
    found = annual_findings(world.session, root_id=world.agencies["P"].id, year=2026, today=TODAY)
    assert shown(list(found.by_channel)) == {"qr": (35, 0.33), "assisted": (12, 0.67)}
    assert {count.code: count.count for count in found.channels} == {"qr": 35, "assisted": 12}


def test_agencies_whose_small_groups_said_the_same_are_added_up_where_several_did_not(world: World) -> None:
    same, other = [5, 5, 5, 5], [1, 1, 1, 1]
    world.answer("A", same, times=12, channel="paper")
    world.answer("A", BAD, times=40)
    world.answer("B", other, times=11, channel="paper")
    world.answer("B", BAD, times=40)
    assert by_channel(world, "A") == {"qr": None, "paper": None}
    world.waves["W"].state = "closed"
    world.session.flush()
    found = annual_findings(world.session, root_id=world.agencies["P"].id, year=2026, today=TODAY)
    assert shown(list(found.by_channel)) == {"qr": (80, 0.33), "paper": (23, 0.52)}


def test_the_documents_name_the_channels(world: World) -> None:
    world.answer("A", GOOD, times=12, channel="paper")
    world.answer("A", BAD, times=20)
    fold(world.session, until=LATER)
    found = agency_findings(world.session, agency_id=world.agencies["A"].id, wave_id=world.waves["W"].id, today=TODAY)
    assert "Phiếu giấy" in agency_csv(found, "vi").decode()
