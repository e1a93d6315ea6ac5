"""Links of kiosks: good until somebody revokes them."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.queries.heirs import list_forebears


def revoke_kiosk_links(session: Session, agency: Agency) -> None:
    """Make every link of a kiosk of the agency and its counters worthless, those of bodies it took over among them."""
    bodies = [agency.id, *list_forebears(session, [agency.id])]
    session.execute(update(Agency).where(Agency.id.in_(bodies)).values(kiosk_series=Agency.kiosk_series + 1))
    session.execute(
        update(ServicePoint)
        .where(ServicePoint.agency_id == agency.id)
        .values(kiosk_series=ServicePoint.kiosk_series + 1)
    )
