"""Totals of tallies, one row a scope, so that a summary of a country reads thousands of rows and not a million.

A total says nothing that the tallies do not say: whoever writes these writes it anew in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from analysis.moments import Moments
from survey.db import insert_on_conflict
from survey.models.editions import RATING_LEVELS
from survey.models.tallies import TallyTotal
from survey.queries.tallies import OWN, Scope, Total
from survey.services.tallying import Tallies

_KEYS: Final = ("agency_id", "wave_id", "dimension", "member")


def totals_of(tallies: Tallies, *, agency_id: UUID, wave_id: UUID) -> dict[Scope, Total]:
    """Add up every scope of an agency's tallies in a wave."""
    moments: dict[Scope, list[Moments]] = defaultdict(list)
    levels: dict[Scope, dict[str, list[int]]] = defaultdict(dict)
    channels: dict[str, int] = defaultdict(int)
    verified = 0
    for (_, channel, is_verified), part in sorted(tallies.moments.items(), key=lambda one: one[0]):
        moments[OWN].append(part)
        channels[channel] += part.n
        verified += part.n if is_verified else 0
    for (dimension, member, _), part in tallies.breakdown_moments.items():
        moments[dimension, member].append(part)
    for (_, item, _, _, level), count in sorted(tallies.levels.items()):
        _add(levels[OWN], item, level, count)
    for (dimension, member, _, item, level), count in sorted(tallies.breakdowns.items()):
        _add(levels[dimension, member], item, level, count)
    return {
        scope: _total(
            (agency_id, wave_id, *scope),
            Moments.total(parts, elements=tallies.elements),
            levels[scope],
            channels=dict(channels) if scope == OWN else {},
            verified=verified if scope == OWN else 0,
        )
        for scope, parts in moments.items()
    }


def write_totals(session: Session, totals: Collection[Total]) -> None:
    """Write totals over those that are there; the agency's mark is held."""
    if not totals:
        return
    statement = insert_on_conflict(session.get_bind().dialect.name, TallyTotal)
    rows = [asdict(total) for total in totals]
    new = {name: statement.excluded[name] for name in rows[0] if name not in _KEYS}
    session.execute(statement.on_conflict_do_update(index_elements=_KEYS, set_=new), rows)


def erase_total(session: Session, *, agency_id: UUID, wave_id: UUID, scope: Scope) -> None:
    """Delete a total; until the next one is written, figures are added up from the tallies."""
    dimension, member = scope
    session.execute(
        delete(TallyTotal).where(
            TallyTotal.agency_id == agency_id,
            TallyTotal.wave_id == wave_id,
            TallyTotal.dimension == dimension,
            TallyTotal.member == member,
        )
    )


def _add(levels: dict[str, list[int]], item: str, level: int, count: int) -> None:
    levels.setdefault(item, [0] * (1 + len(RATING_LEVELS)))[level] += count


def _total(
    key: tuple[UUID, UUID, str, str],
    moments: Moments,
    levels: Mapping[str, list[int]],
    *,
    channels: Mapping[str, int],
    verified: int,
) -> Total:
    agency_id, wave_id, dimension, member = key
    return Total(
        agency_id=agency_id,
        wave_id=wave_id,
        dimension=dimension,
        member=member,
        n=moments.n,
        verified=verified,
        channels=dict(channels),
        sums=list(moments.sums),
        cross=list(moments.cross),
        answered=list(moments.answered),
        levels=dict(levels),
    )
