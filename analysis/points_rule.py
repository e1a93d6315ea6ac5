"""A rule that turns satisfaction into index points: data of an edition, applied in exact fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, Self, get_args

Rounding = Literal["truncate", "round_half_up", "none"]
Rounded = Literal["each_part", "total"]
Source = Literal["share", "scaled_mean", "mean"]


@dataclass(frozen=True, slots=True)
class Band:
    """From ``at_least`` (0–1) on, up to the next band, a part earns this share of its maximum."""

    at_least: Fraction
    share_of_maximum: Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the points: its maximum, and the elements it comes from, pooled; none means all of them."""

    maximum: Fraction
    elements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PointsRule:
    """How an edition turns satisfaction into points.

    Attributes:
        parts: In the order of the edition.
        decimals: That remain after the cut.
        rounding: ``"truncate"`` drops further decimals, ``"round_half_up"`` rounds, ``"none"`` keeps the fraction.
        rounded: ``"each_part"`` before adding up, or only the ``"total"``.
        source: ``"share"`` satisfied, ``"scaled_mean"`` (mean - 1) / 4, or ``"mean"`` / 5.
        bands: Steps instead of proportion; below the lowest nothing is earned.  Empty for proportion.

    Raises:
        ValueError: A rule that cannot be: no parts, a maximum that is not above 0, bands that repeat or leave 0–1.
    """

    parts: tuple[Part, ...]
    decimals: int = 2
    rounding: Rounding = "truncate"
    rounded: Rounded = "each_part"
    source: Source = "share"
    bands: tuple[Band, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "bands", tuple(sorted(self.bands, key=lambda band: band.at_least)))
        problem = _problem(self)
        if problem:
            raise ValueError(problem)

    @classmethod
    def from_mapping(cls, rule: Mapping[str, Any]) -> Self:
        """Read a rule from JSON or TOML; numbers may be strings such as "2.00", and a missing key is its default.

        ``{"parts": [{"maximum": "2.00", "elements": [0]}, …], "decimals": 2, "rounding": "truncate", …}``
        """
        unknown = set(rule) - {"parts", "decimals", "rounding", "rounded", "source", "bands"}
        if unknown:
            msg = f"a points rule does not know {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        parts = tuple(
            Part(Fraction(str(part["maximum"])), tuple(int(element) for element in part.get("elements", ())))
            for part in rule["parts"]
        )
        bands = tuple(
            Band(Fraction(str(band["at_least"])), Fraction(str(band["share_of_maximum"])))
            for band in rule.get("bands", ())
        )
        return cls(
            parts,
            int(rule.get("decimals", 2)),
            rule.get("rounding", "truncate"),
            rule.get("rounded", "each_part"),
            rule.get("source", "share"),
            bands,
        )

    @property
    def maximum(self) -> Fraction:
        """Return the points that full satisfaction earns, before any cut."""
        return sum((part.maximum for part in self.parts), Fraction(0))

    def cut(self, points: Fraction) -> Fraction:
        """Round or truncate once, by the rule; points are never negative."""
        units = 10**self.decimals
        if self.rounding == "truncate":
            return Fraction(points.numerator * units // points.denominator, units)
        if self.rounding == "round_half_up":
            return Fraction((2 * points.numerator * units + points.denominator) // (2 * points.denominator), units)
        return points

    def earned(self, part: Part, value: Fraction) -> Fraction:
        """Return the points of one part before any cut; ``value`` is its source, 0–1."""
        if not self.bands:
            return part.maximum * value
        reached = [band.share_of_maximum for band in self.bands if band.at_least <= value]
        return part.maximum * (reached[-1] if reached else Fraction(0))

    def by_part(self, values: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return the points of every part as the edition counts them."""
        points = [self.earned(part, value) for part, value in zip(self.parts, values, strict=True)]
        return tuple(self.cut(one) if self.rounded == "each_part" else one for one in points)

    def total(self, values: Sequence[Fraction]) -> Fraction:
        """Return the official points for the values of the parts."""
        return self.together(self.by_part(values))

    def together(self, by_part: Iterable[Fraction]) -> Fraction:
        """Return the official points for what ``by_part`` says of every part."""
        points = sum(by_part, Fraction(0))
        return self.cut(points) if self.rounded == "total" else points


def _problem(rule: PointsRule) -> str | None:
    """Say what is wrong with a rule, None where nothing is."""
    for name, allowed in (("rounding", Rounding), ("rounded", Rounded), ("source", Source)):
        if getattr(rule, name) not in get_args(allowed):
            return f"{name} is {getattr(rule, name)!r}; choose one of {', '.join(get_args(allowed))}"
    if not rule.parts or any(part.maximum <= 0 for part in rule.parts):
        return "a points rule needs parts, each with a maximum above 0"
    if any(min(part.elements, default=0) < 0 or len(set(part.elements)) < len(part.elements) for part in rule.parts):
        return "the elements of a part are counted from 0 and named once"
    if rule.decimals < 0:
        return f"decimals is {rule.decimals}; it cannot be negative"
    return _problem_of_bands(rule.bands)


def _problem_of_bands(bands: Sequence[Band]) -> str | None:
    if not all(0 <= number <= 1 for band in bands for number in (band.at_least, band.share_of_maximum)):
        return "at_least and share_of_maximum of a band lie between 0 and 1"
    if any(low.at_least == high.at_least for low, high in pairwise(bands)):
        return "two bands start at the same value"
    if any(low.share_of_maximum > high.share_of_maximum for low, high in pairwise(bands)):
        return "a higher band cannot earn less than a lower one"
    return None
