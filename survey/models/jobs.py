"""Work that outlives a request, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import JSON_VALUE, LOCAL
from survey.models.identifiers import new_id


class Job(Base):
    """One piece of work: what, for whom, how far (``done`` of ``total``), and where its files lie."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        {"info": LOCAL},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    official_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=1)
    message: Mapped[str] = mapped_column(default="")
    files: Mapped[dict[str, str] | None] = mapped_column(JSON_VALUE)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
