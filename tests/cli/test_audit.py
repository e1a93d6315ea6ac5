"""The verb audit, and the entries of other verbs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from click.testing import Result
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey.models.audit import AuditEntry
from survey.services.audit import record


@pytest.fixture
def verb(app: flask.Flask, run_verb: Callable[..., Result]) -> Callable[..., Result]:
    return lambda *arguments: run_verb(app, *arguments)


def test_a_chain_that_holds_prints_what_to_write_down(verb: Callable[..., Result], session: Session) -> None:
    for number in range(3):
        record(session, "wave.opened", subject=str(number))
    session.commit()

    done = verb("audit", "verify")
    noted = done.output.split()[-1]

    assert done.exit_code == 0
    assert noted.startswith("3:")
    assert verb("audit", "verify", "--noted", noted).exit_code == 0
    session.execute(text("DELETE FROM audit_entries WHERE position = 3"))
    session.commit()
    assert verb("audit", "verify").exit_code == 0
    cut = verb("audit", "verify", "--noted", noted)
    assert cut.exit_code == 1
    assert "entry 3" in cut.output


def test_a_broken_chain_is_named_and_the_exit_code_is_1(verb: Callable[..., Result], session: Session) -> None:
    for number in range(3):
        record(session, "wave.opened", subject=str(number))
    session.commit()
    session.execute(text("UPDATE audit_entries SET subject = 'x' WHERE position = 2"))
    session.commit()

    done = verb("audit", "verify")

    assert done.exit_code == 1
    assert "entry 2" in done.output


@pytest.mark.parametrize("noted", ["x", "3", "3:", ":abc"])
def test_a_head_that_cannot_be_read_is_refused(verb: Callable[..., Result], noted: str) -> None:
    assert verb("audit", "verify", "--noted", noted).exit_code == 1


def test_the_audit_is_written_to_a_file_and_that_is_recorded(
    verb: Callable[..., Result], session: Session, tmp_path: Path
) -> None:
    record(session, "wave.opened", subject="=đợt")
    session.commit()

    assert verb("audit", "export", tmp_path / "a.jsonl").exit_code == 0
    assert verb("audit", "export", tmp_path / "a.csv").exit_code == 0

    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["=đợt"]
    assert "'=đợt" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    session.rollback()
    assert session.scalars(select(AuditEntry.verb).order_by(AuditEntry.position)).all()[1:] == ["audit.exported"] * 2


def test_verbs_that_change_something_leave_an_entry_of_who_typed_them(
    verb: Callable[..., Result], session: Session, tmp_path: Path
) -> None:
    verb("agency", "add", "LG", "Tỉnh Lạc Giang", "--kind", "province", "--from", "2025-07-01")
    verb("agency", "add-counter", "LG", "Quầy 1")
    verb("official", "add", "lan@tinh.gov.vn", "Lan", "--agency", "LG", "--role", "viewer")
    verb("official", "grant", "lan@tinh.gov.vn", "--agency", "LG", "--role", "auditor")
    printed = verb("reset-password", "lan@tinh.gov.vn").output
    verb("fold")
    verb("backup", tmp_path / "backup.tar.gz")

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.position)).all()

    assert [entry.verb for entry in entries if entry.verb != "backup.made"] == [
        "agency.added",
        "counter.added",
        "account.added",
        "account.role_given",
        "account.role_given",
        "account.password_reset",
        "fold.done",
    ]
    assert all(entry.actor.startswith("cli:") for entry in entries)
    assert not any(printed.split()[-1] in f"{entry.subject} {entry.details}" for entry in entries)
