from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from survey.cli._refusals import RefusedError, refusals_in_words


def said(action: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end, refusals_in_words():
        action()
    assert end.value.code == 1
    spoken = capsys.readouterr().err
    assert "Traceback" not in spoken
    vietnamese, english = spoken.strip().split("\n")
    assert vietnamese
    return english


def sqlite(path: Path, *statements: str) -> Callable[[], None]:
    def execute() -> None:
        with create_engine(f"sqlite:///{path}").connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    return execute


def test_a_refusal_is_said_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise RefusedError(vi="Không được.", en="No.")

    assert said(refuse, capsys) == "No."


def test_a_full_disk_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill = sqlite(
        tmp_path / "a.sqlite3",
        "PRAGMA max_page_count = 2",
        "CREATE TABLE t (x TEXT)",
        "INSERT INTO t VALUES (randomblob(100000))",
    )
    assert "disk is full" in said(fill, capsys)


def test_a_locked_database_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        write = sqlite(tmp_path / "a.sqlite3", "PRAGMA busy_timeout = 1", "CREATE TABLE t (x)")
        # The product waits ten seconds; here the question is only what it says then.
        assert "held by another program" in said(without_patience(write), capsys)


def without_patience(action: Callable[[], None]) -> Callable[[], None]:
    def act() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("survey.db.SQLITE_BUSY_TIMEOUT_MS", 1)
            action()

    return act


def test_a_file_that_is_no_database_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.sqlite3").write_bytes(b"no database" * 1000)
    assert "restore a backup" in said(sqlite(tmp_path / "a.sqlite3", "SELECT 1 FROM t"), capsys)


def test_a_folder_that_cannot_be_opened_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be opened" in said(sqlite(tmp_path / "none" / "a.sqlite3", "SELECT 1"), capsys)


def test_missing_tables_name_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "migrate" in said(sqlite(tmp_path / "a.sqlite3", "SELECT 1 FROM agencies"), capsys)


def test_a_database_server_that_is_down_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "HAILONG_DATABASE_URL" in said(engine.connect, capsys)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT])
def test_what_the_system_refuses_names_the_file(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    def write() -> None:
        raise OSError(number, "words of the system", "/srv/data")

    assert said(write, capsys).startswith("/srv/data cannot be used: ")


def test_a_fault_of_ours_is_not_dressed_up(tmp_path: Path) -> None:
    clash = sqlite(tmp_path / "a.sqlite3", "CREATE TABLE t (x UNIQUE)", "INSERT INTO t VALUES (1), (1)")
    with pytest.raises(IntegrityError), refusals_in_words():
        clash()
    assert issubclass(IntegrityError, DBAPIError)
    with pytest.raises(ZeroDivisionError), refusals_in_words():
        _ = 1 / 0
