"""Tallies of the members of one dimension, agency by agency: with a one-time code or without, each channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.tallies import BreakdownMomentTally, BreakdownTally

_ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class GroupMoments:
    """The sums of one group of an agency in a month; see ``analysis.moments``."""

    agency_id: UUID
    wave_id: UUID
    member: str
    n: int
    sums: list[int]
    cross: list[int]
    answered: list[int]


@dataclass(frozen=True, slots=True)
class GroupLevel:
    """Ratings of one level of an item, in one group of an agency; level 0 is "no opinion"."""

    agency_id: UUID
    wave_id: UUID
    member: str
    item: str
    level: int
    count: int


def stream_group_moments(
    session: Session, dimension: str, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> Iterator[GroupMoments]:
    """Yield the moments of every group, one row an agency, wave and month; in no order, in portions."""
    rows = session.execute(
        select(
            BreakdownMomentTally.agency_id,
            BreakdownMomentTally.wave_id,
            BreakdownMomentTally.member,
            BreakdownMomentTally.n,
            BreakdownMomentTally.sums,
            BreakdownMomentTally.cross,
            BreakdownMomentTally.answered,
        ).where(
            BreakdownMomentTally.agency_id.in_(agency_ids),
            BreakdownMomentTally.wave_id.in_(wave_ids),
            BreakdownMomentTally.dimension == dimension,
        ),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    for row in rows:
        yield GroupMoments(*row)


def sum_group_levels(
    session: Session, dimension: str, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> list[GroupLevel]:
    """Count ratings per agency, wave, group, item and level, over months."""
    tally = BreakdownTally
    columns = (tally.agency_id, tally.wave_id, tally.member, tally.item, tally.level)
    rows = session.execute(
        select(*columns, func.sum(BreakdownTally.count))
        .where(
            BreakdownTally.agency_id.in_(agency_ids),
            BreakdownTally.wave_id.in_(wave_ids),
            BreakdownTally.dimension == dimension,
        )
        .group_by(*columns)
    )
    return [GroupLevel(*row[:5], count=int(row[5])) for row in rows]
