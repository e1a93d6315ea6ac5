from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import flask
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from small_world import DAY, ITEMS, World, small_world
from survey.db import db
from survey.models.responses import Response
from survey.models.tallies import BreakdownTally, FoldMark, LevelTally, MomentTally
from survey.queries.responses import DayCount
from survey.services import fold as fold_module
from survey.services.fold import fold, last_day_to_fold
from survey.services.fold_marks import lock_mark, mark_stale
from survey.services.tallies import check_tallies, rebuild_tallies

LATER = DAY + timedelta(days=1)


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def levels(world: World, agency: str, item: str) -> dict[int, int]:
    rows = world.session.execute(
        select(LevelTally.level, func.sum(LevelTally.count))
        .where(LevelTally.agency_id == world.agencies[agency].id, LevelTally.item == item)
        .group_by(LevelTally.level)
    )
    return {level: int(count) for level, count in rows}


def members(world: World, agency: str, dimension: str) -> dict[str, int]:
    """How many respondents each member of a dimension holds."""
    rows = world.session.execute(
        select(FoldMark.member, FoldMark.n).where(
            FoldMark.agency_id == world.agencies[agency].id, FoldMark.dimension == dimension, FoldMark.n > 0
        )
    )
    return {member: n for member, n in rows}  # noqa: C416 -- rows are not pairs to mypy


def states(world: World) -> Counter[str]:
    return Counter(check.state for check in check_tallies(world.session))


def withdraw(world: World, agency: str, ids: list[UUID], *, day: date = DAY, language: str = "vi") -> None:
    """Erase answers as a withdrawal does."""
    owner, wave = world.agencies[agency].id, world.waves["W"].id
    lock_mark(world.session, agency_id=owner, wave_id=wave)
    world.session.execute(delete(Response).where(Response.agency_id == owner, Response.id.in_(ids)))
    gone = [DayCount(day, None, None, language, len(ids))]
    mark_stale(world.session, agency_id=owner, wave_id=wave, gone=gone)


def test_ten_answers_move_and_nine_wait(world: World) -> None:
    world.answer("A", [5, 4, 0, 3], times=10)
    world.answer("B", [5, 4, 0, 3], times=9)
    report = fold(world.session, until=DAY)
    assert (report.moved, report.answers, report.waiting, report.waiting_answers) == (1, 10, 1, 9)
    assert levels(world, "A", "a1") == {5: 10}
    assert levels(world, "A", "b2") == {0: 10}
    assert levels(world, "B", "a1") == {}


def test_looking_before_and_after_tells_of_ten_answers_or_none(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=20)
    fold(world.session, until=DAY)
    world.answer("A", [1, 1, 1, 1], times=9, day=LATER)
    fold(world.session, until=LATER)
    assert levels(world, "A", "a1") == {5: 20}
    world.answer("A", [2, 2, 2, 2], day=LATER)
    fold(world.session, until=LATER)
    assert levels(world, "A", "a1") == {5: 20, 1: 9, 2: 1}


def test_folding_again_changes_nothing(world: World) -> None:
    world.answer("A", [5, 4, 0, 3], times=10)
    fold(world.session, until=DAY)
    assert fold(world.session, until=DAY).moved == 0
    assert fold(world.session, until=DAY + timedelta(days=9)).moved == 0
    assert fold(world.session, until=DAY - timedelta(days=9)).moved == 0
    assert levels(world, "A", "a1") == {5: 10}


def test_days_after_the_last_day_are_left_out(world: World) -> None:
    world.answer("A", [5, 4, 0, 3], times=10)
    world.answer("A", [1, 1, 1, 1], times=10, day=LATER)
    fold(world.session, until=DAY)
    assert levels(world, "A", "a1") == {5: 10}
    fold(world.session, until=LATER)
    assert levels(world, "A", "a1") == {5: 10, 1: 10}


def test_a_day_is_closed_when_its_answers_can_be_withdrawn_no_longer() -> None:
    assert last_day_to_fold(date(2026, 11, 21)) == date(2026, 11, 19)


