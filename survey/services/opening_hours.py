"""Opening hours of counters, against which the soft signal of the intake holds the moment of an answer."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.models.opening_hours import USUAL_HOURS, shown_hours, stored_hours
from survey.services.errors import AgencyError


def checked_hours(hours: str) -> str | None:
    """Return hours as they are stored, None for those of the installation.

    Raises:
        AgencyError: where the hours cannot be read.

    """
    if not hours.strip():
        return None
    try:
        return stored_hours(hours)
    except ValueError as error:
        usual = shown_hours(USUAL_HOURS, "vi")
        raise AgencyError(
            vi=f"Không hiểu giờ mở cửa “{hours}”; hãy viết như “{usual}”.",
            en=f"The opening hours cannot be read: {error}.",
        ) from error


def set_opening_hours(session: Session, agency: Agency, hours: str | None) -> int:
    """Set the hours of every counter at or below an agency, None for those of the installation; return how many.

    Raises:
        AgencyError: where the hours cannot be read.

    """
    stored = checked_hours(hours or "")
    below = select(Agency.id).where(Agency.path.startswith(agency.path, autoescape=True))
    found = session.scalars(select(ServicePoint.id).where(ServicePoint.agency_id.in_(below))).all()
    session.execute(update(ServicePoint).where(ServicePoint.id.in_(found)).values(opening_hours=stored))
    return len(found)
