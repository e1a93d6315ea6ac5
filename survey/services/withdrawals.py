"""Withdrawal: a citizen takes his answer back, or an official an entry; nothing is left of it but a count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import Enum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.agencies import Service
from survey.models.responses import Exclusion, Response, WithdrawalCount
from survey.models.tallies import FoldMark
from survey.queries.receipts import find_received_answer
from survey.queries.tallies import UNVERIFIED, VERIFIED
from survey.services.fold_marks import lock_mark

# Channels in which an official or an interviewer types the answer.
ENTERED: Final = frozenset({"assisted", "paper"})


class Withdrawal(Enum):
    """What became of the wish to take an answer back."""

    DONE = "done"
    NOT_FOUND = "not found"
    TOO_LATE = "too late"


def withdraw_response(
    session: Session, *, agency_ids: Collection[UUID], key_hash: str, today: date, is_correction: bool = False
) -> Withdrawal:
    """Erase the answer of a form, with its exclusion, if its time to withdraw has not passed.

    ``is_correction`` says that an official erases what officials entered: no citizen took it back.  What a citizen
    sent himself is not found that way, though his receipt be typed.

    Tallies that already hold it are marked stale, so that the fold takes it out at their next move.
    """
    received = find_received_answer(session, agency_ids=agency_ids, key_hash=key_hash)
    if received is None:
        return Withdrawal.NOT_FOUND
    if today > received.last_day_to_withdraw:
        return Withdrawal.TOO_LATE
    response = session.get_one(Response, (received.agency_id, received.id))
    if is_correction and response.channel not in ENTERED:
        return Withdrawal.NOT_FOUND
    # So that a fold at the same moment either sees the answer gone or is known to have counted it.
    lock_mark(session, agency_id=response.agency_id, wave_id=response.wave_id)
    if find_received_answer(session, agency_ids=agency_ids, key_hash=key_hash) is None:
        # A second click, or a second reader of the receipt, was faster.
        return Withdrawal.NOT_FOUND
    excluded = delete(Exclusion).where(Exclusion.agency_id == response.agency_id, Exclusion.response_id == response.id)
    # The tallies of an excluded answer were marked when it was excluded.
    was_excluded = session.execute(excluded.returning(Exclusion.id)).first() is not None
    if not was_excluded:
        _mark_tallies_stale(session, response)
    _count(session, response, is_correction=is_correction)
    session.delete(response)
    session.flush()
    return Withdrawal.DONE


def _mark_tallies_stale(session: Session, response: Response) -> None:
    session.execute(
        update(FoldMark)
        .where(
            FoldMark.agency_id == response.agency_id,
            FoldMark.wave_id == response.wave_id,
            FoldMark.folded_until >= response.answered_on,
            or_(FoldMark.dimension == "agency", *_breakdowns(session, response)),
        )
        .values(stale=FoldMark.stale + 1)
    )


def _breakdowns(session: Session, response: Response) -> list[ColumnElement[bool]]:
    members = {
        "language": response.language,
        "verified": VERIFIED if response.verified else UNVERIFIED,
        "channel": response.channel,
    }
    if response.service_point_id is not None:
        members["service_point"] = str(response.service_point_id)
    if response.service_id is not None:
        field_id = session.scalar(select(Service.service_field_id).where(Service.id == response.service_id))
        members["field"] = str(field_id)
    return [and_(FoldMark.dimension == dimension, FoldMark.member == member) for dimension, member in members.items()]


def _count(session: Session, response: Response, *, is_correction: bool) -> None:
    column = WithdrawalCount.corrected if is_correction else WithdrawalCount.count
    added = {"count": 0 if is_correction else 1, "corrected": 1 if is_correction else 0}
    statement = insert_on_conflict(session.get_bind().dialect.name, WithdrawalCount).values(
        agency_id=response.agency_id, wave_id=response.wave_id, month=f"{response.answered_on:%Y-%m}", **added
    )
    session.execute(
        statement.on_conflict_do_update(index_elements=["agency_id", "wave_id", "month"], set_={column.key: column + 1})
    )
