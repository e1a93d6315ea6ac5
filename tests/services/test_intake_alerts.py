from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.models.responses import IntakeAlert, Response
from survey.services.exclusions import Choice, exclude_responses
from survey.services.intake_alerts import BANDS, band, band_end, find_alerts, raise_alerts

TODAY = date(2026, 2, 20)
YESTERDAY = TODAY - timedelta(days=1)
VARIED = [5, 4, 3, 5]


def fill(session: Session, *, flagged: int, plain: int, flag: str = "burst", day: date = YESTERDAY) -> World:
    world = small_world(session)
    world.add_counter("Quầy 1", agency="A")
    world.answer("A", VARIED, times=plain, day=day, counter="Quầy 1")
    add(world, flagged=flagged, flag=flag, day=day)
    return world


def add(world: World, *, flagged: int, flag: str = "burst", day: date = YESTERDAY) -> None:
    ids = world.answer("A", VARIED, times=flagged, day=day, counter="Quầy 1")
    of_a = Response.agency_id == world.agencies["A"].id
    world.session.execute(update(Response).where(of_a, Response.id.in_(ids)).values({flag: True}))


def alerts(session: Session) -> list[IntakeAlert]:
    raise_alerts(session, find_alerts(session, today=TODAY))
    session.flush()
    return list(session.scalars(select(IntakeAlert).order_by(IntakeAlert.day)))


def test_nine_flagged_answers_raise_no_alert_and_ten_do(session: Session) -> None:
    world = fill(session, flagged=9, plain=20)
    assert alerts(session) == []

    add(world, flagged=1)

    (alert,) = alerts(session)
    assert (alert.agency_id, alert.service_point_id) == (world.agencies["A"].id, world.service_points["Quầy 1"].id)
    assert (alert.day, alert.answers, alert.burst, alert.repeated_pattern) == (YESTERDAY, 20, 10, 0)


def test_counts_are_kept_in_wide_bands(session: Session) -> None:
    fill(session, flagged=49, plain=57)

    (alert,) = alerts(session)

    assert (alert.answers, alert.burst) == (100, 20)


def test_a_small_share_of_a_busy_counter_raises_none(session: Session) -> None:
    fill(session, flagged=10, plain=91)

    assert alerts(session) == []


def test_citizens_who_answer_at_home_in_the_evening_raise_none(session: Session) -> None:
    fill(session, flagged=49, plain=51, flag="outside_hours")

    assert alerts(session) == []


def test_a_counter_that_is_answered_mostly_outside_its_hours_does(session: Session) -> None:
    fill(session, flagged=50, plain=50, flag="outside_hours")

    assert [alert.outside_hours for alert in alerts(session)] == [50]


def test_what_drops_in_slowly_over_the_month_is_seen_too(session: Session) -> None:
    world = fill(session, flagged=5, plain=2, day=TODAY - timedelta(days=15))
    add(world, flagged=5)

    assert [(alert.day, alert.burst) for alert in alerts(session)] == [(YESTERDAY, 10)]


def test_a_new_month_begins_at_nothing(session: Session) -> None:
    fill(session, flagged=9, plain=0, day=date(2026, 1, 31))
    world_of_today = find_alerts(session, today=date(2026, 2, 3))

    assert world_of_today == []


def test_there_is_one_alert_a_counter_and_day_and_it_stands(session: Session) -> None:
    world = fill(session, flagged=10, plain=0)
    before = [(alert.day, alert.burst) for alert in alerts(session)]
    add(world, flagged=30)

    assert [(alert.day, alert.burst) for alert in alerts(session)] == before


def test_today_is_not_told_before_it_is_over(session: Session) -> None:
    fill(session, flagged=30, plain=0, day=TODAY)

    assert alerts(session) == []


def test_a_server_that_was_off_catches_up(session: Session) -> None:
    fill(session, flagged=30, plain=0, day=TODAY - timedelta(days=7))

    assert [alert.day for alert in alerts(session)] == [TODAY - timedelta(days=7)]


def test_what_people_have_excluded_raises_no_alert(session: Session) -> None:
    world = fill(session, flagged=30, plain=0)
    exclude_responses(
        session,
        wave_id=world.waves["W"].id,
        agency_ids=[world.agencies["A"].id],
        choice=Choice(),
        rule="burst",
        reason="một máy",
        by=None,
        today=TODAY,
    )

    assert alerts(session) == []


def test_bands_follow_each_other_without_a_gap() -> None:
    assert [band(count) for count in (0, 9, 10, 19, 20, 49, 50, 10_000, 123_456)] == [
        0,
        0,
        10,
        10,
        20,
        20,
        50,
        10_000,
        10_000,
    ]
    assert [band_end(lower) for lower in BANDS[:-1]] == [lower - 1 for lower in BANDS[1:]]
    assert band_end(BANDS[-1]) is None
