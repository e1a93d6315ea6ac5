from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.annual import annual_findings
from survey.findings.values import AnnualFindings, RankedAgency
from survey.services.fold import fold

TODAY = date(2026, 11, 21)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    world.add_wave("W25", year=2025, state="closed")
    world.add_wave("W24", year=2024, state="closed")
    return world


def answer(world: World, agency: str, *, satisfied: int, others: int, year: int = 2025) -> None:
    """Store respondents who rate every item 4, and others who rate every item 3."""
    wave, day = f"W{year - 2000}", date(year, 2, 2)
    world.answer(agency, [4, 4, 4, 4], times=satisfied, wave=wave, day=day)
    world.answer(agency, [3, 3, 3, 3], times=others, wave=wave, day=day)


def annual(world: World, year: int = 2025, *, include_open: bool = False) -> AnnualFindings:
    fold(world.session, until=date(2026, 11, 19))
    root = world.agencies["P"].id
    return annual_findings(world.session, root_id=root, year=year, today=TODAY, include_open=include_open)


def by_code(found: AnnualFindings) -> dict[str, RankedAgency]:
    return {row.agency.code: row for row in found.agencies}


def test_agencies_stand_best_first_and_those_with_too_few_answers_last(world: World) -> None:
    answer(world, "A", satisfied=60, others=40)
    answer(world, "B", satisfied=90, others=10)
    answer(world, "C", satisfied=20, others=0)
    found = annual(world)
    assert [(row.agency.code, row.rank) for row in found.agencies] == [("B", 1), ("A", 2), ("C", None)]
    shares = [row.overall.share_satisfied for row in found.agencies]
    assert [share.value for share in shares if share] == [0.9, 0.6, 1.0]
    assert by_code(found)["C"].points is None
    assert (found.n, found.weighting, found.is_draft) == (220, "pooled", True)
    assert found.overall.share_satisfied is not None
    assert found.overall.share_satisfied.value == pytest.approx(170 / 220)
