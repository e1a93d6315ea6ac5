"""Slips: who hands them out, whom a code lets rate in which wave, and the batches an official made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey.models.agencies import Agency, Service, ServicePoint, ServicePointCode, ServicePointService
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.slips import SlipIssuer, TransactionBatch, TransactionCode
from survey.queries.agencies import lives_on
from survey.queries.counters import Counter, CounterWave, Name, counter_wave
from survey.queries.heirs import find_heir, list_forebears, list_heirs

SLIP: Final = Name("Phiếu kết quả", "Result slip")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who hands out the slips of an address: ``code`` is in it, a slip may be of any of ``agency_ids``.

    ``agency_id`` and ``name`` are of the body that carries on today for who handed them out.
    """

    code: str
    agency_id: UUID
    name: Name
    is_demo: bool
    agency_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class LiveCode:
    """A code that nobody has used, and that has not expired."""

    agency_id: UUID
    code_hash: str
    deciding_agency_id: UUID
    service_id: UUID | None


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch of a list; ``has_codes`` says that they can still be handed over."""

    id: UUID
    deciding: Name
    service: Name | None
    label: str
    made_on: date
    expires_on: date
    count: int
    has_codes: bool


def find_issuer(session: Session, code: str) -> Issuer | None:
    """Find who hands out slips under a public code: its own, or that of one of its counters."""
    agency = session.scalar(
        select(Agency).join(SlipIssuer, SlipIssuer.agency_id == Agency.id).where(SlipIssuer.code == code)
    )
    if agency is not None:
        heir = session.get(Agency, find_heir(session, agency.id) or agency.id) or agency
        return _issuer(code, heir, (agency.id,))
    agency = session.scalar(
        select(Agency)
        .join(ServicePoint, ServicePoint.agency_id == Agency.id)
        .join(ServicePointCode, ServicePointCode.service_point_id == ServicePoint.id)
        .where(ServicePointCode.code == code)
    )
    if agency is None:
        return None
    # The counter's own agency may leave slips to one above it, and some are of bodies that these took over from.
    above = tuple(UUID(part) for part in agency.path.rstrip("/").split("/"))
    return _issuer(code, agency, (*list_forebears(session, above), *above))


def _issuer(code: str, agency: Agency, agency_ids: tuple[UUID, ...]) -> Issuer:
    return Issuer(code, agency.id, Name(agency.name, agency.name_en), agency.is_demo, agency_ids)


def find_live_code(session: Session, *, agency_ids: Collection[UUID], code_hash: str, today: date) -> LiveCode | None:
    """Find a code of one of the agencies by its hash."""
    row = session.execute(
        select(
            TransactionCode.agency_id,
            TransactionCode.code_hash,
            TransactionCode.deciding_agency_id,
            TransactionCode.service_id,
        ).where(
            TransactionCode.agency_id.in_(agency_ids),
            TransactionCode.code_hash == code_hash,
            TransactionCode.expires_on >= today,
        )
    ).first()
    return LiveCode(*row) if row else None


def find_case_today(session: Session, live: LiveCode) -> tuple[UUID, UUID | None]:
    """Return who is rated by a slip, and for which service: the body that carries on for who decided.

    Where that had a service under the same code already, it is the service.
    """
    deciding = find_heir(session, live.deciding_agency_id) or live.deciding_agency_id
    service = session.get(Service, live.service_id) if live.service_id else None
    if service is None or service.agency_id == deciding:
        return deciding, live.service_id
    same = select(Service.id).where(Service.agency_id == deciding, Service.code == service.code)
    return deciding, session.scalar(same)


def find_deciding(session: Session, agency_id: UUID) -> tuple[Name, bool]:
    """Return the name of the agency that is rated, and whether it is demonstration data."""
    agency = session.get_one(Agency, agency_id)
    return Name(agency.name, agency.name_en), agency.is_demo


def find_service_name(session: Session, service_id: UUID | None) -> Name | None:
    """Return the name of the service a slip is about."""
    service = session.get(Service, service_id) if service_id else None
    return Name(service.name, service.name_en) if service else None


def find_wave_of_agency(session: Session, *, agency_id: UUID, today: date) -> CounterWave | None:
    """Find the open wave that takes ratings of an agency from slips.

    Of several the one in which a counter takes in its cases, then the one planned nearest above it, then the newest.
    A household survey takes none: its respondents are drawn, and never mixed with others.  A body for which another
    carries on, or nobody, is rated no more.
    """
    if find_heir(session, agency_id) != agency_id:
        return None
    path = session.get_one(Agency, agency_id).path
    above = [UUID(part) for part in path.rstrip("/").split("/")]
    waves = session.execute(
        select(Wave, Agency.path)
        .join(Agency, Agency.id == Wave.agency_id)
        .where(
            Wave.agency_id.in_(above),
            Wave.sample_kind != "household",
            Wave.state == "open",
            Wave.opens_on <= today,
            Wave.closes_on >= today,
        )
    ).all()
    taking = _waves_taking(session, agency_id, [wave.id for wave, _ in waves])
    best = max(waves, key=lambda row: (row[0].id in taking, len(row[1]), row[0].opens_on, row[0].id.hex), default=None)
    return counter_wave(best[0], today) if best else None


def find_slip_wave(session: Session, *, wave_id: UUID, today: date) -> CounterWave | None:
    """Find the wave of a form that was handed out, whatever its state is now."""
    wave = session.get(Wave, wave_id)
    return counter_wave(wave, today) if wave else None


def _waves_taking(session: Session, agency_id: UUID, wave_ids: Sequence[UUID]) -> set[UUID]:
    """Return the waves in which a counter takes in cases that the agency decides; one that moved on counts no more."""
    offered = aliased(Service)
    statement = (
        select(WaveServicePoint.wave_id)
        .join(ServicePoint, ServicePoint.id == WaveServicePoint.service_point_id)
        .outerjoin(ServicePointService, ServicePointService.service_point_id == ServicePoint.id)
        .outerjoin(offered, offered.id == ServicePointService.service_id)
        .where(
            WaveServicePoint.wave_id.in_(wave_ids),
            WaveServicePoint.is_open.is_(True),
            or_(ServicePoint.serves_agency_id == agency_id, offered.agency_id == agency_id),
        )
    )
    return set(session.scalars(statement))


def list_open_counters(session: Session, *, agency_id: UUID, today: date) -> list[tuple[Name, str]]:
    """List the counters of an agency that hand out forms today, by name, each with its newest code."""
    rows = session.execute(
        select(ServicePoint, ServicePointCode.code)
        .join(ServicePointCode, ServicePointCode.service_point_id == ServicePoint.id)
        .join(WaveServicePoint, WaveServicePoint.service_point_id == ServicePoint.id)
        .join(Wave, Wave.id == WaveServicePoint.wave_id)
        .where(
            ServicePoint.agency_id == agency_id,
            ServicePoint.retired_on.is_(None),
            ServicePointCode.retired_on.is_(None),
            WaveServicePoint.is_open.is_(True),
            Wave.state == "open",
            Wave.opens_on <= today,
            Wave.closes_on >= today,
        )
        .order_by(ServicePoint.sort_key, ServicePoint.id, ServicePointCode.issued_on, ServicePointCode.code)
    )
    newest = {point.id: (Name(point.name, point.name_en), code) for point, code in rows}
    return list(newest.values())


def list_deciding_agencies(session: Session, issuer_ids: Collection[UUID]) -> tuple[UUID, ...]:
    """List the agencies that slips of these issuers let rate: who decided, and who took over from them."""
    statement = select(TransactionBatch.deciding_agency_id).where(TransactionBatch.agency_id.in_(issuer_ids)).distinct()
    deciding = session.scalars(statement).all()
    return tuple(dict.fromkeys((*deciding, *list_heirs(session, deciding))))


def list_batches(session: Session, agency_id: UUID, *, limit: int = 100) -> list[BatchLine]:
    """List the batches that people made for an agency, newest first."""
    deciding = aliased(Agency)
    rows = session.execute(
        select(TransactionBatch, deciding, Service)
        .join(deciding, deciding.id == TransactionBatch.deciding_agency_id)
        .outerjoin(Service, Service.id == TransactionBatch.service_id)
        .where(TransactionBatch.agency_id == agency_id, TransactionBatch.api_key_id.is_(None))
        .order_by(TransactionBatch.made_on.desc(), TransactionBatch.id.desc())
        .limit(limit)
    )
    return [
        BatchLine(
            batch.id,
            _name(body),
            _name(service) if service else None,
            batch.label,
            batch.made_on,
            batch.expires_on,
            batch.count,
            batch.seed is not None,
        )
        for batch, body, service in rows
    ]


def _name(thing: Agency | Service) -> Name:
    return Name(thing.name, thing.name_en)


def _both(agency: Agency, service: Service) -> Name:
    english = f"{agency.name_en or agency.name}: {service.name_en or service.name}"
    return Name(f"{agency.name}: {service.name}", english)


def count_codes_over_api(session: Session, agency_id: UUID) -> int:
    """Count the codes that other systems had made for an agency and that are still listed."""
    total = session.scalar(
        select(func.sum(TransactionBatch.count)).where(
            TransactionBatch.agency_id == agency_id, TransactionBatch.api_key_id.is_not(None)
        )
    )
    return int(total or 0)


def find_batch(session: Session, *, agency_id: UUID, batch_id: UUID) -> TransactionBatch | None:
    """Find a batch of an agency."""
    return session.get(TransactionBatch, (agency_id, batch_id))


def get_issuer_code(session: Session, agency_id: UUID) -> str:
    """Return the public code of an agency that has handed out slips."""
    return session.get_one(SlipIssuer, agency_id).code


def find_slip_place(session: Session, code: str) -> Counter | None:
    """Find who hands out slips under its own public code, as the place at which its receipts are looked up."""
    agency = session.scalar(
        select(Agency).join(SlipIssuer, SlipIssuer.agency_id == Agency.id).where(SlipIssuer.code == code)
    )
    if agency is None:
        return None
    return Counter(
        code=code,
        service_point_id=agency.id,
        name=SLIP,
        agency_id=agency.id,
        agency_name=Name(agency.name, agency.name_en),
        serves_agency_id=agency.id,
        is_demo=agency.is_demo,
        is_retired=False,
        wave=None,
        services=(),
        opening_hours=None,
        is_slip_place=True,
        decided_elsewhere=list_deciding_agencies(session, [agency.id]),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What a batch may be made for: an agency, or one of its services; ``key`` stands for it in a form."""

    key: str
    name: Name
    deciding: Agency
    service: Service | None


