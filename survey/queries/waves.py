"""Waves with their editions and the state of their release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.releases import WaveRelease


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave as lists and reports name it; ``root_path`` is the path of the agency it is run for."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    agency_id: UUID
    root_path: str
    sample_kind: str
    index_year: int
    state: str
    opens_on: date
    closes_on: date
    closed_on: date | None
    questionnaire_edition_id: UUID
    questionnaire: str
    questionnaire_edition: str
    questionnaire_sha256: str
    method_edition_id: UUID
    method_edition: str
    release_version: int


@dataclass(frozen=True, slots=True)
class Editions:
    """The contents of the two editions a wave names, as JSON."""

    questionnaire: dict[str, Any]
    method: dict[str, Any]


def list_waves(session: Session, *, agency_id: UUID) -> list[WaveRow]:
    """List the waves an agency takes part in or runs for a body above it, the latest first.

    A wave covers the agency it is run for and everything below; planned waves are left out.
    """
    path = session.scalar(select(Agency.path).where(Agency.id == agency_id)) or ""
    above = [UUID(part) for part in path.split("/") if part]
    return _list(session, and_(Wave.agency_id.in_(above), Wave.state != "planned"))


def list_waves_of_year(session: Session, *, agency_ids: Sequence[UUID], year: int) -> list[WaveRow]:
    """List the waves of an index year that are run for any of the agencies, the latest first; no planned ones."""
    return _list(session, and_(Wave.agency_id.in_(agency_ids), Wave.index_year == year, Wave.state != "planned"))


def list_waves_of_years(session: Session, *, agency_ids: Sequence[UUID], first: int, last: int) -> list[WaveRow]:
    """List the waves of some index years that are run for any of the agencies, the latest first; no planned ones."""
    of_years = Wave.index_year.between(first, last)
    return _list(session, and_(Wave.agency_id.in_(agency_ids), of_years, Wave.state != "planned"))


def list_waves_run_for(session: Session, *, agency_ids: Sequence[UUID]) -> list[WaveRow]:
    """List the waves that are run for any of the agencies, the latest first; no planned ones."""
    return _list(session, and_(Wave.agency_id.in_(agency_ids), Wave.state != "planned"))


def list_all_waves(session: Session, *, wave_id: UUID | None = None) -> list[WaveRow]:
    """List every wave that was ever opened, or one of them, the latest first."""
    opened = Wave.state != "planned"
    return _list(session, opened if wave_id is None else and_(opened, Wave.id == wave_id))


def get_wave(session: Session, *, wave_id: UUID) -> WaveRow | None:
    """Return one wave, None where there is none with that id."""
    return next(iter(_list(session, Wave.id == wave_id)), None)


def get_editions(session: Session, *, wave_id: UUID) -> Editions:
    """Return the contents of a wave's editions; the wave must exist."""
    row = session.execute(
        select(QuestionnaireEdition.content, MethodEdition.content)
        .select_from(Wave)
        .join(QuestionnaireEdition, QuestionnaireEdition.id == Wave.questionnaire_edition_id)
        .join(MethodEdition, MethodEdition.id == Wave.method_edition_id)
        .where(Wave.id == wave_id)
    ).one()
    return Editions(questionnaire=row[0], method=row[1])


def list_editions(session: Session, *, wave_ids: Sequence[UUID]) -> dict[UUID, Editions]:
    """Return the contents of the editions of some waves, by wave."""
    rows = session.execute(
        select(Wave.id, QuestionnaireEdition.content, MethodEdition.content)
        .join(QuestionnaireEdition, QuestionnaireEdition.id == Wave.questionnaire_edition_id)
        .join(MethodEdition, MethodEdition.id == Wave.method_edition_id)
        .where(Wave.id.in_(wave_ids))
    )
    return {wave_id: Editions(questionnaire, method) for wave_id, questionnaire, method in rows}


def _list(session: Session, condition: ColumnElement[bool]) -> list[WaveRow]:
    released = and_(
        WaveRelease.wave_id == Wave.id, WaveRelease.released_on.is_not(None), WaveRelease.superseded_on.is_(None)
    )
    rows = session.execute(
        select(
            Wave.id,
            Wave.code,
            Wave.name,
            Wave.name_en,
            Wave.agency_id,
            Agency.path,
            Wave.sample_kind,
            Wave.index_year,
            Wave.state,
            Wave.opens_on,
            Wave.closes_on,
            Wave.closed_on,
            Wave.questionnaire_edition_id,
            QuestionnaireEdition.questionnaire,
            QuestionnaireEdition.edition,
            QuestionnaireEdition.sha256,
            Wave.method_edition_id,
            MethodEdition.code,
            func.coalesce(WaveRelease.version, 0),
        )
        .join(Agency, Agency.id == Wave.agency_id)
        .join(QuestionnaireEdition, QuestionnaireEdition.id == Wave.questionnaire_edition_id)
        .join(MethodEdition, MethodEdition.id == Wave.method_edition_id)
        .outerjoin(WaveRelease, released)
        .where(condition)
        .order_by(Wave.opens_on.desc(), Wave.code)
    )
    return [WaveRow(*tuple(row)) for row in rows]


def list_edition_contents(session: Session) -> dict[str, dict[str, Any]]:
    """Return the content of every questionnaire edition by its name, as ``"counter/2026"``."""
    rows = session.execute(
        select(QuestionnaireEdition.questionnaire, QuestionnaireEdition.edition, QuestionnaireEdition.content)
    )
    return {f"{questionnaire}/{edition}": content for questionnaire, edition, content in rows}
