"""What a formula gives for a few values, so that whoever writes a rubric sees what it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from analysis.rubric import NOTHING, WHOLE, Bands, Formula, Given, Leaf, Linear, Share

_SHARES: Final = (WHOLE, Fraction(97, 100), Fraction(85, 100), Fraction(1, 2))
_WAYS: Final = (WHOLE, Fraction(9, 10), Fraction(1, 2), NOTHING)


@dataclass(frozen=True, slots=True)
class Example:
    """A value and its points; ``beyond`` says that it stands for others too: at_least, at_most, above, below or ""."""

    value: Fraction
    points: Fraction
    beyond: str = ""


def examples_of(leaf: Leaf) -> list[Example]:
    """Return examples from the most points to the least."""
    if isinstance(leaf.formula, Bands):
        return _of_bands(leaf, leaf.formula)
    found = [Example(value, leaf.points(value)) for value in _values(leaf.formula, leaf.maximum)]
    return sorted(dict.fromkeys(found), key=lambda one: one.points, reverse=True)


def _values(formula: Formula, maximum: Fraction) -> Iterator[Fraction]:
    if isinstance(formula, Share):
        yield from _SHARES
    elif isinstance(formula, Linear):
        for way in _WAYS:
            yield formula.nothing_at + way * (formula.all_at - formula.nothing_at)
    elif isinstance(formula, Given):
        yield from (maximum, formula.step or maximum / 2, NOTHING)
    else:
        yield from (WHOLE, NOTHING)


def _of_bands(leaf: Leaf, formula: Bands) -> list[Example]:
    """Return every step from its limit on, and what lies before the first."""
    steps = sorted(formula.steps, key=lambda step: step.limit, reverse=not formula.downwards)
    on, before = ("at_most", "above") if formula.downwards else ("at_least", "below")
    found = [Example(step.limit, leaf.points(step.limit), on) for step in steps]
    return [*found, Example(steps[-1].limit, NOTHING, before)]
