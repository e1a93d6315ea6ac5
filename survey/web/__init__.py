"""What every page shares: headers, errors, permissions, filters, languages, the base form."""

from __future__ import annotations

import flask
from werkzeug.middleware.proxy_fix import ProxyFix

from survey.web.access import init_access
from survey.web.errors import init_errors
from survey.web.filters import init_filters
from survey.web.forms import init_forms
from survey.web.headers import init_headers
from survey.web.identity import init_identity
from survey.web.language import init_language
from survey.web.request import init_request
from survey.web.throttle import init_throttle


def init_web(app: flask.Flask, *, public_url: str, session_minutes: int, behind_proxies: int) -> None:
    """Give an application the house's manners; each part of it registers its own pages afterwards."""
    if behind_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask documents it
            app.wsgi_app, x_for=behind_proxies, x_proto=behind_proxies, x_host=behind_proxies
        )
    init_request(app)
    init_headers(app, session_minutes=session_minutes, is_https=public_url.startswith("https://"))
    init_language(app)
    init_identity(app)
    init_access(app)
    init_forms(app)
    init_filters(app)
    init_errors(app)
    init_throttle(app)
