"""The worker as its own process, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from conftest import Database
from survey.jobs.nightly import request_nightly
from survey.jobs.queue import JobQueue
from survey.models.jobs import Job
from survey.services.jobs import request_job

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
# A worker whose letters are written on the spot, and whose slow letters wait to be killed.
PROGRAM = """
import time
from config import Config
from survey.jobs import worker
def letter(work):
    work.write("TXT", "letter.txt", work.arguments["text"].encode())
    if work.arguments.get("slow") and not (work.folder.parent / "seen").exists():
        (work.folder.parent / "seen").touch()
        time.sleep(60)
worker.run_worker(Config(_env_file=None), kinds={"letter": letter, "nightly": lambda work: None})
"""


@pytest.fixture
def start_worker(database: Database) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    config = database.config

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "HAILONG_DATA_DIR": str(config.data_dir),
            "HAILONG_DATABASE_URL": config.database_url,
            "HAILONG_SECRET_KEY": config.secret_key,
            "PYTHONPATH": str(PROJECT),
        }
        started.append(subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, cwd=PROJECT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def ask(database: Database, engine: Engine) -> Callable[..., UUID]:
    config = database.config
    queue = JobQueue(database_url=config.sqlalchemy_url, data_dir=config.data_dir, key=config.signing_key())

    def asked(*, wake: bool = True, **arguments: object) -> UUID:
        # As a page does: it asks for the lock before it reads.
        with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
            job = request_job(session, kind="letter", arguments=arguments, now=NOW)
            session.commit()
            job_id = job.id
        if wake:
            queue.put(job_id)
        return job_id

    return asked


def wait_for(engine: Engine, job_id: UUID, state: str) -> Job:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with Session(engine) as session:
            job = session.get_one(Job, job_id)
        if job.state == state:
            return job
        time.sleep(0.05)
    return pytest.fail(f"the job is {job.state}, not {state}")


def test_a_job_is_done_soon_after_it_was_asked_for(
    database: Database, engine: Engine, start_worker: Callable[[], object], ask: Callable[..., UUID]
) -> None:
    first = ask(text="một", wake=False)
    start_worker()
    wait_for(engine, first, "done")

    second = wait_for(engine, ask(text="hai"), "done")

    assert (database.data_dir / "documents" / str(second.id) / "letter.txt").read_text() == "hai"


def test_a_job_whose_worker_was_killed_is_taken_up_by_the_next(
    database: Database, engine: Engine, start_worker: Callable[[], subprocess.Popen[bytes]], ask: Callable[..., UUID]
) -> None:
    job_id = ask(text="chậm", slow=True)
    worker = start_worker()
    wait_for(engine, job_id, "running")
    until = time.monotonic() + PATIENCE_SECONDS
    while not (database.data_dir / "documents" / "seen").exists() and time.monotonic() < until:
        time.sleep(0.05)
    worker.kill()
    worker.wait()

    start_worker()

    wait_for(engine, job_id, "done")
    assert (database.data_dir / "documents" / str(job_id) / "letter.txt").read_text() == "chậm"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_cleanly(
    engine: Engine,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    ask: Callable[..., UUID],
    number: signal.Signals,
) -> None:
    worker = start_worker()
    wait_for(engine, ask(text="xong"), "done")

    worker.send_signal(number)

    assert worker.wait(PATIENCE_SECONDS) == 0


def test_the_work_of_a_night_is_asked_for_once(engine: Engine) -> None:
    with Session(engine) as session:
        first = request_nightly(session, now=datetime(2026, 11, 20, 19, 0, tzinfo=UTC), fold_hour=2)
        again = request_nightly(session, now=datetime(2026, 11, 21, 18, 59, tzinfo=UTC), fold_hour=2)
        next_night = request_nightly(session, now=datetime(2026, 11, 21, 19, 0, tzinfo=UTC), fold_hour=2)

    assert first is not None
    assert first.arguments == {"night": "2026-11-21"}
    assert again is None
    assert next_night is not None
    assert next_night.arguments == {"night": "2026-11-22"}


def test_a_worker_that_starts_does_the_work_of_the_night_it_missed(
    engine: Engine, start_worker: Callable[[], object]
) -> None:
    start_worker()

    until = time.monotonic() + PATIENCE_SECONDS
    state = ""
    while state != "done" and time.monotonic() < until:
        with Session(engine) as session:
            state = session.scalar(select(Job.state).where(Job.kind == "nightly")) or ""
        time.sleep(0.05)
    assert state == "done"
