"""Opening hours of counters, against which the soft signal of the intake holds the moment of an answer."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.models.opening_hours import USUAL_HOURS, read_opening_hours
from survey.services.errors import AgencyError


def set_opening_hours(session: Session, agency: Agency, hours: str | None) -> int:
    """Set the hours of every counter at or below an agency, None for those of the installation; return how many.

    Raises:
        AgencyError: where the hours cannot be read.

    """
    try:
        read_opening_hours(hours or USUAL_HOURS)
    except ValueError as error:
        raise AgencyError(
            vi=f"Không hiểu giờ mở cửa “{hours}”; hãy viết như “{USUAL_HOURS}”.",
            en=f"The opening hours cannot be read: {error}.",
        ) from error
    below = select(Agency.id).where(Agency.path.startswith(agency.path, autoescape=True))
    found = session.scalars(select(ServicePoint.id).where(ServicePoint.agency_id.in_(below))).all()
    session.execute(update(ServicePoint).where(ServicePoint.id.in_(found)).values(opening_hours=hours))
    return len(found)
