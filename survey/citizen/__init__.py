"""Citizens' pages: one light form a counter, the receipt, and the way to take an answer back.

They are an application of their own beside the officials': it has no session, no cookie and no account to look up,
so that none can be set by mistake, and a request costs what its page costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import flask

from survey.citizen import error_pages, form_views, kiosk_views, offline_views, receipt_views, slip_views
from survey.citizen.blueprint import blueprint
from survey.citizen.intake import Intake
from survey.citizen.preview import FormPreview
from survey.citizen.slip_desk import SlipDesk
from survey.citizen.words import read_words
from survey.db import db
from survey.web.kiosk_links import KioskLinks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["form_views", "init_citizen", "kiosk_views", "offline_views", "receipt_views", "slip_views"]

_FIRST_PARTS: Final = frozenset({"K", "Q", "q", "R", "T", "r", "t"})


def init_citizen(app: flask.Flask, *, secret: str, opening_hours: str, behind_proxies: int) -> None:
    """Put the citizens' pages in front of an application, whose database they share.

    Their keys come from ``secret``; the other two are what the soft signal of the intake needs to know.
    """
    citizens = flask.Flask(
        "survey.citizen", root_path=app.root_path, template_folder=app.template_folder, static_folder=None
    )
    citizens.testing = app.testing
    citizens.config["PUBLIC_URL"] = app.config["PUBLIC_URL"]
    citizens.jinja_env.trim_blocks = citizens.jinja_env.lstrip_blocks = True
    with app.app_context():
        engine = db.engine
    intake = Intake(
        engine, secret=secret, is_test=app.testing, opening_hours=opening_hours, behind_proxies=behind_proxies
    )
    citizens.extensions["intake"] = app.extensions["intake"] = intake
    citizens.extensions["kiosk_links"] = app.extensions["kiosk_links"] = KioskLinks(secret)
    citizens.extensions["slips"] = SlipDesk(secret=secret, behind_proxies=behind_proxies)
    config = app.config["HAILONG"]
    citizens.extensions["words"] = read_words(config.data_dir, switched_on=config.languages)
    error_pages.init_error_pages(citizens)
    citizens.register_blueprint(blueprint)
    app.extensions["citizens"] = citizens
    app.extensions["form_preview"] = FormPreview(citizens)
    app.wsgi_app = _Door(citizens, app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it


class _Door:
    """Sends citizens' addresses to their application and all others to the officials'."""

    def __init__(self, citizens: flask.Flask, officials: WSGIApplication) -> None:
        self._citizens = citizens.wsgi_app
        self._officials = officials

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        application = self._citizens if first in _FIRST_PARTS else self._officials
        return application(environ, start_response)
