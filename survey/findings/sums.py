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
        self._parts: tuple[npt.NDArray[np.int64], ...] | None = None

    def add(self, n: int, *parts: Sequence[int]) -> None:
        """Add a row: its respondents, then sums, cross products and respondents by element."""
        more = tuple(np.array(part, dtype=np.int64) for part in parts)
        self.n += n
        held = self._parts
        self._parts = more if held is None else tuple(one + two for one, two in zip(held, more, strict=True))

    @property
    def moments(self) -> Moments:
        """Return what was added up; nobody where nothing was."""
        if self._parts is None:
            return _nobody(self._elements)
        sums, cross, answered = (tuple(part.tolist()) for part in self._parts)
        return Moments(self._elements, self.n, sums, cross, answered)


@cache
def _nobody(elements: int) -> Moments:
    # Most of thousands of communes have no answers in a wave; they share one value that never changes.
    return Moments.zero(elements)
