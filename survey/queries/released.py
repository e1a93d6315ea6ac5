"""What is public: waves with a release that nothing supersedes, and the agencies they cover.

A release stays what it was: bodies that began after its wave are no part of it, unless answers were given to them
nevertheless.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, contains_eager

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave, WaveRelease
from survey.models.tallies import FoldMark
from survey.models.wave_days import last_day
from survey.queries.agencies import AgencyRow, list_children


def list_bodies(session: Session, code: str, *, today: date) -> list[Agency]:
    """List the bodies that carry a code: the one of today first, then those before it, then who is to carry it."""
    newest = Agency.valid_from.desc()
    found = session.scalars(select(Agency).where(Agency.code == code).order_by(newest)).all()
    return sorted(found, key=lambda body: (body.valid_from > today, (body.valid_to or date.max) <= today))


def list_released_waves(session: Session) -> list[Wave]:
    """List every wave whose results are public with its agency, latest index year first."""
    return _list(session, Wave.id.is_not(None))


def list_released_waves_over(session: Session, agency: Agency) -> list[Wave]:
    """List the waves that cover an agency and whose results are public, newest first."""
    waves = _list(session, Wave.agency_id.in_([UUID(part) for part in agency.path.split("/") if part]))
    strange = [wave.id for wave in waves if not _lived(agency, wave)]
    answered = _answered(session, agency.path, strange) if strange else {}
    return [wave for wave in waves if wave.id not in strange or wave.id in answered]


def list_children_then(session: Session, agency: Agency, wave: Wave) -> list[AgencyRow]:
    """List the agencies right under one at the time of a wave, as Vietnamese sorts them."""
    rows = list_children(session, agency_id=agency.id)
    if all(_lived(row, wave) for row in rows):
        return rows
    paths = _answered(session, agency.path, [wave.id]).get(wave.id, [])
    return [row for row in rows if _lived(row, wave) or any(path.startswith(row.path) for path in paths)]


def _lived(agency: Agency | AgencyRow, wave: Wave) -> bool:
    return agency.valid_from <= last_day(wave) and (agency.valid_to is None or agency.valid_to > wave.opens_on)


def _answered(session: Session, path: str, wave_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the paths of the agencies at or below one to which answers were given, by wave."""
    rows = session.execute(
        select(FoldMark.wave_id, Agency.path)
        .join(Agency, Agency.id == FoldMark.agency_id)
        .where(
            FoldMark.wave_id.in_(wave_ids),
            FoldMark.dimension == "agency",
            FoldMark.n > 0,
            Agency.path.startswith(path, autoescape=True),
        )
    )
    found: dict[UUID, list[str]] = {}
    for wave_id, below in rows:
        found.setdefault(wave_id, []).append(below)
    return found


def _list(session: Session, condition: ColumnElement[bool]) -> list[Wave]:
    is_public = and_(
        WaveRelease.wave_id == Wave.id, WaveRelease.released_on.is_not(None), WaveRelease.superseded_on.is_(None)
    )
    statement = (
        select(Wave)
        .join(Wave.agency)
        .join(WaveRelease, is_public)
        .options(contains_eager(Wave.agency), contains_eager(Wave.release))
        .where(condition)
        .order_by(Wave.index_year.desc(), Wave.opens_on.desc(), Agency.sort_key, Wave.code)
    )
    return list(session.scalars(statement).unique())
