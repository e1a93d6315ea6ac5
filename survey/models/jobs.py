"""Work that outlives a request, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import JSON_VALUE, LOCAL, REFERENCE
from survey.models.identifiers import new_id


class Job(Base):
    """One piece of work: what, for whom, how far (``done`` of ``total``), and where its files lie.

    ``attempts`` counts how often it was started; ``seen_at`` and ``mailed_at`` when its official learnt of its end.
    """

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
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    mailed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ReportSchedule(Base):
    """A report that an official has made again and again: that of an agency every month, or its summary every year.

    ``last_period`` is the last one made, as ``"2026-10"`` or ``"2025"``; what lay before it is never made.
    """

    __tablename__ = "report_schedules"
    __table_args__ = (
        UniqueConstraint("official_id", "agency_id", "every", "language"),
        CheckConstraint("every IN ('month', 'year')", name="every"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"))
    every: Mapped[str]
    language: Mapped[str]
    created_on: Mapped[date]
    last_period: Mapped[str]
