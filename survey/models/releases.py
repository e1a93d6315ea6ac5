"""What is made public: versions of results that three people sign, and the values frozen when they did."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.agencies import Agency
from survey.models.columns import REFERENCE
from survey.models.fieldwork import Wave
from survey.models.identifiers import new_id, new_release_code

WAVE: Final = "wave"
ANNUAL: Final = "annual"
# Of what a frozen value tells: one agency in a wave, all agencies of a wave, or a year.
FROZEN_KINDS: Final = ("agency", "wave", "annual")
_NOBODY_IN_TWO_STEPS: Final = (
    "(reviewed_by IS NULL OR reviewed_by <> drafted_by) AND (released_by IS NULL OR released_by <> drafted_by)"
    " AND (released_by IS NULL OR reviewed_by IS NULL OR released_by <> reviewed_by)"
)
_NAMES_ITS_SUBJECT: Final = (
    "(kind = 'wave' AND wave_id IS NOT NULL AND agency_id IS NULL AND year IS NULL AND form IS NULL)"
    " OR (kind = 'annual' AND wave_id IS NULL AND agency_id IS NOT NULL AND year IS NOT NULL AND form IS NOT NULL)"
)
_IS_OPEN: Final = text("released_on IS NULL")


class Release(Base):
    """One version of results on its way to the public: drafted, reviewed and released by three people.

    It is public once it is released and frozen, and stays so under its ``code``; a later version sets
    ``superseded_on``.  ``note`` says why there is a correction; ``asked_for`` what a reviewer sent it back for.
    ``basis`` is the checksum of the counts that the reviewer saw; ``sha256`` that of the frozen values.
    """

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("kind IN ('wave', 'annual')", name="kind"),
        CheckConstraint(_NAMES_ITS_SUBJECT, name="subject"),
        CheckConstraint(_NOBODY_IN_TWO_STEPS, name="three_persons"),
        UniqueConstraint("wave_id", "version"),
        UniqueConstraint("agency_id", "year", "form", "version"),
        # Two people who draft the same at once must not both succeed.
        Index("uq_releases_wave_draft", "wave_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index(
            "uq_releases_annual_draft",
            "agency_id",
            "year",
            "form",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        {"info": REFERENCE},
    )
    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012 -- SQLAlchemy reads a plain dict

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    # What a page, a QR code and a bundle call it.
    code: Mapped[str] = mapped_column(unique=True, default=new_release_code)
    wave_id: Mapped[UUID | None] = mapped_column(ForeignKey("waves.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int | None]
    form: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(default="")
    asked_for: Mapped[str] = mapped_column(default="")
    drafted_by: Mapped[UUID]
    drafted_on: Mapped[date]
    reviewed_by: Mapped[UUID | None]
    reviewed_on: Mapped[date | None]
    basis: Mapped[str | None]
    released_by: Mapped[UUID | None]
    released_on: Mapped[date | None]
    superseded_on: Mapped[date | None]
    frozen_on: Mapped[date | None]
    sha256: Mapped[str | None]
    bundle_sha256: Mapped[str | None]
    bundle_size: Mapped[int | None]
    wave: Mapped[Wave | None] = relationship()
    agency: Mapped[Agency | None] = relationship()

    @property
    def state(self) -> str:
        """Return how far it is: draft, reviewed, released or superseded."""
        if self.superseded_on is not None:
            return "superseded"
        if self.released_on is not None:
            return "released"
        return "reviewed" if self.reviewed_on is not None else "draft"


class WaveRelease(Release):
    """The results of a wave: a report of every agency in it, and one of all of them."""

    __mapper_args__ = {"polymorphic_identity": WAVE}  # noqa: RUF012 -- likewise


class AnnualRelease(Release):
    """The summary of a year at an agency, from the waves that ask one form."""

    __mapper_args__ = {"polymorphic_identity": ANNUAL}  # noqa: RUF012 -- likewise


class FrozenFindings(Base):
    """A findings value as it was released: canonical JSON, deflated; nothing ever changes it.

    ``sha256`` is of the JSON itself.  ``agency_id`` is the agency it tells of, the root for a wave or a year.
    """

    __tablename__ = "frozen_findings"
    __table_args__ = (
        CheckConstraint("kind IN ('agency', 'wave', 'annual')", name="kind"),
        {"info": REFERENCE},
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    release: Mapped[Release] = relationship()
