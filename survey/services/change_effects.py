"""What follows on the day of a change: counters, services, roles and keys go to who takes over, or end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from survey.models.accounts import Grant
from survey.models.agencies import Agency, Service, ServicePoint, ServicePointService
from survey.models.agency_changes import AgencyChange
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.responses import Response
from survey.models.slips import ApiKey, TransactionBatch, TransactionCode
from survey.models.sort_key import sort_key
from survey.services.agencies import retire_service_point
from survey.services.waves import close_wave

_RUNNING = ("open", "paused")


@dataclass
class Effects:
    """What a change did, or would do, beyond ending and beginning bodies; names as officials know them.

    ``counters`` lead to the body that takes them over, or to None where they are retired.  ``waves`` are ``"closes"``
    (run for a body that ends), ``"plan_anew"`` (planned for one) or ``"loses_counters"``.
    ``slips`` are codes on result slips that nobody has used yet and that let rate the heir from now on; ``lost_slips``
    those that let rate nobody any more.
    """

    counters: list[tuple[str, str, str | None]] = field(default_factory=list)
    services: int = 0
    roles: list[tuple[str, str, str, str]] = field(default_factory=list)
    keys: int = 0
    slips: int = 0
    lost_slips: int = 0
    waves: dict[str, str] = field(default_factory=dict)
    answers_after: int = 0


def carry_out(session: Session, change: AgencyChange, *, today: date, effects: Effects | None = None) -> Effects:
    """Let everything follow that hangs on the bodies of a change; return what did, added to ``effects``."""
    effects = effects or Effects()
    for part in change.parts:
        if part.from_agency_id == part.to_agency_id:
            _rename(part.from_agency, part.new_name or part.from_agency.name, part.new_name_en)
    heirs = {part.from_agency_id: part.to_agency for part in change.parts if part.takes_over}
    ended = {part.from_agency_id: part.from_agency for part in change.parts if part.from_agency_id != part.to_agency_id}
    for agency_id, agency in ended.items():
        heir = heirs.get(agency_id)
        _hand_over_services(session, agency, heir, effects)
        _hand_over_counters(session, agency, heir, today, effects)
        _end_waves(session, agency, today, effects)
        if heir is not None:
            _carry_roles(session, agency, heir, effects)
            _carry_keys(session, agency, heir, effects)
        _count_slips(session, agency, heir, today, effects)
        effects.answers_after += _answers_after(session, agency, change.effective_on)
    change.carried_out_on = today
    session.flush()
    return effects


def _rename(agency: Agency, name: str, name_en: str | None) -> None:
    agency.name, agency.name_en, agency.sort_key = name, name_en, sort_key(name)


def _hand_over_services(session: Session, agency: Agency, heir: Agency | None, effects: Effects) -> None:
    """Let the heir decide what the body decided; a procedure that both know is offered as the heir's."""
    services = session.scalars(select(Service).where(Service.agency_id == agency.id)).all()
    effects.services += len(services)
    if heir is None:
        # Nobody decides them any more, so nobody may choose them; what was answered keeps them.
        ids = [service.id for service in services]
        session.execute(delete(ServicePointService).where(ServicePointService.service_id.in_(ids)))
        return
    known = {service.code: service for service in session.scalars(select(Service).where(Service.agency_id == heir.id))}
    for service in services:
        if (same := known.get(service.code)) is None:
            service.agency_id = heir.id
            known[service.code] = service
            session.flush()
        else:
            _offer_instead(session, service, same)


def _offer_instead(session: Session, service: Service, same: Service) -> None:
    links = select(ServicePointService.service_point_id)
    there = set(session.scalars(links.where(ServicePointService.service_id == same.id)))
    old = session.scalars(links.where(ServicePointService.service_id == service.id)).all()
    session.execute(delete(ServicePointService).where(ServicePointService.service_id == service.id))
    session.add_all(
        ServicePointService(service_point_id=counter_id, service_id=same.id)
        for counter_id in old
        if counter_id not in there
    )
    session.flush()


