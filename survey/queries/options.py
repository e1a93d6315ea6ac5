"""What was chosen of the questions that are not rated, as the fold left it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.tallies import OptionTally


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many chose an option of a question; for option 0 see ``OptionTally``."""

    agency_id: UUID
    question: str
    option: int
    count: int


def sum_options(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> list[OptionCount]:
    """Count the options chosen per agency and question, over months."""
    columns = (OptionTally.agency_id, OptionTally.question, OptionTally.option)
    rows = session.execute(
        select(*columns, func.sum(OptionTally.count))
        .where(OptionTally.agency_id.in_(agency_ids), OptionTally.wave_id.in_(wave_ids))
        .group_by(*columns)
    )
    return [OptionCount(agency_id, question, option, int(count)) for agency_id, question, option, count in rows]
