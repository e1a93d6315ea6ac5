"""Citizens' pages: one light form a counter, the receipt, and the way to take an answer back."""

from __future__ import annotations

import flask

from survey.citizen import form_views, receipt_views
from survey.citizen.blueprint import blueprint
from survey.citizen.intake import Intake

__all__ = ["form_views", "init_citizen", "receipt_views"]


def init_citizen(app: flask.Flask, *, secret: str, public_url: str) -> None:
    """Register the citizens' pages; their keys come from ``secret``, and ``public_url`` names where results are."""
    app.extensions["intake"] = Intake(secret=secret, public_url=public_url, is_test=app.testing)
    app.register_blueprint(blueprint)
