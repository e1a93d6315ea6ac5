"""What an index is made of: areas of criteria, each leaf with a maximum and a formula, in exact fractions.

A leaf turns a value into points; everything above it is a sum.  Points are never binary fractions, so that 85.15 % of
two points is 1.703 and is cut to 1.70 everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

Rounding = Literal["truncate", "round", "none"]
WithoutSurvey = Literal["rescale", "zero", "refuse"]
NOTHING, WHOLE = Fraction(0), Fraction(1)


class ScoreError(ValueError):
    """A value that a leaf cannot take; ``low`` and ``high`` say what it may be, None where there is no such end."""

    def __init__(self, message: str, *, low: Fraction | None = None, high: Fraction | None = None) -> None:
        super().__init__(message)
        self.low = low
        self.high = high


@dataclass(frozen=True, slots=True)
class Cut:
    """How points are written: so many decimals, the rest dropped, rounded half up, or kept."""

    decimals: int = 2
    rounding: Rounding = "truncate"

    def apply(self, points: Fraction) -> Fraction:
        """Cut points that are not negative."""
        unit = Fraction(1, 10**self.decimals)
        if self.rounding == "truncate":
            return floor(points / unit) * unit
        if self.rounding == "round":
            return floor(points / unit + Fraction(1, 2)) * unit
        return points


@dataclass(frozen=True, slots=True)
class Given:
    """The value is the points themselves, in steps where there are any."""

    step: Fraction | None = None

    def earned(self, value: Fraction, maximum: Fraction) -> Fraction:
        """Return the points before any cut."""
        if not NOTHING <= value <= maximum:
            msg = f"{value} points: a leaf has 0 to {maximum}"
            raise ScoreError(msg, low=NOTHING, high=maximum)
        if self.step and value % self.step and value != maximum:
            msg = f"{value} points: they go in steps of {self.step}"
            raise ScoreError(msg, low=NOTHING, high=maximum)
        return value


@dataclass(frozen=True, slots=True)
class Share:
    """The value is a share, 0–1, of the maximum."""

    def earned(self, value: Fraction, maximum: Fraction) -> Fraction:
        """Return the points before any cut."""
        if not NOTHING <= value <= WHOLE:
            msg = f"{value} is no share: it lies between 0 and 1"
            raise ScoreError(msg, low=NOTHING, high=WHOLE)
        return value * maximum


@dataclass(frozen=True, slots=True)
class Linear:
    """Nothing at ``nothing_at``, all at ``all_at``, in proportion between; ``all_at`` may be the lower one."""

    nothing_at: Fraction
    all_at: Fraction

    def __post_init__(self) -> None:
        if self.nothing_at == self.all_at:
            msg = f"a linear formula needs two different ends, not {self.all_at} twice"
            raise ValueError(msg)

    def earned(self, value: Fraction, maximum: Fraction) -> Fraction:
        """Return the points before any cut."""
        way = (value - self.nothing_at) / (self.all_at - self.nothing_at)
        return min(max(way, NOTHING), WHOLE) * maximum


@dataclass(frozen=True, slots=True)
class Step:
    """From a limit on, in the direction of its formula, these points."""

    limit: Fraction
    points: Fraction


@dataclass(frozen=True, slots=True)
class Bands:
    """Steps: the points of the band that the value reaches; nothing before the first.

    A value reaches a band from below ("at least" its limit), or ``downwards`` from above ("at most").
    """

    steps: tuple[Step, ...]
    downwards: bool = False

    def __post_init__(self) -> None:
        limits = [step.limit for step in self.steps]
        if not limits or len(set(limits)) < len(limits):
            msg = "bands need at least one step, and no limit twice"
            raise ValueError(msg)

    def earned(self, value: Fraction, maximum: Fraction) -> Fraction:
        """Return the points before any cut."""
        reached = [step for step in self.steps if (value <= step.limit if self.downwards else value >= step.limit)]
        if not reached:
            return NOTHING
        # The band that lies farthest in the direction of the formula.
        best = (
            min(reached, key=lambda step: step.limit) if self.downwards else max(reached, key=lambda step: step.limit)
        )
        return min(best.points, maximum)


@dataclass(frozen=True, slots=True)
class YesNo:
    """All for 1, nothing for 0."""

    def earned(self, value: Fraction, maximum: Fraction) -> Fraction:
        """Return the points before any cut."""
        if value not in {NOTHING, WHOLE}:
            msg = f"{value} is neither yes (1) nor no (0)"
            raise ScoreError(msg, low=NOTHING, high=WHOLE)
        return maximum * value


Formula = Given | Share | Linear | Bands | YesNo


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is scored.

    Attributes:
        code: Unique in the rubric.
        maximum: Points, above 0.
        formula: From value to points.
        cut: Of its points.
        is_survey: Whether a survey brings it, so that it has an interval and may be left out with the survey.
        requires: Leaves that must have earned something; else this one earns nothing.
    """

    code: str
    maximum: Fraction
    formula: Formula
    cut: Cut = Cut()
    is_survey: bool = False
    requires: tuple[str, ...] = ()

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return itself, so that trees can be walked."""
        return (self,)

    def points(self, value: Fraction) -> Fraction:
        """Return the points of a value, cut.

        Raises:
            ScoreError: The leaf cannot take it.
        """
        return self.cut.apply(self.formula.earned(value, self.maximum))


@dataclass(frozen=True, slots=True)
class Group:
    """An area or a criterion: the sum of its members."""

    code: str
    members: tuple[Group | Leaf, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return every leaf below, in order."""
        return tuple(leaf for member in self.members for leaf in member.leaves)

    @property
    def maximum(self) -> Fraction:
        """Return the most it can bring."""
        return sum((leaf.maximum for leaf in self.leaves), NOTHING)


