from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import flask
import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from citizen_world import make_world
from conftest import Database
from survey.db import DatabaseUnavailableError, db
from survey.models.responses import IntakeMeter, Response
from survey.services.responses import NewResponse, Outcome, store_response
from survey.services.writer import LARGEST_BATCH, ResponseWriter, write_alone

DAY = date(2026, 11, 21)
STORED, DUPLICATE = Outcome.STORED, Outcome.DUPLICATE


@pytest.fixture
def engine(app: flask.Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def writer(engine: Engine) -> Iterator[ResponseWriter]:
    made = ResponseWriter(engine, patience_seconds=0.3)
    yield made
    made.close()


@pytest.fixture
def new(session: Session) -> NewResponse:
    world = make_world(session, today=DAY)
    session.commit()
    new = NewResponse(
        agency_id=world.commune.id,
        wave_id=world.wave.id,
        questionnaire_edition_id=world.wave.questionnaire_edition_id,
        received_by_agency_id=world.commune.id,
        service_point_id=world.plain.id,
        answered_on=DAY,
        ten_minutes=1,
        channel="qr",
        language="vi",
        answers={"a1": 5},
        key_hash="first",
        candidate_agency_ids=(world.commune.id,),
    )
    session.rollback()
    return new


def count(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(Response)).scalar_one()


def test_an_answer_is_there_when_the_writer_returns(session: Session, writer: ResponseWriter, new: NewResponse) -> None:
    assert writer.store(new) is STORED
    assert count(session) == 1
    assert writer.store(new) is DUPLICATE
    assert count(session) == 1


def test_many_threads_share_transactions_and_each_learns_its_own_outcome(
    session: Session, engine: Engine, new: NewResponse
) -> None:
    writer = ResponseWriter(engine, patience_seconds=60)
    commits: list[object] = []
    note = commits.append
    event.listen(Engine, "commit", note)
    batch = [replace(new, key_hash=f"key {number % 400}") for number in range(500)]
    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(writer.store, batch))
    assert outcomes.count(STORED) == 400
    assert outcomes.count(DUPLICATE) == 100
    assert count(session) == 400
    assert session.scalar(select(func.sum(IntakeMeter.count))) == 400
    event.remove(Engine, "commit", note)
    assert len(commits) < 400
    writer.close()


def test_one_bad_answer_does_not_take_the_others_with_it(
    session: Session, writer: ResponseWriter, new: NewResponse
) -> None:
    held = threading.Event()
    release = threading.Event()
    transact = writer._transact

    def wait_first(batch: list[NewResponse]) -> list[Outcome]:
        held.set()
        release.wait(5)
        return transact(batch)

    writer._transact = wait_first  # type: ignore[method-assign,assignment]  # holds the first, so that others queue
    batch = [replace(new, key_hash=str(number)) for number in range(6)]
    batch[3] = replace(batch[3], wave_id=uuid4())
    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(writer.store, batch[0])]
        held.wait(5)
        futures += [pool.submit(writer.store, answer) for answer in batch[1:]]
        while writer._queue.qsize() < 5:
            pass
        release.set()
        outcomes: list[Any] = [future.exception() or future.result() for future in futures]
    assert isinstance(outcomes.pop(3), IntegrityError)
    assert outcomes == [STORED] * 5
    assert count(session) == 5


def test_more_than_one_batch_is_no_trouble(session: Session, engine: Engine, new: NewResponse) -> None:
    batch = [replace(new, key_hash=str(number)) for number in range(LARGEST_BATCH + 50)]
    writer = ResponseWriter(engine, patience_seconds=60)
    with ThreadPoolExecutor(LARGEST_BATCH + 50) as pool:
        assert set(pool.map(writer.store, batch)) == {STORED}
    writer.close()
    assert count(session) == LARGEST_BATCH + 50


def test_a_closed_writer_opens_again(session: Session, writer: ResponseWriter, new: NewResponse) -> None:
    writer.store(new)
    writer.close()
    writer.close()
    assert writer.store(replace(new, key_hash="second")) is STORED
    assert count(session) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_locked_database_is_told_in_time_and_stores_nothing(
    database: Database, session: Session, writer: ResponseWriter, new: NewResponse
) -> None:
    blocker = sqlite3.connect(database.data_dir / "hailong.sqlite3", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailableError, match="locked"):
        writer.store(new)
    blocker.execute("ROLLBACK")
    blocker.close()
    assert count(session) == 0
    assert writer.store(new) is STORED


@pytest.fixture
def full_disk() -> Iterator[list[bool]]:
    """Let every new SQLite connection find the disk full until the list is emptied."""
    full = [True]

    def limit(connection: Any, _record: object) -> None:
        if full and isinstance(connection, sqlite3.Connection):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    yield full
    event.remove(Engine, "connect", limit)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_stores_nothing(
    session: Session, new: NewResponse, engine: Engine, full_disk: list[bool]
) -> None:
    writer = ResponseWriter(engine, patience_seconds=0.3)
    large = replace(new, comment="ý" * 1_000_000)
    with pytest.raises(DatabaseUnavailableError, match="full"):
        writer.store(large)
    assert count(session) == 0
    full_disk.clear()
    assert writer.store(large) is STORED
    writer.close()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_ended_is_replaced(
    session: Session, writer: ResponseWriter, new: NewResponse
) -> None:
    writer.store(new)
    session.connection().exec_driver_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    session.rollback()
    assert writer.store(replace(new, key_hash="second")) is STORED


def test_what_is_written_alone_is_committed(engine: Engine, session: Session, new: NewResponse) -> None:
    assert write_alone(engine, lambda alone: store_response(alone, new)) is STORED
    assert count(session) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_written_alone_says_when_it_cannot(database: Database, engine: Engine, new: NewResponse) -> None:
    path = database.data_dir / "hailong.sqlite3"
    assert new
    path.rename(path.with_suffix(".away"))
    Path(path).mkdir()
    engine.dispose()
    with pytest.raises(DatabaseUnavailableError):
        write_alone(engine, lambda alone: alone.execute(select(Response.id)).all())


def test_a_forked_process_gets_a_thread_of_its_own(session: Session, writer: ResponseWriter, new: NewResponse) -> None:
    writer.store(new)
    child = multiprocessing.get_context("fork").Process(target=writer.store, args=(replace(new, key_hash="child"),))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    assert count(session) == 2
    assert writer.store(replace(new, key_hash="parent")) is STORED


def test_the_message_of_a_failed_statement_holds_no_parameters(
    engine: Engine, writer: ResponseWriter, new: NewResponse
) -> None:
    with pytest.raises(IntegrityError) as failed:
        writer.store(replace(new, channel="unheard of", answers={"a1": 4321}))
    assert "hide_parameters" in str(failed.value)
    with pytest.raises(DBAPIError) as read, engine.connect() as connection:
        connection.execute(text("SELECT :said FROM nowhere"), {"said": "4321"})
    assert "4321" not in str(read.value)