def _hand_over_counters(session: Session, agency: Agency, heir: Agency | None, today: date, effects: Effects) -> None:
    own = session.scalars(
        select(ServicePoint)
        .where(ServicePoint.agency_id == agency.id, ServicePoint.retired_on.is_(None))
        .order_by(ServicePoint.sort_key, ServicePoint.id)
    ).all()
    for counter in own:
        effects.counters.append((counter.name, agency.name, heir.name if heir else None))
        if heir is None:
            retire_service_point(session, counter, today=today)
        else:
            _move_counter(session, counter, agency, heir, effects)
    # Counters of others that took in cases for the body: for its heir now, or for their owner.
    served = select(ServicePoint).where(ServicePoint.serves_agency_id == agency.id)
    for counter in session.scalars(served):
        if counter.retired_on is None:
            counter.serves_agency_id = heir.id if heir else counter.agency_id
    session.flush()


def _move_counter(session: Session, counter: ServicePoint, agency: Agency, heir: Agency, effects: Effects) -> None:
    """Hand a counter over with its posters; it stays in its wave where that reaches the heir."""
    same_name = select(ServicePoint.id).where(
        ServicePoint.agency_id == heir.id, ServicePoint.name == counter.name, ServicePoint.retired_on.is_(None)
    )
    if session.scalar(same_name.limit(1)):
        counter.name = f"{counter.name} ({agency.name})"
        counter.name_en = f"{counter.name_en} ({agency.name_en or agency.name})" if counter.name_en else None
        counter.sort_key = sort_key(counter.name)
    counter.agency_id = heir.id
    session.flush()
    in_waves = (
        select(WaveServicePoint, Wave, Agency.path)
        .join(Wave, Wave.id == WaveServicePoint.wave_id)
        .join(Agency, Agency.id == Wave.agency_id)
        .where(WaveServicePoint.service_point_id == counter.id, WaveServicePoint.is_open)
    )
    for row, wave, root in session.execute(in_waves):
        if not heir.path.startswith(root):
            row.is_open = False
            effects.waves.setdefault(wave.code, "loses_counters")


def _end_waves(session: Session, agency: Agency, today: date, effects: Effects) -> None:
    waves = session.scalars(select(Wave).where(Wave.agency_id == agency.id, Wave.state != "closed")).all()
    for wave in waves:
        if wave.state in _RUNNING:
            close_wave(session, wave, today=today)
            effects.waves[wave.code] = "closes"
        else:
            effects.waves[wave.code] = "plan_anew"


def _carry_roles(session: Session, agency: Agency, heir: Agency, effects: Effects) -> None:
    """Give the same roles on the heir; those on the old body stay, so that its officials still read its results."""
    held = {
        (grant.official_id, grant.role) for grant in session.scalars(select(Grant).where(Grant.agency_id == heir.id))
    }
    for grant in session.scalars(select(Grant).where(Grant.agency_id == agency.id)).all():
        if (grant.official_id, grant.role) not in held:
            held.add((grant.official_id, grant.role))
            session.add(Grant(official_id=grant.official_id, agency_id=heir.id, role=grant.role))
            effects.roles.append((grant.official.name, grant.role, agency.name, heir.name))
    session.flush()


def _carry_keys(session: Session, agency: Agency, heir: Agency, effects: Effects) -> None:
    keys = session.scalars(select(ApiKey.id).where(ApiKey.agency_id == agency.id, ApiKey.revoked_on.is_(None))).all()
    if keys:
        session.execute(update(ApiKey).where(ApiKey.id.in_(keys)).values(agency_id=heir.id))
    effects.keys += len(keys)


def _count_slips(session: Session, agency: Agency, heir: Agency | None, today: date, effects: Effects) -> None:
    """Count the codes that are still good; they stay where they were handed out, and are looked up through the heir."""
    issuers = select(TransactionBatch.agency_id).where(TransactionBatch.deciding_agency_id == agency.id).distinct()
    handed_out_by = session.scalars(issuers.execution_options(all_agencies=True)).all()
    good = select(func.count()).where(
        TransactionCode.agency_id.in_(handed_out_by),
        TransactionCode.deciding_agency_id == agency.id,
        TransactionCode.expires_on >= today,
    )
    number = session.execute(good).scalar_one() if handed_out_by else 0
    if heir is None:
        effects.lost_slips += number
    else:
        effects.slips += number


def _answers_after(session: Session, agency: Agency, day: date) -> int:
    """Count the answers given to a body after its end; they stay with it."""
    counted = select(func.count()).where(Response.agency_id == agency.id, Response.answered_on >= day)
    return session.execute(counted).scalar_one()
