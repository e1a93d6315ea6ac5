"""Frozen values of indexes as they are told of: a unit's places over the years, and what was achieved beside them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from survey.findings.values import Wording


@dataclass(frozen=True, slots=True)
class RankStep:
    """A unit's place in a year of an index, against the year before it in the series.

    ``change`` are places won among the units of both years, positive is up; None where the two cannot be compared:
    ``breaks`` then say why (dimensions, units).  ``common`` units are in both years.  ``verdict`` is up, down,
    cannot_tell, unknown (the index is published without its error), new or not_comparable.  ``last`` is the last rank.
    """

    year: int
    value: Fraction
    rank: int
    of: int
    last: int
    previous_year: int | None
    previous_rank: int | None
    previous_of: int | None
    previous_last: int | None
    change: int | None
    common: int
    verdict: str
    breaks: tuple[str, ...] = ()

    @property
    def is_last(self) -> bool:
        """Return whether nobody stands behind it."""
        return self.rank == self.last

    @property
    def was_last(self) -> bool:
        """Return whether nobody stood behind it the year before."""
        return self.previous_rank is not None and self.previous_rank == self.previous_last


@dataclass(frozen=True, slots=True)
class RankSeries:
    """A unit's places in one index, oldest first; ``source`` says whose figures they are."""

    index: Wording
    unit: Wording
    source: str
    steps: tuple[RankStep, ...]

    def step(self, year: int) -> RankStep | None:
        """Return the place in a year; None where it had none."""
        return next((step for step in self.steps if step.year == year), None)

    def was_first_before(self, year: int) -> bool:
        """Return whether it stood first in any year before the one before ``year``."""
        return any(step.rank == 1 for step in self.steps if step.year < year - 1)


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something counted or a share: ``part`` of ``whole`` units of ``what``, or a ``share`` 0–1 with its decimals.

    ``is_at_least`` says that the share is told as more than a round number, as in "more than 97 %".
    """

    what: Wording
    part: int | None = None
    whole: int | None = None
    share: Fraction | None = None
    decimals: int = 1
    is_at_least: bool = False
