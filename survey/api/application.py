"""The application of the API: its description, its views, its errors."""

from __future__ import annotations

from typing import Any, Final

import flask
from flask_smorest import Api, Blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from survey.api import figure_views, index_views, indicator_views, population_views, release_views, slip_views
from survey.api.access import PUBLIC_REQUESTS_A_MINUTE, Addresses, Requests, without_key
from survey.api.caching import set_caching
from survey.api.problems import MEDIA_TYPE, Problem, init_problems
from survey.db import Database
from survey.services.slip_keys import SlipKeys

VERSION: Final = "v1"
_ABOUT: Final = """Released results need no key: lists, figures with interval and n, data packages. They may be kept
and asked for by their tag (`If-None-Match`), a page at a time, 300 requests a minute from one address.

Everything else takes a key of an agency, sent as `Authorization: Bearer …`; ask an administrator of the agency for one.
No citizen's data comes in or goes out. Errors are problems as RFC 9457 says, in Vietnamese or, with
`Accept-Language: en`, in English."""
LARGEST_BODY: Final = 64 * 1024


class _DocumentedApi(Api):  # type: ignore[misc]  # the library carries no types
    """The library with our own form of errors."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to ``problems``."""


def make_api(app: flask.Flask, engine: Database) -> flask.Flask:
    """Make the application for the database and the secret of another one."""
    api = flask.Flask("survey.api", static_folder=None)
    api.testing = app.testing
    api.config.update(
        API_TITLE="Hài Lòng",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS=_description(),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        PUBLIC_URL=app.config["PUBLIC_URL"],
        OPEN_DATA_LICENCE=app.config["OPEN_DATA_LICENCE"],
    )
    api.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    api.extensions["engine"] = engine
    api.extensions["slip_keys"] = SlipKeys(app.config["SECRET_KEY"])
    api.extensions.update(
        requests=Requests(), public_requests=Requests(PUBLIC_REQUESTS_A_MINUTE), addresses=Addresses()
    )
    documented = _DocumentedApi(api)
    for blueprint in (
        release_views.blueprint,
        figure_views.blueprint,
        index_views.blueprint,
        slip_views.blueprint,
        population_views.blueprint,
        indicator_views.blueprint,
    ):
        _register(documented, blueprint)
    init_problems(api)
    api.after_request(_set_headers)
    api.extensions["description"] = documented.spec
    api.add_url_rule(f"/api/{VERSION}/openapi.json", view_func=describe)
    if proxies := app.config["HAILONG"].behind_proxies:
        api.wsgi_app = ProxyFix(api.wsgi_app, x_for=proxies)  # type: ignore[method-assign]  # as Flask documents it
    return api


@without_key
def describe() -> flask.Response:
    """Return what the API takes and gives, as OpenAPI 3.1 says it."""
    return flask.jsonify(_with_problems(flask.current_app.extensions["description"].to_dict()))


def _with_problems(described: Any) -> Any:  # noqa: ANN401 -- any part of a JSON document
    """Name the media type of errors, which the library takes for ordinary JSON."""
    if isinstance(described, list):
        return [_with_problems(part) for part in described]
    if not isinstance(described, dict):
        return described
    is_problem = described.get("application/json") == {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {MEDIA_TYPE if is_problem else name: _with_problems(part) for name, part in described.items()}


def _register(documented: Api, blueprint: Blueprint) -> None:
    documented.register_blueprint(blueprint, url_prefix=f"/api/{VERSION}")


def _description() -> dict[str, Any]:
    return {
        "info": {"description": _ABOUT},
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _set_headers(response: flask.Response) -> flask.Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return set_caching(response)
