"""What a receipt may tell: that an answer is there, and until when it can be taken back.  Nothing of what it says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.responses import Response

DAYS_TO_WITHDRAW: Final = 1


@dataclass(frozen=True, slots=True)
class ReceivedAnswer:
    """An answer that is stored, by its key."""

    agency_id: UUID
    id: UUID
    answered_on: date

    @property
    def last_day_to_withdraw(self) -> date:
        """Return the day at whose end the answer stays for good: the one after it came."""
        return self.answered_on + timedelta(days=DAYS_TO_WITHDRAW)


def find_received_answer(session: Session, *, agency_ids: Collection[UUID], key_hash: str) -> ReceivedAnswer | None:
    """Find the answer that a form's key stored for one of the agencies it could rate."""
    row = session.execute(
        select(Response.agency_id, Response.id, Response.answered_on).where(
            Response.agency_id.in_(agency_ids), Response.key_hash == key_hash
        )
    ).one_or_none()
    return ReceivedAnswer(row.agency_id, row.id, row.answered_on) if row else None
