"""Frozen values of what agencies will do about their points: road maps, aims, and how far they are from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from survey.findings.index_result_values import IndexComponent
from survey.findings.values import NO_LETTERHEAD, AgencyName, Letterhead, Wording


@dataclass(frozen=True, slots=True)
class PlanRound:
    """The round whose criteria a task is for: points of two rounds are of two rubrics, and are not added up."""

    id: UUID
    code: str
    name: Wording

    def text(self, language: str) -> str:
        """Return its name with its code: rounds of a year may be called alike."""
        return f"{self.name.text(language)} ({self.code})"


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A line of a road map.  ``state``: planned, begun, done or dropped; ``note`` says why it was dropped."""

    id: UUID
    criterion: str
    name: Wording
    task: str
    post: str
    due_on: date
    expected: Fraction | None
    state: str
    note: str
    is_overdue: bool
    revision: int
    by: PlanRound | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """What an agency aims at in a year: to be among the first ``first_k``, ``points``, or both."""

    first_k: int | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class RoadMap:
    """The tasks of an agency in a year as they stand, what is due first on top; what was dropped counts nothing.

    A year's tasks may follow from several rounds: ``by`` is the round where only its tasks are in here.
    """

    agency: AgencyName
    year: int
    made_on: date
    tasks: tuple[PlanTask, ...]
    aim: Aim | None = None
    letterhead: Letterhead = NO_LETTERHEAD
    by: PlanRound | None = None

    def of_round(self, round_id: UUID) -> RoadMap:
        """Return the road map with the tasks of a round alone."""
        own = tuple(one for one in self.tasks if one.by and one.by.id == round_id)
        return replace(self, tasks=own, by=own[0].by if own else None)

    def beside(self, round_id: UUID) -> tuple[RoadMap, ...]:
        """Return what the same year has by other rounds, each by itself."""
        return tuple(one for one in self.by_round if one.by is None or one.by.id != round_id)

    @property
    def by_round(self) -> tuple[RoadMap, ...]:
        """Return the road map as one for each round that its tasks follow from."""
        found: dict[PlanRound | None, list[PlanTask]] = {}
        for one in self.tasks:
            found.setdefault(one.by, []).append(one)
        return tuple(replace(self, tasks=tuple(own), by=by) for by, own in found.items())

    @property
    def alive(self) -> tuple[PlanTask, ...]:
        """Return the tasks that were not dropped."""
        return tuple(one for one in self.tasks if one.state != "dropped")

    @property
    def done(self) -> tuple[PlanTask, ...]:
        """Return the tasks that are done."""
        return tuple(one for one in self.tasks if one.state == "done")

    @property
    def overdue(self) -> int:
        """Return how many tasks should have been done."""
        return sum(one.is_overdue for one in self.tasks)

    @property
    def expected(self) -> Fraction:
        """Return the points expected of all tasks."""
        return _sum(self.alive)

    @property
    def expected_of_done(self) -> Fraction:
        """Return the points expected of what is done."""
        return _sum(self.done)

    def tasks_for(self, criterion: str) -> tuple[PlanTask, ...]:
        """Return the tasks for a leaf that were not dropped."""
        return tuple(one for one in self.alive if one.criterion == criterion)


@dataclass(frozen=True, slots=True)
class AimStanding:
    """Where an agency stands in a round, against an aim of ``year`` (that of the aim).

    ``rank`` is None where it is not ranked.  ``lacking_rank`` and ``lacking_points`` are the points lacking to each
    part of the aim, everybody else's points as they stand; None where the aim has no such part or nothing is ranked.
    """

    round_code: str
    round_name: Wording
    round_year: int
    is_draft: bool
    year: int
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    of: int
    points: Fraction
    low: Fraction
    high: Fraction
    maximum: Fraction
    decimals: int
    aim: Aim | None
    lacking_rank: Fraction | None
    lacking_points: Fraction | None

    @property
    def is_judged(self) -> bool:
        """Return whether the round is of the aim's own year, so that it tells whether the aim was reached."""
        return self.round_year >= self.year

    @property
    def is_reached(self) -> bool | None:
        """Return whether the round reaches the aim; None where that cannot be told."""
        parts = [one for one in (self.lacking_rank, self.lacking_points) if one is not None]
        wanted = [one for one in (self.aim.first_k, self.aim.points) if one is not None] if self.aim else []
        return all(one == 0 for one in parts) if wanted and len(parts) == len(wanted) else None


@dataclass(frozen=True, slots=True)
class LostLeaf:
    """A leaf that costs an agency points, among how many others that lost there too.

    ``kind``: unscored, nothing, low (below half) or part.  ``others`` are the other ranked agencies.
    """

    component: IndexComponent
    area: Wording
    lost: Fraction
    kind: str
    others: int
    others_lost: int
    others_nothing: int
    others_low: int

    @property
    def is_common(self) -> bool:
        """Return whether at least half of the others are below half there too."""
        return self.others > 0 and self.others_low * 2 >= self.others

    @property
    def is_own(self) -> bool:
        """Return whether it is low here and at no more than one in five of the others."""
        return self.kind != "part" and self.others_low * 5 <= self.others


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The part of a road map that is of a round, and where its agency stands; None where that cannot be told yet.

    ``others`` is what its year has by other rounds.
    """

    road_map: RoadMap
    standing: AimStanding | None
    others: tuple[RoadMap, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """The road maps of a year of all agencies of a round, in the order of agencies."""

    root: AgencyName
    round_code: str
    round_name: Wording
    round_year: int
    year: int
    made_on: date
    lines: tuple[PlanLine, ...]
    letterhead: Letterhead = NO_LETTERHEAD


def _sum(tasks: Iterable[PlanTask]) -> Fraction:
    return sum((one.expected or Fraction(0) for one in tasks), Fraction(0))
