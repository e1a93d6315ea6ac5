"""What a release is made from, as one checksum: it tells whether anything moved between a review and the release."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.fieldwork import PopulationSize, Wave
from survey.models.releases import AnnualRelease, Release
from survey.models.tallies import FoldMark, LevelTally


def checksum_of_counts(session: Session, wave_ids: Sequence[UUID]) -> str:
    """Return the checksum of all counts behind some waves: answers by item and level, how far each is folded, N."""
    agency_ids = _agencies_of(session, wave_ids)
    levels = select(LevelTally.wave_id, LevelTally.item, LevelTally.level, func.sum(LevelTally.count)).where(
        LevelTally.agency_id.in_(agency_ids), LevelTally.wave_id.in_(wave_ids)
    )
    marks = select(FoldMark.wave_id, FoldMark.agency_id, func.sum(FoldMark.n), func.sum(FoldMark.stale)).where(
        FoldMark.agency_id.in_(agency_ids), FoldMark.wave_id.in_(wave_ids), FoldMark.dimension == "agency"
    )
    sizes = select(
        PopulationSize.wave_id, PopulationSize.agency_id, PopulationSize.month, func.sum(PopulationSize.transactions)
    ).where(PopulationSize.wave_id.in_(wave_ids))
    found = (
        levels.group_by(LevelTally.wave_id, LevelTally.item, LevelTally.level),
        marks.group_by(FoldMark.wave_id, FoldMark.agency_id),
        sizes.group_by(PopulationSize.wave_id, PopulationSize.agency_id, PopulationSize.month),
    )
    lines = (_lines(session.execute(statement).all()) for statement in found)
    return hashlib.sha256("\n\n".join(lines).encode()).hexdigest()


def list_waves_behind(session: Session, *, agency: Agency, year: int) -> list[Wave]:
    """List the waves of an index year that reach an agency or are run below it, planned ones left out; by code."""
    above = [UUID(part) for part in agency.path.split("/") if part]
    below = select(Agency.id).where(Agency.path.startswith(agency.path, autoescape=True))
    among = Wave.agency_id.in_(above) | Wave.agency_id.in_(below)
    statement = select(Wave).where(among, Wave.index_year == year, Wave.state != "planned").order_by(Wave.code)
    return list(session.scalars(statement))


def list_waves_of_release(session: Session, release: Release) -> list[Wave]:
    """List the waves a release is made from: its own, or those of its year and of the year it is compared with."""
    if release.wave_id is not None:
        return [session.get_one(Wave, release.wave_id)]
    agency, year = session.get_one(Agency, release.agency_id), release.year or 0
    return [wave for one in (year - 1, year) for wave in list_waves_behind(session, agency=agency, year=one)]


def find_open_release(session: Session, subject: Wave | tuple[Agency, int, str]) -> Release | None:
    """Find the version of a wave, or of an agency's year and form, that is drafted and not released yet."""
    return session.scalar(_of(subject).where(Release.released_on.is_(None)))


def list_releases(session: Session, subject: Wave | tuple[Agency, int, str]) -> Sequence[Release]:
    """List every version of a wave's results, or of those of an agency's year and form, newest first."""
    return session.scalars(_of(subject).order_by(Release.version.desc())).all()


def list_annual_releases(session: Session, agency: Agency) -> Sequence[AnnualRelease]:
    """List every version of every annual summary of an agency, latest year first."""
    statement = select(AnnualRelease).where(AnnualRelease.agency_id == agency.id)
    order = (AnnualRelease.year.desc(), AnnualRelease.form, AnnualRelease.version.desc())
    return session.scalars(statement.order_by(*order)).all()


def _of(subject: Wave | tuple[Agency, int, str]) -> Select[Release]:
    if isinstance(subject, Wave):
        return select(Release).where(Release.wave_id == subject.id)
    agency, year, form = subject
    return select(Release).where(Release.agency_id == agency.id, Release.year == year, Release.form == form)


def _agencies_of(session: Session, wave_ids: Sequence[UUID]) -> list[UUID]:
    paths = session.scalars(select(Agency.path).join(Wave, Wave.agency_id == Agency.id).where(Wave.id.in_(wave_ids)))
    found: set[UUID] = set()
    for path in set(paths):
        found.update(session.scalars(select(Agency.id).where(Agency.path.startswith(path, autoescape=True))))
    return sorted(found)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    # A sum is an int on one database and a Decimal on the other.
    return "\n".join(sorted(" ".join(f"{part}" for part in row) for row in rows))


def list_answered_paths(session: Session, path: str, *, wave_id: UUID) -> list[str]:
    """List the paths of the agencies at or below one to which answers were given in a wave."""
    statement = (
        select(Agency.path)
        .join(FoldMark, FoldMark.agency_id == Agency.id)
        .where(
            FoldMark.wave_id == wave_id,
            FoldMark.dimension == "agency",
            FoldMark.n > 0,
            Agency.path.startswith(path, autoescape=True),
        )
    )
    return list(session.scalars(statement))
