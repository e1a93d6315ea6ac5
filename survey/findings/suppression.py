"""Which figures are withheld so that nobody's answer can be read, or found by subtracting the others from the whole."""

from __future__ import annotations

from collections.abc import Sequence


def withheld(sizes: Sequence[int], *, smallest: int, apart: int = 0) -> frozenset[int]:
    """Return the positions of the parts of a published whole that must not be shown.

    A part with fewer than ``smallest`` respondents is withheld.  If the parts withheld, together with ``apart``
    respondents of the whole that are in no part, are still fewer than ``smallest``, the whole less the parts shown
    would give them away: then the next smallest part is withheld too, until they are enough.
    """
    hidden = {position for position, size in enumerate(sizes) if size < smallest}
    shown = sorted(set(range(len(sizes))) - hidden, key=lambda position: (sizes[position], position))
    together = apart + sum(sizes[position] for position in hidden)
    while shown and 0 < together < smallest:
        position = shown.pop(0)
        hidden.add(position)
        together += sizes[position]
    return frozenset(hidden)
