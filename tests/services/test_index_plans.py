"""The road map of an agency and its aim: who does what until when, and what the first places would take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from index_world import DAY, two_rounds
from survey.findings.errors import FindingsError
from survey.findings.index import index_findings
from survey.findings.index_plans import road_map
from survey.findings.index_targets import target_outlook
from survey.models.audit import AuditEntry
from survey.services.errors import RoundError
from survey.services.index_ledger import content_of
from survey.services.index_plans import Plan, TaskWish, find_target, find_task, save_task, set_target

WISH = TaskWish("1.1", "Ban hành kế hoạch trước 15/1", "Chánh Văn phòng Sở", date(2026, 3, 1), Fraction("0.5"))


def test_a_road_map_is_followed_and_an_aim_tells_points_needed_and_chance(session: Session) -> None:
    rounds = two_rounds(session)
    agency, content = rounds.world.agencies["M"], content_of(rounds.after)
    own = Plan(agency, 2026, content, rounds.after.id)
    with pytest.raises(RoundError, match="2026-03-01 is past"):
        save_task(session, own, WISH, by=None, today=DAY)
    first = save_task(session, own, WISH, by=None, today=date(2026, 2, 1))
    later = replace(WISH, criterion="1.2", due_on=date(2026, 12, 31), expected_points=Fraction(2))
    second = save_task(session, own, later, by=None, today=DAY)
    plan = road_map(session, agency_id=agency.id, year=2026, today=DAY)
    assert ([one.id for one in plan.tasks], plan.expected, plan.overdue) == ([first.id, second.id], Fraction("2.5"), 1)

    done = replace(WISH, state="done", revision=1)
    save_task(session, own, done, task=first, by=None, today=DAY)
    with pytest.raises(RoundError, match="Somebody else has just changed"):
        save_task(session, own, done, task=first, by=None, today=DAY)
    for wish, message in (
        (replace(WISH, criterion="9"), "no scored criterion"),
        (replace(WISH, expected_points=Fraction(6)), "at most 5"),
        (replace(WISH, task=" "), "task is missing"),
        (replace(WISH, post="x" * 121), "120 at most"),
        (replace(WISH, state="dropped"), "why the task is dropped"),
    ):
        with pytest.raises(RoundError, match=message):
            save_task(session, own, wish, by=None, today=DAY)
    session.commit()
    plan = road_map(session, agency_id=agency.id, year=2026, today=DAY)
    assert (plan.expected_of_done, plan.overdue, len(plan.tasks)) == (Fraction("0.5"), 0, 2)
    assert find_task(session, agency_id=rounds.world.agencies["A"].id, task_id=first.id) is None

    with pytest.raises(RoundError, match="rank of 1 or more"):
        set_target(session, agency, year=2026, first_k=0, points=None, by=None, today=DAY)
    set_target(session, agency, year=2026, first_k=2, points=Fraction(18), by=None, today=DAY)
    held = find_target(session, agency_id=agency.id, year=2026)
    assert held is not None
    assert (held.first_k, held.points) == (2, Fraction(18))
    findings = index_findings(session, rounds.after, today=DAY)
    outlook = target_outlook(findings, agency.id, k=2, planned=plan.expected)
    # B has 18.7, M 15: 3.7 are lacking, and 2.5 are planned.
    assert (outlook.rank, outlook.of, outlook.needed, outlook.headroom) == (3, 4, Fraction("3.7"), Fraction(5))
    assert outlook.chance_now == outlook.chance_with_plan == 0
    assert 3.7 < outlook.points_for_likely < outlook.points_for_nearly_sure < 4.2
    assert target_outlook(findings, agency.id, k=2, planned=Fraction(5)).chance_with_plan == 1
    with pytest.raises(FindingsError, match="from 1 to 4"):
        target_outlook(findings, agency.id, k=5)
    assert set_target(session, agency, year=2026, first_k=None, points=None, by=None, today=DAY) is None
    assert find_target(session, agency_id=agency.id, year=2026) is None
    assert {"index.task_saved", "index.target_set"} <= set(session.scalars(select(AuditEntry.verb)))
