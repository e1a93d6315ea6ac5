"""The door of the terminal, as ``wsgi.py`` is the door of the web: runs one verb of ``survey/cli``.

Started by ``hailong.py`` in the environment that it made; not meant to be called by hand.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

# A signal ends a verb at once and without a traceback, unless the verb has something to put in order.
for _number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_number, lambda number, _frame: os._exit(128 + number))

from flask.cli import ScriptInfo  # noqa: E402  what takes long comes after the signals

from survey.cli import Verbs  # noqa: E402  likewise

if TYPE_CHECKING:
    import flask

NAME = "python3 hailong.py"


def load_app() -> flask.Flask:
    """Make the application from the environment; only the verbs that need it wait for it."""
    from config import Config  # noqa: PLC0415
    from survey.factory import create_app  # noqa: PLC0415

    return create_app(Config())


if __name__ == "__main__":
    Verbs(name=NAME).main(obj=ScriptInfo(create_app=load_app), prog_name=NAME)
