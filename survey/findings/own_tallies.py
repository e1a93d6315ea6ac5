"""Adds up agencies' own tallies: from the total that the fold left where there is one, else row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from survey.queries.tallies import OWN, list_marks, list_totals, stream_moments, sum_levels_by_wave

if TYPE_CHECKING:
    from survey.findings.sample import Cell

Key = tuple[UUID, UUID]  # agency and wave


def read_own_tallies(
    session: Session, cell_of: Callable[[UUID, UUID], Cell], *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> None:
    """Add the answers of every agency in every wave to its cell, which ``cell_of`` gives by agency and wave."""
    folded: dict[Key, int] = {}
    for mark in list_marks(session, wave_ids=wave_ids, agency_ids=agency_ids, own=True):
        cell_of(mark.agency_id, mark.wave_id).add_mark(mark)
        folded[mark.agency_id, mark.wave_id] = mark.n
    known: set[Key] = set()
    for total in list_totals(session, wave_ids=wave_ids, agency_ids=agency_ids, dimension=OWN[0]):
        known.add((total.agency_id, total.wave_id))
        cell_of(total.agency_id, total.wave_id).add_total(total)
    rest = [key for key, n in folded.items() if n and key not in known]
    if rest:
        _read_rows(session, cell_of, rest)


def _read_rows(session: Session, cell_of: Callable[[UUID, UUID], Cell], keys: Sequence[Key]) -> None:
    wanted = set(keys)
    agency_ids, wave_ids = ([*dict.fromkeys(column)] for column in zip(*keys, strict=True))
    for row in stream_moments(session, wave_ids=wave_ids, agency_ids=agency_ids):
        if (row.agency_id, row.wave_id) in wanted:
            cell_of(row.agency_id, row.wave_id).add_moments(row)
    for wave_id, count in sum_levels_by_wave(session, wave_ids=wave_ids, agency_ids=agency_ids):
        if (count.agency_id, wave_id) in wanted:
            cell_of(count.agency_id, wave_id).add_levels(count.item, count.level, count.count)
