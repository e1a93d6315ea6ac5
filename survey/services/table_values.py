"""What readers of tables hand on: rows of text, and what is wrong with single cells."""

from __future__ import annotations

from dataclasses import dataclass


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
