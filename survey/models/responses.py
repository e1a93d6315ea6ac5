"""What is stored of an answer, and what excludes it.  A new column here needs a decision record."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import DISTRIBUTED, JSON_VALUE


class Response(Base):
    """One completed questionnaire.

    ``agency_id`` decides the case and is rated; ``received_by_agency_id`` owns the counter.  Both never change.
    ``answers`` maps item codes to 1–5, or to 0 for "no opinion"; items left blank are absent.
    ``key_hash`` makes the same form (or the same line of an imported file) count once.
    """

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("agency_id", "key_hash"),
        Index("ix_responses_agency_id_wave_id_answered_on", "agency_id", "wave_id", "answered_on"),
        CheckConstraint("channel IN ('qr', 'kiosk', 'assisted', 'paper', 'transaction')", name="channel"),
        CheckConstraint("weight IS NULL OR weight > 0", name="weight"),
        {"info": DISTRIBUTED, "sqlite_with_rowid": False},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"))
    questionnaire_edition_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_editions.id"))
    received_by_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    service_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_points.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("services.id"))
    answered_on: Mapped[date]
    channel: Mapped[str]
    language: Mapped[str]
    verified: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    burst: Mapped[bool] = mapped_column(default=False)
    outside_hours: Mapped[bool] = mapped_column(default=False)
    repeated_pattern: Mapped[bool] = mapped_column(default=False)
    key_hash: Mapped[str]
    stratum: Mapped[str | None]
    cluster: Mapped[str | None]
    weight: Mapped[float | None]


class Exclusion(Base):
    """A response that must not count, by rule and reason; the response itself stays.

    ``is_folded`` says whether the tallies know of it yet.
    """

    __tablename__ = "exclusions"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "response_id"], ["responses.agency_id", "responses.id"]),
        UniqueConstraint("agency_id", "response_id"),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    response_id: Mapped[UUID]
    rule: Mapped[str]
    reason: Mapped[str]
    excluded_by: Mapped[UUID | None]
    excluded_on: Mapped[date]
    is_folded: Mapped[bool] = mapped_column(default=False)


class Comment(Base):
    """A citizen's words, apart from his answers: agency, month and text, with a random id.

    ``state`` is waiting, approved or hidden.  An approved one is read as ``shown_text``, in which the moderator has
    masked what names somebody, once it belongs to a ``batch``; a hidden one keeps the ``reason``.  No time is kept.
    """

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_agency_id_state_batch", "agency_id", "state", "batch"),
        {"info": DISTRIBUTED, "sqlite_with_rowid": False},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    month: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    shown_text: Mapped[str | None]
    batch: Mapped[int | None]
    reason: Mapped[str | None]
    moderated_by: Mapped[UUID | None]


class WithdrawalCount(Base):
    """How many answers were erased; all that is left of them.

    ``count`` were taken back by citizens; ``corrected`` had been entered by an official, who erased them to enter them
    anew or because they were none.
    """

    __tablename__ = "withdrawal_counts"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    corrected: Mapped[int] = mapped_column(default=0, server_default="0")


class ExclusionCount(Base):
    """How many answers were excluded by a rule; all that is left of them once retention erased the answers."""

    __tablename__ = "exclusion_counts"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class IntakeMeter(Base):
    """Answers taken in at a counter in ten minutes, without any rating, for integrity checks; kept 90 days."""

    __tablename__ = "intake_meters"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    service_point_id: Mapped[UUID] = mapped_column(ForeignKey("service_points.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ten_minutes: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class IntakeAlert(Base):
    """What stood out at a counter up to a day of its month, for who stands above the agency; kept like the meters.

    ``answers`` and the flags are counts of the month so far, cut to the lower end of a wide band; a flag that gave
    no cause for the alert is 0.  No rating stands here.
    """

    __tablename__ = "intake_alerts"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    service_point_id: Mapped[UUID] = mapped_column(ForeignKey("service_points.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    answers: Mapped[int]
    burst: Mapped[int]
    outside_hours: Mapped[int]
    repeated_pattern: Mapped[int]
