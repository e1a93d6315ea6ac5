"""The marks that tell how far each figure is folded: held by whoever changes what they stand for, and made stale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.tallies import FoldMark
from survey.queries.responses import BEFORE_EVERYTHING, DayCount
from survey.queries.tallies import OWN, Scope, list_marks
from survey.services.fold_plan import DIMENSIONS, member_of

_OWN_DIMENSION: Final = OWN[0]


def lock_mark(session: Session, *, agency_id: UUID, wave_id: UUID) -> None:
    """Hold the agency's own fold mark in a wave until the transaction ends; makes it where there is none.

    Folding, withdrawing and excluding hold it, so that none of them misses what another is about to write.
    """
    new = insert_on_conflict(session.get_bind().dialect.name, FoldMark).values(
        agency_id=agency_id, wave_id=wave_id, dimension=OWN[0], member=OWN[1], folded_until=BEFORE_EVERYTHING, n=0
    )
    # The insertion comes first because it makes SQLite take its lock at once instead of half-way through.
    session.execute(new.values(stale=0).on_conflict_do_nothing())
    held = select(FoldMark.n).where(
        FoldMark.agency_id == agency_id, FoldMark.wave_id == wave_id, FoldMark.dimension == _OWN_DIMENSION
    )
    session.execute(held.with_for_update())


def mark_stale(session: Session, *, agency_id: UUID, wave_id: UUID, gone: Sequence[DayCount]) -> None:
    """Note on the marks how many answers no longer count that the tallies still contain; the mark is held."""
    for mark in list_marks(session, wave_ids=[wave_id], agency_ids=[agency_id]):
        folded = Counter[Scope]()
        for day in gone:
            if day.day <= mark.folded_until:
                folded[OWN] += day.count
                folded.update({(dimension, member_of(day, dimension) or ""): day.count for dimension in DIMENSIONS})
        if folded[mark.scope]:
            session.execute(
                update(FoldMark)
                .where(
                    FoldMark.agency_id == agency_id,
                    FoldMark.wave_id == wave_id,
                    FoldMark.dimension == mark.dimension,
                    FoldMark.member == mark.member,
                )
                .values(stale=FoldMark.stale + folded[mark.scope])
            )
