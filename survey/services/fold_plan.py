"""Which figures of an agency may move, so that nobody reads one citizen's answer by looking before and after.

A figure moves only when at least ten answers have come (or gone) since it last moved, and holds none or at least ten;
where fewer are left it is emptied.  A breakdown moves only together
with its agency, and only if what stays behind cannot be found by subtracting: the answers of the agency that no member
of the dimension holds are none or at least ten, in all and among those that the move adds.  See docs/adr.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from survey.models.tallies import SMALLEST_MOVE
from survey.queries.responses import BEFORE_EVERYTHING, DayCount, PatternCount
from survey.queries.tallies import OWN, UNVERIFIED, VERIFIED, Mark, Scope

DIMENSIONS: Final = ("service_point", "field", "language", "verified", "channel")


@dataclass(frozen=True, slots=True)
class Move:
    """One scope that moves: its answers given after ``after`` are added, or, to ``rebuild``, counted anew.

    ``n`` answers are in the scope afterwards; with none it is as if it had never been folded.
    """

    scope: Scope
    after: date
    rebuild: bool
    n: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a scope stands: all its answers, what has changed since it moved, and how much its agency would add."""

    scope: Scope
    total: int
    pending: int
    fresh: int
    settled: bool
    folded_until: date

    @property
    def move(self) -> Move:
        if self.total < SMALLEST_MOVE:
            return Move(self.scope, date.max, rebuild=True, n=0)
        after = self.folded_until if self.settled else BEFORE_EVERYTHING
        return Move(self.scope, after, rebuild=not self.settled, n=self.total)


def plan_moves(marks: Mapping[Scope, Mark], days: Sequence[DayCount], *, until: date) -> list[Move]:
    """Return what moves, the agency's own figures first; nothing while fewer than ten answers have come.

    Args:
        marks: Of one agency in one wave.
        days: Its responses that count, until that day.
        until: The last day to be folded.

    """
    own_mark = marks.get(OWN)
    since = own_mark.folded_until if own_mark else BEFORE_EVERYTHING
    own = _standing(OWN, days, own_mark, since)
    if until < since or own.pending < SMALLEST_MOVE:
        return []
    moves = [own.move]
    for dimension in DIMENSIONS:
        moves += _plan_dimension(dimension, marks, days, since)
    return moves


def count_pending(mark: Mark | None, total: int) -> int:
    """Count the answers that have come to a scope of ``total`` answers now, or gone from it, since it moved."""
    held, stale = (mark.n, mark.stale) if mark else (0, 0)
    return abs(total - (held - stale)) + stale


def is_settled(mark: Mark, days: Iterable[DayCount]) -> bool:
    """Tell whether the answers that a mark stands for are those that lie before it: none gone, none come late."""
    before = sum(day.count for day in days if day.day <= mark.folded_until and _belongs(day, mark.scope))
    return mark.stale == 0 and before == mark.n


def _belongs(day: DayCount, scope: Scope) -> bool:
    return scope == OWN or member_of(day, scope[0]) == scope[1]


def member_of(day: DayCount | PatternCount, dimension: str) -> str | None:
    """Return the member of a dimension that answers belong to, None where they belong to none."""
    if dimension == "language":
        return day.language
    if dimension == "channel":
        return day.channel
    if dimension == "verified":
        return VERIFIED if day.verified else UNVERIFIED
    key = day.service_point_id if dimension == "service_point" else day.service_field_id
    return None if key is None else str(key)


def _plan_dimension(dimension: str, marks: Mapping[Scope, Mark], days: Sequence[DayCount], since: date) -> list[Move]:
    members: dict[str, list[DayCount]] = {}
    for day in days:
        members.setdefault(member_of(day, dimension) or "", []).append(day)
    for scope in marks:
        if scope[0] == dimension:
            members.setdefault(scope[1], [])
    # Whoever belongs to no member is never shown and always stays behind.
    apart = [_standing((dimension, ""), members.pop("", []), None, since)]
    found = [
        _standing((dimension, member), own, marks.get((dimension, member)), since) for member, own in members.items()
    ]
    moving = sorted((one for one in found if one.pending >= SMALLEST_MOVE), key=lambda one: (-one.pending, one.scope))
    behind = apart + [one for one in found if one.pending < SMALLEST_MOVE]
    while moving and not _hidden(behind):
        behind.append(moving.pop())
    return [one.move for one in moving]


def _hidden(behind: Sequence[_Standing]) -> bool:
    left = sum(one.pending for one in behind)
    added = sum(one.fresh for one in behind)
    return all(count == 0 or count >= SMALLEST_MOVE for count in (left, added))


def _standing(scope: Scope, days: Iterable[DayCount], mark: Mark | None, since: date) -> _Standing:
    folded_until = mark.folded_until if mark else BEFORE_EVERYTHING
    held, stale = (mark.n, mark.stale) if mark else (0, 0)
    counts: Counter[str] = Counter()
    for day in days:
        counts["total"] += day.count
        counts["settled"] += day.count if day.day <= folded_until else 0
        counts["fresh"] += day.count if day.day > since else 0
    return _Standing(
        scope=scope,
        total=counts["total"],
        pending=count_pending(mark, counts["total"]),
        fresh=counts["fresh"],
        # Answers may come late or be counted again: then what the tallies hold is not what lies before the mark.
        settled=stale == 0 and counts["settled"] == held,
        folded_until=folded_until,
    )
