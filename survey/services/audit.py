"""The audit: one entry an act, written with the act, each chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from survey.models.audit import AuditEntry

# Text, whole numbers and lists of them: what both databases give back exactly as it was hashed.
Detail: TypeAlias = str | int | bool | list[str] | list[int] | list[int | None] | None

SYSTEM: Final = "system"
GENESIS: Final = "0" * 64
_LOCK: Final = 0x4148_4C41  # any number that no other part of the application locks
_ROWS_AT_A_TIME: Final = 1000

_actor: ContextVar[str] = ContextVar("actor", default=SYSTEM)


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How many entries there are and the hash of the last; whoever noted them sees whether any was cut off since."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Act:
    """What an entry tells, as ``record`` takes it."""

    verb: str
    subject: str
    agency_id: UUID | None
    details: Mapping[str, Detail]


def act_as(actor: str) -> None:
    """Say who does what this thread records next: ``official:<id>``, ``cli:<name>``, ``api:<id>`` or ``system``."""
    _actor.set(actor)


def record(
    session: Session,
    verb: str,
    *,
    subject: str = "",
    agency_id: UUID | None = None,
    details: Mapping[str, Detail] | None = None,
    actor: str = "",
) -> AuditEntry:
    """Add an entry in the transaction of the act that it tells of; call it last, the chain is locked until the commit.

    ``verb`` is ``thing.happened``, as in ``wave.opened``; ``subject`` names the thing as officials know it.  Details
    are old and new values; never ratings, never comments, never passwords, secrets or codes.
    """
    # Before anything is asked: what the act itself wrote must be refused, if at all, without holding the chain.
    session.flush()
    head = _locked_head(session)
    entry = _entry(head, Act(verb, subject, agency_id, details or {}), actor or _actor.get())
    session.add(entry)
    session.flush()
    return entry


def record_all(session: Session, acts: Iterable[Act]) -> None:
    """Add entries one after the other, as ``record`` does, thousands of them quickly."""
    session.flush()
    head = _locked_head(session)
    rows: list[dict[str, Any]] = []
    for act in acts:
        entry = _entry(head, act, _actor.get())
        head = ChainHead(entry.position, entry.hash)
        rows.append({column: getattr(entry, column) for column in AuditEntry.__table__.columns.keys()})  # noqa: SIM118 -- a collection of columns, not a mapping
    if rows:
        session.execute(insert(AuditEntry), rows)


def _entry(head: ChainHead, act: Act, actor: str) -> AuditEntry:
    entry = AuditEntry(
        position=head.count + 1,
        at=datetime.now(tz=UTC).replace(microsecond=0),
        actor=actor,
        verb=act.verb,
        subject=_storable_text(act.subject),
        agency_id=act.agency_id,
        details={key: _storable(value) for key, value in act.details.items()},
        previous_hash=head.hash,
    )
    entry.hash = hash_of(entry)
    return entry


def hash_of(entry: AuditEntry) -> str:
    """Return the SHA-256 over the hash before and the canonical JSON of an entry."""
    at = entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=UTC)
    content = {
        "position": entry.position,
        "at": at.astimezone(UTC).isoformat(),
        "actor": entry.actor,
        "verb": entry.verb,
        "subject": entry.subject,
        "agency": str(entry.agency_id) if entry.agency_id else None,
        "details": entry.details,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{entry.previous_hash}\n{text}".encode()).hexdigest()


def chain_head(session: Session) -> ChainHead:
    """Return the end of the chain."""
    last = session.scalar(select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1))
    return ChainHead(last.position, last.hash) if last else ChainHead(0, GENESIS)


def find_broken_entry(session: Session, *, noted: ChainHead | None = None) -> int | None:
    """Walk the chain and return the position of the first entry that does not fit, or None.

    ``noted`` is a head that was written down earlier: an end that was cut off, or made anew, does not lead through it.
    """
    expected = ChainHead(0, GENESIS)
    for entry in list_chain(session):
        if entry.position != expected.count + 1 or entry.previous_hash != expected.hash or entry.hash != hash_of(entry):
            return expected.count + 1
        expected = ChainHead(entry.position, entry.hash)
        if noted and noted.count == expected.count and noted.hash != expected.hash:
            return expected.count
    if noted and noted.count > expected.count:
        return expected.count + 1
    return None


def list_chain(session: Session) -> Iterator[AuditEntry]:
    """Yield every entry, first to last, without holding all of them."""
    position = 0
    while True:
        following = select(AuditEntry).where(AuditEntry.position > position).order_by(AuditEntry.position)
        entries = session.scalars(following.limit(_ROWS_AT_A_TIME)).all()
        for entry in entries:
            yield entry
            position = entry.position
            session.expunge(entry)
        if len(entries) < _ROWS_AT_A_TIME:
            return


def _locked_head(session: Session) -> ChainHead:
    # On SQLite whoever writes is alone; the key keeps the chain from forking wherever somebody forgot to lock.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    return chain_head(session)


def _storable(value: Detail) -> Detail:
    if isinstance(value, str):
        return _storable_text(value)
    if isinstance(value, list):
        return [_storable_text(part) if isinstance(part, str) else part for part in value]  # type: ignore[return-value]  # as it was
    return value


def _storable_text(text: str) -> str:
    # PostgreSQL keeps no NUL, and neither keeps half of a pair of surrogates.
    return text.replace("\0", "").encode("utf-8", "replace").decode()
