"""The blueprint that the administrators' views hang on."""

from __future__ import annotations

import flask

blueprint = flask.Blueprint("admin", __name__)
