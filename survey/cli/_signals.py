"""How a verb ends in order when it is told to, where it has something to remove or to stop; and with its parent.

Other verbs end at once: the database rolls back by itself, and files appear only whole.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from types import FrameType
from typing import Final

PATIENCE: Final = 3.0


def leave_in_order(patience: float = PATIENCE) -> None:
    """Let SIGINT and SIGTERM unwind what is under way; after ``patience`` seconds, or a second signal, end at once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, partial(_leave, patience))


def end_with(parent: int) -> None:
    """End this process when its parent is gone, so that nothing is left over after a kill -9."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _leave(patience: float, number: int, _frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda second, _: os._exit(128 + second))
    # An exception raised here is lost where Python cleans up an object; then the clock decides.
    clock = threading.Timer(patience, os._exit, [128 + number])
    clock.daemon = True
    clock.start()
    sys.exit(128 + number)
