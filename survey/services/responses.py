"""Answers: stored once, for the agency that decides the case, and erased when the citizen takes them back."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, Executable, delete, func, insert, select
from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.identifiers import response_id
from survey.models.responses import Comment, IntakeMeter, Response
from survey.models.slips import TransactionCode

_METER_KEY: Final = ("agency_id", "service_point_id", "day", "ten_minutes")


class Outcome(Enum):
    """What became of an answer; a second arrival of the same form is known by its key.

    Where the one-time code that came along was used or has expired, nothing is stored.
    """

    STORED = "stored"
    DUPLICATE = "duplicate"
    CODE_SPENT = "code spent"


@dataclass(frozen=True, slots=True)
class Flags:
    """What stood out when an answer came in; coarse, and no reason to refuse it."""

    burst: bool = False
    outside_hours: bool = False
    repeated_pattern: bool = False


@dataclass(frozen=True, slots=True)
class UsedCode:
    """The one-time code of a slip that comes with an answer: who handed it out, and its hash.

    ``forebear_ids`` are the bodies for which the rated one carries on: their codes let rate it.
    """

    agency_id: UUID
    code_hash: str
    forebear_ids: tuple[UUID, ...] = ()


@dataclass(slots=True)
class NewResponse:
    """An answer on its way in; see ``Response`` for the fields.

    ``candidate_agency_ids`` are all agencies that the same form could have rated by another choice of service.
    ``ten_minutes`` is which ten minutes of the day it came in (0–143), for the counter's meter; None: not metered.
    ``entered_on`` is the day on which somebody entered it; None: the day on which it was given.
    ``flags`` are set once the soft signal has looked at it.
    """

    agency_id: UUID
    wave_id: UUID
    questionnaire_edition_id: UUID
    received_by_agency_id: UUID
    answered_on: date
    channel: str
    language: str
    answers: dict[str, int]
    key_hash: str
    service_point_id: UUID | None = None
    service_id: UUID | None = None
    comment: str = ""
    ten_minutes: int | None = None
    candidate_agency_ids: tuple[UUID, ...] = ()
    entered_on: date | None = None
    flags: Flags = Flags()
    used_code: UsedCode | None = None

    @property
    def other_agency_ids(self) -> tuple[UUID, ...]:
        """Return the agencies that the same form could have rated instead."""
        return tuple(agency_id for agency_id in self.candidate_agency_ids if agency_id != self.agency_id)


def store_response(session: Session, new: NewResponse) -> Outcome:
    """Store one answer in the transaction of the caller, who commits."""
    return store_responses(session.connection(), [new])[0]


def store_responses(connection: Connection, batch: Sequence[NewResponse]) -> list[Outcome]:
    """Store answers in one transaction, which the caller commits; the outcomes stand in the order of ``batch``.

    All writers lock keys, rows and meters in one order, so that none waits for another in a circle.
    """
    order = sorted(range(len(batch)), key=lambda place: (batch[place].agency_id, batch[place].key_hash))
    coded = [place for place in order if batch[place].used_code]
    plain = [place for place in order if not batch[place].other_agency_ids and not batch[place].used_code]
    choices = [place for place in order if batch[place].other_agency_ids and not batch[place].used_code]
    _lock_keys(connection, [batch[place] for place in (*choices, *coded)])
    is_new = dict(zip(plain, _insert_plain(connection, [batch[place] for place in plain]), strict=True))
    is_new |= {place: _insert_choice(connection, batch[place]) for place in choices}
    outcomes = {place: Outcome.STORED if is_new[place] else Outcome.DUPLICATE for place in is_new}
    outcomes |= _insert_coded(connection, {place: batch[place] for place in coded})
    stored = [new for place, new in enumerate(batch) if outcomes[place] is Outcome.STORED]
    _store_comments(connection, stored)
    _count_intake(connection, stored)
    return [outcomes[place] for place in range(len(batch))]


def _insert_plain(connection: Connection, batch: Sequence[NewResponse]) -> list[bool]:
    """Insert answers that can rate one agency only; return of each whether it was new."""
    if not batch:
        return []
    rows = [_row(new) for new in batch]
    if _insert_rows(connection, rows) == len(rows):
        return [True] * len(rows)
    # Some had come before.  Ids are made here, so those found are the ones just stored.
    ids = [row["id"] for row in rows]
    agencies = {new.agency_id for new in batch}
    found = set(connection.scalars(select(Response.id).where(Response.agency_id.in_(agencies), Response.id.in_(ids))))
    return [row["id"] in found for row in rows]


def _insert_choice(connection: Connection, new: NewResponse) -> bool:
    """Insert an answer unless its form has come before, for this agency or for another it could have rated."""
    elsewhere = (
        select(Response.id)
        .where(Response.agency_id.in_(new.other_agency_ids), Response.key_hash == new.key_hash)
        .limit(1)
    )
    return connection.scalar(elsewhere) is None and _insert_rows(connection, [_row(new)]) == 1


def _insert_coded(connection: Connection, batch: Mapping[int, NewResponse]) -> dict[int, Outcome]:
    """Insert answers that come with a one-time code, which is deleted with it: nothing links the two any more."""
    by_code = sorted(batch, key=lambda place: str(batch[place].used_code))
    return {place: _redeem(connection, batch[place]) for place in by_code}


def _redeem(connection: Connection, new: NewResponse) -> Outcome:
    known = select(Response.id).where(Response.agency_id == new.agency_id, Response.key_hash == new.key_hash).limit(1)
    if new.used_code is None or connection.scalar(known) is not None:
        return Outcome.DUPLICATE
    used = delete(TransactionCode).where(
        TransactionCode.agency_id == new.used_code.agency_id,
        TransactionCode.code_hash == new.used_code.code_hash,
        TransactionCode.deciding_agency_id.in_((new.agency_id, *new.used_code.forebear_ids)),
        TransactionCode.expires_on >= new.answered_on,
    )
    if connection.execute(used.returning(TransactionCode.code_hash)).first() is None:
        # Where another phone was faster.  Where it was this form, sent twice, the lock on its key made us wait.
        return Outcome.CODE_SPENT
    _insert_rows(connection, [_row(new)])
    return Outcome.STORED


def _insert_rows(connection: Connection, rows: list[dict[str, Any]]) -> int:
    statement = _insert_if_new(connection.dialect.name)
    return connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


# To put these two together cost more of the writer's time than to run them.
@functools.cache
def _insert_if_new(dialect: str) -> Executable:
    return insert_on_conflict(dialect, Response).on_conflict_do_nothing(index_elements=["agency_id", "key_hash"])


@functools.cache
def _count_up(dialect: str) -> Executable:
    statement = insert_on_conflict(dialect, IntakeMeter)
    return statement.on_conflict_do_update(
        index_elements=list(_METER_KEY), set_={"count": IntakeMeter.count + statement.excluded.count}
    )


def _lock_keys(connection: Connection, choices: Sequence[NewResponse]) -> None:
    """Keep two writers from storing one form for two agencies; SQLite has one writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    for number in sorted({_lock_number(new.key_hash) for new in choices}):
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _lock_number(key_hash: str) -> int:
    digest = hashlib.sha256(key_hash.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _store_comments(connection: Connection, stored: Sequence[NewResponse]) -> None:
    rows = [
        {"agency_id": new.agency_id, "id": uuid4(), "month": f"{new.answered_on:%Y-%m}", "text": new.comment}
        for new in stored
        if new.comment
    ]
    if rows:
        connection.execute(insert(Comment), rows)


def _count_intake(connection: Connection, stored: Sequence[NewResponse]) -> None:
    counts = Counter(
        (new.received_by_agency_id, new.service_point_id, new.answered_on, new.ten_minutes)
        for new in stored
        if new.service_point_id is not None and new.ten_minutes is not None
    )
    if not counts:
        return
    rows = [dict(zip(_METER_KEY, key, strict=True), count=counts[key]) for key in sorted(counts, key=str)]
    connection.execute(_count_up(connection.dialect.name), rows)


def _row(new: NewResponse) -> dict[str, Any]:
    return {
        "agency_id": new.agency_id,
        "id": response_id(new.entered_on or new.answered_on),
        "wave_id": new.wave_id,
        "questionnaire_edition_id": new.questionnaire_edition_id,
        "received_by_agency_id": new.received_by_agency_id,
        "service_point_id": new.service_point_id,
        "service_id": new.service_id,
        "answered_on": new.answered_on,
        "channel": new.channel,
        "language": new.language,
        "verified": new.used_code is not None,
        "answers": new.answers,
        "burst": new.flags.burst,
        "outside_hours": new.flags.outside_hours,
        "repeated_pattern": new.flags.repeated_pattern,
        "key_hash": new.key_hash,
    }
