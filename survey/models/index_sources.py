"""Figures that come from elsewhere: indicators that a rubric counts, and indexes of others that stand beside ours."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.columns import DISTRIBUTED, JSON_VALUE, REFERENCE, Exact
from survey.models.identifiers import new_id


class IndexIndicator(Base):
    """A figure of an agency in a year, as imported: an indicator (dossiers on time), or what another survey found.

    Of another survey ``indicator`` is ``survey:criterion``, with ``n`` and the ends of its interval where they are
    known.  ``value`` is 0–1 where the unit is a share.  ``numerator`` of ``denominator`` are kept as they were given.
    """

    __tablename__ = "index_indicators"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Fraction] = mapped_column(Exact)
    numerator: Mapped[Fraction | None] = mapped_column(Exact)
    denominator: Mapped[Fraction | None] = mapped_column(Exact)
    n: Mapped[int | None]
    low: Mapped[Fraction | None] = mapped_column(Exact)
    high: Mapped[Fraction | None] = mapped_column(Exact)
    source: Mapped[str]
    imported_by: Mapped[UUID | None]
    imported_on: Mapped[date]


class ExternalSeries(Base):
    """An index of somebody else: PAPI, the national PAR INDEX, SIPAS.  It is shown beside ours and never counted in.

    ``agency_id`` is the root whose officials brought it, None where it is everybody's.
    """

    __tablename__ = "external_series"
    __table_args__ = (UniqueConstraint("code", "agency_id", postgresql_nulls_not_distinct=True), {"info": REFERENCE})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    publisher: Mapped[str]
    unit: Mapped[str]
    higher_is_better: Mapped[bool] = mapped_column(default=True)


class ExternalYear(Base):
    """One year of a series: what it was made of, which set of units it covers, and where the figures are from.

    ``components`` are the codes of its dimensions; ``unit_set`` names the borders, as "63" or "34".
    """

    __tablename__ = "external_years"
    __table_args__ = ({"info": REFERENCE},)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("external_series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    components: Mapped[list[str]] = mapped_column(JSON_VALUE)
    unit_set: Mapped[str]
    source: Mapped[str]
    sha256: Mapped[str]
    imported_by: Mapped[UUID | None]
    imported_on: Mapped[date]
    series: Mapped[ExternalSeries] = relationship()


class ExternalValue(Base):
    """A unit in a year of a series; ``total`` is None where it was left out.  ``agency_id`` where it is one of ours."""

    __tablename__ = "external_values"
    __table_args__ = ({"info": REFERENCE},)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("external_series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str] = mapped_column(primary_key=True)
    unit_name: Mapped[str]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    total: Mapped[Fraction | None] = mapped_column(Exact)
    published_rank: Mapped[int | None]
    components: Mapped[dict[str, str | None]] = mapped_column(JSON_VALUE)
