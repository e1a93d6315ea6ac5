"""What a citizen's page needs of a counter: its names, its wave, and the services it takes in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey.models.agencies import Agency, Service, ServiceField, ServicePoint, ServicePointCode, ServicePointService
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.slips import SlipIssuer
from survey.queries.heirs import list_forebears

DAYS_OF_OLD_FORMS: Final = 10  # late answers of a closed wave count for seven, and a day may be lost at either end
# The wave that speaks for a counter: one that takes answers before one that did or will.
_PRECEDENCE: Final = {"open": 0, "paused": 1, "closed": 2, "planned": 3}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Vietnamese, and in English where there is one."""

    vi: str
    en: str | None

    def text(self, language: str) -> str:
        """Return the name in ``language``, Vietnamese where there is no such name."""
        return (self.en or self.vi) if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service that a citizen may name; ``key`` stands for it in his form."""

    key: str
    id: UUID
    agency_id: UUID
    name: Name
    field: Name


@dataclass(frozen=True, slots=True)
class CounterWave:
    """A wave at a counter.  ``closed_on`` is the day it was closed, or the last day once that has passed."""

    id: UUID
    name: Name
    state: str
    opens_on: date
    closed_on: date | None
    edition_id: UUID
    agency_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter under one of its public codes, or who hands out slips under its own.

    ``decided_elsewhere`` are the agencies that such slips let rate, and those of which the counter's agency was made a
    few days ago: forms handed out before may still rate them; ``has_slips`` says that the counter's agency, one above
    it, or one that these took over from, hands some out.
    """

    code: str
    service_point_id: UUID
    name: Name
    agency_id: UUID
    agency_name: Name
    serves_agency_id: UUID
    is_demo: bool
    is_retired: bool
    wave: CounterWave | None
    services: tuple[OfferedService, ...]
    opening_hours: str | None
    is_slip_place: bool = False
    decided_elsewhere: tuple[UUID, ...] = ()
    has_slips: bool = False
    kiosk_series: int = 0
    agency_kiosk_series: int = 0

    @property
    def deciding_agency_ids(self) -> tuple[UUID, ...]:
        """Return every agency that an answer from this counter may rate, the counter's own first."""
        offered = (service.agency_id for service in self.services)
        return tuple(dict.fromkeys((self.serves_agency_id, *offered, *self.decided_elsewhere)))

    @property
    def services_by_field(self) -> list[tuple[Name, list[OfferedService]]]:
        """Return the services under their fields, both in order."""
        groups = itertools.groupby(self.services, key=lambda service: service.field)
        return [(field, list(services)) for field, services in groups]


