"""From tables of results, year by year, to every unit's places and movement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from analysis.movement import MovementVerdict, UnitMovement
from analysis.outside_series import SeriesMovement, SeriesYear, series_movement
from survey.findings.index_values import RankSeries, RankStep
from survey.findings.values import Wording

VERDICTS: Final = {
    MovementVerdict.UP: "up",
    MovementVerdict.DOWN: "down",
    MovementVerdict.NO_EVIDENCE: "cannot_tell",
    MovementVerdict.NOT_COMPARABLE: "not_comparable",
    MovementVerdict.UNKNOWN: "unknown",
    MovementVerdict.JOINED: "new",
    MovementVerdict.LEFT: "new",
}


def rank_series(
    index: Wording, years: Sequence[SeriesYear], names: Mapping[str, Wording], *, source: str
) -> dict[str, RankSeries]:
    """Return the places of every unit in ``names``, in that order; ``years`` come oldest first."""
    moved = {after.year: series_movement(before, after) for before, after in pairwise(years)}
    before = {after.year: earlier for earlier, after in pairwise(years)}
    steps: dict[str, list[RankStep]] = {unit: [] for unit in names}
    for year in years:
        ranks = year.ranks()
        movements = {one.unit: one for one in moved[year.year].movement.units} if year.year in moved else {}
        for unit in names:
            if unit in ranks:
                steps[unit].append(
                    _step(unit, year, ranks, before.get(year.year), moved.get(year.year), movements.get(unit))
                )
    return {unit: RankSeries(index, names[unit], source, tuple(steps[unit])) for unit in names}


def _step(
    unit: str,
    year: SeriesYear,
    ranks: Mapping[str, int],
    before: SeriesYear | None,
    whole: SeriesMovement | None,
    own: UnitMovement | None,
) -> RankStep:
    earlier = before.ranks() if before else {}
    known = unit in earlier
    return RankStep(
        year=year.year,
        value=year.totals[unit] or Fraction(0),  # a unit that has a rank has a total
        rank=ranks[unit],
        of=len(ranks),
        last=max(ranks.values()),
        previous_year=before.year if before and known else None,
        previous_rank=earlier.get(unit),
        previous_of=len(earlier) if known else None,
        previous_last=max(earlier.values()) if known else None,
        change=own.rank_change if own else None,
        common=whole.movement.common if whole else 0,
        verdict=VERDICTS[own.verdict] if own else "new",
        breaks=whole.breaks if whole else (),
    )
