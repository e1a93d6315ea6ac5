"""Results of decided rounds as they were frozen, and the indexes of others that stand beside them."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.index_rounds import IndexResult, IndexRound
from survey.models.index_sources import ExternalSeries, ExternalValue, ExternalYear
from survey.models.rubrics import Rubric


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A version of a round's result; ``superseded_on`` is set where a correction replaced it."""

    id: UUID
    round_id: UUID
    round_code: str
    round_name: str
    round_name_en: str | None
    year: int
    agency_id: UUID
    agency_code: str
    rubric: str
    rubric_edition: str
    version: int
    note: str
    sha256: str
    decided_on: date
    superseded_on: date | None
    agency_name: str
    agency_name_en: str | None
    agency_is_demo: bool


def list_results(
    session: Session,
    *,
    year: int | None = None,
    root_ids: Collection[UUID] | None = None,
    round_id: UUID | None = None,
    round_code: str | None = None,
    with_superseded: bool = False,
) -> list[ResultRow]:
    """List results that hold, latest year first; of a year, of some roots, of a round, or with those corrected."""
    wanted = (
        select(
            IndexResult.id,
            IndexResult.round_id,
            IndexRound.code,
            IndexRound.name,
            IndexRound.name_en,
            IndexRound.year,
            IndexRound.agency_id,
            Agency.code,
            Rubric.rubric,
            Rubric.edition,
            IndexResult.version,
            IndexResult.note,
            IndexResult.sha256,
            IndexResult.decided_on,
            IndexResult.superseded_on,
            Agency.name,
            Agency.name_en,
            Agency.is_demo,
        )
        .join(IndexRound, IndexRound.id == IndexResult.round_id)
        .join(Rubric, Rubric.id == IndexRound.rubric_id)
        .join(Agency, Agency.id == IndexRound.agency_id)
        .order_by(IndexRound.year.desc(), IndexRound.code, IndexResult.version.desc())
    )
    if not with_superseded:
        wanted = wanted.where(IndexResult.superseded_on.is_(None))
    if year is not None:
        wanted = wanted.where(IndexRound.year == year)
    if root_ids is not None:
        wanted = wanted.where(IndexRound.agency_id.in_(root_ids))
    if round_code is not None:
        # Addresses are read out and typed: capitals do not matter.
        is_it = or_(IndexRound.code == round_code, func.lower(IndexRound.code) == round_code.lower())
        wanted = wanted.where(is_it)
    if round_id is not None:
        wanted = wanted.where(IndexResult.round_id == round_id)
    return [ResultRow(*cast("Any", row)) for row in session.execute(wanted)]


def read_result(session: Session, result_id: UUID) -> bytes:
    """Return the canonical JSON of a result."""
    content = session.scalars(select(IndexResult.content).where(IndexResult.id == result_id)).one()
    return zlib.decompress(content)


def list_series(session: Session, *, root_id: UUID) -> list[ExternalSeries]:
    """List the indexes of others that a root may see: its own and everybody's."""
    own = or_(ExternalSeries.agency_id == root_id, ExternalSeries.agency_id.is_(None))
    return list(session.scalars(select(ExternalSeries).where(own).order_by(ExternalSeries.code, ExternalSeries.id)))


def list_series_years(session: Session, series_id: UUID) -> list[ExternalYear]:
    """List the years of a series, oldest first."""
    wanted = select(ExternalYear).where(ExternalYear.series_id == series_id).order_by(ExternalYear.year)
    return list(session.scalars(wanted))


def list_series_values(session: Session, series_id: UUID) -> list[ExternalValue]:
    """List the values of a series, year by year and unit by unit."""
    wanted = select(ExternalValue).where(ExternalValue.series_id == series_id)
    return list(session.scalars(wanted.order_by(ExternalValue.year, ExternalValue.unit)))
