"""Tallies of the answers that came with a one-time code, and of those that came without, agency by agency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.tallies import BreakdownMomentTally, BreakdownTally

_DIMENSION: Final = "verified"
_ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class ProofMoments:
    """The sums of one group of an agency in a month; see ``analysis.moments``."""

    agency_id: UUID
    member: str
    n: int
    sums: list[int]
    cross: list[int]
    answered: list[int]


@dataclass(frozen=True, slots=True)
class ProofLevel:
    """Ratings of one level of an item, in one group of an agency; level 0 is "no opinion"."""

    agency_id: UUID
    member: str
    item: str
    level: int
    count: int


def stream_proof_moments(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> Iterator[ProofMoments]:
    """Yield the moments of both groups, one row an agency, wave and month; in no order, in portions."""
    rows = session.execute(
        select(
            BreakdownMomentTally.agency_id,
            BreakdownMomentTally.member,
            BreakdownMomentTally.n,
            BreakdownMomentTally.sums,
            BreakdownMomentTally.cross,
            BreakdownMomentTally.answered,
        ).where(
            BreakdownMomentTally.agency_id.in_(agency_ids),
            BreakdownMomentTally.wave_id.in_(wave_ids),
            BreakdownMomentTally.dimension == _DIMENSION,
        ),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    for row in rows:
        yield ProofMoments(*row)


def sum_proof_levels(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> list[ProofLevel]:
    """Count ratings per agency, group, item and level, over months."""
    columns = (BreakdownTally.agency_id, BreakdownTally.member, BreakdownTally.item, BreakdownTally.level)
    rows = session.execute(
        select(*columns, func.sum(BreakdownTally.count))
        .where(
            BreakdownTally.agency_id.in_(agency_ids),
            BreakdownTally.wave_id.in_(wave_ids),
            BreakdownTally.dimension == _DIMENSION,
        )
        .group_by(*columns)
    )
    return [ProofLevel(*row[:4], count=int(row[4])) for row in rows]
