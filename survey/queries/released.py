"""What is public: released versions with their frozen values.  A draft, or one not frozen yet, is in none of these.

A version has its address by its ``code`` for ever, also when a later one supersedes it; what it says is read with
``findings.frozen``, never made anew from the tallies.  A release stays what it was: bodies that began after its wave
are no part of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.releases import FrozenFindings, Release
from survey.queries.agencies import AgencyRow, list_children

# Values of agencies read at a time: some are large.
FEW_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ReleasedVersion:
    """A version that is or was public.  ``agency`` is the root it covers; ``wave_*`` are None for a year's summary.

    ``year`` is the index year; ``form`` as ``"counter/2026"``, None for a wave.  ``sha256`` is the checksum of its
    frozen values, ``bundle_sha256`` that of its ZIP, None until that is made.
    """

    id: UUID
    kind: str
    code: str
    version: int
    note: str
    agency_id: UUID
    agency_code: str
    agency_name: str
    agency_name_en: str | None
    agency_path: str
    agency_is_demo: bool
    wave_id: UUID | None
    wave_code: str | None
    wave_name: str | None
    wave_name_en: str | None
    year: int
    form: str | None
    drafted_on: date
    reviewed_on: date | None
    released_on: date
    superseded_on: date | None
    frozen_on: date
    sha256: str
    bundle_sha256: str | None
    bundle_size: int | None

    @property
    def is_current(self) -> bool:
        """Return whether no later version corrects it."""
        return self.superseded_on is None


@dataclass(frozen=True, slots=True)
class FrozenAgency:
    """An agency of which a released wave has a frozen value."""

    agency_id: UUID
    code: str
    name: str
    name_en: str | None
    path: str
    sha256: str


def list_released(
    session: Session, *, kind: str | None = None, agency_id: UUID | None = None, year: int | None = None
) -> list[ReleasedVersion]:
    """List what is public now, latest year first; of a kind, of a root agency, or of a year where these are named."""
    root = _root()
    conditions: list[ColumnElement[bool]] = [_is_newest()]
    if kind is not None:
        conditions.append(Release.kind == kind)
    if agency_id is not None:
        conditions.append(root.id == agency_id)
    if year is not None:
        conditions.append(_year() == year)
    return _versions(session, root, *conditions)


def list_released_over(session: Session, agency: Agency) -> list[ReleasedVersion]:
    """List what is public now and covers an agency: of itself and of the bodies above it.

    Waves that ended before it began, or began after its end, are none of these.
    """
    root = _root()
    above = [UUID(part) for part in agency.path.split("/") if part]
    of_it = exists().where(FrozenFindings.release_id == Release.id, FrozenFindings.agency_id == agency.id)
    is_of_its_time = or_(Release.wave_id.is_(None), of_it.correlate(Release))
    return _versions(session, root, _is_newest(), root.id.in_(above), is_of_its_time)


def find_released(session: Session, code: str) -> ReleasedVersion | None:
    """Find a version by its public code, also a superseded one."""
    return next(iter(_versions(session, _root(), Release.code == code.strip().upper())), None)


def list_versions(session: Session, version: ReleasedVersion) -> list[ReleasedVersion]:
    """List every version of the same results that is or was public, newest first."""
    root = _root()
    if version.wave_id is not None:
        return _versions(session, root, Release.wave_id == version.wave_id)
    same = (Release.agency_id == version.agency_id, Release.year == version.year, Release.form == version.form)
    return _versions(session, root, *same)


def list_frozen_agencies(session: Session, release_id: UUID) -> list[FrozenAgency]:
    """List the agencies of which a released wave has a frozen value, in the order of their tree and names."""
    return [FrozenAgency(*row) for row in session.execute(_frozen_agencies(release_id))]


def read_frozen(session: Session, *, release_id: UUID, agency_id: UUID, kind: str) -> bytes | None:
    """Return the canonical JSON of a value that is or was public; ``kind``: agency, wave or annual."""
    statement = (
        select(FrozenFindings.content)
        .join(Release, Release.id == FrozenFindings.release_id)
        .where(
            FrozenFindings.agency_id == agency_id,
            FrozenFindings.release_id == release_id,
            FrozenFindings.kind == kind,
            _is_public(),
        )
    )
    content = session.scalar(statement)
    return None if content is None else zlib.decompress(content)


def stream_frozen_agencies(session: Session, release_id: UUID) -> Iterator[tuple[FrozenAgency, bytes]]:
    """Read the frozen value of every agency of a released wave, in the order of their tree and names."""
    statement = _frozen_agencies(release_id).add_columns(FrozenFindings.content)
    for *agency, content in session.execute(statement.execution_options(yield_per=FEW_AT_ONCE)):
        yield FrozenAgency(*agency), zlib.decompress(content)


def list_bodies(session: Session, code: str, *, today: date) -> list[Agency]:
    """List the bodies that carry a code: the one of today first, then those before it, then who is to carry it."""
    newest = Agency.valid_from.desc()
    found = session.scalars(select(Agency).where(Agency.code == code).order_by(newest)).all()
    return sorted(found, key=lambda body: (body.valid_from > today, (body.valid_to or date.max) <= today))


def list_frozen_children(session: Session, release_id: UUID, agency: Agency) -> list[AgencyRow]:
    """List the agencies right under one of which a released wave tells: those of its time, as Vietnamese sorts them."""
    told = select(FrozenFindings.agency_id).where(
        FrozenFindings.release_id == release_id, FrozenFindings.kind == "agency"
    )
    known = set(session.scalars(told))
    return [row for row in list_children(session, agency_id=agency.id) if row.id in known]


def _frozen_agencies(release_id: UUID) -> Select[UUID, str, str, str | None, str, str]:
    return (
        select(Agency.id, Agency.code, Agency.name, Agency.name_en, Agency.path, FrozenFindings.sha256)
        .join(FrozenFindings, FrozenFindings.agency_id == Agency.id)
        .join(Release, Release.id == FrozenFindings.release_id)
        .where(FrozenFindings.release_id == release_id, FrozenFindings.kind == "agency", _is_public())
        .order_by(func.length(Agency.path), Agency.sort_key, Agency.code)
    )


def _is_public() -> ColumnElement[bool]:
    return and_(Release.released_on.is_not(None), Release.frozen_on.is_not(None))


def _is_newest() -> ColumnElement[bool]:
    """Return the condition that no later version is public: until that is frozen, the one before it stands."""
    later = aliased(Release)
    same_wave = later.wave_id == Release.wave_id
    same_year = and_(later.agency_id == Release.agency_id, later.year == Release.year, later.form == Release.form)
    is_public = and_(later.released_on.is_not(None), later.frozen_on.is_not(None))
    return ~exists().where(or_(same_wave, same_year), later.version > Release.version, is_public).correlate(Release)


def _root() -> type[Agency]:
    return aliased(Agency)


def _year() -> ColumnElement[int]:
    return func.coalesce(Release.year, Wave.index_year)


def _versions(session: Session, root: type[Agency], *conditions: ColumnElement[bool]) -> list[ReleasedVersion]:
    newest_first = (_year().desc(), Release.released_on.desc(), root.sort_key, Release.version.desc(), Release.code)
    rows = session.execute(_columns(root).where(_is_public(), *conditions).order_by(*newest_first)).all()
    return [ReleasedVersion(*tuple(row)) for row in rows]


def _columns(root: type[Agency]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Release.id,
            Release.kind,
            Release.code,
            Release.version,
            Release.note,
            root.id,
            root.code,
            root.name,
            root.name_en,
            root.path,
            root.is_demo,
            Wave.id,
            Wave.code,
            Wave.name,
            Wave.name_en,
            _year(),
            Release.form,
            Release.drafted_on,
            Release.reviewed_on,
            Release.released_on,
            case((_is_newest(), null()), else_=Release.superseded_on),
            Release.frozen_on,
            Release.sha256,
            Release.bundle_sha256,
            Release.bundle_size,
        )
        .outerjoin(Wave, Wave.id == Release.wave_id)
        .join(root, or_(root.id == Release.agency_id, root.id == Wave.agency_id))
    )
