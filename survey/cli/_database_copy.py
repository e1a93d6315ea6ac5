"""Copies of the database as one file: SQLite by its online backup, PostgreSQL by its own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect

from survey.cli._refusals import RefusedError

SQLITE_FILE: Final = "hailong.sqlite3"
POSTGRESQL_FILE: Final = "database.pgdump"


def file_of(kind: str) -> str:
    """Return the name of the database's copy in an archive."""
    return SQLITE_FILE if kind == "sqlite" else POSTGRESQL_FILE


def copy_database(engine: Engine, target: Path) -> None:
    """Copy the database as it is at this moment, while others read and write it."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as source, closing(sqlite3.connect(target)) as copy:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]  # SQLite's own connection
    else:
        _postgresql_tool("pg_dump", engine, "--format=custom", "--no-owner", f"--file={target}")


def check_sqlite(path: Path) -> bool:
    """Tell whether a SQLite file is sound."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False


def fill_postgresql(engine: Engine, source: Path, *, force: bool) -> None:
    """Load a dump, all or nothing.

    Raises:
        RefusedError: where the database holds tables and ``force`` is not given, or the tool fails.

    """
    if inspect(engine).get_table_names() and not force:
        raise RefusedError(
            vi="Cơ sở dữ liệu PostgreSQL không trống; dùng --force để thay thế nó.",
            en="The PostgreSQL database is not empty; --force replaces it.",
        )
    replace = ["--clean", "--if-exists"] if force else []
    _postgresql_tool("pg_restore", engine, "--no-owner", "--single-transaction", *replace, str(source))


def _postgresql_tool(tool: str, engine: Engine, *options: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise RefusedError(
            vi=f"Không tìm thấy {tool}; hãy cài gói postgresql-client.",
            en=f"{tool} is not installed; install the package postgresql-client.",
        )
    url = engine.url.set(drivername="postgresql")
    # The password goes by the environment: the command line can be read by everyone on the machine.
    environment = {**os.environ, "PGPASSWORD": str(url.password)} if url.password else dict(os.environ)
    address = url.set(password=None).render_as_string()
    done = subprocess.run(  # noqa: S603  our own words and the operator's address
        [program, f"--dbname={address}", *options], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [str(done.returncode)]
        raise RefusedError(vi=f"{tool} thất bại: {reason[0]}", en=f"{tool} failed: {reason[0]}")
