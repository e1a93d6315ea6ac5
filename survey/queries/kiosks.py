"""What a kiosk lets a citizen choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.queries.counters import Name
from survey.queries.heirs import find_heir


@dataclass(frozen=True, slots=True)
class KioskCounter:
    """A counter in use, by the newest of its codes in use."""

    service_point_id: UUID
    code: str
    name: Name
    agency_id: UUID
    agency_name: Name


def list_kiosk_counters(
    session: Session, *, today: date, agency_id: UUID | None = None, service_point_id: UUID | None = None
) -> list[KioskCounter]:
    """List the counters in use of an agency, as Vietnamese sorts them, or one counter; empty where there is none."""
    rows = session.execute(
        select(ServicePoint, ServicePointCode.code, Agency)
        .join(ServicePointCode, ServicePointCode.service_point_id == ServicePoint.id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(
            ServicePoint.id == service_point_id if service_point_id else ServicePoint.agency_id == agency_id,
            or_(ServicePoint.retired_on.is_(None), ServicePoint.retired_on > today),
            or_(ServicePointCode.retired_on.is_(None), ServicePointCode.retired_on > today),
        )
        .order_by(ServicePoint.sort_key, ServicePoint.id, ServicePointCode.issued_on.desc(), ServicePointCode.code)
    )
    counters: dict[UUID, KioskCounter] = {}
    for point, code, agency in rows:
        names = Name(point.name, point.name_en), Name(agency.name, agency.name_en)
        counters.setdefault(point.id, KioskCounter(point.id, code, names[0], agency.id, names[1]))
    return list(counters.values())


def find_kiosk_agency(session: Session, agency_id: UUID, *, series: int) -> UUID | None:
    """Return whose counters a kiosk of an agency shows: its own, or those of who took over; None where revoked."""
    agency = session.get(Agency, agency_id)
    return find_heir(session, agency_id) if agency is not None and agency.kiosk_series == series else None


def is_kiosk_of(session: Session, service_point_id: UUID, *, series: int) -> bool:
    """Tell whether links of a kiosk of a counter are still good."""
    point = session.get(ServicePoint, service_point_id)
    return point is not None and point.kiosk_series == series
