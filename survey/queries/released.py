"""What is public: waves with a release that nothing supersedes, and the agencies they cover."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, contains_eager

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.releases import WaveRelease


def find_agency(session: Session, code: str) -> Agency | None:
    """Find the body that carries a code now: a code may have been given to another body since."""
    newest = Agency.valid_from.desc()
    return session.scalars(select(Agency).where(Agency.code == code).order_by(newest)).first()


def list_released_waves(session: Session) -> list[Wave]:
    """List every wave whose results are public with its agency, latest index year first."""
    return _list(session, Wave.id.is_not(None))


def list_released_waves_over(session: Session, agency: Agency) -> list[Wave]:
    """List the waves that cover an agency and whose results are public, newest first."""
    return _list(session, Wave.agency_id.in_([UUID(part) for part in agency.path.split("/") if part]))


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
