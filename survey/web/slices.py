"""A long list that is already at hand, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import flask

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Line]):
    """One page of a list: its ``number`` from 1, and how many lines and pages there are."""

    lines: Sequence[Line]
    number: int
    total: int
    pages: int


def slice_of(lines: Sequence[Line], *, size: int) -> Slice[Line]:
    """Return the page of ``lines`` that the address asks for; beyond the last it is the last."""
    pages = max(1, -(-len(lines) // size))
    number = min(max(1, flask.request.args.get("page", 1, type=int)), pages)
    return Slice(lines=lines[(number - 1) * size : number * size], number=number, total=len(lines), pages=pages)
