"""Questionnaire editions: wording that can never change once somebody has answered it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
