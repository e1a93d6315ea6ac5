"""What was excluded, in the acts that excluded it: rule, reason, day and number, never which answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import String, and_, cast, func, select
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.models.responses import Exclusion, Response


@dataclass(frozen=True, slots=True)
class ExclusionLine:
    """The answers that were excluded by one rule, for one reason, on one day by one official."""

    rule: str
    reason: str
    excluded_on: date
    official: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ExcludedPattern:
    """Excluded responses of an agency in a wave that answer alike; ``answers`` is JSON text."""

    agency_id: UUID
    wave_id: UUID
    answers: str
    count: int


def stream_excluded(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> Iterator[ExcludedPattern]:
    """Yield what the answers said that the tallies have left out, in no order."""
    answers = cast(Response.answers, String)
    columns = (Response.agency_id, Response.wave_id, answers)
    rows = session.execute(
        select(*columns, func.count())
        .select_from(Exclusion)
        .join(Response, and_(Response.agency_id == Exclusion.agency_id, Response.id == Exclusion.response_id))
        .where(
            Exclusion.agency_id.in_(agency_ids),
            Exclusion.is_folded.is_(True),
            Response.agency_id.in_(agency_ids),
            Response.wave_id.in_(wave_ids),
        )
        .group_by(*columns)
    )
    for row in rows:
        yield ExcludedPattern(*row)


def list_exclusions(session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]) -> list[ExclusionLine]:
    """List the exclusions among the answers to the agencies in a wave, newest first."""
    columns = (Exclusion.rule, Exclusion.reason, Exclusion.excluded_on, Official.name)
    rows = session.execute(
        select(*columns, func.count())
        .select_from(Exclusion)
        .join(Response, and_(Response.agency_id == Exclusion.agency_id, Response.id == Exclusion.response_id))
        .outerjoin(Official, Official.id == Exclusion.excluded_by)
        .where(Exclusion.agency_id.in_(agency_ids), Response.agency_id.in_(agency_ids), Response.wave_id == wave_id)
        .group_by(*columns)
        .order_by(Exclusion.excluded_on.desc(), Exclusion.rule, Exclusion.reason)
    )
    return [ExclusionLine(*row) for row in rows]
