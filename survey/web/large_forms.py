"""Pages that take more than what officials usually send: files, and lists ticked one by one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from survey.web.access import View

_BESIDE: Final = 64 * 1024


def takes(most: int) -> Callable[[View], View]:
    """Let a page take so many bytes, and what else a form has; it stands above the rule of access, which reads it."""

    def widen(view: View) -> View:
        @functools.wraps(view)
        def wider(*args: object, **kwargs: object) -> ResponseReturnValue:
            flask.request.max_content_length = flask.request.max_form_memory_size = most + _BESIDE
            return view(*args, **kwargs)

        return wider

    return widen
