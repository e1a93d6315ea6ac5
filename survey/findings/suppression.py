"""Which figures are withheld so that nobody's answer can be read, or found by subtracting the others from the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.moments import Moments


@dataclass(frozen=True, slots=True)
class Extent:
    """A group: its respondents, and how many of their ratings are satisfied."""

    size: int
    satisfied: int
    ratings: int

    def is_uniform(self, small: int) -> bool:
        """Return whether it is small, and whoever is in it is known to have said the same."""
        return 0 < self.size < small and self.ratings > 0 and self.satisfied in {0, self.ratings}


def extent_of(moments: Moments) -> Extent:
    """Return how large a group is, and how satisfied."""
    elements = range(moments.elements)
    satisfied, ratings = (sum(map(count, elements)) for count in (moments.satisfied, moments.rated))
    return Extent(moments.respondents(elements), satisfied, ratings)


def withheld(sizes: Sequence[int], *, smallest: int, apart: int = 0) -> frozenset[int]:
    """Return the positions of the parts of a published whole that must not be shown.

    A part with fewer than ``smallest`` respondents is withheld.  If the parts withheld, together with ``apart``
    respondents of the whole that are in no part, are still fewer than ``smallest``, the whole less the parts shown
    would give them away: then the next smallest part is withheld too, until they are enough.
    """
    return withheld_groups([Extent(size, 1, 2) for size in sizes], smallest=smallest, small=0, apart=apart)


def withheld_groups(groups: Sequence[Extent], *, smallest: int, small: int, apart: int = 0) -> frozenset[int]:
    """Return the same of groups of whom is known what they said.

    A group of fewer than ``small`` who are all satisfied, or all not, is withheld as well, since each of them is then
    known to be; and so are as many more as it takes for those withheld together not to be such a group.
    """
    hidden = {at for at, one in enumerate(groups) if one.size < smallest or one.is_uniform(small)}
    shown = sorted(set(range(len(groups))) - hidden, key=lambda at: (groups[at].size, at))
    while shown and _gives_away([groups[at] for at in hidden], smallest=smallest, small=small, apart=apart):
        hidden.add(shown.pop(0))
    return frozenset(hidden)


def _gives_away(hidden: Sequence[Extent], *, smallest: int, small: int, apart: int) -> bool:
    """Return whether the whole less what is shown tells of too few, or of a small group that all said the same."""
    together = union(hidden)
    left = together.size + apart
    return 0 < left < smallest or Extent(left, together.satisfied, together.ratings).is_uniform(small)


def union(groups: Sequence[Extent]) -> Extent:
    """Return how large groups are together, and how satisfied."""
    return Extent(
        sum(one.size for one in groups), sum(one.satisfied for one in groups), sum(one.ratings for one in groups)
    )
