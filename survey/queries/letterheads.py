"""What an agency's documents print at their head and foot, as it was set at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.models.letterheads import Letterhead

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def get_letterhead(session: Session, *, agency_id: UUID) -> Letterhead | None:
    """Return the settings of an agency, None where nobody has made any."""
    return session.get(Letterhead, agency_id)
