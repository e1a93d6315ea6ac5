"""Waves of fieldwork: what is asked where, by which method, of how many, and who may publish it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.agencies import Agency, ServicePoint
from survey.models.columns import REFERENCE
from survey.models.identifiers import new_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.wave_days import last_day

if TYPE_CHECKING:
    from survey.models.releases import WaveRelease

SAMPLE_KINDS = ("household", "transactions", "self_selected")
CHANNELS = ("qr", "kiosk", "assisted", "paper", "transaction")


class Wave(Base):
    """One period of fieldwork under one root agency.

    ``closes_on`` is the last day on which a form is handed out; ``closed_on`` is set by closing.
    """

    __tablename__ = "waves"
    __table_args__ = (
        CheckConstraint("sample_kind IN ('household', 'transactions', 'self_selected')", name="sample_kind"),
        CheckConstraint("state IN ('planned', 'open', 'paused', 'closed')", name="state"),
        CheckConstraint("closes_on >= opens_on", name="period"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    questionnaire_edition_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_editions.id"))
    method_edition_id: Mapped[UUID] = mapped_column(ForeignKey("method_editions.id"))
    sample_kind: Mapped[str]
    index_year: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="planned")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    closed_on: Mapped[date | None]
    agency: Mapped[Agency] = relationship()
    questionnaire_edition: Mapped[QuestionnaireEdition] = relationship()
    method_edition: Mapped[MethodEdition] = relationship()
    # What is public now; a draft of a correction beside it is not yet.
    release: Mapped[WaveRelease | None] = relationship(
        "WaveRelease",
        primaryjoin="and_(WaveRelease.wave_id == Wave.id, WaveRelease.released_on.is_not(None), "
        "WaveRelease.superseded_on.is_(None))",
        viewonly=True,
    )

    @property
    def last_day(self) -> date:
        """Return the last day on which forms are, or were, handed out."""
        return last_day(self)


class WaveServicePoint(Base):
    """A counter that takes part in a wave; at most one open wave a counter."""

    __tablename__ = "wave_service_points"
    __table_args__ = (
        Index(
            "uq_wave_service_points_open",
            "service_point_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        {"info": REFERENCE},
    )

    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    service_point_id: Mapped[UUID] = mapped_column(ForeignKey("service_points.id"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    wave: Mapped[Wave] = relationship()
    service_point: Mapped[ServicePoint] = relationship()


class PopulationSize(Base):
    """N: finished transactions of an agency in a month of a wave, in one field or in all (NULL)."""

    __tablename__ = "population_sizes"
    __table_args__ = (
        UniqueConstraint("wave_id", "agency_id", "service_field_id", "month", postgresql_nulls_not_distinct=True),
        CheckConstraint("transactions >= 0", name="transactions"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    service_field_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_fields.id"))
    month: Mapped[str]
    transactions: Mapped[int]
    # None where N was set before this was kept.
    set_on: Mapped[date | None]


class WaveTarget(Base):
    """How precise a wave's figures are to be: the margin either way, 0–1, and what is assumed to plan for it.

    ``participation`` is the expected share of the people asked who answer.
    """

    __tablename__ = "wave_targets"
    __table_args__ = (
        CheckConstraint("margin > 0 AND margin < 1", name="margin"),
        CheckConstraint("design_effect > 0", name="design_effect"),
        CheckConstraint("participation > 0 AND participation <= 1", name="participation"),
        {"info": REFERENCE},
    )

    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    margin: Mapped[float]
    design_effect: Mapped[float] = mapped_column(default=1.0)
    participation: Mapped[float] = mapped_column(default=1.0)
