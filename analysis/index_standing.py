"""The league table of an index: ranks with their sets, movement against the year before, means, best and worst.

Ranks are those of the official totals: equal points share the better rank.  Their sets rest on what the surveys leave
open; appraisers' points count as they were decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.index_total import Component, IndexTotal
from analysis.movement import YearOfResults
from analysis.ranking import Method, Sets, rank_sets


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's place: its rank, the ranks that the surveys leave open, and how many others have the same points."""

    unit: str
    total: IndexTotal
    rank: int
    low_rank: int
    high_rank: int
    tied: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One component over all units but those for which it is left out; several are best, or last, where equal.

    What nobody scored counts nothing here as it does in the total, so that the means of all areas add up to that of the
    totals before bonus, penalty, scale and cut.  ``maximum`` is the largest, ``asked`` the mean of all.
    """

    code: str
    maximum: Fraction
    asked: Fraction
    mean: Fraction
    best: tuple[str, ...]
    highest: Fraction
    last: tuple[str, ...]
    lowest: Fraction


@dataclass(frozen=True, slots=True)
class Weakness:
    """How units do in one leaf: who has nothing, and who has less than a share of the maximum (nothing included)."""

    code: str
    units: int
    nothing: tuple[str, ...]
    low: tuple[str, ...]
    mean_index: Fraction


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of the totals, who is above it, and the spread of every component."""

    mean: Fraction
    above_mean: tuple[str, ...]
    best: tuple[str, ...]
    last: tuple[str, ...]
    components: Mapping[str, Spread]


def standings(
    totals: Mapping[str, IndexTotal],
    *,
    sets: Sets = "simultaneous",
    method: Method = "pairwise",
    confidence_level: float = 0.95,
    seed: int | None = None,
) -> tuple[Standing, ...]:
    """Rank units, best first; of equal ones in the order they came.

    Raises:
        ValueError: As in ``ranking.rank_sets``.
    """
    if not totals:
        return ()
    units = list(totals)
    found = rank_sets(
        [float(totals[unit].points) for unit in units],
        [totals[unit].standard_error for unit in units],
        sets=sets,
        method=method,
        confidence_level=confidence_level,
        seed=seed,
    )
    rank, low, high = (numbers.tolist() for numbers in (found.rank, found.low_rank, found.high_rank))
    rows = [
        Standing(
            unit, totals[unit], rank[at], min(low[at], rank[at]), max(high[at], rank[at]), rank.count(rank[at]) - 1
        )
        for at, unit in enumerate(units)
    ]
    return tuple(sorted(rows, key=lambda row: row.rank))


def year_of(totals: Mapping[str, IndexTotal], *, edition: str) -> YearOfResults:
    """Return a year for ``analysis.movement``.

    ``edition`` is whatever must be the same for two years to be compared: the rubric and the set of units, so that
    ranks among 63 and among 34 are never taken from each other.
    """
    return YearOfResults(
        values={unit: float(total.points) for unit, total in totals.items()},
        standard_errors={unit: total.standard_error for unit, total in totals.items()},
        edition=edition,
    )


def summary(totals: Mapping[str, IndexTotal]) -> Summary:
    """Sum up a table of at least one unit."""
    mean = _mean([total.points for total in totals.values()])
    whole = _spread("", {unit: Component("", total.points, total.maximum) for unit, total in totals.items()})
    codes = dict.fromkeys(code for total in totals.values() for code in total.components)
    spreads = {code: _spread(code, known) for code in codes if (known := _asked(totals, code))}
    above = tuple(unit for unit, total in totals.items() if total.points > mean)
    return Summary(mean, above, whole.best, whole.last, spreads)


def weaknesses(
    totals: Mapping[str, IndexTotal], leaves: Sequence[str], *, below: Fraction = Fraction(1, 2)
) -> tuple[Weakness, ...]:
    """List leaves in which units have nothing, or less than ``below`` of the maximum; the weakest leaf first.

    A leaf that nobody scored for a unit counts as nothing; one left out with the survey is not told of.
    """
    found = [one for code in leaves if (one := _weakness(totals, code, below)) is not None]
    return tuple(sorted((one for one in found if one.low), key=lambda one: one.mean_index))


def _weakness(totals: Mapping[str, IndexTotal], code: str, below: Fraction) -> Weakness | None:
    asked = _asked(totals, code)
    if not asked:
        return None
    shares = {unit: _share(component) for unit, component in asked.items()}
    return Weakness(
        code,
        len(shares),
        tuple(unit for unit, share in shares.items() if share == 0),
        tuple(unit for unit, share in shares.items() if share < below),
        _mean(list(shares.values())),
    )


def _share(component: Component) -> Fraction:
    return component.index or Fraction(0)


def _asked(totals: Mapping[str, IndexTotal], code: str) -> dict[str, Component]:
    """Return a component of every unit for which it is not left out."""
    known = {unit: total.components[code] for unit, total in totals.items() if code in total.components}
    return {unit: component for unit, component in known.items() if component.maximum}


def _spread(code: str, components: Mapping[str, Component]) -> Spread:
    points = {unit: one.points or Fraction(0) for unit, one in components.items()}
    maxima = [one.maximum for one in components.values()]
    highest, lowest = max(points.values()), min(points.values())
    best = tuple(unit for unit, one in points.items() if one == highest)
    last = tuple(unit for unit, one in points.items() if one == lowest)
    return Spread(code, max(maxima), _mean(maxima), _mean(list(points.values())), best, highest, last, lowest)


def _mean(points: Sequence[Fraction]) -> Fraction:
    return sum(points, Fraction(0)) / len(points)
