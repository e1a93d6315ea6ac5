"""Agencies as a tree, their counters and codes, services and fields of service."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.columns import BYTEWISE, REFERENCE
from survey.models.identifiers import new_id

AGENCY_KINDS = ("ministry", "province", "department", "commune", "unit")


class Agency(Base):
    """A public body: a province, a department or commune under it, a unit of one of these, a ministry above provinces.

    A body is identified by ``code`` and validity together: codes have been given to other bodies.
    ``path`` is the chain of ids from the root to this agency, each ended by ``/``; a subtree is a prefix of it.
    Links of kiosks of the whole agency are good while they carry ``kiosk_series``.
    """

    __tablename__ = "agencies"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("kind IN ('ministry', 'province', 'department', 'commune', 'unit')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(BYTEWISE, index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    path: Mapped[str] = mapped_column(BYTEWISE, index=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    kiosk_series: Mapped[int] = mapped_column(default=0, server_default="0")


class ServiceField(Base):
    """A field of service (lĩnh vực)."""

    __tablename__ = "service_fields"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(BYTEWISE)


class Service(Base):
    """A procedure (thủ tục hành chính) in a field, decided by one agency; a retired one is offered nowhere."""

    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("agency_id", "code"), {"info": REFERENCE})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(BYTEWISE)
    service_field_id: Mapped[UUID] = mapped_column(ForeignKey("service_fields.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    retired_on: Mapped[date | None]
    service_field: Mapped[ServiceField] = relationship()


class ServicePoint(Base):
    """A counter that carries a QR code.

    ``agency_id`` owns and staffs the counter; ``serves_agency_id`` decides the cases it takes in,
    unless the citizen picks one of ``services``, whose agency then decides.
    ``opening_hours`` is as ``models.opening_hours`` reads it; None means the hours of the installation.
    Links of a kiosk of this counter are good while they carry ``kiosk_series``, whoever owns it by then.
    """

    __tablename__ = "service_points"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    serves_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str]
    name_en: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(BYTEWISE)
    retired_on: Mapped[date | None]
    opening_hours: Mapped[str | None]
    kiosk_series: Mapped[int] = mapped_column(default=0, server_default="0")
    agency: Mapped[Agency] = relationship(foreign_keys=[agency_id])
    serves_agency: Mapped[Agency] = relationship(foreign_keys=[serves_agency_id])
    services: Mapped[list[Service]] = relationship(secondary="service_point_services", order_by=Service.sort_key)
    codes: Mapped[list[ServicePointCode]] = relationship(
        back_populates="service_point",
        order_by="ServicePointCode.replaced_on.is_not(None), ServicePointCode.issued_on.desc(), ServicePointCode.code",
    )


class ServicePointService(Base):
    """One service offered at one counter."""

    __tablename__ = "service_point_services"
    __table_args__ = ({"info": REFERENCE},)

    service_point_id: Mapped[UUID] = mapped_column(ForeignKey("service_points.id"), primary_key=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"), primary_key=True)


class ServicePointCode(Base):
    """A public code printed on a counter's poster; a rotated code works until it is retired.

    ``printed_on`` is the day on which a poster with it was last made here, ``replaced_on`` when the counter got
    a newer code; None where neither has happened.
    """

    __tablename__ = "service_point_codes"
    __table_args__ = ({"info": REFERENCE},)

    code: Mapped[str] = mapped_column(primary_key=True)
    service_point_id: Mapped[UUID] = mapped_column(ForeignKey("service_points.id"), index=True)
    issued_on: Mapped[date]
    retired_on: Mapped[date | None]
    printed_on: Mapped[date | None]
    replaced_on: Mapped[date | None]
    service_point: Mapped[ServicePoint] = relationship(back_populates="codes")