def find_counter(session: Session, code: str, *, today: date) -> Counter | None:
    """Find the counter that ever carried ``code``, retired or not; None where there is none."""
    row = session.execute(
        select(ServicePointCode.retired_on, ServicePoint, Agency)
        .join(ServicePoint, ServicePoint.id == ServicePointCode.service_point_id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(ServicePointCode.code == code)
    ).one_or_none()
    if row is None:
        return None
    code_retired_on, point, agency = row
    return Counter(
        code=code,
        service_point_id=point.id,
        name=Name(point.name, point.name_en),
        agency_id=agency.id,
        agency_name=Name(agency.name, agency.name_en),
        serves_agency_id=point.serves_agency_id,
        is_demo=agency.is_demo,
        kiosk_series=point.kiosk_series,
        agency_kiosk_series=agency.kiosk_series,
        is_retired=any(day is not None and day <= today for day in (code_retired_on, point.retired_on)),
        wave=_wave_of_counter(session, point.id, today),
        services=_services_of_counter(session, point.id),
        opening_hours=point.opening_hours,
        decided_elsewhere=_taken_over_lately(session, point.serves_agency_id, today),
        has_slips=_has_slips(session, agency),
    )


def _taken_over_lately(session: Session, agency_id: UUID, today: date) -> tuple[UUID, ...]:
    """List the bodies that this one took over from since the oldest form that may still be sent was handed out."""
    parts = (
        select(AgencyChangePart.from_agency_id)
        .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
        .where(
            AgencyChangePart.to_agency_id == agency_id,
            AgencyChangePart.from_agency_id != agency_id,
            AgencyChangePart.takes_over,
            AgencyChange.carried_out_on > today - timedelta(days=DAYS_OF_OLD_FORMS),
        )
        .order_by(AgencyChangePart.from_agency_id)
    )
    return tuple(session.scalars(parts))


def _has_slips(session: Session, agency: Agency) -> bool:
    above = [UUID(part) for part in agency.path.rstrip("/").split("/")]
    issuers = [*above, *list_forebears(session, above)]
    return session.scalar(select(SlipIssuer.code).where(SlipIssuer.agency_id.in_(issuers)).limit(1)) is not None


def find_wave_at_counter(session: Session, *, service_point_id: UUID, wave_id: UUID, today: date) -> CounterWave | None:
    """Find a wave, whatever its state, that this counter takes or took part in."""
    wave = session.scalar(
        select(Wave)
        .join(WaveServicePoint, WaveServicePoint.wave_id == Wave.id)
        .where(WaveServicePoint.service_point_id == service_point_id, Wave.id == wave_id)
    )
    return counter_wave(wave, today) if wave else None


def get_questionnaire(session: Session, edition_id: UUID) -> Questionnaire:
    """Return the questionnaire of an edition."""
    return Questionnaire.from_content(session.get_one(QuestionnaireEdition, edition_id).content)


def _wave_of_counter(session: Session, service_point_id: UUID, today: date) -> CounterWave | None:
    rows = session.execute(
        select(Wave, WaveServicePoint.is_open)
        .join(WaveServicePoint, WaveServicePoint.wave_id == Wave.id)
        .where(WaveServicePoint.service_point_id == service_point_id)
    )
    # A counter that chose another edition has left a wave that still runs elsewhere.
    found = [(counter_wave(wave, today), is_open) for wave, is_open in rows]
    wave, _ = min(
        found,
        key=lambda one: (_PRECEDENCE[one[0].state], not one[1], -one[0].opens_on.toordinal()),
        default=(None, False),
    )
    return wave


def counter_wave(wave: Wave, today: date) -> CounterWave:
    """Return a wave as it stands for citizens today, whatever nobody has opened or closed by hand yet."""
    state, closed_on = wave.state, wave.closed_on
    if state in {"open", "paused"} and today > wave.closes_on:
        # Nobody has closed it by hand yet, but its last day is over.
        state, closed_on = "closed", wave.closes_on
    elif state == "open" and today < wave.opens_on:
        state = "planned"
    return CounterWave(
        id=wave.id,
        name=Name(wave.name, wave.name_en),
        state=state,
        opens_on=wave.opens_on,
        closed_on=closed_on,
        edition_id=wave.questionnaire_edition_id,
        agency_id=wave.agency_id,
    )


def _services_of_counter(session: Session, service_point_id: UUID) -> tuple[OfferedService, ...]:
    decides = aliased(Agency)
    rows = session.execute(
        select(Service, ServiceField, decides.code)
        .join(ServicePointService, ServicePointService.service_id == Service.id)
        .join(ServiceField, ServiceField.id == Service.service_field_id)
        .join(decides, decides.id == Service.agency_id)
        .where(ServicePointService.service_point_id == service_point_id)
        .order_by(ServiceField.sort_key, Service.sort_key, Service.id)
    ).all()
    codes = [service.code for service, _, _ in rows]
    return tuple(
        OfferedService(
            # A code is unique within one agency only.
            key=service.code if codes.count(service.code) == 1 else f"{service.code}/{agency_code}",
            id=service.id,
            agency_id=service.agency_id,
            name=Name(service.name, service.name_en),
            field=Name(field.name, field.name_en),
        )
        for service, field, agency_code in rows
    )
