"""What the public may read: released results, and nothing else.  No session, no cookie."""

from __future__ import annotations

import flask

from survey.reports import downloads, guides, index, releases, results
from survey.reports.blueprint import blueprint

__all__ = ["downloads", "guides", "index", "init_reports", "releases", "results"]


def init_reports(app: flask.Flask) -> None:
    """Register the pages of released results."""
    app.register_blueprint(blueprint)
