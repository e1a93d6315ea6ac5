"""Rounds of an index: a year under a root, with its rubric, its deadlines, who takes part, and the frozen result."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.agencies import Agency
from survey.models.columns import REFERENCE
from survey.models.identifiers import new_id
from survey.models.releases import Release
from survey.models.rubrics import Rubric

# In the order in which a round goes through them.
STATES: Final = ("planned", "self_assessment", "appraisal", "objection", "decision", "decided")


class IndexRound(Base):
    """One year's round under one root agency, by one rubric.

    Each stage has a last day; ``state`` is the stage that is on, moved by hand.  ``release_id`` names the released
    results that satisfaction comes from; ``survey_is_run`` is False where the survey part is left out this year.
    """

    __tablename__ = "index_rounds"
    __table_args__ = (
        UniqueConstraint("agency_id", "year", "name"),
        CheckConstraint(
            "state IN ('planned', 'self_assessment', 'appraisal', 'objection', 'decision', 'decided')", name="state"
        ),
        CheckConstraint(
            "self_assessment_until <= appraisal_until AND appraisal_until <= objection_until"
            " AND objection_until <= decision_until",
            name="deadlines",
        ),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    rubric_id: Mapped[UUID] = mapped_column(ForeignKey("rubrics.id"), index=True)
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="planned")
    self_assessment_until: Mapped[date]
    appraisal_until: Mapped[date]
    objection_until: Mapped[date]
    decision_until: Mapped[date]
    survey_is_run: Mapped[bool] = mapped_column(default=True)
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("releases.id"))
    opened_by: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    agency: Mapped[Agency] = relationship()
    rubric: Mapped[Rubric] = relationship()
    release: Mapped[Release | None] = relationship()


class IndexParticipant(Base):
    """An agency in a round.  ``joined_on`` and ``left_on`` are set where it was there for a part of the year only.

    ``counts`` is False where it is shown without a rank; ``note`` says why, or how the part of the year is treated.
    One that was taken out of the round keeps its row and its points: ``removed_on`` and ``removed_reason`` say so.
    """

    __tablename__ = "index_participants"
    __table_args__ = (
        CheckConstraint("left_on IS NULL OR joined_on IS NULL OR left_on > joined_on", name="part_of_year"),
        {"info": REFERENCE},
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("index_rounds.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True, index=True)
    counts: Mapped[bool] = mapped_column(default=True)
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    submitted_on: Mapped[date | None]
    submitted_by: Mapped[UUID | None]
    removed_on: Mapped[date | None]
    removed_by: Mapped[UUID | None]
    removed_reason: Mapped[str] = mapped_column(default="", server_default="")
    agency: Mapped[Agency] = relationship()


class IndexResult(Base):
    """The result of a round as it was decided: canonical JSON, deflated; nothing changes it, a correction is another.

    ``sha256`` is of the JSON itself.
    """

    __tablename__ = "index_results"
    __table_args__ = (UniqueConstraint("round_id", "version"), {"info": REFERENCE})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("index_rounds.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    decided_on: Mapped[date]
    decided_by: Mapped[UUID | None]
    superseded_on: Mapped[date | None]
