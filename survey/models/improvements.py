"""What an agency changed because of the answers it was given, in its own words."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import REFERENCE
from survey.models.identifiers import new_id


class Improvement(Base):
    """One line that citizens see after sending.  The newest counts; earlier ones stay as they were written."""

    __tablename__ = "improvements"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    text: Mapped[str]
    text_en: Mapped[str | None]
    written_on: Mapped[date]
    written_by: Mapped[UUID]
