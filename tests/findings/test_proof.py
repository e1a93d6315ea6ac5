"""Ratings with a one-time code and without are told apart, and neither gives the other away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.values import AgencyFindings, AnnualFindings, BreakdownRow, ProofMeasures
from survey.services.fold import fold

DAY, LATER, TODAY = date(2026, 2, 2), date(2026, 2, 3), date(2026, 11, 21)
# Two of three satisfied, and one: small groups that all say the same are withheld.
GOOD, BAD = [5, 5, 2, 5], [1, 1, 4, 1]


@pytest.fixture
def world(session: Session) -> World:
    """Give a province with two departments and a commune, in one wave."""
    return small_world(session)


def findings(world: World, agency: str) -> AgencyFindings:
    fold(world.session, until=LATER)
    return agency_findings(world.session, agency_id=world.agencies[agency].id, wave_id=world.waves["W"].id, today=TODAY)


def year(world: World) -> AnnualFindings:
    fold(world.session, until=LATER)
    world.waves["W"].state = "closed"
    world.session.flush()
    return annual_findings(world.session, root_id=world.agencies["P"].id, year=2026, today=TODAY)


def by_code(found: AgencyFindings) -> dict[str, BreakdownRow]:
    return {row.member: row for row in found.breakdowns if row.dimension == "verified"}


def shown(proof: ProofMeasures | None) -> list[tuple[int, float] | None]:
    assert proof is not None
    both = (proof.with_code.share_satisfied, proof.without_code.share_satisfied)
    return [(one.n, round(one.value, 2)) if one else None for one in both]


def test_both_groups_of_an_agency_have_their_own_figures(world: World) -> None:
    world.answer("A", GOOD, times=12, verified=True, channel="transaction")
    world.answer("A", BAD, times=20)
    found = findings(world, "A")
    rows = by_code(found)
    with_code, without = rows["with_code"].measures.share_satisfied, rows["without_code"].measures.share_satisfied
    assert with_code
    assert without
    assert (with_code.n, with_code.value, without.n, without.value) == (
        12,
        pytest.approx(2 / 3),
        20,
        pytest.approx(1 / 3),
    )
    assert with_code.ci.low < 1.0
    assert (found.n, found.verified) == (32, 12)


def test_where_nobody_had_a_code_there_is_nothing_to_tell_apart(world: World) -> None:
    world.answer("A", BAD, times=20)
    assert by_code(findings(world, "A")) == {}
    assert year(world).proof is None


@pytest.mark.parametrize("few", ["with a code", "without a code"])
def test_a_group_below_ten_hides_the_other_too(world: World, few: str) -> None:
    world.answer("A", GOOD, times=9, verified=few == "with a code")
    world.answer("A", BAD, times=30, verified=few != "with a code")
    rows = by_code(findings(world, "A"))
    assert len(rows) == 2
    assert all(row.measures.is_suppressed for row in rows.values())


def test_one_more_code_shows_in_no_figure_until_ten_have_come(world: World) -> None:
    world.answer("A", GOOD, times=12, verified=True)
    world.answer("A", BAD, times=20)
    fold(world.session, until=DAY)
    world.answer("A", BAD, verified=True, day=LATER)
    world.answer("A", BAD, times=9, day=LATER)
    found = findings(world, "A")
    assert found.n == 42
    rows = by_code(found)
    assert [rows[member].measures.n for member in ("with_code", "without_code")] == [12, 20]


def test_an_agency_that_hides_its_groups_is_in_no_group_above_it(world: World) -> None:
    world.answer("A", GOOD, times=15, verified=True)
    world.answer("A", BAD, times=15)
    world.answer("B", GOOD, times=3, verified=True)
    world.answer("B", BAD, times=40)
    rows = by_code(findings(world, "P"))
    assert [rows[member].measures.n for member in ("with_code", "without_code")] == [15, 15]
    found = year(world)
    assert found.verified == 18
    assert shown(found.proof) == [(15, 0.67), (15, 0.33)]
    by_agency = {row.agency.code: row.proof for row in found.agencies}
    assert shown(by_agency["A"]) == [(15, 0.67), (15, 0.33)]
    assert shown(by_agency["B"]) == [None, None]


def test_an_agency_without_any_code_counts_among_those_without(world: World) -> None:
    world.answer("A", GOOD, times=15, verified=True)
    world.answer("A", BAD, times=15)
    world.answer("B", BAD, times=40)
    found = year(world)
    assert shown(found.proof) == [(15, 0.67), (55, 0.33)]
    assert {row.agency.code: row.proof for row in found.agencies}["B"] is None
