"""The blueprint of the public's pages."""

from __future__ import annotations

from typing import Final

import flask

blueprint: Final = flask.Blueprint("results", __name__)
