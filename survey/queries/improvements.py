"""What agencies changed because of the answers, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.improvements import Improvement


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What follows an answer to an agency: where its results can be read, and what it last said it changed.

    ``text`` is None where it has said nothing.
    """

    agency_code: str
    agency_name: str
    agency_name_en: str | None
    text: str | None
    text_en: str | None
    written_on: date | None

    def agency(self, language: str) -> str:
        """Return the name of the agency in a language, Vietnamese where it has no other."""
        return (language == "en" and self.agency_name_en) or self.agency_name

    def said(self, language: str) -> str:
        """Return the line in a language, Vietnamese where it has no other; empty where there is none."""
        return (self.text_en if language == "en" and self.text_en else self.text) or ""


def get_aftermath(session: Session, agency_id: UUID) -> Aftermath:
    """Return what citizens who rated an agency are told after sending."""
    row = session.execute(
        select(
            Agency.code,
            Agency.name,
            Agency.name_en,
            Improvement.text,
            Improvement.text_en,
            Improvement.written_on,
        )
        .outerjoin(Improvement, Improvement.agency_id == Agency.id)
        .where(Agency.id == agency_id)
        .order_by(Improvement.id.desc())
        .limit(1)
    ).one()
    return Aftermath(*row)


def list_improvements(session: Session, agency_id: UUID, *, limit: int = 50) -> Sequence[Improvement]:
    """List what an agency wrote, newest first."""
    newest = Improvement.id.desc()
    statement = select(Improvement).where(Improvement.agency_id == agency_id).order_by(newest).limit(limit)
    return session.scalars(statement).all()
