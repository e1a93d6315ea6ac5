"""The verbs ``slips`` and ``api-key``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from click.testing import Result
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_world import World, make_world
from survey.models.identifiers import local_today
from survey.models.slips import ApiKey, TransactionBatch, TransactionCode
from survey.services.slip_keys import SlipKeys, read_slip_code

pytestmark = pytest.mark.usefixtures("world")
Run = Callable[..., Result]
SLIPS = ("slips", "--agency", "X1", "--decided-by", "S1", "--service", "2.001", "--count", 3)


@pytest.fixture
def world(session: Session) -> World:
    """Give a province whose commune takes in cases of a department, committed."""
    made = make_world(session, today=local_today())
    session.commit()
    return made


@pytest.fixture
def run(app: flask.Flask, session: Session, run_verb: Run) -> Run:
    def run(*arguments: object) -> Result:
        session.rollback()
        return run_verb(app, *arguments)

    return run


def stored(session: Session, table: type) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(table)).one()


def test_slips_are_written_and_their_codes_forgotten_at_once(
    app: flask.Flask, session: Session, run: Run, tmp_path: Path
) -> None:
    done = run(*SLIPS, "--out", tmp_path / "phieu")
    assert done.exit_code == 0, done.output
    table, sheets = (Path(line) for line in done.output.splitlines())
    assert sheets.read_bytes()[:4] == b"%PDF"
    codes = [line.split(",")[0] for line in table.read_text(encoding="utf-8-sig").splitlines()[1:]]
    keys = SlipKeys(app.config["SECRET_KEY"])
    assert {keys.code_hash(read_slip_code(code) or "") for code in codes} == set(
        session.scalars(select(TransactionCode.code_hash))
    )
    assert session.scalars(select(TransactionBatch.seed)).all() == [None]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (("--agency", "NONE"), "NONE"),
        (("--service", "9.999"), "9.999"),
        (("--count", 0), "1 to 5000"),
        (("--count", 5001), "1 to 5000"),
        (("--days", 400), "366 days"),
    ],
)
def test_slips_that_cannot_be_made_are_refused_in_words(
    session: Session, run: Run, tmp_path: Path, changes: tuple[object, ...], says: str
) -> None:
    refused = run(*SLIPS, *changes, "--out", tmp_path / "phieu")
    assert refused.exit_code == 1
    assert says in refused.output
    assert stored(session, TransactionBatch) == 0
    assert not (tmp_path / "phieu").exists()


def test_where_the_documents_cannot_be_written_nothing_is_made(session: Session, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run(*SLIPS, "--out", tmp_path / "file" / "phieu")
    assert refused.exit_code == 1
    assert stored(session, TransactionCode) == 0


def test_a_key_is_printed_once_listed_and_revoked(session: Session, client: FlaskClient, run: Run) -> None:
    made = run("api-key", "add", "Phần mềm một cửa", "--agency", "X1", "--scope", "slips")
    key_id, plain = made.output.split()
    assert session.scalars(select(ApiKey.key_hash)).one() != plain
    headers = {"Authorization": f"Bearer {plain}", "Idempotency-Key": "1"}
    assert client.post("/api/v1/transaction-codes", json={"agency": "S1"}, headers=headers).status_code == 201
    listed = run("api-key", "list", "--agency", "X1").output
    assert "Phần mềm một cửa  slips" in listed
    assert plain not in listed
    assert run("api-key", "revoke", key_id, "--agency", "X1").exit_code == 0
    assert "revoked" in run("api-key", "list", "--agency", "X1").output
    assert client.post("/api/v1/transaction-codes", json={"agency": "S1"}, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("add", "Phần mềm", "--agency", "NONE", "--scope", "slips"), 1),
        (("add", "  ", "--agency", "X1", "--scope", "slips"), 1),
        (("add", "Phần mềm", "--agency", "X1", "--scope", "everything"), 2),
        (("add", "Phần mềm", "--agency", "X1"), 2),
        (("revoke", "0191d3c2-7d7e-7c3a-9a0e-2d5a8f1b6c11", "--agency", "X1"), 1),
        (("revoke", "x", "--agency", "X1"), 2),
        (("list", "--agency", "NONE"), 1),
    ],
)
def test_keys_that_cannot_be_made_or_found_are_refused(
    session: Session, run: Run, arguments: tuple[str, ...], exit_code: int
) -> None:
    refused = run("api-key", *arguments)
    assert refused.exit_code == exit_code, refused.output
    assert "Traceback" not in refused.output
    assert stored(session, ApiKey) == 0


def test_an_agency_does_not_revoke_the_key_of_another(session: Session, run: Run) -> None:
    made = run("api-key", "add", "Phần mềm", "--agency", "X1", "--scope", "slips")
    assert run("api-key", "revoke", made.output.split()[0], "--agency", "S1").exit_code == 1
    session.rollback()
    assert session.scalars(select(ApiKey.revoked_on)).one() is None
