"""Tallies between the database and memory.

Whoever writes holds the agency's fold mark (``fold_marks.lock_mark``), so that nobody else writes the same rows; rows
go in sorted by their key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from analysis.moments import Moments
from survey.db import insert_on_conflict
from survey.models.tallies import (
    BreakdownMomentTally,
    BreakdownTally,
    FoldMark,
    LevelTally,
    MomentTally,
    OptionTally,
)
from survey.queries.responses import BEFORE_EVERYTHING
from survey.queries.tallies import OWN, Scope
from survey.services.fold_plan import Move
from survey.services.tally_totals import erase_total, totals_of, write_totals
from survey.services.tallying import Key, Tallies

Entity = type[LevelTally] | type[MomentTally] | type[BreakdownTally] | type[BreakdownMomentTally] | type[OptionTally]

# What follows agency and wave in the key of each table of tallies.
KEYS: Final[Mapping[Entity, tuple[str, ...]]] = {
    LevelTally: ("month", "item", "channel", "verified", "level"),
    MomentTally: ("month", "channel", "verified"),
    BreakdownTally: ("dimension", "member", "month", "item", "level"),
    BreakdownMomentTally: ("dimension", "member", "month"),
    OptionTally: ("month", "question", "option"),
}
_MOMENTS: Final = ("n", "sums", "cross", "answered")


def read_tallies(session: Session, *, agency_id: UUID, wave_id: UUID, elements: int) -> Tallies:
    """Read all tallies of an agency in a wave."""
    tallies = Tallies(elements=elements)
    for row in _read(session, LevelTally, agency_id, wave_id, ("count",)):
        tallies.levels[row[0], row[1], row[2], row[3], row[4]] = row[5]
    for row in _read(session, MomentTally, agency_id, wave_id, _MOMENTS):
        tallies.moments[row[0], row[1], row[2]] = Moments(elements, *row[3:])
    for row in _read(session, BreakdownTally, agency_id, wave_id, ("count",)):
        tallies.breakdowns[row[0], row[1], row[2], row[3], row[4]] = row[5]
    for row in _read(session, BreakdownMomentTally, agency_id, wave_id, _MOMENTS):
        tallies.breakdown_moments[row[0], row[1], row[2]] = Moments(elements, *row[3:])
    for row in _read(session, OptionTally, agency_id, wave_id, ("count",)):
        tallies.options[row[0], row[1], row[2]] = row[3]
    return tallies


def write_moves(
    session: Session, *, agency_id: UUID, wave_id: UUID, moves: Sequence[Move], added: Tallies, until: date
) -> None:
    """Add what was counted to the tallies of the scopes that move, and set their marks."""
    for move in moves:
        if move.rebuild:
            erase_tallies(session, agency_id=agency_id, wave_id=wave_id, scope=move.scope)
    add_tallies(session, agency_id=agency_id, wave_id=wave_id, added=added)
    marks = [
        {
            "dimension": move.scope[0],
            "member": move.scope[1],
            "folded_until": until if move.n else BEFORE_EVERYTHING,
            "n": move.n,
            "stale": 0,
        }
        for move in sorted(moves, key=lambda move: move.scope)
    ]
    statement = insert_on_conflict(session.get_bind().dialect.name, FoldMark)
    new = {name: statement.excluded[name] for name in ("folded_until", "n", "stale")}
    keys = ["agency_id", "wave_id", "dimension", "member"]
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=new),
        [{"agency_id": agency_id, "wave_id": wave_id, **mark} for mark in marks],
    )


def erase_tallies(session: Session, *, agency_id: UUID, wave_id: UUID, scope: Scope) -> None:
    """Delete all tallies of one scope."""
    own = scope == OWN
    erase_total(session, agency_id=agency_id, wave_id=wave_id, scope=scope)
    for entity in (LevelTally, MomentTally, OptionTally) if own else (BreakdownTally, BreakdownMomentTally):
        statement = delete(entity).where(entity.agency_id == agency_id, entity.wave_id == wave_id)
        if not own:
            columns = entity.__table__.c
            statement = statement.where(columns.dimension == scope[0], columns.member == scope[1])
        session.execute(statement)


def add_tallies(session: Session, *, agency_id: UUID, wave_id: UUID, added: Tallies) -> None:
    """Add tallies to those that are there, and write the totals of what moved anew."""
    held = read_tallies(session, agency_id=agency_id, wave_id=wave_id, elements=added.elements)
    counts: tuple[tuple[Entity, Any, Any], ...] = (
        (LevelTally, held.levels, added.levels),
        (BreakdownTally, held.breakdowns, added.breakdowns),
        (OptionTally, held.options, added.options),
    )
    for entity, before, more in counts:
        rows = [_row(entity, key, {"count": before[key] + more[key]}) for key in sorted(more)]
        _upsert(session, entity, agency_id, wave_id, rows)
    moments: tuple[tuple[Entity, Any, Any], ...] = (
        (MomentTally, held.moments, added.moments),
        (BreakdownMomentTally, held.breakdown_moments, added.breakdown_moments),
    )
    for entity, before, more in moments:
        rows = [
            _row(entity, key, _sums(before[key] + more[key] if key in before else more[key])) for key in sorted(more)
        ]
        _upsert(session, entity, agency_id, wave_id, rows)
    totals = totals_of(_together(held, added), agency_id=agency_id, wave_id=wave_id)
    moved = {OWN} if added.moments else set()
    moved |= {(dimension, member) for dimension, member, _ in added.breakdown_moments}
    write_totals(session, [total for scope, total in totals.items() if scope in moved])


def _together(held: Tallies, added: Tallies) -> Tallies:
    return Tallies(
        added.elements,
        levels=held.levels + added.levels,
        moments=_summed(held.moments, added.moments),
        breakdowns=held.breakdowns + added.breakdowns,
        breakdown_moments=_summed(held.breakdown_moments, added.breakdown_moments),
    )


def _summed(held: Mapping[Key, Moments], added: Mapping[Key, Moments]) -> dict[Key, Moments]:
    return {**held, **{key: held[key] + more if key in held else more for key, more in added.items()}}


def _read(
    session: Session, entity: Entity, agency_id: UUID, wave_id: UUID, values: tuple[str, ...]
) -> Sequence[Sequence[Any]]:
    columns: list[ColumnElement[Any]] = [entity.__table__.c[name] for name in (*KEYS[entity], *values)]
    return session.execute(select(*columns).where(entity.agency_id == agency_id, entity.wave_id == wave_id)).all()


def _row(entity: Entity, key: tuple[object, ...], values: Mapping[str, object]) -> dict[str, object]:
    return {**dict(zip(KEYS[entity], key, strict=True)), **values}


def _sums(moments: Moments) -> dict[str, object]:
    lists = {name: list(getattr(moments, name)) for name in ("sums", "cross", "answered")}
    return {"n": moments.n, **lists}


def _upsert(
    session: Session, entity: Entity, agency_id: UUID, wave_id: UUID, rows: Sequence[Mapping[str, object]]
) -> None:
    if not rows:
        return
    statement = insert_on_conflict(session.get_bind().dialect.name, entity)
    keys = ["agency_id", "wave_id", *KEYS[entity]]
    new = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=new),
        [{"agency_id": agency_id, "wave_id": wave_id, **row} for row in rows],
    )
