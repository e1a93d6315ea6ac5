"""Progress in the terminal: one line that fills, or one line a step where nobody watches."""

from __future__ import annotations

import sys
from typing import Final

import click

WIDTH: Final = 30


class ProgressLine:
    """Shows how far each step is; a ``survey.services.progress.Progress``."""

    def __init__(self) -> None:
        self._step: tuple[str, str] | None = None
        self._shown = -1

    def __call__(self, step: tuple[str, str], done: int, total: int) -> None:
        """Show the step; nothing is written again before another hundredth is done."""
        hundredth = 100 * done // max(total, 1)
        is_new = step != self._step
        if not is_new and hundredth <= self._shown:
            return
        self._step, self._shown = step, hundredth
        text = f"{step[0]} / {step[1]}"
        if sys.stdout.isatty():
            bar = "█" * (WIDTH * hundredth // 100)
            click.echo(f"\r{bar:░<{WIDTH}} {hundredth:3d} %  {text}", nl=hundredth >= 100)  # noqa: PLR2004  the whole
        elif is_new:
            click.echo(f"{text}…")
