from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.gauge import GaugeRow, Target, fill_in, gauge_rows, target_of_wave, total_of
from survey.models.fieldwork import WaveServicePoint
from survey.models.responses import IntakeMeter
from survey.queries.agencies import list_agencies
from survey.queries.gauge import list_counter_intake
from survey.queries.scope import Scope
from survey.queries.waves import get_wave
from survey.services.agency_changes import record_change
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.fold import fold
from survey.services.wave_edits import set_target

TODAY = date(2026, 3, 20)
FIVE_POINTS = Target(margin=0.05, design_effect=1.0, participation=0.2, confidence_level=0.95)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    counter = world.add_counter("Quầy A", agency="A")
    session.add(WaveServicePoint(wave_id=world.waves["W"].id, service_point_id=counter.id, is_open=True))
    session.flush()
    return world


def meter(world: World, counter: str, day: date, count: int) -> None:
    point = world.service_points[counter]
    world.session.add(
        IntakeMeter(agency_id=point.agency_id, service_point_id=point.id, day=day, ten_minutes=54, count=count)
    )
    world.session.flush()


def gauge(world: World, target: Target | None = FIVE_POINTS) -> dict[str, GaugeRow]:
    wave = get_wave(world.session, wave_id=world.waves["W"].id)
    assert wave is not None
    agencies = list_agencies(world.session, paths=[world.agencies["P"].path])
    rows = gauge_rows(world.session, wave=wave, agencies=agencies, target=target, today=TODAY)
    return {row.agency.code: row for row in fill_in(world.session, rows, wave=wave, today=TODAY)}


def test_the_figures_are_those_worked_out_by_hand(world: World) -> None:
    world.answer("A", [5, 4, 0, 5], times=10)
    world.answer("A", [4, 3, 1, 5], times=10)
    fold(world.session, until=date(2026, 2, 28))
    world.answer("A", [5, 5, 5, 5], times=3, day=date(2026, 3, 10))
    world.set_population_size("A", {"2026-01": 100, "2026-02": 200})
    meter(world, "Quầy A", date(2026, 3, 10), 28)
    meter(world, "Quầy A", date(2026, 3, 1), 500)  # before the last fourteen days

    row = gauge(world)["A"]

    assert (row.answers, row.counters) == (23, 1)
    # n0 = 1.959964² · 0.25 / 0.05² = 384.1459; N of three months at the rate of the two known ones is 450:
    # 384.1459 / (1 + 383.1459 / 450) = 207.49.  One in five answers: 1,040 would have to be asked.
    assert row.size is not None
    assert (row.size.known, row.size.whole, row.size.is_projected) == (300, 450, True)
    assert row.target is not None
    assert (row.target.n, row.target.to_invite, row.target.exceeds_population) == (208, 1040, True)
    assert row.needed == 208 - 23
    # Only the twenty of January and February are set against their N; the three of March have none yet.
    assert row.rate is not None
    assert (row.rate.answers, row.rate.size, row.rate.share) == (20, 300, pytest.approx(20 / 300))
    # 28 answers in fourteen days are two a day: 185 take 93 days from the 20th of March.
    assert (row.pace, row.reached_on) == (2.0, date(2026, 6, 21))


def test_the_margin_is_the_longer_arm_of_the_interval_that_the_agency_sees(world: World) -> None:
    world.answer("A", [5, 4, 4, 5], times=18)
    world.answer("A", [4, 3, 1, 5], times=3)
    fold(world.session, until=TODAY)
    wave, agency = world.waves["W"].id, world.agencies["A"].id
    shown = agency_findings(world.session, agency_id=agency, wave_id=wave, today=TODAY).overall.share_satisfied
    assert shown is not None

    row = gauge(world)["A"]

    assert row.margin == pytest.approx(max(shown.value - shown.ci.low, shown.ci.high - shown.value))
    assert row.folded_until is not None


def test_below_ten_answers_there_is_a_count_but_no_rate_and_no_margin(world: World) -> None:
    world.answer("B", [5, 4, 4, 5], times=9)
    world.set_population_size("B", {"2026-02": 50})
    fold(world.session, until=TODAY)

    row = gauge(world)["B"]

    assert row.answers == 9
    assert row.rate is not None
    assert row.rate.share is None
    assert row.margin is None


def test_more_answers_than_transactions_are_named_and_make_no_rate(world: World) -> None:
    world.answer("B", [5, 4, 4, 5], times=20)
    world.set_population_size("B", {"2026-02": 12})
    fold(world.session, until=TODAY)

    rate = gauge(world)["B"].rate

    assert rate is not None
    assert (rate.is_above, rate.answers, rate.size, rate.share) == (True, 20, 12, None)


def test_only_who_takes_part_stands_there_and_the_total_adds_them_up(world: World) -> None:
    world.answer("A", [5, 4, 4, 5], times=12)
    world.set_population_size("B", {"2026-02": 50})

    rows = gauge(world)
    total = total_of(list(rows.values()))

    assert set(rows) == {"A", "B"}
    assert (total.agencies, total.answers, total.size, total.without_size) == (2, 12, 50, 1)
    # 385 without N; B has N = 50 a month: 384.1459 / (1 + 383.1459 / 150) = 108.08.
    assert total.needed == 385 - 12 + 109


