"""Paper forms: which sheets were printed, and which came back without a usable answer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.agencies import Agency, ServicePoint
from survey.models.columns import DISTRIBUTED, REFERENCE
from survey.models.fieldwork import Wave
from survey.models.identifiers import new_id


class PaperSeries(Base):
    """Sheets printed in one go: numbers ``first_number`` to ``last_number`` of a wave, of one agency.

    They lie at one counter, or at any of the agency's (``service_point_id`` NULL).  ``printed_by`` is NULL where the
    command printed them.
    """

    __tablename__ = "paper_series"
    __table_args__ = (
        UniqueConstraint("wave_id", "first_number"),
        CheckConstraint("first_number >= 1 AND last_number >= first_number", name="numbers"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    service_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_points.id"))
    questionnaire_edition_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_editions.id"))
    language: Mapped[str]
    first_number: Mapped[int]
    last_number: Mapped[int]
    printed_on: Mapped[date]
    printed_by: Mapped[UUID | None]
    wave: Mapped[Wave] = relationship()
    agency: Mapped[Agency] = relationship()
    service_point: Mapped[ServicePoint | None] = relationship()

    @property
    def sheets(self) -> int:
        """Return how many sheets were printed."""
        return self.last_number - self.first_number + 1


class InvalidSheet(Base):
    """A sheet that came back blank or unreadable: it counts as returned, and not as valid.

    ``agency_id`` is the agency for which it was printed.
    """

    __tablename__ = "invalid_sheets"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    returned_on: Mapped[date]
