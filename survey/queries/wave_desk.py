"""What the pages of a wave list beside it: its counters, the editions it could ask, who changed it last, its target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session, aliased

from survey.models.accounts import Official
from survey.models.agencies import Agency, ServicePoint
from survey.models.audit import AuditEntry
from survey.models.fieldwork import Wave, WaveServicePoint, WaveTarget
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.queries.scope import Scope

USUAL_QUESTIONNAIRE: Final = "counter"


@dataclass(frozen=True, slots=True)
class WaveCounter:
    """A counter in use below a wave's agency, as the wave sees it.

    ``is_known`` says that it was chosen or ever took part, ``is_open`` that it hands out this wave's forms;
    ``elsewhere`` is the code of another wave whose forms it hands out.
    """

    id: UUID
    name: str
    name_en: str | None
    sort_key: str
    agency_id: UUID
    agency_name: str
    agency_name_en: str | None
    agency_code: str
    agency_sort_key: str
    is_known: bool
    is_open: bool
    elsewhere: str | None


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed a wave last, and when; no name where it was not an official on a page."""

    at: datetime
    name: str | None


def list_wave_counters(session: Session, scope: Scope, wave: Wave) -> list[WaveCounter]:
    """List the counters in use at or below a wave's agency that lie in a scope, by agency and name."""
    own, other, other_wave = aliased(WaveServicePoint), aliased(WaveServicePoint), aliased(Wave)
    rows = session.execute(
        select(
            ServicePoint.id,
            ServicePoint.name,
            ServicePoint.name_en,
            ServicePoint.sort_key,
            Agency.id,
            Agency.name,
            Agency.name_en,
            Agency.code,
            Agency.sort_key,
            own.is_open,
            other_wave.code,
        )
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .outerjoin(own, and_(own.service_point_id == ServicePoint.id, own.wave_id == wave.id))
        .outerjoin(other, and_(other.service_point_id == ServicePoint.id, other.wave_id != wave.id, other.is_open))
        .outerjoin(other_wave, other_wave.id == other.wave_id)
        .where(
            scope.agencies(),
            Agency.path.startswith(wave.agency.path, autoescape=True),
            ServicePoint.retired_on.is_(None),
        )
        .order_by(Agency.sort_key, Agency.code, ServicePoint.sort_key, ServicePoint.id)
    )
    return [WaveCounter(*row[:9], row[9] is not None, bool(row[9]), row[10]) for row in rows]


def has_chosen_counters(session: Session, wave: Wave) -> bool:
    """Return whether counters were named for a wave; else it takes every one below its agency when it opens."""
    named = select(WaveServicePoint.wave_id).where(WaveServicePoint.wave_id == wave.id)
    return session.scalar(named.limit(1)) is not None


def count_counters(session: Session, wave: Wave) -> int:
    """Count the counters that hand out a wave's forms, or that were chosen for one that is not open."""
    is_current = WaveServicePoint.is_open if wave.state in {"open", "paused"} else true()
    counted = select(func.count()).where(WaveServicePoint.wave_id == wave.id, is_current)
    return session.scalars(counted).one()


def count_counters_below(session: Session, wave: Wave) -> int:
    """Count the counters in use at or below a wave's agency."""
    used = (
        select(func.count())
        .select_from(ServicePoint)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(Agency.path.startswith(wave.agency.path, autoescape=True), ServicePoint.retired_on.is_(None))
    )
    return session.scalars(used).one()


def list_counters_of(session: Session, wave: Wave, ids: Sequence[UUID]) -> list[ServicePoint]:
    """Return those of the counters that are in use at or below a wave's agency."""
    below = (
        select(ServicePoint)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(
            ServicePoint.id.in_(ids),
            ServicePoint.retired_on.is_(None),
            Agency.path.startswith(wave.agency.path, autoescape=True),
        )
        .order_by(ServicePoint.id)
    )
    return list(session.scalars(below))


def list_published_editions(session: Session) -> list[QuestionnaireEdition]:
    """List the editions that can be asked, the newest of each questionnaire first."""
    published = select(QuestionnaireEdition).where(QuestionnaireEdition.published_on.is_not(None))
    return list(
        session.scalars(published.order_by(QuestionnaireEdition.questionnaire, QuestionnaireEdition.edition.desc()))
    )


def find_usual_edition(session: Session) -> QuestionnaireEdition | None:
    """Return the newest published edition of the counter questionnaire, which most waves ask."""
    editions = [each for each in list_published_editions(session) if each.questionnaire == USUAL_QUESTIONNAIRE]
    return max(editions, key=lambda each: _numbers_of(each.edition), default=None)


def find_last_wave(session: Session, agency: Agency) -> Wave | None:
    """Return the latest wave that reached an agency, run for it or for one above; that may be planned only."""
    above = [UUID(part) for part in agency.path.rstrip("/").split("/")]
    found = select(Wave).where(Wave.agency_id.in_(above)).order_by(Wave.opens_on.desc(), Wave.code.desc())
    return session.scalar(found.limit(1))


def suggest_code(session: Session, code: str) -> tuple[str, int]:
    """Return a code that no wave has yet, with a number behind it from the second on, and that number."""
    taken = set(session.scalars(select(Wave.code).where(Wave.code.startswith(code, autoescape=True))))
    number = next(number for number in range(1, len(taken) + 2) if _numbered(code, number) not in taken)
    return _numbered(code, number), number


def _numbered(code: str, number: int) -> str:
    return code if number == 1 else f"{code}-{number}"


def list_methods(session: Session) -> list[MethodEdition]:
    """List the method editions by their codes."""
    return list(session.scalars(select(MethodEdition).order_by(MethodEdition.code)))


def get_target(session: Session, wave_id: UUID) -> WaveTarget | None:
    """Return how precise a wave is to be, None where nobody has said."""
    return session.get(WaveTarget, wave_id)


def find_last_change(session: Session, wave: Wave) -> LastChange | None:
    """Return the newest act on a wave that the audit tells of."""
    entry = session.scalar(
        select(AuditEntry)
        .where(AuditEntry.subject == wave.code, AuditEntry.verb.startswith("wave."))
        .order_by(AuditEntry.position.desc())
        .limit(1)
    )
    if entry is None:
        return None
    kind, _, key = entry.actor.partition(":")
    official = session.get(Official, UUID(key)) if kind == "official" else None
    return LastChange(entry.at, official.name if official else None)


def _numbers_of(edition: str) -> list[int]:
    """Order editions as people count: 2026.10 is newer than 2026.2."""
    return [int(number) for number in re.findall(r"\d+", edition)]
