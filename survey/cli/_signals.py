"""How a verb ends when it is told to: in order, so that what it began is rolled back and removed."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def leave_in_order() -> None:
    """Let SIGINT and SIGTERM unwind what is under way; a second one ends the process at once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


def leave_at_once(number: int, _frame: FrameType | None) -> None:
    """End without a traceback; for the time before there is anything to put in order."""
    os._exit(128 + number)


def _leave(number: int, _frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, leave_at_once)
    sys.exit(128 + number)