def test_items_left_blank_are_not_counted(world: World) -> None:
    world.answer("A", {"a1": 4}, times=10)
    fold(world.session, until=DAY)
    assert levels(world, "A", "a1") == {4: 10}
    assert levels(world, "A", "b1") == {}


def test_moments_hold_every_respondent_by_month_channel_and_verification(world: World) -> None:
    world.answer("A", [5, 4, 2, 3], times=7)
    world.answer("A", [1, 0, 3, 3], times=6, channel="transaction", verified=True)
    fold(world.session, until=DAY)
    rows = world.session.scalars(select(MomentTally).where(MomentTally.agency_id == world.agencies["A"].id))
    found = {(row.month, row.channel, row.verified): row for row in rows}
    # v = (satisfied, rated, scores) of access (a1), then of staff (b1, b2).
    assert {key: row.n for key, row in found.items()} == {
        ("2026-02", "qr", False): 7,
        ("2026-02", "transaction", True): 6,
    }
    assert found["2026-02", "qr", False].sums == [7, 7, 35, 7, 14, 42]
    assert found["2026-02", "transaction", True].sums == [0, 6, 6, 0, 6, 18]
    assert found["2026-02", "transaction", True].answered == [6, 6, 6]


def test_a_withdrawn_answer_leaves_with_the_next_move(world: World) -> None:
    ids = world.answer("A", [1, 1, 1, 1])
    world.answer("A", [5, 5, 5, 5], times=19)
    fold(world.session, until=DAY)
    withdraw(world, "A", ids)
    world.answer("A", [4, 4, 4, 4], times=8, day=LATER)
    fold(world.session, until=LATER)
    assert levels(world, "A", "a1") == {1: 1, 5: 19}
    world.answer("A", [4, 4, 4, 4], day=LATER)
    fold(world.session, until=LATER)
    assert levels(world, "A", "a1") == {4: 9, 5: 19}
    assert members(world, "A", "language") == {"vi": 28}
    assert states(world) == {"agrees": 4}


def test_answers_that_come_late_are_counted(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=10, day=LATER)
    fold(world.session, until=LATER)
    world.answer("A", [4, 4, 4, 4], times=10, day=DAY)
    fold(world.session, until=LATER)
    assert levels(world, "A", "a1") == {4: 10, 5: 10}


def test_figures_are_emptied_where_fewer_than_ten_answers_are_left(world: World) -> None:
    ids = world.answer("A", [1, 1, 1, 1], times=10)
    world.answer("A", [5, 5, 5, 5], times=3)
    fold(world.session, until=DAY)
    withdraw(world, "A", ids)
    fold(world.session, until=DAY)
    assert levels(world, "A", "a1") == {}
    assert members(world, "A", "agency") == {}
    world.answer("A", [4, 4, 4, 4], times=7)
    fold(world.session, until=DAY)
    assert levels(world, "A", "a1") == {4: 7, 5: 3}


def test_a_counter_moves_with_ten_answers_of_its_own(world: World) -> None:
    one, two = world.add_counter("1", agency="A"), world.add_counter("2", agency="A")
    world.answer("A", [5, 5, 5, 5], times=12, counter="1")
    world.answer("A", [5, 5, 5, 5], times=10, counter="2")
    fold(world.session, until=DAY)
    assert members(world, "A", "service_point") == {str(one.id): 12, str(two.id): 10}


def test_a_counter_that_stays_behind_cannot_be_found_by_subtracting_the_others(world: World) -> None:
    one = world.add_counter("1", agency="A")
    world.add_counter("2", agency="A")
    world.add_counter("3", agency="A")
    world.answer("A", [5, 5, 5, 5], times=30, counter="1")
    world.answer("A", [5, 5, 5, 5], times=12, counter="2")
    world.answer("A", [1, 1, 1, 1], times=1, counter="3")
    fold(world.session, until=DAY)
    # The whole less the counters shown must never be the one answer of counter 3: counter 2 waits with it.
    assert members(world, "A", "service_point") == {str(one.id): 30}


