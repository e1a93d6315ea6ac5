"""How bodies came to be and ended: merged, split, renamed, moved, abolished, each by a decision on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base
from survey.models.agencies import Agency
from survey.models.columns import REFERENCE
from survey.models.identifiers import new_id

CHANGE_KINDS = ("merge", "split", "rename", "move", "abolish")
WHOLE = 1.0


class AgencyChange(Base):
    """One decision that ended, began or renamed bodies.

    A body is one row of ``agencies`` as long as its code, its place and its territory stay the same: every change
    but a rename ends the rows it comes from and begins those it leads to.  ``carried_out_on`` is None until the
    effective day has come and counters, roles and names have followed.
    """

    __tablename__ = "agency_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('merge', 'split', 'rename', 'move', 'abolish')", name="kind"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    effective_on: Mapped[date] = mapped_column(index=True)
    decision: Mapped[str]
    recorded_on: Mapped[date]
    recorded_by: Mapped[UUID | None]
    carried_out_on: Mapped[date | None]
    parts: Mapped[list[AgencyChangePart]] = relationship(
        back_populates="change", cascade="all, delete-orphan", order_by="AgencyChangePart.id"
    )


class AgencyChangePart(Base):
    """What went from one body to another.

    ``share`` is the part of the former that the latter took over: 1 is all of it, None a part of unknown size.
    ``takes_over``: counters, services and roles of the former go to this latter; at most one part of a former.
    A rename leads from a body to itself and keeps both names; an abolished body may lead nowhere.
    """

    __tablename__ = "agency_change_parts"
    __table_args__ = (
        UniqueConstraint("change_id", "from_agency_id", "to_agency_id"),
        CheckConstraint("share IS NULL OR (share > 0 AND share <= 1)", name="share"),
        {"info": REFERENCE},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("agency_changes.id"), index=True)
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    to_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    share: Mapped[float | None]
    takes_over: Mapped[bool] = mapped_column(default=False)
    old_name: Mapped[str | None]
    old_name_en: Mapped[str | None]
    new_name: Mapped[str | None]
    new_name_en: Mapped[str | None]
    change: Mapped[AgencyChange] = relationship(back_populates="parts")
    from_agency: Mapped[Agency] = relationship(foreign_keys=[from_agency_id])
    to_agency: Mapped[Agency | None] = relationship(foreign_keys=[to_agency_id])
