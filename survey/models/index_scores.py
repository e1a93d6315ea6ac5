"""Points of agencies, leaf by leaf: as they stand, how they came about, the evidence, and objections to them."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import DISTRIBUTED, JSON_VALUE, Exact
from survey.models.identifiers import new_id

# What may change points; the order in which a round goes through them.
STAGES: Final = ("self_assessment", "indicator", "survey", "appraisal", "decision", "carried_over", "correction")
DECISIONS: Final = ("accepted", "partly", "refused")
_IS_OPEN: Final = text("decided_at IS NULL")


class IndexScore(Base):
    """What an agency has for one leaf of the rubric (``criterion``), now.

    ``value`` is what the formula is given and ``points`` what it makes of it, before any total is cut; both are None
    until somebody scores.  ``self_points`` stay as the agency gave them.  ``basis`` tells where a value came from: the
    release, the interval and n of a survey, the source of an indicator.  ``revision`` grows with every change: who
    saves on an older one is told.
    """

    __tablename__ = "index_scores"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('self_assessment', 'indicator', 'survey', 'appraisal', 'decision', 'carried_over',"
            " 'correction')",
            name="stage",
        ),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("index_rounds.id"), primary_key=True, index=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    self_value: Mapped[Fraction | None] = mapped_column(Exact)
    self_points: Mapped[Fraction | None] = mapped_column(Exact)
    self_note: Mapped[str] = mapped_column(default="")
    value: Mapped[Fraction | None] = mapped_column(Exact)
    points: Mapped[Fraction | None] = mapped_column(Exact)
    stage: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSON_VALUE)
    revision: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[UUID | None]
    changed_on: Mapped[date]


class IndexScoreChange(Base):
    """The ledger of points: one row a change, never changed itself.  ``changed_by`` is None where a job did it."""

    __tablename__ = "index_score_changes"
    __table_args__ = (
        Index("ix_index_score_changes_criterion", "agency_id", "round_id", "criterion"),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("index_rounds.id"), index=True)
    criterion: Mapped[str]
    stage: Mapped[str]
    points_before: Mapped[Fraction | None] = mapped_column(Exact)
    points_after: Mapped[Fraction | None] = mapped_column(Exact)
    value_after: Mapped[Fraction | None] = mapped_column(Exact)
    reason: Mapped[str]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class IndexEvidence(Base):
    """A file that an agency lays before the appraisers.  Its bytes lie in the data folder under its checksum.

    A file that was taken back keeps its row: ``removed_on`` says when.
    """

    __tablename__ = "index_evidence"
    __table_args__ = (
        Index("ix_index_evidence_criterion", "agency_id", "round_id", "criterion"),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("index_rounds.id"), index=True)
    criterion: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    added_by: Mapped[UUID | None]
    added_on: Mapped[date]
    removed_by: Mapped[UUID | None]
    removed_on: Mapped[date | None]


class IndexObjection(Base):
    """An agency does not agree with the points of a leaf; at most one waits for a decision at a time.

    One that the agency took back is ``withdrawn``: ``decided_by`` is then who took it back.
    """

    __tablename__ = "index_objections"
    __table_args__ = (
        CheckConstraint(
            "decision IS NULL OR decision IN ('accepted', 'partly', 'refused', 'withdrawn')", name="decision"
        ),
        Index(
            "uq_index_objections_open",
            "agency_id",
            "round_id",
            "criterion",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("index_rounds.id"), index=True)
    criterion: Mapped[str]
    text: Mapped[str]
    points_asked: Mapped[Fraction | None] = mapped_column(Exact)
    points_before: Mapped[Fraction | None] = mapped_column(Exact)
    raised_by: Mapped[UUID | None]
    raised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decision: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    points_after: Mapped[Fraction | None] = mapped_column(Exact)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