def test_a_target_is_kept_with_the_wave_and_met_when_enough_have_answered(world: World) -> None:
    set_target(world.session, world.waves["W"], margin=0.3, design_effect=1.0, participation=1.0)
    target = target_of_wave(world.session, wave_id=world.waves["W"].id)
    world.answer("A", [5, 4, 4, 5], times=11)

    row = gauge(world, target)["A"]

    # 1.959964² · 0.25 / 0.3² = 10.67
    assert row.target is not None
    assert (row.target.n, row.needed, row.reached_on) == (11, 0, None)


def test_the_last_answer_of_a_counter_comes_from_its_meter(world: World) -> None:
    meter(world, "Quầy A", date(2026, 2, 3), 1)
    meter(world, "Quầy A", date(2026, 3, 2), 4)
    everything = Scope(grants=((world.agencies["P"].path, "survey_manager"),))

    found = list_counter_intake(world.session, everything, world.waves["W"])

    assert [(line.name, line.last_day) for line in found] == [("Quầy A", date(2026, 3, 2))]
    elsewhere = Scope(grants=((world.agencies["B"].path, "survey_manager"),))
    assert list_counter_intake(world.session, elsewhere, world.waves["W"]) == []


def test_after_a_merger_the_total_asks_for_the_answers_of_the_living_body_alone(world: World) -> None:
    world.answer("A", [5, 4, 4, 5], times=12)
    world.answer("B", [5, 4, 4, 5], times=5)
    world.set_population_size("A", {"2026-01": 100, "2026-02": 100})
    world.set_population_size("B", {"2026-01": 50})
    meter(world, "Quầy A", date(2026, 3, 10), 28)
    bodies, new = (world.agencies["A"], world.agencies["B"]), NewBody("N", "Đơn vị N")
    merger = ChangeRequest("merge", date(2026, 3, 15), "NQ 1", bodies, (new,), world.agencies["P"], "N")
    record_change(world.session, merger, by=None, today=TODAY)
    world.agencies["N"] = world.service_points["Quầy A"].agency
    everything = Scope(grants=((world.agencies["P"].path, "survey_manager"),))
    handed_over = list_counter_intake(world.session, everything, world.waves["W"])
    world.answer("N", [5, 4, 4, 5], times=4, day=date(2026, 3, 18))
    meter(world, "Quầy A", date(2026, 3, 18), 14)

    rows = gauge(world)
    total = total_of(list(rows.values()))

    # The counter was not silent: what it took in before is still its last answer.
    assert [line.last_day for line in handed_over] == [date(2026, 3, 10)]
    # Each answer and each transaction stands with the body it was given to, once: 12 + 5 + 4, and 200 + 50.
    assert {code: row.answers for code, row in rows.items()} == {"A": 12, "B": 5, "N": 4}
    assert (total.agencies, total.answers, total.size, total.without_size) == (3, 21, 250, 1)
    # Nobody can rate A and B any more, so only N asks for answers: 385 without N of its own, less four.
    assert [rows[code].needed for code in "ABN"] == [None, None, 381]
    assert (total.needed, total.reached) == (381, 0)
    # 28 before the merger and 14 after it, in fourteen days, are three a day: 381 take 127 days.
    assert (rows["N"].pace, rows["N"].reached_on) == (3.0, date(2026, 7, 25))


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plans(session: Session, asked: list[tuple[str, Any]]) -> list[str]:
    """Return how SQLite goes about each statement."""
    raw = session.connection().connection.cursor()
    found = []
    for statement, parameters in asked:
        raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found.append("; ".join(row[-1] for row in raw.fetchall()))
    return found


def test_statements_and_their_plans_do_not_depend_on_the_number_of_answers(world: World) -> None:
    world.answer("A", [5, 4, 4, 5], times=12)
    fold(world.session, until=TODAY)
    gauge(world)
    with statements() as few:
        gauge(world)
    world.answer("A", [5, 4, 4, 5], times=3000)
    fold(world.session, until=TODAY)
    world.session.execute(text("ANALYZE"))

    with statements() as many:
        rows = gauge(world)

    assert rows["A"].answers == 3012
    assert [statement for statement, _ in many] == [statement for statement, _ in few]
    of_answers = [statement for statement, _ in many if "FROM responses" in statement]
    # Answers are looked at only for what came since the last fold: a range of the index, and empty here.
    assert all("responses.answered_on >" in statement for statement in of_answers)
    if world.session.get_bind().dialect.name == "sqlite":
        # Whatever SQLite knows of the sizes, it walks neither through answers nor through meters.
        found = plans(world.session, many)
        assert not [plan for plan in found if re.search(r"SCAN (responses|intake_meters)", plan)]
