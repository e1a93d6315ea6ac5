"""What it takes to be among the first k: the points that were lacking, and the chance that more points give.

Points needed are exact, all others as they stand.  Chances are the share of draws of independent normal values around
the totals (this year's uncertainty of the surveys) in which the unit is among the first k; equal ones count as among
them.  One set of draws tells the chance for any number of points, so that more points never lower it.  That is a
posterior chance under a flat prior, as in ``ranking.top_probability``: nobody else's points move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt

import numpy as np

from analysis.index_total import IndexTotal
from analysis.rank_pairs import Floats


@dataclass(frozen=True, slots=True)
class Target:
    """How far a unit is from the first k.

    Attributes:
        unit: Its key.
        k: The places aimed at.
        of: Units in the table.
        needed: Points that were lacking, exact; 0 where it is among them.
        chance_now: That it belongs among them as it stands, 0–1.
        gaps: Sorted over the draws: what the unit lacked in each of them; negative where it was ahead.
    """

    unit: str
    k: int
    of: int
    needed: Fraction
    chance_now: float
    gaps: Floats

    def chance_with(self, points: float) -> float:
        """Return the chance with so many points more."""
        return float(np.searchsorted(self.gaps, points, side="right")) / len(self.gaps)

    def points_for(self, chance: float) -> float:
        """Return the points, more than now, that give a chance of at least so much; 0 where it is there already."""
        place = min(max(ceil(chance * len(self.gaps)), 1), len(self.gaps)) - 1
        return max(float(self.gaps[place]), 0.0)

    @property
    def simulation_error(self) -> float:
        """Return the standard error that the number of draws leaves in ``chance_now``."""
        return sqrt(self.chance_now * (1.0 - self.chance_now) / len(self.gaps))


def target(totals: Mapping[str, IndexTotal], unit: str, *, k: int, seed: int, draws: int = 10_000) -> Target:
    """Say what a unit lacks to be among the first k.

    Raises:
        ValueError: k is not 1 to the number of units, or the table does not have the unit.
    """
    if unit not in totals or not 1 <= k <= len(totals):
        msg = f"{unit} among the first {k} of {len(totals)}: name a unit of the table, and a place of it"
        raise ValueError(msg)
    others = [total for other, total in totals.items() if other != unit]
    own = totals[unit]
    gaps = np.sort(_gaps(own, others, k, seed, draws))
    return Target(
        unit=unit,
        k=k,
        of=len(totals),
        needed=points_needed(own.points, [one.points for one in others], k=k),
        chance_now=float(np.searchsorted(gaps, 0.0, side="right")) / draws,
        gaps=gaps,
    )


def points_needed(own: Fraction, others: Sequence[Fraction], *, k: int) -> Fraction:
    """Return what is lacking to the k-th best of the others, exact: at most k - 1 are then better."""
    return max(sorted(others, reverse=True)[k - 1] - own, Fraction(0)) if k <= len(others) else Fraction(0)


def _gaps(own: IndexTotal, others: list[IndexTotal], k: int, seed: int, draws: int) -> Floats:
    generator = np.random.Generator(np.random.PCG64(seed))
    mine = float(own.points) + own.standard_error * generator.standard_normal(draws)
    if k > len(others):
        return np.full(draws, -np.inf)
    # The order of the others has no say in the draws.
    rows = sorted((float(one.points), one.standard_error) for one in others)
    values, errors = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    theirs = values + errors * generator.standard_normal((draws, len(rows)))
    kth: Floats = np.partition(theirs, len(rows) - k, axis=1)[:, len(rows) - k]
    gaps: Floats = kth - mine
    return gaps
