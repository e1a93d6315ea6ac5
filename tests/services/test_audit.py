"""The audit's chain: appended to only, one entry after the other, and every change in it shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session

from survey.models.audit import AppendOnlyError, AuditEntry
from survey.services.audit import SYSTEM, ChainHead, act_as, chain_head, find_broken_entry, record


@pytest.fixture
def three_entries(session: Session) -> Session:
    for number in range(3):
        record(session, "wave.opened", subject=f"đợt {number}", agency_id=uuid4(), details={"từ": "a", "n": number})
    session.commit()
    return session


def test_an_entry_says_who_did_what_when(session: Session) -> None:
    act_as("official:7")
    try:
        record(session, "wave.opened", subject="quay-2026", details={"closes_on": ["2026-11-01", "2026-12-01"]})
    finally:
        act_as(SYSTEM)
    session.commit()

    entry = session.scalars(select(AuditEntry)).one()

    assert (entry.position, entry.actor, entry.verb, entry.subject) == (1, "official:7", "wave.opened", "quay-2026")
    assert entry.details == {"closes_on": ["2026-11-01", "2026-12-01"]}
    assert abs((datetime.now(tz=UTC) - entry.at.replace(tzinfo=UTC)).total_seconds()) < 60


def test_a_chain_that_nobody_touched_holds(three_entries: Session) -> None:
    head = chain_head(three_entries)

    assert head.count == 3
    assert find_broken_entry(three_entries) is None
    assert find_broken_entry(three_entries, noted=head) is None


def test_an_entry_is_gone_with_the_act_that_failed(session: Session) -> None:
    record(session, "wave.opened")
    session.rollback()

    assert chain_head(session).count == 0


@pytest.mark.parametrize(
    ("tampering", "first_broken"),
    [
        ("UPDATE audit_entries SET subject = 'khác' WHERE position = 2", 2),
        ("UPDATE audit_entries SET actor = 'official:8' WHERE position = 1", 1),
        ("UPDATE audit_entries SET details = '{\"n\": 5}' WHERE position = 3", 3),
        ("UPDATE audit_entries SET at = '2020-01-01 00:00:00+00' WHERE position = 2", 2),
        ("DELETE FROM audit_entries WHERE position = 2", 2),
        ("DELETE FROM audit_entries WHERE position = 1", 1),
    ],
)
def test_what_was_changed_or_taken_out_is_named(three_entries: Session, tampering: str, first_broken: int) -> None:
    three_entries.execute(text(tampering.replace("+00'", "'")))
    three_entries.commit()

    assert find_broken_entry(three_entries) == first_broken


def test_an_end_that_was_cut_off_shows_against_the_head_that_was_noted(three_entries: Session) -> None:
    noted = chain_head(three_entries)
    three_entries.execute(text("DELETE FROM audit_entries WHERE position = 3"))
    three_entries.commit()

    assert find_broken_entry(three_entries) is None
    assert find_broken_entry(three_entries, noted=noted) == 3


def test_a_chain_that_was_made_anew_shows_against_the_head_that_was_noted(three_entries: Session) -> None:
    assert find_broken_entry(three_entries, noted=ChainHead(2, "0" * 64)) == 2


def test_the_orm_neither_changes_nor_takes_out_an_entry(three_entries: Session) -> None:
    session = three_entries
    entry = session.get_one(AuditEntry, 2)
    entry.subject = "khác"
    with pytest.raises(AppendOnlyError):
        session.flush()
    session.rollback()
    session.delete(session.get_one(AuditEntry, 2))
    with pytest.raises(AppendOnlyError):
        session.flush()
    session.rollback()
    for statement in (update(AuditEntry).values(subject="khác"), delete(AuditEntry)):
        with pytest.raises(AppendOnlyError):
            session.execute(statement)
        session.rollback()

    assert find_broken_entry(session) is None


def test_writers_at_the_same_moment_make_one_chain(session: Session) -> None:
    engine = session.get_bind()
    assert isinstance(engine, Engine)

    def write(number: int) -> None:
        with Session(engine) as own:
            own.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            record(own, "wave.opened", subject=str(number))
            own.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))

    assert chain_head(session).count == 20
    assert find_broken_entry(session) is None


def test_what_one_database_cannot_keep_is_left_out_before_it_is_hashed(session: Session) -> None:
    record(session, "wave.opened", subject="a\0b\ud800", details={"name": "x\0", "both": ["\0y", "z"]})
    session.commit()
    session.expire_all()

    assert find_broken_entry(session) is None
    assert session.scalars(select(AuditEntry.details)).one() == {"name": "x", "both": ["y", "z"]}