def reaches(session: Session, issuer: Agency, deciding: Agency) -> bool:
    """Tell whether slips of an agency may let rate another: who hands out proofs for a rival's cases forges them."""
    return session.scalar(select(Agency.id).where(Agency.id == deciding.id, _in_reach(issuer))) is not None


def _in_reach(agency: Agency) -> ColumnElement[bool]:
    offered = (
        select(Service.agency_id)
        .join(ServicePointService, ServicePointService.service_id == Service.id)
        .join(ServicePoint, ServicePoint.id == ServicePointService.service_point_id)
        .where(ServicePoint.agency_id == agency.id)
    )
    served = select(ServicePoint.serves_agency_id).where(ServicePoint.agency_id == agency.id)
    below = Agency.path.startswith(agency.path, autoescape=True)
    return or_(below, Agency.id.in_(offered), Agency.id.in_(served))


def list_choices(session: Session, agency: Agency, *, today: date) -> list[Choice]:
    """List whom slips of an agency may let rate: itself and those below it, and all whose services its counters take.

    Each agency is followed by its services; the agency's own come first.
    """
    agencies = session.scalars(
        select(Agency).where(_in_reach(agency), lives_on(today)).order_by(Agency.sort_key, Agency.id)
    ).all()
    services: dict[UUID, list[Service]] = {}
    ids = [each.id for each in agencies]
    for service in session.scalars(select(Service).where(Service.agency_id.in_(ids)).order_by(Service.sort_key)):
        services.setdefault(service.agency_id, []).append(service)
    choices = []
    for each in sorted(agencies, key=lambda one: one.id != agency.id):
        choices.append(Choice(str(each.id), _name(each), each, None))
        choices += [
            Choice(f"{each.id}/{service.id}", _both(each, service), each, service)
            for service in services.get(each.id, [])
        ]
    return choices


def count_codes_made(session: Session, *, agency_ids: Sequence[UUID], first: date, last: date) -> int:
    """Count the one-time codes that the agencies handed out between two days, both included."""
    made = select(func.sum(TransactionBatch.count)).where(
        TransactionBatch.agency_id.in_(agency_ids), TransactionBatch.made_on.between(first, last)
    )
    return int(session.scalar(made) or 0)
