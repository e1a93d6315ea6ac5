"""Where administrators set up who may do what, and auditors read what was done."""

from __future__ import annotations

import flask

from survey.admin import (
    audit,
    changes,
    officials,
    questionnaire_files,
    questionnaires,
    register_agencies,
    register_counters,
    register_files,
    register_lists,
    register_services,
    reorganise,
)
from survey.admin.blueprint import blueprint

__all__ = [
    "audit",
    "changes",
    "init_admin",
    "officials",
    "questionnaire_files",
    "questionnaires",
    "register_agencies",
    "register_counters",
    "register_files",
    "register_lists",
    "register_services",
    "reorganise",
]


def init_admin(app: flask.Flask) -> None:
    """Register the administrators' and auditors' pages."""
    app.register_blueprint(blueprint)
