"""Scores of a round, as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.index_rounds import IndexParticipant
from survey.models.index_scores import IndexScore


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score: whose, for which leaf, its value, and what it rests on."""

    agency_id: UUID
    criterion: str
    value: Fraction
    basis: dict[str, Any] | None


def list_participant_ids(session: Session, round_id: UUID, *, only_counted: bool = False) -> list[UUID]:
    """List the agencies of a round as agencies sort, or only those that are ranked; not who was taken out."""
    wanted = select(IndexParticipant.agency_id).join(Agency).where(*_in(round_id))
    if only_counted:
        wanted = wanted.where(IndexParticipant.counts)
    return list(session.scalars(wanted.order_by(Agency.sort_key, Agency.code)))


def list_participants(session: Session, round_id: UUID) -> list[IndexParticipant]:
    """List who takes part in a round, as agencies sort; not who was taken out."""
    wanted = select(IndexParticipant).join(Agency).where(*_in(round_id))
    return list(session.scalars(wanted.order_by(Agency.sort_key, Agency.code)))


def list_scored(session: Session, round_id: UUID, agency_ids: Sequence[UUID]) -> list[ScoreRow]:
    """List the scores of agencies in a round that have a value."""
    wanted = select(IndexScore.agency_id, IndexScore.criterion, IndexScore.value, IndexScore.basis).where(
        IndexScore.agency_id.in_(agency_ids), IndexScore.round_id == round_id, IndexScore.value.is_not(None)
    )
    return [
        ScoreRow(agency_id, criterion, value, basis)
        for agency_id, criterion, value, basis in session.execute(wanted)
        if value is not None
    ]


def _in(round_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return IndexParticipant.round_id == round_id, IndexParticipant.removed_on.is_(None)
