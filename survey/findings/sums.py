"""Adds up stored moments as they are read, without keeping the rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from analysis.moments import Moments


class MomentSum:
    """The moments of one agency, counter, field or language while its rows come in."""

    def __init__(self, elements: int) -> None:
        self.n = 0
        self._elements = elements
        self._first: tuple[Sequence[int], ...] | None = None
        self._parts: tuple[npt.NDArray[np.int64], ...] | None = None

    def add(self, n: int, *parts: Sequence[int]) -> None:
        """Add a row: its respondents, then sums, cross products and respondents by element."""
        self.n += n
        if self._first is None:
            # Most hold one row, the total: no array is made of it.
            self._first = parts
            return
        held = self._parts or _arrays(self._first)
        self._parts = tuple(one + two for one, two in zip(held, _arrays(parts), strict=True))

    @property
    def moments(self) -> Moments:
        """Return what was added up; nobody where nothing was."""
        if self._first is None:
            return _nobody(self._elements)
        parts = self._first if self._parts is None else [part.tolist() for part in self._parts]
        sums, cross, answered = (tuple(part) for part in parts)
        return Moments(self._elements, self.n, sums, cross, answered)


def _arrays(parts: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], ...]:
    return tuple(np.array(part, dtype=np.int64) for part in parts)


@cache
def _nobody(elements: int) -> Moments:
    # Most of thousands of communes have no answers in a wave; they share one value that never changes.
    return Moments.zero(elements)
