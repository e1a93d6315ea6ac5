"""The way of citizens' answers into the database: many requests, one transaction, acknowledged after its commit.

One thread a process drains a queue, so that the price of reaching the disk is shared by everyone who waits at that
moment.  On SQLite, which has one writer at a time, processes queue at a file lock: it wakes the next one at once,
where the database's own lock would let it sleep and poll.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from survey.db import HIDDEN, DatabaseUnavailableError
from survey.services.responses import NewResponse, Outcome, store_responses

try:
    import fcntl
except ImportError:  # Windows has no such lock; SQLite's own is left
    fcntl = None  # type: ignore[assignment]  # its absence is checked where the lock is taken

LARGEST_BATCH: Final = 256
PATIENCE_SECONDS: Final = 8.0
_T = TypeVar("_T")
_Entry = tuple[NewResponse, "Future[Outcome]"]


class ResponseWriter:
    """Stores answers for all threads of a process; ``store`` returns once the answer is on the disk."""

    _thread: threading.Thread | None
    _connection: Connection | None  # the thread's own

    def __init__(self, engine: Engine, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Prepare to write to the database of ``engine``; the thread starts with the first answer."""
        self._patience = patience_seconds
        # A connection of our own: it lives as long as the thread and is never lent to a request.
        own = create_engine(engine.url, poolclass=NullPool, **HIDDEN)
        self._engine = own.execution_options(sqlite_begin="IMMEDIATE")
        self._lock_path = _lock_path(engine)
        self._begin_anew()

    def store(self, new: NewResponse) -> Outcome:
        """Store one answer durably.

        Raises:
            DatabaseUnavailableError: where it was not stored, or not known to be, in time.  Sending the same
                form again is then safe, since its key counts once.

        """
        if self._process != os.getpid():
            # A fork takes the object along, but not the thread.
            self._begin_anew()
        if self._thread is None:
            self._start()
        future: Future[Outcome] = Future()
        self._queue.put((new, future))
        try:
            return future.result(timeout=2 * self._patience)
        except TimeoutError as error:
            msg = "the writer did not come back in time"
            raise DatabaseUnavailableError(msg) from error

    def close(self) -> None:
        """End the thread once all that waits is written; a later answer starts another one."""
        with self._starting:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None

    def _begin_anew(self) -> None:
        self._process = os.getpid()
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread = None
        self._connection = None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="response-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                self._write_or_reconnect(batch)
            except Exception as error:  # noqa: BLE001  each request that waits is told, and shows its own page
                _refuse(batch, error)
                self._disconnect()
        self._disconnect()

    def _write_or_reconnect(self, batch: list[_Entry]) -> None:
        is_fresh = self._connection is None
        try:
            self._write(batch)
        except DBAPIError as error:
            if is_fresh or not error.connection_invalidated:
                raise
            # The server went away while nobody wrote.  To send an answer twice is harmless: its key counts once.
            self._disconnect()
            self._write([entry for entry in batch if not entry[1].done()])

    def _next_batch(self) -> list[_Entry]:
        """Wait for an answer and take along all that wait with it; empty once the writer is closed."""
        batch: list[_Entry] = []
        entry = self._queue.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) == LARGEST_BATCH:
                return batch
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return batch
        if batch:
            # Write these first; the next round finds the end again.
            self._queue.put(None)
        return batch

    def _connect(self) -> Connection:
        connection = self._engine.connect()
        milliseconds = int(self._patience * 1000)
        if connection.dialect.name == "sqlite":
            connection.connection.cursor().execute(f"PRAGMA busy_timeout = {milliseconds}")
        else:
            with connection.begin():
                connection.exec_driver_sql(f"SET statement_timeout = {milliseconds}")
                connection.exec_driver_sql("SET synchronous_commit = on")
        return connection

    def _disconnect(self) -> None:
        with contextlib.suppress(DBAPIError):
            if self._connection is not None:
                self._connection.close()
        self._connection = None

    def _write(self, batch: list[_Entry]) -> None:
        try:
            outcomes = self._transact([new for new, _ in batch])
        except (OperationalError, InterfaceError):
            raise
        except DBAPIError:
            if len(batch) == 1:
                raise
            # One answer of the batch cannot be stored; the others must not suffer for it.
            for entry in batch:
                self._write_single(entry)
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            future.set_result(outcome)

    def _write_single(self, entry: _Entry) -> None:
        new, future = entry
        try:
            future.set_result(self._transact([new])[0])
        except (OperationalError, InterfaceError):
            raise
        except DBAPIError as error:
            future.set_exception(error)

    def _transact(self, batch: Sequence[NewResponse]) -> list[Outcome]:
        self._connection = self._connection or self._connect()
        with _turn(self._lock_path), self._connection.begin():
            return store_responses(self._connection, batch)


def write_alone(engine: Engine, task: Callable[[Session], _T]) -> _T:
    """Run ``task`` in a transaction of its own that holds the right to write from its beginning, and commit it.

    Raises:
        DatabaseUnavailableError: where the database is locked, full, or away.

    """
    try:
        with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session, session.begin():
            return task(session)
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailableError(str(error.orig)) from error


def _refuse(batch: list[_Entry], error: Exception) -> None:
    if isinstance(error, OperationalError | InterfaceError):
        error = DatabaseUnavailableError(str(error.orig))
    for _, future in batch:
        if not future.done():
            future.set_exception(error)


def _lock_path(engine: Engine) -> Path | None:
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:" or fcntl is None:
        return None
    return Path(f"{database}-writers")


@contextlib.contextmanager
def _turn(path: Path | None) -> Iterator[None]:
    """Wait for the turn of this process; closing the file ends it."""
    if path is None:
        yield
        return
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
