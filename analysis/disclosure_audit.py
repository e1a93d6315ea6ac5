"""What can be worked out about hidden cells from published ones: an attack by integer programming.

The attacker knows every published cell, every empty one, all relations, and that a hidden cell has at least one
respondent and no more satisfied ones than respondents.  What he can know of a hidden cell is the range of its counts
over all tables that fit.  Ranges are found first by tables that fit at random, which show most cells to be safe at
once, and then for each cell that is left by programmes of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RANDOM_TABLES = 8
SEED = 20261121
MARGIN = 1000  # by which a hidden count may exceed twice all hidden ones, so that no programme is unbounded
TOLERANCE = 1e-6  # of the solver, in respondents


@dataclass(frozen=True, slots=True)
class Cell:
    """Respondents of a cell, and how many of them are satisfied."""

    n: int
    satisfied: int

    @property
    def uniform(self) -> bool:
        """Tell whether all or none are satisfied."""
        return self.satisfied in {0, self.n}


@dataclass(frozen=True, slots=True)
class Relation:
    """A total and the parts that it is the sum of."""

    total: Hashable
    parts: tuple[Hashable, ...]

    @property
    def members(self) -> tuple[Hashable, ...]:
        """Return the total and the parts."""
        return (self.total, *self.parts)


@dataclass(frozen=True, slots=True)
class Exposed:
    """Hidden cells that are not safe.

    Attributes:
        counted: Their number of respondents is known within one, or known to be below the smallest n.
        uniform: It is known that all, or that none, of their respondents are satisfied.
    """

    counted: frozenset[Hashable]
    uniform: frozenset[Hashable]


def exposed(
    cells: Mapping[Hashable, Cell], relations: Sequence[Relation], hidden: frozenset[Hashable], smallest_n: int
) -> Exposed:
    """Attack all hidden cells that are not empty."""
    counted: set[Hashable] = set()
    uniform: set[Hashable] = set()
    for system in _systems(cells, relations, hidden):
        system.look_around()
        for place, key in enumerate(system.keys):
            small = cells[key].n < smallest_n
            if not system.can_differ_by_one(place) or (small and not system.can_reach(place, smallest_n)):
                counted.add(key)
            if cells[key].uniform and not system.can_be_mixed(place, all_satisfied=cells[key].satisfied > 0):
                uniform.add(key)
    return Exposed(frozenset(counted), frozenset(uniform))


class _System:
    """One connected part of the hidden cells: numbers n and s for each, the relations between them, what was seen."""

    def __init__(
        self,
        cells: Mapping[Hashable, Cell],
        relations: Sequence[Relation],
        keys: Sequence[Hashable],
    ) -> None:
        self.keys = keys
        self._place = {key: place for place, key in enumerate(keys)}
        self._most = 2 * sum(cells[key].n for key in keys) + MARGIN
        self._equations = [self._equation(cells, relation) for relation in relations]
        truth = [[cells[key].n for key in keys], [cells[key].satisfied for key in keys]]
        counts = np.array(truth, dtype=np.float64)
        self._low, self._high = counts[0].copy(), counts[0].copy()
        self._satisfied, self._missed = counts[1].copy(), counts[0] - counts[1]

    def look_around(self) -> None:
        """Find some tables that fit, at random."""
        generator = np.random.Generator(np.random.PCG64(SEED))
        for _ in range(RANDOM_TABLES):
            self._find(generator.choice([-1.0, 1.0], size=2 * len(self.keys)))

    def can_differ_by_one(self, place: int) -> bool:
        """Tell whether two tables that fit give the cell numbers of respondents at least one apart."""
        for sign in (1.0, -1.0):
            if self._high[place] - self._low[place] < 1.0 - TOLERANCE:
                self._find(self._objective(place, sign))
        return bool(self._high[place] - self._low[place] >= 1.0 - TOLERANCE)

    def can_reach(self, place: int, respondents: int) -> bool:
        """Tell whether some table that fits gives the cell so many respondents."""
        if self._high[place] < respondents - TOLERANCE:
            self._find(self._objective(place, 1.0))
        return bool(self._high[place] >= respondents - TOLERANCE)

    def can_be_mixed(self, place: int, *, all_satisfied: bool) -> bool:
        """Tell whether some table that fits has one who is not satisfied (or, where nobody is, one who is)."""
        seen = self._missed if all_satisfied else self._satisfied
        if seen[place] < 1.0 - TOLERANCE:
            objective = self._objective(place, 1.0 if all_satisfied else 0.0)
            objective[len(self.keys) + place] = -1.0 if all_satisfied else 1.0
            self._find(objective)
        return bool(seen[place] >= 1.0 - TOLERANCE)

    def _objective(self, place: int, weight: float) -> Floats:
        objective = np.zeros(2 * len(self.keys))
        objective[place] = weight
        return objective

    def _equation(self, cells: Mapping[Hashable, Cell], relation: Relation) -> tuple[list[int], list[float], int, int]:
        """Return places and signs of the hidden cells, and what the published ones leave for n and for s."""
        places, signs, n, satisfied = [], [], 0, 0
        for key in relation.members:
            sign = -1 if key == relation.total else 1
            if key in self._place:
                places.append(self._place[key])
                signs.append(float(sign))
            else:
                n -= sign * cells[key].n
                satisfied -= sign * cells[key].satisfied
        return places, signs, n, satisfied

    def _find(self, objective: Floats) -> None:
        """Find the table that fits and makes the objective largest, and take note of it.

        Without asking for whole numbers it is found many times faster, and nearly always they come out whole.
        """
        from scipy.optimize import LinearConstraint, linprog, milp  # noqa: PLC0415  # scipy costs two seconds

        fits = self._fits
        found = linprog(-objective, **fits)
        if found.success and np.abs(found.x - found.x.round()).max() > TOLERANCE:
            found = milp(
                -objective,
                constraints=[
                    LinearConstraint(fits["A_ub"], -np.inf, fits["b_ub"]),
                    LinearConstraint(fits["A_eq"], fits["b_eq"], fits["b_eq"]),
                ],
                bounds=fits["bounds"].T,
                integrality=np.ones(len(objective)),
            )
        if not found.success:
            msg = f"the audit of hidden cells could not be finished: {found.message}"
            raise ArithmeticError(msg)
        n, satisfied = np.split(np.asarray(found.x, dtype=np.float64), 2)
        np.minimum(self._low, n, out=self._low)
        np.maximum(self._high, n, out=self._high)
        np.maximum(self._satisfied, satisfied, out=self._satisfied)
        np.maximum(self._missed, n - satisfied, out=self._missed)

    @cached_property
    def _fits(self) -> dict[str, Any]:
        """Say what fits: s is at most n, and both add up in every relation."""
        from scipy.sparse import coo_array, eye_array, hstack  # noqa: PLC0415  # as above

        count, rows = len(self.keys), len(self._equations)
        triplets = [
            (sign, block * rows + row, block * count + place)
            for row, (places, signs, _, _) in enumerate(self._equations)
            for place, sign in zip(places, signs, strict=True)
            for block in (0, 1)
        ]
        signs, at_rows, at_columns = np.array(triplets).reshape(-1, 3).T
        left = [n for _, _, n, _ in self._equations] + [satisfied for *_, satisfied in self._equations]
        bounds = np.tile([0.0, float(self._most)], (2 * count, 1))
        bounds[:count, 0] = 1.0
        return {
            "A_ub": hstack([-eye_array(count), eye_array(count)]).tocsc(),
            "b_ub": np.zeros(count),
            "A_eq": coo_array((signs, (at_rows.astype(int), at_columns.astype(int))), (2 * rows, 2 * count)).tocsc(),
            "b_eq": np.array(left, dtype=np.float64),
            "bounds": bounds,
        }


def _systems(
    cells: Mapping[Hashable, Cell], relations: Sequence[Relation], hidden: frozenset[Hashable]
) -> Iterator[_System]:
    """Split the hidden cells that are not empty into parts that no relation connects."""
    waiting = [key for key in cells if key in hidden and cells[key].n > 0]
    of_cell: dict[Hashable, list[Relation]] = {key: [] for key in waiting}
    for relation in relations:
        for key in relation.members:
            if key in of_cell:
                of_cell[key].append(relation)
    seen: set[Hashable] = set()
    for start in waiting:
        if start in seen:
            continue
        seen.add(start)
        keys: list[Hashable] = [start]
        used: dict[Relation, None] = {}
        for key in keys:  # grows while it is read
            for relation in of_cell[key]:
                used[relation] = None
                fresh = [member for member in relation.members if member in of_cell and member not in seen]
                seen.update(fresh)
                keys.extend(fresh)
        yield _System(cells, list(used), keys)
