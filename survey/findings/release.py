"""Every value that a release freezes, made from nothing but waves that are public."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from sqlalchemy import Engine, event, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.frozen import frozen_json
from survey.findings.wave import wave_findings
from survey.models.fieldwork import Wave
from survey.models.releases import AnnualRelease, Release, WaveRelease
from survey.models.wave_days import last_day
from survey.queries.agencies import AgencyRow, get_agency, list_agencies
from survey.queries.release_basis import list_answered_paths
from survey.queries.waves import WaveRow, get_wave

Step = Callable[[int, int], None]
Values = dict[tuple[str, UUID], bytes]


@contextmanager
def public_session(engine: Engine, *, also: UUID | None = None) -> Iterator[Session]:
    """Open a session to which waves that are not released do not exist, except ``also``.

    A figure of this year is compared with earlier ones; one of those that nobody released must not become public
    through the comparison.
    """
    public = select(WaveRelease.wave_id).where(
        WaveRelease.released_on.is_not(None), WaveRelease.superseded_on.is_(None)
    )
    with Session(engine) as session:
        visible = list(session.scalars(public))
        is_visible = with_loader_criteria(Wave, or_(Wave.id.in_(visible), Wave.id == also), include_aliases=True)

        @event.listens_for(session, "do_orm_execute")
        def hide(state: ORMExecuteState) -> None:
            if state.is_select and not state.is_column_load and not state.is_relationship_load:
                state.statement = state.statement.options(is_visible)

        yield session


def release_values(session: Session, release: Release, *, step: Step) -> Values:
    """Make the values of a release, each as canonical JSON, by kind and agency; ``session`` is a public one.

    They are as of the day of the release, so that a second run gives the same bytes.
    """
    day = release.released_on or release.drafted_on
    if isinstance(release, AnnualRelease):
        return _of_year(session, release, day)
    wave = get_wave(session, wave_id=release.wave_id) if release.wave_id else None
    if wave is None:
        msg = f"the release {release.code} names no wave"
        raise LookupError(msg)
    return _of_wave(session, wave, day, step)


def _of_year(session: Session, release: AnnualRelease, day: date) -> Values:
    root = release.agency_id
    if root is None or release.year is None:
        msg = f"the release {release.code} names no year"
        raise LookupError(msg)
    found = annual_findings(session, root_id=root, year=release.year, today=day, form=release.form)
    return {("annual", root): frozen_json(found)}


def _of_wave(session: Session, wave: WaveRow, day: date, step: Step) -> Values:
    root = get_agency(session, agency_id=wave.agency_id)
    agencies = agencies_of_wave(session, root, wave) if root else []
    values = {("wave", wave.agency_id): frozen_json(wave_findings(session, wave_id=wave.id, today=day))}
    for done, agency in enumerate(agencies, start=1):
        found = agency_findings(session, agency_id=agency.id, wave_id=wave.id, today=day)
        values["agency", agency.id] = frozen_json(found)
        step(done, len(agencies) + 1)
    return values


def agencies_of_wave(session: Session, root: AgencyRow, wave: WaveRow) -> list[AgencyRow]:
    """List the bodies at or below a wave's agency that lived in its days, or that were given answers nevertheless."""
    rows, last = list_agencies(session, paths=[root.path]), last_day(wave)
    lived = {
        row.id for row in rows if row.valid_from <= last and (row.valid_to is None or row.valid_to > wave.opens_on)
    }
    if len(lived) == len(rows):
        return rows
    paths = list_answered_paths(session, root.path, wave_id=wave.id)
    return [row for row in rows if row.id in lived or any(path.startswith(row.path) for path in paths)]
