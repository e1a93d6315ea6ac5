"""What an agency will do about its points, and what it aims at."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import DISTRIBUTED, REFERENCE, Exact
from survey.models.identifiers import new_id


class IndexTask(Base):
    """A line of the road map: for which leaf, what is to be done, by which post, until when, for how many points."""

    __tablename__ = "index_tasks"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'begun', 'done', 'dropped')", name="state"),
        Index("ix_index_tasks_year", "agency_id", "year"),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("index_rounds.id"), index=True)
    criterion: Mapped[str]
    task: Mapped[str]
    post: Mapped[str]
    due_on: Mapped[date]
    expected_points: Mapped[Fraction | None] = mapped_column(Exact)
    state: Mapped[str] = mapped_column(default="planned")
    note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[UUID | None]
    changed_on: Mapped[date]


class IndexTarget(Base):
    """What an agency aims at in a year: to be among the first k, a number of points, or both."""

    __tablename__ = "index_targets"
    __table_args__ = (
        CheckConstraint("first_k IS NULL OR first_k >= 1", name="first_k"),
        CheckConstraint("first_k IS NOT NULL OR points IS NOT NULL", name="aim"),
        {"info": REFERENCE},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_k: Mapped[int | None]
    points: Mapped[Fraction | None] = mapped_column(Exact)
    set_by: Mapped[UUID | None]
    set_on: Mapped[date]