def test_what_a_move_adds_to_the_unattributed_is_none_or_ten(world: World) -> None:
    for name in "123":
        world.add_counter(name, agency="A")
    world.answer("A", [5, 5, 5, 5], times=9, counter="2")
    world.answer("A", [5, 5, 5, 5], times=9, counter="3")
    fold(world.session, until=DAY)
    assert members(world, "A", "service_point") == {}
    # Now counter 1 could move with ten, but then the agency's growth less counter 1 would be the one of counter 2.
    world.answer("A", [4, 4, 4, 4], times=10, counter="1", day=LATER)
    world.answer("A", [1, 1, 1, 1], times=1, counter="2", day=LATER)
    fold(world.session, until=LATER)
    shown = members(world, "A", "service_point")
    assert str(world.service_points["1"].id) not in shown or str(world.service_points["2"].id) in shown


def test_breakdowns_by_field_and_language(world: World) -> None:
    land = world.add_service("LAND", agency="A")
    world.answer("A", [5, 4, 3, 2], times=10, service="LAND")
    world.answer("A", [1, 1, 1, 1], times=11, language="en")
    fold(world.session, until=DAY)
    assert members(world, "A", "field") == {str(land.service_field_id): 10}
    assert members(world, "A", "language") == {"en": 11, "vi": 10}
    rows = world.session.execute(
        select(BreakdownTally.member, BreakdownTally.level, BreakdownTally.count).where(
            BreakdownTally.agency_id == world.agencies["A"].id,
            BreakdownTally.dimension == "language",
            BreakdownTally.item == "b1",
        )
    )
    assert sorted(tuple(row) for row in rows) == [("en", 1, 11), ("vi", 4, 10)]


def test_waves_are_folded_apart_and_some_of_them_on_demand(world: World) -> None:
    world.add_wave("V")
    world.answer("A", [5, 5, 5, 5], times=10)
    world.answer("A", [1, 1, 1, 1], times=10, wave="V")
    fold(world.session, until=DAY, wave_ids=[world.waves["V"].id])
    assert levels(world, "A", "a1") == {1: 10}


def test_a_fold_that_is_killed_leaves_whole_agencies(world: World) -> None:
    class KilledError(Exception):
        pass

    def die_on_the_second(done: int, _total: int) -> None:
        if done == 1:
            raise KilledError

    world.answer("A", [5, 5, 5, 5], times=10)
    world.answer("B", [4, 4, 4, 4], times=10)
    world.session.commit()
    with pytest.raises(KilledError):
        fold(world.session, until=DAY, commit=world.session.commit, progress=die_on_the_second)
    world.session.rollback()
    assert states(world) == {"agrees": 4}  # the agency, its one language and channel, and all without a code
    fold(world.session, until=DAY, commit=world.session.commit)
    assert levels(world, "A", "a1") == {5: 10}
    assert levels(world, "B", "a1") == {4: 10}


