from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from analysis.design import sampling_design
from analysis.domain_estimates import estimate_domain_shares
from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.errors import FindingsError
from survey.findings.values import AgencyFindings
from survey.models.responses import Response
from survey.services.exclusions import Choice, exclude_responses
from survey.services.fold import fold

TODAY = date(2026, 11, 21)
DAY = date(2025, 2, 2)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    world.add_wave("H", year=2025, state="closed", sample_kind="household")
    return world


def answer(
    world: World, agency: str, satisfied: int, others: int, *, weight: float, cluster: str, stratum: str = "1"
) -> None:
    ids = world.answer(agency, [4, 4, 4, 4], times=satisfied, wave="H", day=DAY)
    ids += world.answer(agency, [3, 3, 3, 3], times=others, wave="H", day=DAY)
    owner = world.agencies[agency].id
    drawn = {"weight": weight, "cluster": cluster, "stratum": stratum}
    world.session.execute(update(Response).where(Response.agency_id == owner, Response.id.in_(ids)).values(**drawn))


def findings(world: World, agency: str) -> AgencyFindings:
    fold(world.session, until=TODAY)
    wave = world.waves["H"].id
    return agency_findings(world.session, agency_id=world.agencies[agency].id, wave_id=wave, today=TODAY)


def exclude(world: World, *, first_day: date) -> None:
    """Exclude agency A's answers from a day on, as test answers."""
    exclude_responses(
        world.session,
        wave_id=world.waves["H"].id,
        agency_ids=[world.agencies["A"].id],
        choice=Choice(first_day=first_day, last_day=TODAY),
        rule="test",
        reason="Thử máy",
        by=None,
        today=TODAY,
    )


def draw(world: World) -> None:
    answer(world, "A", 12, 8, weight=1.0, cluster="a")
    answer(world, "A", 18, 2, weight=3.0, cluster="b")
    answer(world, "B", 5, 15, weight=2.0, cluster="c", stratum="2")
    answer(world, "B", 9, 11, weight=2.0, cluster="d", stratum="2")


def test_a_survey_is_estimated_with_its_weights_strata_and_clusters(world: World) -> None:
    draw(world)
    found = findings(world, "A")
    # (12 · 1 + 18 · 3) of (20 · 1 + 20 · 3); the wave's other clusters stay in the design.
    satisfied = np.array([1] * 12 + [0] * 8 + [1] * 18 + [0] * 2 + [1] * 5 + [0] * 15 + [1] * 9 + [0] * 11, dtype=float)
    design = sampling_design(
        weights=[1] * 20 + [3] * 20 + [2] * 40,
        strata=["1"] * 40 + ["2"] * 40,
        clusters=[["a"] * 20 + ["b"] * 20 + ["c"] * 20 + ["d"] * 20],
    )
    (expected,) = estimate_domain_shares(design, satisfied, np.array([0] * 40 + [-1] * 40))
    share = found.elements[0].measures.share_satisfied
    assert expected is not None
    assert share is not None
    assert expected.value == pytest.approx(66 / 80)
    assert (share.value, share.n) == (pytest.approx(66 / 80), 40)
    assert (share.ci.low, share.ci.high) == (pytest.approx(expected.ci.low), pytest.approx(expected.ci.high))
    # All three items say the same here: pooling them adds no information.
    whole = found.overall.share_satisfied
    assert whole is not None
    assert (whole.ci.low, whole.ci.high) == (pytest.approx(expected.ci.low), pytest.approx(expected.ci.high))
    assert (found.weighting, found.breakdowns, found.n) == ("design", (), 40)
    # Two elements of two points, 82.5 % each and cut; they say the same, so that the ends are those of the share.
    points = found.points
    assert points is not None
    assert (points.value, points.maximum) == (1.65 + 1.65, 4)
    assert (points.low, points.high) == (int(400 * share.ci.low) / 100, int(400 * share.ci.high) / 100)
    assert [element.value for element in found.element_points] == [1.65, 1.65]


def test_the_summary_ranks_a_survey_by_its_design(world: World) -> None:
    draw(world)
    fold(world.session, until=TODAY)
    found = annual_findings(world.session, root_id=world.agencies["P"].id, year=2025, today=TODAY)
    assert [(row.agency.code, row.rank) for row in found.agencies[:2]] == [("A", 1), ("B", 2)]
    assert found.weighting == "design"
    assert found.overall.share_satisfied is not None
    assert found.overall.share_satisfied.value == pytest.approx((66 + 28) / 160)


def test_a_stratum_with_one_cluster_is_refused_with_its_name(world: World) -> None:
    answer(world, "A", 12, 8, weight=1.0, cluster="a", stratum="lonely")
    answer(world, "A", 18, 2, weight=3.0, cluster="b")
    with pytest.raises(FindingsError, match="sampling design cannot be estimated"):
        findings(world, "A")


def test_an_excluded_answer_leaves_the_figures_of_a_survey_only_with_nine_others(world: World) -> None:
    draw(world)
    answer(world, "A", 0, 9, weight=1.0, cluster="a")
    (one,) = world.answer("A", [1, 1, 1, 1], wave="H", day=DAY + timedelta(days=1))
    drawn = {"weight": 1.0, "cluster": "b", "stratum": "1"}
    world.session.execute(update(Response).where(Response.id == one).values(**drawn))
    before = findings(world, "A")
    exclude(world, first_day=DAY + timedelta(days=1))
    assert findings(world, "A").overall == before.overall
    exclude(world, first_day=DAY)
    assert findings(world, "A").overall != before.overall


def test_a_household_survey_without_a_design_reads_tallies(world: World) -> None:
    world.answer("A", [4, 4, 4, 4], times=20, wave="H", day=DAY)
    found = findings(world, "A")
    assert (found.weighting, found.n) == ("own", 20)


def test_the_levels_of_a_survey_have_shares_by_its_design(world: World) -> None:
    draw(world)
    found = findings(world, "A").elements[0].measures
    assert found.levels is not None
    assert found.level_shares is not None
    assert found.share_satisfied is not None
    none, _, third, fourth, _ = found.level_shares

    # As counted 10 of 40 gave three; by the weights 8 · 1 + 2 · 3 of 20 · 1 + 20 · 3.
    assert found.levels[2] == 10
    assert third.value == pytest.approx(14 / 80)
    assert (fourth.value, fourth.ci) == (found.share_satisfied.value, found.share_satisfied.ci)
    assert none.value == 0
    assert none.ci.high > 0
