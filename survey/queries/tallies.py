"""Tallies: the sums that the fold left.  Reading them costs the same at any number of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from survey.models.tallies import BreakdownMomentTally, BreakdownTally, FoldMark, LevelTally, MomentTally, TallyTotal

OWN: Final = ("agency", "")
# The members of the dimension "verified": given with a one-time code of a slip, or without.
VERIFIED: Final = "with_code"
UNVERIFIED: Final = "without_code"
ROWS_AT_ONCE: Final = 2_000

Scope = tuple[str, str]  # dimension and member


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one scope, a pair of dimension and member, has been folded."""

    agency_id: UUID
    wave_id: UUID
    dimension: str
    member: str
    folded_until: date
    n: int
    stale: int
    erased_on: date | None

    @property
    def scope(self) -> Scope:
        """Return dimension and member."""
        return self.dimension, self.member


@dataclass(frozen=True, slots=True)
class LevelCount:
    """Ratings of one level of an item; level 0 is "no opinion"."""

    agency_id: UUID
    item: str
    level: int
    count: int


@dataclass(frozen=True, slots=True)
class BreakdownCount:
    """Ratings of one level of an item, for one member of a dimension."""

    dimension: str
    member: str
    item: str
    level: int
    count: int


@dataclass(frozen=True, slots=True)
class MomentRow:
    """The sums of one cell; see ``analysis.moments``."""

    agency_id: UUID
    wave_id: UUID
    month: str
    channel: str
    verified: bool
    n: int
    sums: list[int]
    cross: list[int]
    answered: list[int]


@dataclass(frozen=True, slots=True)
class Total:
    """The tallies of one scope, added up; see ``TallyTotal``."""

    agency_id: UUID
    wave_id: UUID
    dimension: str
    member: str
    n: int
    verified: int
    channels: dict[str, int]
    sums: list[int]
    cross: list[int]
    answered: list[int]
    levels: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class BreakdownMomentRow:
    """The sums of one member of a dimension in a month."""

    dimension: str
    member: str
    n: int
    sums: list[int]
    cross: list[int]
    answered: list[int]


def list_marks(
    session: Session,
    *,
    wave_ids: Sequence[UUID],
    agency_ids: Sequence[UUID],
    own: bool = False,
    dimension: str | None = None,
) -> list[Mark]:
    """List the fold marks; with ``own`` only those of the agencies' own figures, or those of one dimension."""
    wanted = OWN[0] if own else dimension
    rows = session.execute(
        select(
            FoldMark.agency_id,
            FoldMark.wave_id,
            FoldMark.dimension,
            FoldMark.member,
            FoldMark.folded_until,
            FoldMark.n,
            FoldMark.stale,
            FoldMark.erased_on,
        ).where(
            FoldMark.agency_id.in_(agency_ids),
            FoldMark.wave_id.in_(wave_ids),
            true() if wanted is None else FoldMark.dimension == wanted,
        )
    )
    return [Mark(*row) for row in rows]


def sum_levels_by_wave(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> list[tuple[UUID, LevelCount]]:
    """Count ratings per wave, agency, item and level, over months and channels; each with its wave."""
    columns = (LevelTally.wave_id, LevelTally.agency_id, LevelTally.item, LevelTally.level)
    rows = session.execute(
        select(*columns, func.sum(LevelTally.count))
        .where(LevelTally.agency_id.in_(agency_ids), LevelTally.wave_id.in_(wave_ids))
        .group_by(*columns)
    )
    return [
        (wave_id, LevelCount(agency_id, item, level, int(count))) for wave_id, agency_id, item, level, count in rows
    ]


def stream_moments(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> Iterator[MomentRow]:
    """Yield the moments of the agencies, one row a month, channel and kind of verification; in no order.

    They come in portions: a year of thousands of communes does not fit into memory comfortably.
    """
    rows = session.execute(
        select(
            MomentTally.agency_id,
            MomentTally.wave_id,
            MomentTally.month,
            MomentTally.channel,
            MomentTally.verified,
            MomentTally.n,
            MomentTally.sums,
            MomentTally.cross,
            MomentTally.answered,
        ).where(MomentTally.agency_id.in_(agency_ids), MomentTally.wave_id.in_(wave_ids)),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for row in rows:
        yield MomentRow(*row)


def list_totals(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID], dimension: str | None = None
) -> list[Total]:
    """List the totals, of one dimension or of all, in no order; only those with as many answers as the mark says."""
    columns = [TallyTotal.__table__.c[field.name] for field in fields(Total)]
    statement = select(*columns).join_from(TallyTotal, FoldMark, _own_mark()).where(*_totals_of(wave_ids, agency_ids))
    if dimension is not None:
        statement = statement.where(TallyTotal.dimension == dimension)
    return [Total(*row) for row in session.execute(statement)]


def list_total_keys(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> set[tuple[UUID, str, str]]:
    """List agency, dimension and member of the totals that ``list_totals`` would list."""
    statement = select(TallyTotal.agency_id, TallyTotal.dimension, TallyTotal.member)
    rows = session.execute(
        statement.join_from(TallyTotal, FoldMark, _own_mark()).where(*_totals_of(wave_ids, agency_ids))
    )
    return {(agency_id, dimension, member) for agency_id, dimension, member in rows}


def _own_mark() -> ColumnElement[bool]:
    return (
        (FoldMark.agency_id == TallyTotal.agency_id)
        & (FoldMark.wave_id == TallyTotal.wave_id)
        & (FoldMark.dimension == TallyTotal.dimension)
        & (FoldMark.member == TallyTotal.member)
        & (FoldMark.n == TallyTotal.n)
    )


def _totals_of(wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> tuple[ColumnElement[bool], ...]:
    return TallyTotal.agency_id.in_(agency_ids), TallyTotal.wave_id.in_(wave_ids)


def sum_breakdowns(session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]) -> list[BreakdownCount]:
    """Count ratings per member of each dimension, item and level, over agencies and months."""
    columns = (BreakdownTally.dimension, BreakdownTally.member, BreakdownTally.item, BreakdownTally.level)
    rows = session.execute(
        select(*columns, func.sum(BreakdownTally.count))
        .where(BreakdownTally.agency_id.in_(agency_ids), BreakdownTally.wave_id == wave_id)
        .group_by(*columns)
    )
    return [BreakdownCount(*row[:4], count=int(row[4])) for row in rows]


def stream_breakdown_moments(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]
) -> Iterator[BreakdownMomentRow]:
    """Yield the moments of every member of each dimension, one row an agency and month; in no order, in portions."""
    rows = session.execute(
        select(
            BreakdownMomentTally.dimension,
            BreakdownMomentTally.member,
            BreakdownMomentTally.n,
            BreakdownMomentTally.sums,
            BreakdownMomentTally.cross,
            BreakdownMomentTally.answered,
        ).where(BreakdownMomentTally.agency_id.in_(agency_ids), BreakdownMomentTally.wave_id == wave_id),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for row in rows:
        yield BreakdownMomentRow(*row)
