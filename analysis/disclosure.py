"""Suppression of small cells in a fixed set of published tables, so that their totals do not give them back.

A cell is a group of respondents: how many, and how many of them satisfied.  Tables, totals and periods are relations
between cells: a total is the sum of its parts.  ``suppress`` hides

* *primary* cells: fewer than ``smallest_n`` respondents, or all or none satisfied among fewer than
  ``all_or_nothing_below``;
* *complementary* cells, until nobody who adds and subtracts the published ones can find out about a hidden cell
  - how many respondents it has, within one;
  - that it has fewer than ``smallest_n``, where it has;
  - that all or none were satisfied, where it was hidden for that and some published part could hide it;
* *empty* cells, which are printed in the same words and protect nobody: a reader is taken to know them.

Where a published total itself says that all (or none) were satisfied, every part of it is known to be so and hiding
helps nobody; such cells are listed as ``implied``.  Cells are hidden in order of size, smallest first, parts before
totals, which keeps most of the tables but is not proven to hide the fewest.

Willenborg, L. and de Waal, T. (2001), Elements of Statistical Disclosure Control, ch. 5.  The audit by integer
programming follows Fischetti, M. and Salazar, J. J. (2000), J. Amer. Stat. Assoc. 95, 916-928.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from analysis.disclosure_audit import Cell, Relation, exposed

__all__ = ["Cell", "DisclosureRule", "Relation", "Suppression", "margin_relations", "suppress"]


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """What may not be published.

    Attributes:
        smallest_n: Fewest respondents of a published cell.
        all_or_nothing_below: Up to this many respondents, less one, a cell where all or none are satisfied is hidden.
    """

    smallest_n: int = 10
    all_or_nothing_below: int = 30

    def hides(self, cell: Cell) -> bool:
        """Tell whether a cell that is not empty may not be published for its own sake."""
        return cell.n < self.smallest_n or (cell.uniform and cell.n < self.all_or_nothing_below)


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which cells to print as "không đủ số liệu", and why."""

    primary: frozenset[Hashable]
    complementary: frozenset[Hashable]
    empty: frozenset[Hashable]
    implied: frozenset[Hashable]

    @property
    def hidden(self) -> frozenset[Hashable]:
        """Return all cells that are not printed."""
        return self.primary | self.complementary | self.empty


def margin_relations(
    keys: Iterable[tuple[str, ...]], hierarchies: Sequence[Mapping[str, Sequence[str]]]
) -> tuple[Relation, ...]:
    """List every relation between the published cells of tables that share their axes.

    Args:
        keys: Of all published cells, one category an axis; ``("TTHC", "*")`` for example.
        hierarchies: For each axis what a category is the sum of: ``{"*": ("qr", "paper")}``, or a year of its months, a
            province of its communes.

    Raises:
        ValueError: A total is published with some of its parts and not with others.  Give the others too, empty ones
            included; what is left of a total says something about them.
    """
    known = dict.fromkeys(keys)
    relations = []
    for key in known:
        for axis, parts_of in enumerate(hierarchies):
            parts = tuple((*key[:axis], part, *key[axis + 1 :]) for part in parts_of.get(key[axis], ()))
            missing = [part for part in parts if part not in known]
            if parts and not missing:
                relations.append(Relation(key, parts))
            elif len(missing) < len(parts):
                msg = f"{key} is published with some of its parts, and {missing[0]} is missing"
                raise ValueError(msg)
    return tuple(relations)


