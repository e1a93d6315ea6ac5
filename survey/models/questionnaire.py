"""Questionnaire editions: wording that can never change once somebody has answered it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.orm.attributes import instance_state

from survey.db import Base
from survey.models.columns import JSON_VALUE, REFERENCE
from survey.models.identifiers import new_id


class QuestionnaireEdition(Base):
    """One edition of a questionnaire: elements, items and their wording per language, as loaded from its file.

    ``content`` is the whole file; ``sha256`` is of its canonical JSON, so that any change would show.
    """

    __tablename__ = "questionnaire_editions"
    __table_args__ = (UniqueConstraint("questionnaire", "edition"), {"info": REFERENCE})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    questionnaire: Mapped[str]
    edition: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    sha256: Mapped[str]
    published_on: Mapped[date | None]


class MethodEdition(Base):
    """One edition of the method: share or mean, aggregation, smallest n, points and their rounding."""

    __tablename__ = "method_editions"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    sha256: Mapped[str]


class FrozenEditionError(RuntimeError):
    """The program tried to change an edition that can no longer change: a mistake of ours, not of a person."""


@event.listens_for(QuestionnaireEdition, "before_update")
def refuse_change_of_published(
    _mapper: Mapper[QuestionnaireEdition], connection: Connection, edition: QuestionnaireEdition
) -> None:
    """Refuse to write over an edition that was published before."""
    day = select(QuestionnaireEdition.published_on).where(QuestionnaireEdition.id == edition.id)
    if connection.scalar(day) is not None and _is_changed(edition):
        msg = f"{edition.questionnaire} {edition.edition} is published and cannot change; load a new edition"
        raise FrozenEditionError(msg)


@event.listens_for(MethodEdition, "before_update")
def refuse_change_of_method(_mapper: Mapper[MethodEdition], _connection: Connection, edition: MethodEdition) -> None:
    """Refuse to write over a method edition; figures were computed by it."""
    if _is_changed(edition):
        msg = f"the method edition {edition.code} cannot change; load a new one"
        raise FrozenEditionError(msg)


def _is_changed(row: QuestionnaireEdition | MethodEdition) -> bool:
    return any(attribute.history.has_changes() for attribute in instance_state(row).attrs)
