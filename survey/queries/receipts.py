"""What a receipt may tell: that an answer is there, whether it counts yet, and until when it can be taken back.

Nothing of what it says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.identifiers import day_of_response
from survey.models.responses import Exclusion, Response
from survey.models.tallies import FoldMark

DAYS_TO_WITHDRAW: Final = 1


@dataclass(frozen=True, slots=True)
class ReceivedAnswer:
    """An answer that is stored, by its key."""

    agency_id: UUID
    id: UUID
    wave_id: UUID
    answered_on: date
    channel: str

    @property
    def last_day_to_withdraw(self) -> date:
        """Return the day at whose end the answer stays for good: the one after it came.

        A sheet of paper comes when it is entered, however long ago it was filled in.
        """
        came_on = day_of_response(self.id) if self.channel == "paper" else self.answered_on
        return came_on + timedelta(days=DAYS_TO_WITHDRAW)


def find_received_answer(session: Session, *, agency_ids: Collection[UUID], key_hash: str) -> ReceivedAnswer | None:
    """Find the answer that a form's key stored for one of the agencies it could rate."""
    row = session.execute(
        select(Response.agency_id, Response.id, Response.wave_id, Response.answered_on, Response.channel).where(
            Response.agency_id.in_(agency_ids), Response.key_hash == key_hash
        )
    ).one_or_none()
    return ReceivedAnswer(*row) if row else None


def find_standing(session: Session, answer: ReceivedAnswer) -> str:
    """Return whether an answer is "counted", "excluded", or only "stored" until the figures next move."""
    exclusions = select(Exclusion.id).where(Exclusion.agency_id == answer.agency_id, Exclusion.response_id == answer.id)
    if session.scalar(exclusions) is not None:
        return "excluded"
    marks = select(FoldMark.n).where(
        FoldMark.agency_id == answer.agency_id,
        FoldMark.wave_id == answer.wave_id,
        FoldMark.dimension == "agency",
        FoldMark.folded_until >= answer.answered_on,
    )
    return "counted" if session.scalar(marks) else "stored"
