"""What readers of tables hand on: rows of text, and what is wrong with single cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Above the headings there may be a title, an issuing agency, a date.
LINES_SEARCHED: Final = 10
_BRACKETS: Final = re.compile(r"\([^()]*\)")
# No heading is longer; what is longer is not compared to its end.
_LONGEST_HEADING: Final = 200
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file that holds any text; ``line`` is its number as the program shows it in which it was made."""

    line: int
    cells: tuple[str, ...]

    def cell(self, position: int) -> str:
        """Return the text at a position; a line may be shorter than its headings."""
        return self.cells[position] if position < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be taken as it is, and what to do about it."""

    vi: str
    en: str


def plain_heading(text: str) -> str:
    """Return a heading as it is compared: small letters without marks and signs, without what stands in brackets."""
    letters = unicodedata.normalize("NFD", _BRACKETS.sub(" ", text[:_LONGEST_HEADING]).casefold().replace("đ", "d"))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(_NO_WORD.sub(" ", kept).split())
