"""Indexes of others: totals, ranks and movement, and what stands in the way of comparing two years.

Two years are not compared where their dimensions differ, unless only the dimensions of both are asked for, nor ever
where the set of units is another one: a rank among 63 is not taken from a rank among 34.  Such figures come without
standard errors, so that movement can be told and nothing can be said of whether it is more than noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import nan
from typing import Literal

from analysis.movement import Movement, YearOfResults, movement
from analysis.ranking import ranks

Break = Literal["dimensions", "units"]


@dataclass(frozen=True, slots=True)
class SeriesYear:
    """One year of a series.

    Attributes:
        year: It tells of.
        totals: By unit; None where the unit was left out that year.
        dimensions: By unit and dimension; empty where only totals are known.
        codes: Of the dimensions that the totals are made of.
        unit_set: Name of the borders that the units are of.
        higher_is_better: Which way ranks go.
    """

    year: int
    totals: Mapping[str, Fraction | None]
    dimensions: Mapping[str, Mapping[str, Fraction | None]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    unit_set: str = ""
    higher_is_better: bool = True

    def missing(self) -> tuple[str, ...]:
        """Return the units that have no total."""
        return tuple(unit for unit, total in self.totals.items() if total is None)

    def ranks(self) -> dict[str, int]:
        """Return ranks among the units that have a total; equal ones share the better."""
        known = {unit: total for unit, total in self.totals.items() if total is not None}
        sign = 1 if self.higher_is_better else -1
        found = ranks([sign * float(total) for total in known.values()])
        return dict(zip(known, found.tolist(), strict=True))

    def over(self, codes: tuple[str, ...]) -> dict[str, Fraction | None]:
        """Return totals over some dimensions; None for a unit that lacks one of them."""
        found: dict[str, Fraction | None] = {}
        for unit, own in self.dimensions.items():
            parts = [value for code in codes if (value := own.get(code)) is not None]
            found[unit] = sum(parts, Fraction(0)) if len(parts) == len(codes) else None
        return found


@dataclass(frozen=True, slots=True)
class SeriesMovement:
    """The movement between two years, what breaks the series between them, and the dimensions that were compared."""

    movement: Movement
    breaks: tuple[Break, ...]
    over: tuple[str, ...]


def breaks_between(before: SeriesYear, after: SeriesYear) -> tuple[Break, ...]:
    """Name what has changed so that the totals are not one series."""
    found: list[Break] = []
    if set(before.codes) != set(after.codes):
        found.append("dimensions")
    if before.unit_set != after.unit_set:
        found.append("units")
    return tuple(found)


def series_movement(before: SeriesYear, after: SeriesYear, *, shared_dimensions: bool = False) -> SeriesMovement:
    """Compare two years; with ``shared_dimensions`` over those that both years have, where they differ.

    Where a break remains, every unit of both years is "not comparable".
    Changes of score are told so that more is better.

    Raises:
        ValueError: No dimension is shared.
    """
    breaks = breaks_between(before, after)
    first, second, over = before.totals, after.totals, after.codes
    remaining = set(breaks)
    if shared_dimensions and "dimensions" in breaks:
        over = tuple(code for code in after.codes if code in before.codes)
        if not over:
            msg = f"{before.year} and {after.year} share no dimension"
            raise ValueError(msg)
        first, second = before.over(over), after.over(over)
        remaining.discard("dimensions")
    sign = 1 if after.higher_is_better else -1
    return SeriesMovement(
        movement(
            YearOfResults(_floats(first, sign), edition="before" if remaining else ""),
            YearOfResults(_floats(second, sign), edition="after" if remaining else ""),
        ),
        breaks,
        over,
    )


def _floats(totals: Mapping[str, Fraction | None], sign: int) -> dict[str, float]:
    return {unit: nan if total is None else sign * float(total) for unit, total in totals.items()}
