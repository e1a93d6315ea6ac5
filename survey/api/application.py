"""The application of the API: its description, its views, its errors."""

from __future__ import annotations

from typing import Any, Final

import flask
from flask_smorest import Api, Blueprint

from survey.api import population_views, slip_views
from survey.api.access import Requests
from survey.api.problems import MEDIA_TYPE, Problem, init_problems
from survey.db import Database
from survey.services.slip_keys import SlipKeys
from survey.web.access import public

VERSION: Final = "v1"
_ABOUT: Final = """For the dossier system of a province or commune (and nobody else: no citizen's data comes in).
Ask an administrator of the agency for a key and send it as `Authorization: Bearer …`. Errors are problems as RFC 9457
says, in Vietnamese or, with `Accept-Language: en`, in English."""
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
    )
    api.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    api.extensions["engine"] = engine
    api.extensions["slip_keys"] = SlipKeys(app.config["SECRET_KEY"])
    api.extensions["requests"] = Requests()
    documented = _DocumentedApi(api)
    for blueprint in (slip_views.blueprint, population_views.blueprint):
        _register(documented, blueprint)
    init_problems(api)
    api.after_request(_set_headers)
    api.extensions["description"] = documented.spec
    api.add_url_rule(f"/api/{VERSION}/openapi.json", view_func=describe)
    return api


@public
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
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