@dataclass(frozen=True, slots=True)
class ClassBand:
    """A class: from this share of the maximum (0–1) on."""

    code: str
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class Rubric:
    """Everything that is counted.

    Attributes:
        areas: In order.
        cut: Of the total.
        without_survey: What becomes of the maximum where no survey is run.
        bands: Classes, in any order; below the lowest there is none.
        bonus: Leaves whose points are added, together at most ``bonus_maximum``.
        penalty: Leaves whose points are taken off, together at most ``penalty_maximum``.
        bonus_maximum: None for no limit; so is the next.
        penalty_maximum: See above.
        may_exceed: Whether the bonus may lift the total above the maximum.
    """

    areas: tuple[Group, ...]
    cut: Cut = Cut()
    without_survey: WithoutSurvey = "refuse"
    bands: tuple[ClassBand, ...] = ()
    bonus: tuple[Leaf, ...] = ()
    penalty: tuple[Leaf, ...] = ()
    bonus_maximum: Fraction | None = None
    penalty_maximum: Fraction | None = None
    may_exceed: bool = False

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return every leaf: the areas', then bonus and penalty."""
        return (*self.counted, *self.bonus, *self.penalty)

    @property
    def counted(self) -> tuple[Leaf, ...]:
        """Return the leaves of the areas, which make up the maximum."""
        return tuple(leaf for area in self.areas for leaf in area.leaves)

    @property
    def maximum(self) -> Fraction:
        """Return the points of the areas at their best; bonus is on top."""
        return sum((leaf.maximum for leaf in self.counted), NOTHING)

    @property
    def survey_maximum(self) -> Fraction:
        """Return how many of them surveys bring."""
        return sum((leaf.maximum for leaf in self.counted if leaf.is_survey), NOTHING)

    def find(self, code: str) -> Leaf | None:
        """Return the leaf of a code."""
        return next((leaf for leaf in self.leaves if leaf.code == code), None)

    def groups(self) -> Iterator[Group]:
        """Yield every area and criterion above the leaves, from the top down."""
        waiting = list(self.areas)
        while waiting:
            group = waiting.pop(0)
            yield group
            waiting = [*(one for one in group.members if isinstance(one, Group)), *waiting]