@dataclass(slots=True)
class _Tables:
    """Cells and relations, indexed, and what is hidden so far."""

    cells: Mapping[Hashable, Cell]
    relations: Sequence[Relation]
    rule: DisclosureRule
    hidden: set[Hashable]
    of_cell: dict[Hashable, list[Relation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for relation in self.relations:
            for key in relation.members:
                self.of_cell.setdefault(key, []).append(relation)

    def open_members(self, relations: Iterable[Relation]) -> list[Hashable]:
        """List the published cells of the relations that are not empty: parts before totals, smallest first."""
        parts = dict.fromkeys(chain.from_iterable(relation.parts for relation in relations))
        totals = dict.fromkeys(relation.total for relation in relations)
        return [
            key
            for group in (parts, totals)
            for key in sorted(group, key=lambda key: self.cells[key].n)
            if key not in self.hidden and self.cells[key].n > 0
        ]

    def nearest_open(self, cell: Hashable) -> Hashable:
        """Find the first open member of the cell's relations or, where all are hidden, of theirs, and so on.

        There is one: a cell can only be worked out from published ones.
        """
        relations = dict.fromkeys(self.of_cell[cell])
        while not (found := self.open_members(relations)):
            relations = dict.fromkeys(
                near for relation in relations for member in relation.members for near in self.of_cell[member]
            )
        return found[0]

    def open_mixed_part(self, relations: Iterable[Relation]) -> Hashable | None:
        """Find the smallest published part of the relations in which not all answered alike, None where all did."""
        parts = {part for relation in relations for part in relation.parts}
        found = (key for key in self.open_members(relations) if key in parts and not self.cells[key].uniform)
        return next(found, None)

    def alone(self, relation: Relation) -> bool:
        """Tell whether what a relation hides is one cell, or a group that could not be published itself."""
        hidden = [key for key in relation.members if key in self.hidden and self.cells[key].n > 0]
        if len(hidden) <= 1 or relation.total in self.hidden:
            return len(hidden) == 1
        together = Cell(sum(self.cells[key].n for key in hidden), sum(self.cells[key].satisfied for key in hidden))
        return self.rule.hides(together)


def suppress(
    cells: Mapping[Hashable, Cell], relations: Sequence[Relation], rule: DisclosureRule | None = None
) -> Suppression:
    """Choose which cells of the published tables to hide.

    Args:
        cells: Every cell of every published table, totals and empty cells included.
        relations: Between them; see ``margin_relations``.
        rule: 10 respondents, and 30 for all or nothing, where none is given.

    Raises:
        ValueError: A relation that names an unknown cell or does not add up, or counts that cannot be.
    """
    rule = rule or DisclosureRule()
    _check(cells, relations)
    primary = {key for key, cell in cells.items() if cell.n > 0 and rule.hides(cell)}
    tables = _Tables(cells, relations, rule, set(primary))
    implied: set[Hashable] = set()
    while True:
        _hide_companions(tables)
        found = exposed(cells, relations, frozenset(tables.hidden), rule.smallest_n)
        more = {tables.nearest_open(cell) for cell in found.counted}
        for cell in (found.uniform & primary) - implied:
            companion = tables.open_mixed_part(tables.of_cell[cell])
            if companion is None:
                implied.add(cell)
            else:
                more.add(companion)
        if not more:
            break
        tables.hidden |= more
    empty = frozenset(key for key, cell in cells.items() if cell.n == 0)
    return Suppression(frozenset(primary), frozenset(tables.hidden - primary), empty, frozenset(implied))


def _hide_companions(tables: _Tables) -> None:
    """Give every hidden cell company in each of its relations; what the audit would ask for anyway, much faster."""
    waiting = list(tables.relations)
    while waiting:
        relation = waiting.pop()
        if tables.alone(relation):
            # There is one: the total at least, since a total like the hidden group would be hidden itself.
            companion = tables.open_members([relation])[0]
            tables.hidden.add(companion)
            waiting.extend(tables.of_cell[companion])


def _check(cells: Mapping[Hashable, Cell], relations: Sequence[Relation]) -> None:
    for key, cell in cells.items():
        if not 0 <= cell.satisfied <= cell.n:
            msg = f"cell {key} has {cell.satisfied} satisfied of {cell.n}"
            raise ValueError(msg)
    for relation in relations:
        unknown = [key for key in relation.members if key not in cells]
        if unknown:
            msg = f"the total {relation.total} needs the cell {unknown[0]}, which is not given"
            raise ValueError(msg)
        parts = [cells[key] for key in relation.parts]
        total = cells[relation.total]
        if (sum(part.n for part in parts), sum(part.satisfied for part in parts)) != (total.n, total.satisfied):
            msg = f"the parts of {relation.total} do not add up to it"
            raise ValueError(msg)
