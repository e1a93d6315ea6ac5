"""N of an agency as its grid shows it: by month, all fields together and each of its fields of service."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey.models.agencies import Service, ServiceField
from survey.models.fieldwork import PopulationSize


def list_field_sizes(session: Session, *, wave_id: UUID, agency_id: UUID) -> dict[tuple[str, UUID | None], int]:
    """Return N of an agency by month, as in "2026-11", and field of service, None being all fields together."""
    rows = session.execute(
        select(PopulationSize.month, PopulationSize.service_field_id, PopulationSize.transactions).where(
            PopulationSize.wave_id == wave_id, PopulationSize.agency_id == agency_id
        )
    )
    return {(month, field): transactions for month, field, transactions in rows}


def list_fields(session: Session, *, wave_id: UUID, agency_id: UUID) -> list[ServiceField]:
    """List the fields of the services that an agency decides, and those in which its N is known."""
    decided = select(Service.service_field_id).where(Service.agency_id == agency_id)
    known = select(PopulationSize.service_field_id).where(
        PopulationSize.wave_id == wave_id,
        PopulationSize.agency_id == agency_id,
        PopulationSize.service_field_id.is_not(None),
    )
    fields = select(ServiceField).where(or_(ServiceField.id.in_(decided), ServiceField.id.in_(known)))
    return list(session.scalars(fields.order_by(ServiceField.sort_key, ServiceField.id)))
