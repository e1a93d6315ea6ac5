"""How long work tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then with the step's name in Vietnamese and English, and how much of it is done."""

    def __call__(self, step: tuple[str, str], done: int, total: int) -> None:
        """Take note."""


def no_progress(step: tuple[str, str], done: int, total: int) -> None:
    """Take no note."""
    del step, done, total
