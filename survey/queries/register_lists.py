"""Lists of the register as an administrator's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from survey.models.accounts import Grant
from survey.models.agencies import Agency, Service, ServiceField, ServicePoint, ServicePointService
from survey.queries.counters import Name
from survey.queries.scope import ADMINISTERS, MANAGES, Scope


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency with the name of what is above it."""

    id: UUID
    code: str
    kind: str
    name: str
    name_en: str | None
    sort_key: str
    parent: Name | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A counter with its owner, whom it serves, and how many services it offers."""

    id: UUID
    name: str
    name_en: str | None
    sort_key: str
    agency_id: UUID
    agency_code: str
    agency: Name
    agency_sort_key: str
    serves: Name
    retired_on: date | None
    services: int


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of service and how many services there are in it."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    sort_key: str
    services: int


def list_agency_lines(session: Session, among: ColumnElement[bool]) -> list[AgencyLine]:
    """List agencies as Vietnamese sorts."""
    above = aliased(Agency)
    statement = (
        select(Agency.id, Agency.code, Agency.kind, Agency.name, Agency.name_en, Agency.sort_key)
        .add_columns(above.name, above.name_en, Agency.valid_from, Agency.valid_to)
        .outerjoin(above, above.id == Agency.parent_id)
        .where(among)
        .order_by(Agency.sort_key, Agency.code)
    )
    return [
        AgencyLine(key, code, kind, own, own_en, order, Name(name, name_en) if name else None, since, until)
        for key, code, kind, own, own_en, order, name, name_en, since, until in session.execute(statement)
    ]


def list_counter_lines(session: Session, scope: Scope) -> list[CounterLine]:
    """List the counters that ``scope`` manages, as Vietnamese sorts."""
    serves = aliased(Agency)
    offered = (
        select(func.count())
        .where(ServicePointService.service_point_id == ServicePoint.id)
        .correlate(ServicePoint)
        .scalar_subquery()
    )
    columns = (ServicePoint.id, ServicePoint.name, ServicePoint.name_en, ServicePoint.sort_key)
    statement = (
        select(*columns, Agency.id, Agency.code, Agency.name, Agency.name_en, Agency.sort_key)
        .add_columns(serves.name, serves.name_en, ServicePoint.retired_on, offered)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .join(serves, serves.id == ServicePoint.serves_agency_id)
        .where(scope.agencies(MANAGES))
        .order_by(ServicePoint.sort_key, Agency.sort_key)
    )
    return [
        CounterLine(
            key, own, own_en, order, above, code, Name(name, name_en), above_order, Name(serves, serves_en), *rest
        )
        for key, own, own_en, order, above, code, name, name_en, above_order, serves, serves_en, *rest in (
            session.execute(statement)
        )
    ]


def list_field_lines(session: Session) -> list[FieldLine]:
    """List every field of service, as Vietnamese sorts."""
    within = select(func.count()).where(Service.service_field_id == ServiceField.id).correlate(ServiceField)
    statement = select(
        ServiceField.id,
        ServiceField.code,
        ServiceField.name,
        ServiceField.name_en,
        ServiceField.sort_key,
        within.scalar_subquery(),
    ).order_by(ServiceField.sort_key, ServiceField.code)
    return [FieldLine(*tuple(row)) for row in session.execute(statement)]


def count_register(session: Session, scope: Scope) -> dict[str, int]:
    """Count what the register holds of what ``scope`` may change."""
    administered, managed = scope.agencies(ADMINISTERS), scope.agencies(MANAGES)
    counts = {
        "agencies": select(func.count(Agency.id)).where(administered),
        "counters": select(func.count(ServicePoint.id))
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(managed, ServicePoint.retired_on.is_(None)),
        "services": select(func.count(Service.id))
        .join(Agency, Agency.id == Service.agency_id)
        .where(administered, Service.retired_on.is_(None)),
        "fields": select(func.count(ServiceField.id)),
        "officials": select(func.count(Grant.official_id.distinct()))
        .join(Agency, Agency.id == Grant.agency_id)
        .where(administered),
    }
    return {name: session.scalar(statement) or 0 for name, statement in counts.items()}
