"""Officials and what they may see: a role on a node of the agency tree covers everything below it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.agencies import Agency
from survey.models.columns import JSON_VALUE, LOCAL, REFERENCE
from survey.models.identifiers import new_id

ROLES = ("viewer", "agency_manager", "survey_manager", "administrator", "auditor")


class Official(Base):
    """A person who signs in.  The last sign-in is not stored here: this table is rarely written."""

    __tablename__ = "officials"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="vi")
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON_VALUE)
    grants: Mapped[list[Grant]] = relationship(back_populates="official", cascade="all, delete-orphan")

    # What the sign-in library expects of a user beside the columns.
    @property
    def roles(self) -> list[object]:
        """Return nothing: roles here hang on the agency tree, see ``grants``."""
        return []

    @property
    def is_active(self) -> bool:
        """Return whether the official may sign in."""
        return self.active


class Grant(Base):
    """A role of an official on an agency and everything below it."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("official_id", "agency_id", "role"),
        CheckConstraint(
            "role IN ('viewer', 'agency_manager', 'survey_manager', 'administrator', 'auditor')", name="role"
        ),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    role: Mapped[str]
    official: Mapped[Official] = relationship(back_populates="grants")
    agency: Mapped[Agency] = relationship()


class SignInAttempt(Base):
    """A failed sign-in, so that all processes together throttle; ``subject`` is a keyed hash, not an address."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = ({"info": LOCAL},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(index=True)
    failed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SpentCode(Base):
    """A code of the second factor that was used: the half minute it stood for will not open the door again."""

    __tablename__ = "spent_codes"
    __table_args__ = ({"info": LOCAL},)

    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
