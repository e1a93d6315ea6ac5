"""Released versions without the days and people it takes: values frozen as the job of a release freezes them."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.frozen import checksum, frozen_json
from survey.findings.values import AgencyFindings, AnnualFindings
from survey.findings.wave import wave_findings
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.releases import AnnualRelease, FrozenFindings, Release, WaveRelease
from survey.queries.agencies import list_agencies
from survey.services.fold import fold

FOLDED = date(2026, 4, 10)
FORM = "small/1"


def answered_world(session: Session) -> World:
    """Make the small world with a closed wave: A 40 of 50 satisfied, B 30 of 31, C 9 answers, which is too few."""
    world = small_world(session)
    world.waves["W"].state, world.waves["W"].closed_on = "closed", date(2026, 3, 31)
    world.answer("A", [5, 4, 5, 5], times=40)
    world.answer("A", [2, 2, 3, 2], times=10, channel="paper")
    world.answer("B", [4, 5, 4, 4], times=30)
    world.answer("B", [1, 2, 1, 1])
    world.answer("C", [5, 5, 5, 5], times=9)
    session.flush()
    fold(session, until=FOLDED)
    return world


def two_years(session: Session) -> World:
    """Add two closed years: A by two channels and with N, B, and C where too few of twelve rated anything."""
    world = small_world(session)
    world.add_service("S", agency="A")
    for year in (2025, 2026):
        wave, day = f"W{year - 2000}", date(year, 2, 2)
        world.add_wave(wave, year=year, state="closed")
        for agency, satisfied, others in (("A", 20 + year % 5, 12), ("B", 30, 5), ("C", 5, 1)):
            world.answer(agency, [4, 5, 4, 4], times=satisfied, wave=wave, day=day)
            world.answer(agency, {"a1": 3, "b1": 2, "o": 3}, times=others, wave=wave, day=day)
        world.answer("C", {"o": 4}, times=6, wave=wave, day=day)
        for ratings, times in (([5, 4, 4, 4], 9), ([3, 3, 2, 3], 3)):
            world.answer("A", ratings, times=times, wave=wave, day=day, channel="paper", language="en", service="S")
        world.set_population_size("A", {f"{year}-0{month}": 300 for month in (1, 2, 3)}, wave=wave)
    fold(session, until=date(2026, 5, 1))
    return world


def publish_wave(
    session: Session,
    wave: Wave,
    *,
    version: int = 1,
    note: str = "",
    is_released: bool = True,
    is_frozen: bool = True,
    superseded_on: date | None = None,
) -> Release:
    """Add a version of a wave as far as it has come; its values are frozen in any case."""
    release = WaveRelease(id=uuid4(), wave_id=wave.id, version=version, note=note)
    _sign(session, release, is_released=is_released, is_frozen=is_frozen, superseded_on=superseded_on)
    root = session.get_one(Agency, wave.agency_id)
    values: list[tuple[UUID, str, object]] = [
        (root.id, "wave", replace(wave_findings(session, wave_id=wave.id, today=FOLDED)))
    ]
    for agency in list_agencies(session, paths=[root.path]):
        found = agency_findings(session, agency_id=agency.id, wave_id=wave.id, today=FOLDED)
        values.append((agency.id, "agency", found))
    _freeze(session, release, values)
    return release


def publish_year(session: Session, root: Agency, year: int, *, form: str = FORM, version: int = 1) -> Release:
    """Add a released summary of a year."""
    release = AnnualRelease(id=uuid4(), agency_id=root.id, year=year, form=form, version=version)
    _sign(session, release, is_released=True, is_frozen=True, superseded_on=None)
    found = annual_findings(session, root_id=root.id, year=year, today=FOLDED)
    _freeze(session, release, [(root.id, "annual", found)])
    return release


def put(session: Session, release: Release, value: AgencyFindings | AnnualFindings, *, agency: UUID, kind: str) -> None:
    """Freeze one value under a release."""
    content = frozen_json(value)
    session.add(
        FrozenFindings(
            agency_id=agency,
            release_id=release.id,
            kind=kind,
            content=zlib.compress(content),
            sha256=checksum(content),
        )
    )


def _sign(
    session: Session, release: Release, *, is_released: bool, is_frozen: bool, superseded_on: date | None
) -> None:
    release.drafted_by, release.drafted_on = uuid4(), DAY
    if is_released:
        release.reviewed_by, release.reviewed_on = uuid4(), DAY
        release.released_by, release.released_on = uuid4(), FOLDED
        release.superseded_on = superseded_on
    if is_frozen:
        release.frozen_on, release.sha256 = FOLDED, "0" * 64
    session.add(release)
    session.flush()


def _freeze(session: Session, release: Release, values: list[tuple[UUID, str, object]]) -> None:
    for agency, kind, value in values:
        put(session, release, value, agency=agency, kind=kind)  # type: ignore[arg-type]  # what is frozen is a findings value
    session.flush()
