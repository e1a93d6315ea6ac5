"""Rubrics: editions of what an index is made of, stored whole; what their JSON means is in ``rubric_content``."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import JSON_VALUE, REFERENCE
from survey.models.identifiers import new_id


class Rubric(Base):
    """One edition.  ``agency_id`` is whose it is, None for those that come with the product and are everybody's.

    It may change until it is published or a round counts by it.
    """

    __tablename__ = "rubrics"
    __table_args__ = (UniqueConstraint("rubric", "edition"), {"info": REFERENCE})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rubric: Mapped[str]
    edition: Mapped[str]
    year: Mapped[int]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    sha256: Mapped[str]
    published_on: Mapped[date | None]

    @property
    def name(self) -> str:
        """Return what sentences and the ledger call it."""
        return f"{self.rubric}/{self.edition}"
