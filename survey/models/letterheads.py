"""What the official documents of an agency print at their head and at their foot."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import REFERENCE


class Letterhead(Base):
    """The settings of one agency.  An empty text is not set: names then follow the register, the rest stays dotted.

    ``signer_post`` and ``recipients`` have a line each for what stands on a line of the document.
    """

    __tablename__ = "letterheads"
    __table_args__ = ({"info": REFERENCE},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    superior: Mapped[str] = mapped_column(default="")
    superior_en: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str] = mapped_column(default="")
    issuer_en: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    symbol: Mapped[str] = mapped_column(default="")
    signer_post: Mapped[str] = mapped_column(default="")
    signer_post_en: Mapped[str] = mapped_column(default="")
    signer_name: Mapped[str] = mapped_column(default="")
    recipients: Mapped[str] = mapped_column(default="")
    recipients_en: Mapped[str] = mapped_column(default="")
    changed_on: Mapped[date]
