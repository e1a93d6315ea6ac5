"""Slips: one-time codes that prove somebody was served, and the keys by which a dossier system asks for them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import DISTRIBUTED, JSON_VALUE, REFERENCE
from survey.models.identifiers import new_id


class SlipIssuer(Base):
    """An agency that hands out slips, under the public code that the slips' addresses carry."""

    __tablename__ = "slip_issuers"
    __table_args__ = ({"info": REFERENCE},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)


class TransactionBatch(Base):
    """Codes that were made together: by an official, by the terminal, or by one request of a dossier system.

    ``agency_id`` hands them out, ``deciding_agency_id`` decides the cases.  From ``seed`` and the key of the
    installation the codes can be made once more; it is erased when they are handed over.  ``request_hash`` stands
    for the idempotency key of a request.
    """

    __tablename__ = "transaction_batches"
    __table_args__ = (
        UniqueConstraint("agency_id", "api_key_id", "request_hash"),
        CheckConstraint("count > 0", name="count"),
        {"info": DISTRIBUTED},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deciding_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("services.id"))
    label: Mapped[str] = mapped_column(default="")
    made_on: Mapped[date]
    expires_on: Mapped[date]
    count: Mapped[int]
    made_by: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))
    request_hash: Mapped[str | None]
    seed: Mapped[str | None]


class TransactionCode(Base):
    """A code that nobody has used yet, as a keyed hash; using it deletes the row.

    It does not name its batch: one made for a single dossier would tell whether its holder has answered.

    ``expires_on`` is the last day on which it counts.
    """

    __tablename__ = "transaction_codes"
    __table_args__ = ({"info": DISTRIBUTED, "sqlite_with_rowid": False},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    deciding_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("services.id"))
    expires_on: Mapped[date]


class ApiKey(Base):
    """A key of another system, as a hash: for one agency and what lies below it, and for what it may be used."""

    __tablename__ = "api_keys"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    label: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON_VALUE)
    created_by: Mapped[UUID | None]
    created_on: Mapped[date]
    revoked_on: Mapped[date | None]
