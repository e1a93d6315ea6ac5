"""Puts the parts together.  Knows every part and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import flask
from flask_migrate import Migrate
from sqlalchemy.pool import QueuePool

from survey import models
from survey.admin import init_admin
from survey.api import init_api
from survey.citizen import init_citizen
from survey.db import db
from survey.desk import init_desk
from survey.reports import init_reports
from survey.web import init_web
from survey.web.body_gate import BodyGate

if TYPE_CHECKING:
    from config import Config

__all__ = ["create_app", "models"]


def create_app(config: Config, **overrides: Any) -> flask.Flask:  # noqa: ANN401 -- Flask's own settings
    """Make the application; never touches the schema.  ``overrides`` are Flask settings, for tests."""
    project = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 -- Flask wants a string
    app = flask.Flask(
        "survey",
        template_folder=os.path.join(project, "templates"),  # noqa: PTH118
        static_folder=os.path.join(project, "survey", "static"),  # noqa: PTH118
    )
    app.config.from_mapping(_flask_settings(config), **overrides)
    db.init_app(app)
    Migrate(app, db, directory=os.path.join(project, "migrations"), render_as_batch=True)  # noqa: PTH118
    init_web(
        app,
        public_url=config.public_url,
        session_minutes=config.session_minutes,
        behind_proxies=config.behind_proxies,
    )
    init_citizen(
        app,
        secret=app.config["SECRET_KEY"],
        opening_hours=config.opening_hours,
        behind_proxies=config.behind_proxies,
    )
    init_reports(app)
    init_desk(app, database_url=config.sqlalchemy_url, data_dir=config.data_dir, key=app.config["SECRET_KEY"])
    init_api(app)
    init_admin(app)
    app.wsgi_app = BodyGate(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it
    return app


def _flask_settings(config: Config) -> dict[str, Any]:
    return {
        "HAILONG": config,
        "SECRET_KEY": config.signing_key(),
        "SQLALCHEMY_DATABASE_URI": config.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": QueuePool, "pool_size": 16},
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "PUBLIC_URL": config.public_url.rstrip("/"),
        "OPEN_DATA_LICENCE": config.open_data_licence,
    }