def test_two_folds_at_once_count_every_answer_once(
    world: World, app: flask.Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.answer("A", [5, 5, 5, 5], times=10)
    world.session.commit()
    counting = fold_module._count
    others = []

    def while_another_folds(*arguments: object) -> object:
        found = counting(*arguments)  # type: ignore[arg-type] -- passed on as they come
        if not others:
            others.append("started")
            with app.app_context(), Session(db.engine) as other:
                others.append(fold(other, until=DAY, commit=other.commit))
        return found

    monkeypatch.setattr(fold_module, "_count", while_another_folds)
    report = fold(world.session, until=DAY, commit=world.session.commit)
    assert others[1].moved == 1  # type: ignore[attr-defined] -- the report of the other fold
    assert report.moved == 0
    assert levels(world, "A", "a1") == {5: 10}
    assert states(world) == {"agrees": 4}


def test_an_answer_withdrawn_while_it_is_counted_is_not_counted(
    world: World, app: flask.Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = world.answer("A", [1, 1, 1, 1])
    world.answer("A", [5, 5, 5, 5], times=11)
    world.session.commit()
    counting = fold_module._count
    gone: list[str] = []

    def while_somebody_withdraws(*arguments: object) -> object:
        found = counting(*arguments)  # type: ignore[arg-type] -- passed on as they come
        if not gone:
            gone.append("yes")
            with app.app_context(), Session(db.engine) as other:
                owner = world.agencies["A"].id
                other.execute(delete(Response).where(Response.agency_id == owner, Response.id.in_(ids)))
                other.commit()
        return found

    monkeypatch.setattr(fold_module, "_count", while_somebody_withdraws)
    fold(world.session, until=DAY, commit=world.session.commit)
    assert levels(world, "A", "a1") == {5: 11}


def test_a_check_names_what_differs_and_a_rebuild_mends_it(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=10)
    world.answer("B", [4, 4, 4, 4], times=10)
    fold(world.session, until=DAY)
    owner = world.agencies["A"].id
    world.session.execute(update(LevelTally).where(LevelTally.agency_id == owner).values(count=11))
    assert states(world) == {"agrees": 7, "differs": 1}
    (before,) = [check for check in rebuild_tallies(world.session) if check.state == "differs"]
    assert (before.agency_id, before.dimension, before.n) == (owner, "agency", 10)
    assert states(world) == {"agrees": 8}
    assert levels(world, "A", "a1") == {5: 10}


def test_a_rebuild_does_not_show_what_waits(world: World) -> None:
    ids = world.answer("A", [1, 1, 1, 1])
    world.answer("A", [5, 5, 5, 5], times=10)
    fold(world.session, until=DAY)
    withdraw(world, "A", ids)
    assert {check.state for check in rebuild_tallies(world.session)} == {"waiting"}
    assert levels(world, "A", "a1") == {1: 1, 5: 10}


ANSWER = st.tuples(*[st.sampled_from([-1, 0, 1, 2, 3, 4, 5]) for _ in ITEMS]).filter(lambda one: max(one) > 0)
BATCH = st.tuples(
    st.sampled_from("ABC"),
    ANSWER,
    st.integers(1, 14),
    st.sampled_from([DAY - timedelta(days=40), DAY, LATER]),
    st.sampled_from(["qr", "paper"]),
    st.sampled_from(["vi", "en"]),
    st.sampled_from([None, "1", "2"]),
    st.sampled_from([None, "LAND"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(BATCH, max_size=5), min_size=1, max_size=4))
def test_whatever_comes_in_whatever_order_tallies_are_a_recount_and_hold_none_or_ten(
    world: World, batches: list[list[tuple[str, tuple[int, ...], int, date, str, str, str | None, str | None]]]
) -> None:
    nested = world.session.begin_nested()
    world.add_counter("1", agency="A")
    world.add_counter("2", agency="A")
    world.add_service("LAND", agency="A")
    for until, batch in zip([DAY, DAY, LATER, LATER], batches, strict=False):
        for agency, ratings, times, day, channel, language, counter, service in batch:
            answers = {item: level for item, level in zip(ITEMS, ratings, strict=True) if level >= 0}
            world.answer(
                agency, answers, times=times, day=day, channel=channel, language=language, counter=counter,
                service=service,
            )  # fmt: skip
        fold(world.session, until=until)
        assert set(states(world)) <= {"agrees", "waiting"}
        for agency in "ABC":
            _assert_nothing_small_can_be_found(world, agency)
    nested.rollback()


def _assert_nothing_small_can_be_found(world: World, agency: str) -> None:
    whole = members(world, agency, "agency").get("", 0)
    assert whole == 0 or whole >= 10
    for dimension in ("service_point", "field", "language"):
        parts = members(world, agency, dimension)
        apart = whole - sum(parts.values())
        assert all(n >= 10 for n in parts.values())
        assert apart == 0 or apart >= 10
