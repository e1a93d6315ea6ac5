"""Which rows of a long table surely fit the height of two lines.

typst lays a row of unknown height out twice and keeps both; with thousands of rows a known height saves a third of
the time and of the memory.  The estimate is generous: a row it is not sure of is measured by typst.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES: Final = 2
_TEXT_WIDTH_MM: Final = 162.0
_CELL_INSET_MM: Final = 2.2
_MM_A_POINT: Final = 0.3528
# Advance widths of Liberation Serif in em, by groups, rounded up.
_NARROW, _USUAL, _CAPITAL, _WIDE = 0.3, 0.51, 0.75, 1.0
_NARROW_LETTERS: Final = frozenset("ijlt.,;:'/| \N{NO-BREAK SPACE}")
_CAPITAL_SIGNS: Final = frozenset("+\N{MINUS SIGN}")
_WIDE_LETTERS: Final = frozenset("mwMWƠƯ%→…")
# Words rarely fill a line to its end.
_WRAPPING_LOSS: Final = 1.3


def fit_two_lines(rows: Sequence[Sequence[str]], widths: Sequence[float], points: float) -> list[bool]:
    """Return for each row whether every cell surely fits two lines, columns having these parts of the page."""
    em = points * _MM_A_POINT
    room = [_TEXT_WIDTH_MM * width / sum(widths) - _CELL_INSET_MM for width in widths]
    return [
        all(_lines(cell, available / em) <= LINES for cell, available in zip(row, room, strict=True)) for row in rows
    ]


def _lines(cell: str, room: float) -> int:
    return sum(_wrapped(_width(line), room) for line in cell.split("\n"))


def _wrapped(width: float, room: float) -> int:
    return 1 if width <= room else ceil(width * _WRAPPING_LOSS / room)


def _width(line: str) -> float:
    return sum(map(_advance, line))


def _advance(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return _NARROW
    if letter in _WIDE_LETTERS:
        return _WIDE
    return _CAPITAL if letter.isupper() or letter in _CAPITAL_SIGNS else _USUAL
