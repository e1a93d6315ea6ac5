"""Entries of the audit within what an official audits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.identifiers import LOCAL_TIME
from survey.queries.counters import Name
from survey.queries.desk_lists import plain
from survey.queries.scope import AUDITS, Scope

PAGE_SIZE: Final = 50
_ROWS_AT_A_TIME: Final = 1000
# More than anybody reads, and few enough to be named in one statement.
_MOST_FOUND: Final = 5000
# Beyond these a day has no midnight in another zone.
_EARLIEST: Final = date(1970, 1, 1)
_LATEST: Final = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; what is empty or None does not narrow.  Days are days in Vietnam, both included."""

    agency_code: str = ""
    verb: str = ""
    official: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry with the names that belong to its ids."""

    position: int
    at: datetime
    actor: str
    verb: str
    subject: str
    agency_code: str
    agency: Name | None
    details: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of entries, newest first: its ``number`` from 1, and how many entries and pages there are."""

    lines: Sequence[AuditLine]
    number: int
    total: int
    pages: int


def find_audit_page(
    session: Session, scope: Scope, wanted: AuditFilter, *, page: int, order: str = "at", is_descending: bool = True
) -> AuditPage:
    """Return a page of the entries that the official audits; beyond the last it is the last.

    ``order`` is at, actor, verb or agency; of two that are equal the newer stands first.
    """
    among = _among(session, scope, wanted)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(among)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    agency = select(Agency.sort_key).where(Agency.id == AuditEntry.agency_id).scalar_subquery()
    columns = {"actor": AuditEntry.actor, "verb": AuditEntry.verb, "agency": func.coalesce(agency, "")}
    first = columns.get(order, AuditEntry.position)
    statement = select(AuditEntry).where(among)
    statement = statement.order_by(first.desc() if is_descending else first, AuditEntry.position.desc())
    entries = session.scalars(statement.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return AuditPage(lines=_named(session, entries), number=number, total=total, pages=pages)


def list_audit(session: Session, scope: Scope, wanted: AuditFilter) -> Iterator[AuditLine]:
    """Yield the entries that the official audits, oldest first, without holding all of them."""
    among, position = _among(session, scope, wanted), 0
    while entries := _following(session, among, position):
        yield from _named(session, entries)
        position = entries[-1].position


def list_all(session: Session) -> Iterator[AuditLine]:
    """Yield every entry of the installation, oldest first; for who has the machine in his hands."""
    position = 0
    while entries := _following(session, true(), position):
        yield from _named(session, entries)
        position = entries[-1].position


def list_verbs(session: Session) -> Sequence[str]:
    """List the verbs that were ever recorded."""
    return session.scalars(select(AuditEntry.verb).distinct().order_by(AuditEntry.verb)).all()


def _following(session: Session, among: ColumnElement[bool], position: int) -> Sequence[AuditEntry]:
    statement = select(AuditEntry).where(among, AuditEntry.position > position).order_by(AuditEntry.position)
    return session.scalars(statement.limit(_ROWS_AT_A_TIME)).all()


def _among(session: Session, scope: Scope, wanted: AuditFilter) -> ColumnElement[bool]:
    audited = AuditEntry.agency_id.in_(select(Agency.id).where(scope.agencies(AUDITS)))
    # What belongs to no agency concerns the whole installation.
    of_all = AuditEntry.agency_id.is_(None)
    conditions = [or_(audited, of_all) if scope.holds(AUDITS, at_a_root=True) else audited]
    if wanted.agency_code:
        conditions.append(AuditEntry.agency_id.in_(select(Agency.id).where(Agency.code == wanted.agency_code)))
    if wanted.verb:
        conditions.append(AuditEntry.verb == wanted.verb)
    if wanted.official:
        found = session.scalar(select(Official.id).where(Official.email == wanted.official.casefold()))
        conditions.append(or_(AuditEntry.actor == f"official:{found}", AuditEntry.subject == wanted.official))
    if wanted.since:
        conditions.append(AuditEntry.at >= _midnight(wanted.since))
    if wanted.words:
        conditions.append(AuditEntry.position.in_(_positions_with(session, wanted.words)))
    if wanted.until:
        conditions.append(AuditEntry.at < _midnight(wanted.until, days_later=1))
    return and_(*conditions)


def _positions_with(session: Session, words: str) -> list[int]:
    """Return the newest entries in whose subject or details every word stands, marks and capitals or not."""
    searched = plain(words).split()
    statement = select(AuditEntry.position, AuditEntry.subject, AuditEntry.details).order_by(AuditEntry.position.desc())
    found = []
    for position, subject, details in session.execute(statement.execution_options(yield_per=_ROWS_AT_A_TIME)):
        text = plain(f"{subject} {' '.join(map(str, details.values()))}")
        if all(word in text for word in searched):
            found.append(position)
        if len(found) == _MOST_FOUND:
            break
    return found


def _midnight(day: date, *, days_later: int = 0) -> datetime:
    day = min(max(day, _EARLIEST), _LATEST) + timedelta(days=days_later)
    return datetime.combine(day, time.min, tzinfo=LOCAL_TIME).astimezone(UTC)


def _named(session: Session, entries: Sequence[AuditEntry]) -> list[AuditLine]:
    actors = {entry.actor for entry in entries if entry.actor.startswith("official:")}
    ids = [UUID(actor.partition(":")[2]) for actor in actors]
    of_ids = select(Official.id, Official.email).where(Official.id.in_(ids))
    emails = {f"official:{number}": email for number, email in session.execute(of_ids)} if ids else {}
    wanted = {entry.agency_id for entry in entries if entry.agency_id}
    known = session.scalars(select(Agency).where(Agency.id.in_(wanted))) if wanted else ()
    agencies = {agency.id: agency for agency in known}
    return [_line(entry, emails, agencies) for entry in entries]


def _line(entry: AuditEntry, emails: dict[str, str], agencies: dict[UUID, Agency]) -> AuditLine:
    agency = agencies.get(entry.agency_id) if entry.agency_id else None
    return AuditLine(
        position=entry.position,
        at=entry.at,
        actor=emails.get(entry.actor, entry.actor),
        verb=entry.verb,
        subject=entry.subject,
        agency_code=agency.code if agency else "",
        agency=Name(agency.name, agency.name_en) if agency else None,
        details=entry.details,
        hash=entry.hash,
    )
