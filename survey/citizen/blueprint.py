"""The blueprint of citizens' pages."""

from __future__ import annotations

import flask

blueprint = flask.Blueprint("citizen", __name__)
