from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.models.accounts import SignInAttempt
from survey.models.agencies import ServicePointCode
from survey.models.jobs import Job
from survey.models.responses import Comment, Exclusion, IntakeMeter, Response
from survey.models.slips import TransactionBatch, TransactionCode
from survey.services.exclusions import Choice, exclude_responses
from survey.services.fold import fold
from survey.services.retention import erase_due
from survey.services.tallies import check_tallies

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
ANSWERED = date(2021, 2, 2)


@dataclass(frozen=True)
class Keep:
    keep_responses_months: int = 60
    keep_comments_months: int = 24
    keep_meters_days: int = 90
    keep_codes_days: int = 365
    keep_logs_days: int = 30


@pytest.fixture
def world(session: Session) -> World:
    """A wave that closed in March 2021, with thirty answers, three of them tests."""
    world = small_world(session)
    world.add_wave("OLD", year=2021, state="closed")
    world.answer("A", [5, 5, 5, 5], times=27, wave="OLD", day=ANSWERED)
    counter = world.add_counter("1", agency="A")
    world.answer("A", [1, 1, 1, 1], times=3, wave="OLD", day=ANSWERED, counter="1")
    exclude_responses(
        session,
        wave_id=world.waves["OLD"].id,
        agency_ids=[world.agencies["A"].id],
        choice=Choice(service_point_id=counter.id),
        rule="test",
        reason="Thử máy",
        by=None,
        today=TODAY,
    )
    fold(session, until=TODAY)
    return world


def erase(world: World, *, today: date = TODAY, dry_run: bool = False) -> dict[str, int]:
    erased = erase_due(world.session, keep=Keep(), today=today, now=NOW, dry_run=dry_run)
    return {one.kind: one.count for one in erased if one.count}


def stored(world: World, table: type) -> int:
    return world.session.scalars(select(func.count()).select_from(table)).one()


def test_answers_are_erased_together_when_their_wave_is_old_enough(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=2)
    # Closed on 31 March 2021: sixty months later it is April 2026.
    assert erase(world, today=date(2026, 3, 31)) == {}
    assert erase(world, today=date(2026, 4, 1)) == {"responses": 30}
    assert stored(world, Response) == 2
    assert stored(world, Exclusion) == 0
    assert erase(world) == {}


def test_figures_and_ledgers_stay_when_the_answers_are_erased(world: World) -> None:
    agency_id, wave_id = world.agencies["A"].id, world.waves["OLD"].id
    before = agency_findings(world.session, agency_id=agency_id, wave_id=wave_id, today=TODAY)
    assert before.n == 27
    erase(world)
    fold(world.session, until=TODAY)
    assert agency_findings(world.session, agency_id=agency_id, wave_id=wave_id, today=TODAY) == before
    assert {check.state for check in check_tallies(world.session)} == {"erased"}


def test_a_dry_run_only_counts(world: World) -> None:
    assert erase(world, dry_run=True) == {"responses": 30}
    assert stored(world, Response) == 30


def test_comments_meters_codes_jobs_and_sign_ins_go_when_they_are_due(world: World) -> None:
    owner, counter = world.agencies["A"].id, world.service_points["1"].id
    session = world.session

    def code(name: str, retired_on: date | None) -> ServicePointCode:
        return ServicePointCode(code=name, service_point_id=counter, issued_on=ANSWERED, retired_on=retired_on)

    def meter(day: date) -> IntakeMeter:
        return IntakeMeter(agency_id=owner, service_point_id=counter, day=day, ten_minutes=60, count=1)

    def job(finished_at: datetime | None) -> Job:
        return Job(kind="annual", arguments={}, created_at=NOW - timedelta(days=99), finished_at=finished_at)

    session.add_all([Comment(agency_id=owner, month=month, text="…") for month in ("2024-10", "2024-11", "2026-11")])
    session.add_all([meter(TODAY - timedelta(days=91)), meter(TODAY - timedelta(days=90))])
    session.add_all([code("OLD", TODAY - timedelta(days=366)), code("NEW", TODAY), code("USED", None)])
    session.add_all([job(NOW - timedelta(days=31)), job(NOW - timedelta(days=30)), job(None)])
    session.add_all([SignInAttempt(subject="s", failed_at=NOW - timedelta(days=days)) for days in (31, 29)])
    session.flush()
    found = {"responses": 30, "comments": 1, "meters": 1, "codes": 1, "jobs": 1, "sign_in_attempts": 1}
    assert erase(world, dry_run=True) == found
    assert erase(world) == found
    assert [stored(world, table) for table in (Comment, IntakeMeter, ServicePointCode, Job, SignInAttempt)] == [
        2, 1, 2, 2, 1,
    ]  # fmt: skip


def test_codes_go_when_they_expire_and_slips_the_night_after(world: World) -> None:
    session, owner = world.session, world.agencies["A"].id

    def batch(expires_on: date, made_on: date) -> None:
        made = TransactionBatch(
            agency_id=owner, deciding_agency_id=owner, made_on=made_on, expires_on=expires_on, count=1, seed="ab"
        )
        session.add(made)
        session.flush()
        code = {"agency_id": owner, "deciding_agency_id": owner, "expires_on": expires_on}
        session.add(TransactionCode(code_hash=expires_on.isoformat(), **code))

    def slips(hours: int) -> Job:
        made_at = NOW - timedelta(hours=hours)
        return Job(kind="slips", arguments={}, created_at=made_at, finished_at=made_at + timedelta(minutes=5))

    batch(TODAY, made_on=TODAY)
    batch(TODAY - timedelta(days=1), made_on=TODAY - timedelta(days=9))
    # Local midnight was nine hours ago.
    session.add_all([slips(10), slips(8)])
    session.flush()
    found = {"responses": 30, "transaction_codes": 1, "slips": 1}
    assert erase(world, dry_run=True) == found
    assert erase(world) == found
    assert session.scalars(select(TransactionCode.expires_on)).all() == [TODAY]
    session.expire_all()
    seeds = select(TransactionBatch.seed).order_by(TransactionBatch.made_on)
    assert session.scalars(seeds).all() == [None, "ab"]


def test_a_batch_stays_listed_for_a_year_after_its_codes(world: World) -> None:
    session, owner = world.session, world.agencies["A"].id
    for days in (365, 366):
        ended = TODAY - timedelta(days=days)
        session.add(
            TransactionBatch(agency_id=owner, deciding_agency_id=owner, made_on=ended, expires_on=ended, count=1)
        )
    session.flush()
    assert erase(world)["transaction_batches"] == 1
