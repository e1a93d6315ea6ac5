"""Remembers from which sums a figure of a group was made, so that a bundle can show them beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from typing import Final

from analysis.moments import Moments
from survey.findings.values import Measures

Levels = list[int]


@dataclass(frozen=True, slots=True)
class Witness:
    """The sums behind one figure; ``place`` is where it stands in its findings, as ``"breakdowns/3/measures"``."""

    place: str
    moments: Moments
    levels: Mapping[str, Levels]


_Seen = list[tuple[Measures, Moments, Mapping[str, Levels]]]
_SEEN: Final[ContextVar[_Seen | None]] = ContextVar("seen", default=None)


@contextmanager
def watching() -> Iterator[_Seen]:
    """Note every figure of a group that is made meanwhile, in this thread."""
    seen: _Seen = []
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)


def note(measures: Measures, moments: Moments, levels: Mapping[str, Levels]) -> Measures:
    """Note what a figure was made from where somebody is watching; return the figure."""
    seen = _SEEN.get()
    if seen is not None:
        seen.append((measures, moments, levels))
    return measures


def carry(measures: Measures, told: Measures) -> None:
    """Note that ``told`` says ``measures`` and more, made from the same sums."""
    seen = _SEEN.get()
    if seen is not None:
        seen += [(told, moments, levels) for one, moments, levels in seen if one is measures]


def witnesses(value: object, seen: _Seen) -> list[Witness]:
    """List the noted figures that stand in a findings value, with what each was made from; no withheld ones."""
    known = {id(measures): (moments, levels) for measures, moments, levels in seen}
    return [
        Witness(place, *known[id(measures)])
        for place, measures in _places(value, "")
        if id(measures) in known and not measures.is_suppressed
    ]


def _places(value: object, place: str) -> Iterator[tuple[str, Measures]]:
    if isinstance(value, Measures):
        yield place, value
    elif isinstance(value, tuple):
        for position, each in enumerate(value):
            yield from _places(each, f"{place}/{position}" if place else f"{position}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _places(getattr(value, field.name), f"{place}/{field.name}" if place else field.name)
