from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from conftest import Database
from small_world import small_world
from survey.jobs.nightly import (
    NIGHTLY,
    carry_out_changes,
    erase_what_is_due,
    fold_closed_days,
    forget_what_was_erased,
    nightly_job,
    request_nightly,
    sweep_old_documents,
)
from survey.jobs.perform import perform_job
from survey.jobs.work import Work
from survey.models.accounts import SignInAttempt
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today, new_id
from survey.models.jobs import Job
from survey.models.tallies import FoldMark
from survey.services.agency_changes import record_change
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.intake_alerts import find_alerts

NOW = datetime.now(tz=UTC)


def spend_a_night(engine: Engine, database: Database) -> Job:
    with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
        job = request_nightly(session, now=NOW, fold_hour=2)
        assert job is not None
        session.commit()
        job_id = job.id
    steps = (
        carry_out_changes,
        fold_closed_days,
        erase_what_is_due(database.config),
        sweep_old_documents(database.data_dir),
        forget_what_was_erased,
    )
    perform_job(engine, job_id, kinds={NIGHTLY: nightly_job(*steps)}, data_dir=database.data_dir)
    with Session(engine) as session:
        return session.get_one(Job, job_id)


def test_a_night_folds_the_days_whose_time_to_withdraw_has_passed(engine: Engine, database: Database) -> None:
    with Session(engine) as session:
        world = small_world(session)
        world.answer("A", [5, 5, 5, 5], times=12, day=local_today() - timedelta(days=2))
        world.answer("B", [5, 5, 5, 5], times=12, day=local_today() - timedelta(days=1))
        session.commit()
        a, b = world.agencies["A"].id, world.agencies["B"].id

    assert spend_a_night(engine, database).state == "done"

    with Session(engine) as session:
        own = select(FoldMark.agency_id, FoldMark.n).where(
            FoldMark.agency_id.in_([a, b]), FoldMark.dimension == "agency", FoldMark.n > 0
        )
        assert [tuple(row) for row in session.execute(own)] == [(a, 12)]


def test_a_night_erases_what_is_kept_no_longer(engine: Engine, database: Database) -> None:
    with Session(engine) as session:
        session.add(SignInAttempt(subject="old", failed_at=NOW - timedelta(days=40)))
        session.add(SignInAttempt(subject="new", failed_at=NOW))
        session.commit()

    spend_a_night(engine, database)

    with Session(engine) as session:
        assert session.scalars(select(SignInAttempt.subject)).all() == ["new"]


def test_a_night_removes_the_documents_of_jobs_that_are_gone(engine: Engine, database: Database) -> None:
    with Session(engine) as session:
        kept = Job(kind="annual", arguments={}, state="done", created_at=NOW, finished_at=NOW)
        session.add(kept)
        session.commit()
        kept_folder = _folder(database, str(kept.id))
    gone = [_folder(database, str(new_id())), _folder(database, f"{new_id()}.part")]

    spend_a_night(engine, database)

    assert kept_folder.exists()
    assert not any(folder.exists() for folder in gone)


def test_a_night_leaves_nothing_readable_of_what_was_erased(engine: Engine, database: Database) -> None:
    if database.kind == "postgresql":
        return  # its log is the server's to recycle; docs/security.md says so
    with Session(engine) as session:
        session.add(SignInAttempt(subject="a-subject-to-erase", failed_at=NOW - timedelta(days=400)))
        session.commit()

    spend_a_night(engine, database)

    files = list(database.data_dir.glob("hailong.sqlite3*"))
    assert files
    assert not any(b"a-subject-to-erase" in file.read_bytes() for file in files)


def _folder(database: Database, name: str) -> Path:
    folder = database.data_dir / "documents" / name
    folder.mkdir(parents=True)
    (folder / "a.pdf").write_bytes(b"x")
    return folder


def test_a_night_carries_out_the_changes_of_bodies_whose_day_has_come(engine: Engine, database: Database) -> None:
    today = local_today()
    with Session(engine) as session:
        world = small_world(session)
        body = world.agencies["C"]
        request = ChangeRequest("rename", today, "QĐ 1", (body,), (NewBody("C", "Phường Mới"),))
        record_change(session, request, by=None, today=today - timedelta(days=1))
        assert body.name != "Phường Mới"
        body_id = body.id
        session.commit()

    assert spend_a_night(engine, database).state == "done"

    with Session(engine) as session:
        assert session.get_one(Agency, body_id).name == "Phường Mới"


def test_a_step_that_fails_keeps_no_other_from_being_done(
    engine: Engine, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    row = "a-secret-row"

    def breaks(work: Work) -> None:
        work.session.add(SignInAttempt(subject="half-done", failed_at=NOW))
        work.session.flush()
        work.session.execute(text("SELECT :row FROM nowhere"), {"row": row})

    def goes_on(work: Work) -> None:
        work.session.add(SignInAttempt(subject="done", failed_at=NOW))

    with Session(engine) as session:
        job = request_nightly(session, now=NOW, fold_hour=2)
        assert job is not None
        session.commit()
        job_id = job.id

    kinds = {NIGHTLY: nightly_job(breaks, goes_on)}
    perform_job(engine, job_id, kinds=kinds, data_dir=database.data_dir)

    with Session(engine) as session:
        assert session.scalars(select(SignInAttempt.subject)).all() == ["done"]
        job = session.get_one(Job, job_id)
        assert job.state == "failed"
        assert "các bước khác đã xong" in (job.message or "")
    assert "the night's step" in caplog.text
    assert "ProgrammingError (UndefinedTable)" in caplog.text or "OperationalError (OperationalError)" in caplog.text
    assert row not in caplog.text


def test_a_wave_without_end_kept_from_earlier_does_not_stop_the_night(engine: Engine) -> None:
    with Session(engine) as session:
        world = small_world(session)
        session.execute(update(Wave).values(closes_on=date(9999, 12, 31)))
        world.answer("A", [5, 5, 5, 5], times=2, day=local_today() - timedelta(days=2))
        session.expire_all()

        assert find_alerts(session, today=local_today()) == []
