"""Movement of units between two years: in score, in rank, and whether the movement is real.

Ranks are only compared among the units present in both years, ranked anew among themselves: a unit that joins or leaves
pushes others up or down without anything having changed about them.  The published ranks (among all units of each
year) stand beside them.

A movement in rank is real when the unit's two confidence sets, each at 97.5 %, do not overlap: if both sets hold, which
they do together with at least 95 % (Bonferroni), the true ranks differ.  Without standard errors (an outside index such
as PAPI) ranks move, but nothing can be said about whether the movement is more than noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isnan, nan

import numpy as np

from analysis.ranking import Method, Sets, rank_sets, ranks

SET_LEVEL = 0.975  # of each year's set


class MovementVerdict(StrEnum):
    """What may be said about a unit's movement."""

    UP = "up"
    DOWN = "down"
    NO_EVIDENCE = "cannot be told apart"
    NOT_COMPARABLE = "not comparable"
    UNKNOWN = "no standard errors"
    JOINED = "joined"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class YearOfResults:
    """The results of one year.

    Attributes:
        values: By unit; the highest is best, NaN is as good as absent.
        standard_errors: By unit, for every unit with a value; None where the index has none.
        edition: Whatever must be the same for two years to be compared (questionnaire, method, population).
    """

    values: Mapping[str, float]
    standard_errors: Mapping[str, float] | None = None
    edition: str = ""

    def present(self) -> list[str]:
        """List the units that have a value, in the order of the mapping."""
        return [unit for unit, value in self.values.items() if not isnan(value)]


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's rank among some units; ``low`` and ``high`` are None where there are no standard errors."""

    rank: int
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class UnitMovement:
    """One unit's movement.

    Attributes:
        unit: Its key.
        published_before: Rank among all units of the earlier year; None where it was absent.
        published_after: Rank among all units of the later year; None where it is absent.
        before: Place among the units present in both years; None unless it is one of them.
        after: Likewise in the later year.
        rank_change: Places won among the units present in both years, positive is up; None where not defined.
        score_change: Later value less earlier one; NaN where not defined.
        verdict: What may be said.
    """

    unit: str
    published_before: int | None
    published_after: int | None
    before: Place | None
    after: Place | None
    rank_change: int | None
    score_change: float
    verdict: MovementVerdict


@dataclass(frozen=True, slots=True)
class Counts:
    """How many units rose, fell and stayed."""

    up: int
    down: int
    same: int


@dataclass(frozen=True, slots=True)
class Movement:
    """The movement of all units; ``units`` in the order of the later year, then those that left.

    Attributes:
        units: One movement a unit.
        score: Counts by the sign of the change of score of the units present in both years, real or not.
        rank: Counts by the sign of the change of rank among the units present in both years.
        real: Counts by verdict: ``same`` are those that cannot be told apart.
        common: Number of units present in both years.
        comparable: Whether the editions are the same.
    """

    units: tuple[UnitMovement, ...]
    score: Counts
    rank: Counts
    real: Counts
    common: int
    comparable: bool


def movement(
    before: YearOfResults,
    after: YearOfResults,
    *,
    sets: Sets = "simultaneous",
    method: Method = "pairwise",
    seed: int | None = None,
    draws: int = 1000,
) -> Movement:
    """Compare two years.

    Where the editions differ every unit present in both is *not comparable*: places are given, changes are not.

    Args:
        before: The earlier year.
        after: The later year.
        sets: As in ``ranking.rank_sets``, like the next three.
        method: For both years.
        seed: For both years.
        draws: For both years.

    Raises:
        ValueError: A unit with a value lacks its standard error, or as in ``ranking.rank_sets``.
    """
    present = set(before.present())
    common = [unit for unit in after.present() if unit in present]

    def places(year: YearOfResults) -> dict[str, Place]:
        return _places(year, common, sets, method, seed, draws)

    comparable = before.edition == after.edition
    earlier, later = places(before), places(after)
    published = _published(before), _published(after)
    every = after.present() + [unit for unit in before.present() if unit not in published[1]]
    units = tuple(
        _unit(
            unit,
            (published[0].get(unit), published[1].get(unit)),
            (earlier.get(unit), later.get(unit)),
            after.values.get(unit, nan) - before.values.get(unit, nan),
            comparable=comparable,
        )
        for unit in every
    )
    return Movement(
        units=units,
        score=_signs([unit.score_change for unit in units]),
        rank=_signs([nan if unit.rank_change is None else float(unit.rank_change) for unit in units]),
        real=_real(units),
        common=len(common),
        comparable=comparable,
    )


def _published(year: YearOfResults) -> dict[str, int]:
    units = year.present()
    return dict(zip(units, ranks([year.values[unit] for unit in units]).tolist(), strict=True))


def _places(
    year: YearOfResults, units: Sequence[str], sets: Sets, method: Method, seed: int | None, draws: int
) -> dict[str, Place]:
    values = np.array([year.values[unit] for unit in units], dtype=np.float64)
    if year.standard_errors is None:
        return {unit: Place(rank, None, None) for unit, rank in zip(units, ranks(values).tolist(), strict=True)}
    missing = [unit for unit in units if unit not in year.standard_errors]
    if missing:
        msg = f"{missing[0]} has a value and no standard error"
        raise ValueError(msg)
    found = rank_sets(
        values,
        [year.standard_errors[unit] for unit in units],
        sets=sets,
        method=method,
        confidence_level=SET_LEVEL,
        seed=seed,
        draws=draws,
    )
    rows = zip(found.rank.tolist(), found.low_rank.tolist(), found.high_rank.tolist(), strict=True)
    return {unit: Place(*row) for unit, row in zip(units, rows, strict=True)}


def _unit(
    unit: str,
    published: tuple[int | None, int | None],
    places: tuple[Place | None, Place | None],
    score_change: float,
    *,
    comparable: bool,
) -> UnitMovement:
    before, after = places
    if before is None or after is None:
        verdict = MovementVerdict.LEFT if published[1] is None else MovementVerdict.JOINED
        return UnitMovement(unit, *published, None, None, None, nan, verdict)
    if not comparable:
        return UnitMovement(unit, *published, before, after, None, nan, MovementVerdict.NOT_COMPARABLE)
    change = before.rank - after.rank
    return UnitMovement(unit, *published, before, after, change, score_change, _verdict(before, after))


def _verdict(before: Place, after: Place) -> MovementVerdict:
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return MovementVerdict.UNKNOWN
    if after.high < before.low:
        return MovementVerdict.UP
    if after.low > before.high:
        return MovementVerdict.DOWN
    return MovementVerdict.NO_EVIDENCE


def _real(units: Sequence[UnitMovement]) -> Counts:
    order = (MovementVerdict.UP, MovementVerdict.DOWN, MovementVerdict.NO_EVIDENCE)
    return Counts(*(sum(unit.verdict is verdict for unit in units) for verdict in order))


def _signs(changes: Sequence[float]) -> Counts:
    return Counts(
        sum(change > 0 for change in changes),
        sum(change < 0 for change in changes),
        sum(change == 0 for change in changes),
    )
