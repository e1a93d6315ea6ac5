"""The database handle, the naming convention, and how each database is opened."""

from __future__ import annotations

import contextlib
import sqlite3
import traceback
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# The engine, as parts may name it that know nothing of SQL.
Database: TypeAlias = Engine

SQLITE_BUSY_TIMEOUT_MS: Final = 10_000


class Base(DeclarativeBase):
    """The base of every table; ``Table.info["kind"]`` says reference, distributed or local."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


# What a citizen answered must not get into a log with the sentence of a failed statement.
HIDDEN: Final = {"hide_parameters": True}

db = SQLAlchemy(model_class=Base, engine_options=dict(HIDDEN))


def without_rows(error: Exception) -> str:
    """Return what a log may hold of an error: a database's own sentence can quote a whole row, answers and all."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, DBAPIError):
            frames = "".join(traceback.format_tb(error.__traceback__))
            return f"{frames}{type(error).__name__} ({type(link.orig).__name__})"
        link = link.__cause__ or link.__context__
    return "".join(traceback.format_exception(error))


def empty_write_ahead_log(engine: Engine) -> None:
    """Take what SQLite wrote ahead into the database and empty the file, in which erased rows stay readable."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


class DatabaseUnavailableError(Exception):
    """The database is locked, full, or away; nothing was stored, and trying again later may help."""


def insert_on_conflict(dialect: str, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that goes on with ``on_conflict_do_nothing`` or ``on_conflict_do_update``."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@event.listens_for(Engine, "connect")
def open_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 -- whatever driver is in use
    """Make SQLite durable, patient, strict about foreign keys and forgetful; leave other databases alone."""
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver must not open transactions by itself, or BEGIN would come too late to lock for writing.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is erased must not stay readable in the file's free pages; only some builds of SQLite see to it themselves.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    cursor.close()


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    """Begin explicitly on SQLite; a writer asks for the lock at once with ``sqlite_begin="IMMEDIATE"``."""
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session to read with.

    Raises:
        DatabaseUnavailableError: where the database cannot be read.

    """
    try:
        with Session(engine) as session:
            yield session
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailableError(str(error.orig)) from error
