from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import flask
import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from survey.cli import Verbs


@pytest.fixture
def run_verb() -> Iterator[Callable[..., Result]]:
    """Give a function that runs a verb on an application as ``hailong.py`` would, and tells what it printed."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    folder = os.environ.get("HAILONG_DATA_DIR")
    mask = os.umask(0o022)

    def run(app: flask.Flask, *arguments: object) -> Result:
        return CliRunner().invoke(Verbs(), [str(part) for part in arguments], obj=ScriptInfo(create_app=lambda: app))

    yield run
    os.umask(mask)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    if folder is None:
        os.environ.pop("HAILONG_DATA_DIR", None)
