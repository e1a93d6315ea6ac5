"""Counters of other bodies that take in cases for an agency which has none itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from survey.models.agencies import Agency, Service, ServicePoint, ServicePointService


def has_counters(session: Session, agency: Agency) -> bool:
    """Return whether a counter is in use at or below an agency."""
    below = (
        select(ServicePoint.id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(Agency.path.startswith(agency.path, autoescape=True), ServicePoint.retired_on.is_(None))
    )
    return session.scalar(below.limit(1)) is not None


def list_counters_elsewhere(session: Session, agency: Agency) -> Sequence[ServicePoint]:
    """List the counters in use outside an agency that take in its cases, or those of what lies below, by agency."""
    below = Agency.path.startswith(agency.path, autoescape=True)
    served = select(Agency.id).where(below)
    offered = (
        select(ServicePointService.service_point_id)
        .join(Service, Service.id == ServicePointService.service_id)
        .where(Service.agency_id.in_(served))
    )
    statement = (
        select(ServicePoint)
        .join(ServicePoint.agency)
        .options(contains_eager(ServicePoint.agency))
        .where(
            ~below,
            ServicePoint.retired_on.is_(None),
            or_(ServicePoint.serves_agency_id.in_(served), ServicePoint.id.in_(offered)),
        )
        .order_by(Agency.sort_key, ServicePoint.sort_key, ServicePoint.id)
    )
    return session.scalars(statement).all()
