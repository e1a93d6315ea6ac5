"""What a merged unit would have had the year before: the weighted mean of its parts, with the weights stated.

Such a unit had no value of its own.  The baseline is marked wherever it is shown ("số liệu quy đổi"), and it has no
rank: the table of that year had other units in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt


@dataclass(frozen=True, slots=True)
class BaselinePart:
    """A unit that merged: its value, the standard error of it (0 for none), and its weight before they add up to 1."""

    unit: str
    value: Fraction
    weight: Fraction
    standard_error: float = 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline: its value and standard error, and the weight of each part, adding up to 1."""

    value: Fraction
    standard_error: float
    weights: tuple[tuple[str, Fraction], ...]


def merged_baseline(parts: Sequence[BaselinePart]) -> Baseline:
    """Return the weighted mean of the parts; populations, finished dossiers or equal weights, whatever is stated.

    Raises:
        ValueError: No parts, a unit twice, or a weight that is not above 0.
    """
    units = [part.unit for part in parts]
    bad = [part.unit for part in parts if part.weight <= 0 or units.count(part.unit) > 1]
    if bad or not parts:
        msg = f"a baseline needs parts that are there once, with weights above 0; not {', '.join(bad) or 'none at all'}"
        raise ValueError(msg)
    whole = sum((part.weight for part in parts), Fraction(0))
    weights = [part.weight / whole for part in parts]
    value = sum((weight * part.value for weight, part in zip(weights, parts, strict=True)), Fraction(0))
    spread = sum((float(weight) * part.standard_error) ** 2 for weight, part in zip(weights, parts, strict=True))
    return Baseline(value, sqrt(spread), tuple(zip(units, weights, strict=True)))
