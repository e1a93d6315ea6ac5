"""The one blueprint of the officials' desk."""

from __future__ import annotations

from typing import Final

import flask

blueprint: Final = flask.Blueprint("desk", __name__)
