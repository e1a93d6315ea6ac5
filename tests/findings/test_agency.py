from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.findings.agency import agency_findings
from survey.findings.values import AgencyFindings
from survey.services.fold import fold

TODAY = date(2026, 11, 21)


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def findings(world: World, agency: str, wave: str = "W") -> AgencyFindings:
    return agency_findings(
        world.session, agency_id=world.agencies[agency].id, wave_id=world.waves[wave].id, today=TODAY
    )


def test_the_whole_pools_the_rated_items_and_leaves_the_single_question_out(world: World) -> None:
    # 20 respondents, a1 b1 b2: 30 of 50 ratings are 4 or 5; the single question, satisfied by all, is not pooled.
    world.answer("A", [5, 4, 0, 5], times=10)
    world.answer("A", [4, 3, 1, 5], times=10)
    fold(world.session, until=DAY)
    found = findings(world, "A")
    assert found.overall.share_satisfied is not None
    assert found.overall.share_satisfied.value == pytest.approx(30 / 50)
    assert found.overall.mean_score is not None
    assert found.overall.mean_score.value == pytest.approx((9 * 10 + 8 * 10) / 50)
    assert (found.overall.n, found.n, found.stored) == (20, 20, 20)
    assert found.overall.levels == (10, 0, 10, 20, 10)
    assert found.overall.no_opinion == 10
    assert found.overall_question is not None
    assert found.overall_question.measures.levels == (0, 0, 0, 0, 20)
    assert found.weighting == "own"
