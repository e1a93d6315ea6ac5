"""Road maps and aims as they stand, the rounds they follow from, and what was ever done to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey.models.accounts import Official
from survey.models.audit import AuditEntry
from survey.models.index_plans import IndexTarget, IndexTask
from survey.models.index_rounds import IndexParticipant, IndexRound

PLAN_VERBS: Final = ("index.task_saved", "index.target_set")


@dataclass(frozen=True, slots=True)
class PlanAct:
    """Something that was done to a road map or an aim: when, by whom ("" for a job), and what was written."""

    at: datetime
    who: str
    verb: str
    details: dict[str, Any]


def list_tasks(session: Session, *, agency_ids: Collection[UUID], year: int) -> list[IndexTask]:
    """List the tasks of agencies in a year, what is due first on top."""
    wanted = select(IndexTask).where(IndexTask.agency_id.in_(agency_ids), IndexTask.year == year)
    return list(session.scalars(wanted.order_by(IndexTask.due_on, IndexTask.criterion, IndexTask.id)))


def targets_of(session: Session, *, agency_ids: Collection[UUID], year: int) -> dict[UUID, IndexTarget]:
    """Return what agencies aim at in a year; who aims at nothing is absent."""
    wanted = select(IndexTarget).where(IndexTarget.agency_id.in_(agency_ids), IndexTarget.year == year)
    return {one.agency_id: one for one in session.scalars(wanted)}


def list_plan_years(session: Session, agency_ids: Collection[UUID]) -> list[int]:
    """List the years in which agencies have tasks or aims, newest first."""
    tasks = select(IndexTask.year).where(IndexTask.agency_id.in_(agency_ids)).distinct()
    targets = select(IndexTarget.year).where(IndexTarget.agency_id.in_(agency_ids)).distinct()
    return sorted({*session.scalars(tasks), *session.scalars(targets)}, reverse=True)


def list_rounds_of(session: Session, agency_id: UUID, *, until: int) -> list[IndexRound]:
    """List the rounds of years up to ``until`` in which an agency takes part, newest first, with their rubrics."""
    wanted = (
        select(IndexRound)
        .join(IndexParticipant, IndexParticipant.round_id == IndexRound.id)
        .options(joinedload(IndexRound.rubric), joinedload(IndexRound.agency))
        .where(IndexParticipant.agency_id == agency_id, IndexParticipant.removed_on.is_(None), IndexRound.year <= until)
    )
    return list(session.scalars(wanted.order_by(IndexRound.year.desc(), IndexRound.code)))


def list_rounds_by_id(session: Session, ids: Collection[UUID]) -> list[IndexRound]:
    """List rounds with their rubrics."""
    wanted = select(IndexRound).options(joinedload(IndexRound.rubric)).where(IndexRound.id.in_(ids))
    return list(session.scalars(wanted))


def list_plan_acts(session: Session, *, agency_id: UUID, year: int) -> list[PlanAct]:
    """List what was done to the road map and the aim of an agency in a year, newest first."""
    wanted = select(AuditEntry).where(AuditEntry.agency_id == agency_id, AuditEntry.verb.in_(PLAN_VERBS))
    entries = [
        one for one in session.scalars(wanted.order_by(AuditEntry.position.desc())) if one.details.get("year") == year
    ]
    actors = {one.actor.partition(":")[2] for one in entries if one.actor.startswith("official:")}
    named = select(Official.id, Official.name).where(Official.id.in_([UUID(actor) for actor in actors]))
    names = {f"official:{number}": name for number, name in session.execute(named)} if actors else {}
    return [PlanAct(one.at, names.get(one.actor, ""), one.verb, one.details) for one in entries]
