"""What a summary is made from: the tree of agencies, and the fieldwork of a period as the fold left it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.sample import Sample
from survey.findings.values import Wording
from survey.queries.agencies import AgencyRow, list_agencies
from survey.queries.waves import WaveRow


@dataclass(frozen=True, slots=True)
class Tree:
    """The root, the agencies right under it, and the ids of all agencies at or below each of these."""

    root: AgencyRow
    children: tuple[AgencyRow, ...]
    below: Mapping[UUID, Sequence[UUID]]
    agency_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The waves of a period that are added up, those still running, and what the fold left of the former.

    All of them ask the same ``form``; ``other_waves`` of the period ask others.
    """

    name: Wording
    waves: tuple[WaveRow, ...]
    open_waves: tuple[WaveRow, ...]
    other_waves: tuple[WaveRow, ...]
    form: str
    sample: Sample

    @property
    def edition(self) -> str:
        """Return what must agree for two periods to be compared."""
        one = self.every[0]
        return f"{self.form}/{one.method_edition}/{one.sample_kind}"

    @property
    def every(self) -> tuple[WaveRow, ...]:
        """Return all waves of the period."""
        return (*self.waves, *self.open_waves)

    @property
    def year(self) -> int:
        """Return the index year."""
        return self.every[0].index_year

    @property
    def first(self) -> date:
        """Return the first day of the fieldwork."""
        return min(wave.opens_on for wave in self.every)

    @property
    def last(self) -> date:
        """Return the last day of the fieldwork."""
        return max(min(wave.closed_on or wave.closes_on, wave.closes_on) for wave in self.every)


def read_tree(session: Session, root: AgencyRow, first: date, last: date) -> Tree:
    """Read the tree; agencies that did not exist between two days are left out."""
    below: dict[UUID, list[UUID]] = defaultdict(list)
    rows = [
        row
        for row in list_agencies(session, paths=[root.path])
        if row.valid_from <= last and (row.valid_to is None or row.valid_to > first)
    ]
    children = tuple(row for row in rows if row.parent_id == root.id)
    for row in rows:
        rest = row.path.removeprefix(root.path)
        if rest:
            below[UUID(rest.split("/", 1)[0])].append(row.id)
    return Tree(root, children, below, tuple(row.id for row in rows))


def breaks_between(before: Period, after: Period, borders: Sequence[date]) -> tuple[str, ...]:
    """Return why two periods cannot be compared; nothing where they can.

    ``borders`` are the days on which the body itself was merged, split or changed its area.
    """
    one, two = before.every[0], after.every[0]
    found = {
        "questionnaire": before.form != after.form,
        "method": one.method_edition_id != two.method_edition_id,
        "sample": one.sample_kind != two.sample_kind,
        "unit": any(before.first < day <= after.last for day in borders),
    }
    return tuple(name for name, is_so in found.items() if is_so)
