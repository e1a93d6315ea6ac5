"""Released results for other programs: no key, a page at a time, and nothing that is not released."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import flask
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from survey.api.access import current_engine, without_key
from survey.api.release_schemas import (
    AGENCY_REPORT,
    RELEASES,
    TABLE_PAGES,
    ReleasesQuery,
    TableQuery,
    VersionSchema,
    line_of,
    lines_of_all,
    page_of,
)
from survey.db import reading
from survey.models.identifiers import local_today
from survey.queries.released import (
    find_released,
    list_bodies,
    list_frozen_agencies,
    list_released,
    list_released_over,
    list_versions,
)
from survey.rendering.addresses import package_address, release_address
from survey.rendering.open_tables import TABLES, lines_of
from survey.web.publication import agency_tables_of, tables_of

if TYPE_CHECKING:
    from survey.queries.released import ReleasedVersion
    from survey.web.publication import Tables

blueprint: Final = Blueprint("releases", __name__, description="Released results; no key is needed")
_TAG: Final = {"ETag": {"description": "Changes when the answer does", "schema": {"type": "string"}}}
_View = TypeVar("_View", bound=Callable[..., Any])


def _public(address: str, schema: object, *, has_errors: bool = True) -> Callable[[_View], _View]:
    """Declare a view of the public part with everything it may answer."""

    def decorate(view: _View) -> _View:
        described = blueprint.response(HTTPStatus.OK, schema, headers=_TAG)(view)
        described = blueprint.alt_response(HTTPStatus.NOT_MODIFIED, description="As If-None-Match knows it")(described)
        if has_errors:
            missing = {"schema": "Problem", "description": "There is no such release or agency"}
            described = blueprint.alt_response(HTTPStatus.NOT_FOUND, **missing)(described)
        too_many = {"schema": "Problem", "description": "Too many requests from this address"}
        described = blueprint.alt_response(HTTPStatus.TOO_MANY_REQUESTS, **too_many)(described)
        opened: _View = blueprint.get(address)(blueprint.doc(security=[])(without_key(described)))
        return opened

    return decorate


@_public("/releases", RELEASES, has_errors=False)
@blueprint.arguments(ReleasesQuery, location="query")
def list_releases(query: dict[str, Any]) -> dict[str, Any]:
    """List what is released now, latest year first; a version that a correction replaced is found by its code."""
    with reading(current_engine()) as session:
        found = list_released(session, kind=query.get("kind"), year=query.get("year"))
        if "agency" in query:
            bodies = list_bodies(session, query["agency"], today=local_today())
            covering = {each.id for body in bodies for each in list_released_over(session, body)}
            found = [each for each in found if each.id in covering]
    return page_of(found, query, made=_described)


@_public("/releases/<code>", VersionSchema)
def show_release(code: str) -> dict[str, Any]:
    """Return one version, also one that a correction has replaced, and the codes of the others of the same results."""
    with reading(current_engine()) as session:
        version = _version(session, code)
        versions = [each.code for each in list_versions(session, version)]
    return {**_described(version), "versions": versions, "tables": list(TABLES)}


@_public("/releases/<code>/agencies/<agency>", AGENCY_REPORT)
def show_agency(code: str, agency: str) -> dict[str, Any]:
    """Return all that a release says of one agency: of a wave with items and groups, of a year its line."""
    with reading(current_engine()) as session:
        version = _version(session, code)
        tables = _tables_of_agency(session, version, agency)
    return {"release": version.code, "agency_code": agency, **lines_of_all(tables)}


def _table_view(name: str) -> None:
    def show_table(query: dict[str, Any], code: str) -> dict[str, Any]:
        with reading(current_engine()) as session:
            table = tables_of(session, _version(session, code))[name]
        rows: Sequence[Any] = table.rows
        if "agency" in query and table.fields[0].name == "agency_code":
            rows = [row for row in rows if row[0] == query["agency"]]
        return page_of(rows, query, made=lambda row: line_of(table, row))

    show_table.__name__ = f"list_{name}"
    show_table.__doc__ = (
        f"List {_SAYS[name]}.\n\nOf the root agency and those right under it; /agencies/… tells of every other."
    )
    _public(f"/releases/<code>/{name}", TABLE_PAGES[name])(
        blueprint.arguments(TableQuery, location="query")(show_table)
    )


_SAYS: Final = {
    "agencies": "the agencies",
    "results": "the overall result of each agency, with rank and rank set where there is one",
    "figures": "shares satisfied and mean scores, each with interval and n",
    "levels": "ratings by level",
    "questions": "how questions that are not rated were answered",
    "counts": "answers by channel, and those left out by rule",
    "waves": "the waves behind the results",
}
for _name in TABLES:
    _table_view(_name)


def _version(session: Any, code: str) -> ReleasedVersion:  # noqa: ANN401 -- a session, which views know nothing of
    version = find_released(session, code) if code.isascii() and code.isalnum() else None
    if version is None:
        raise NotFound
    return version


def _tables_of_agency(session: Any, version: ReleasedVersion, code: str) -> Tables:  # noqa: ANN401 -- likewise
    if version.wave_id is not None:
        for agency in list_frozen_agencies(session, version.id):
            if agency.code == code and (found := agency_tables_of(session, version, agency.agency_id)):
                return found
    lines = lines_of(tables_of(session, version), {code})
    if not lines["agencies"].rows:
        raise NotFound
    return lines


def _described(version: ReleasedVersion) -> dict[str, Any]:
    settings = flask.current_app.config
    return {
        "code": version.code,
        "kind": version.kind,
        "year": version.year,
        "agency_code": version.agency_code,
        "agency_name": version.agency_name,
        "agency_name_en": version.agency_name_en,
        "wave": version.wave_code,
        "wave_name": version.wave_name,
        "form": version.form,
        "version": version.version,
        "note": version.note,
        "released_on": version.released_on,
        "superseded_on": version.superseded_on,
        "sha256": version.sha256,
        "bundle_sha256": version.bundle_sha256,
        "demo": version.agency_is_demo,
        "page": release_address(settings["PUBLIC_URL"], version.code),
        "data": package_address(settings["PUBLIC_URL"], version.code),
        "licence": settings["OPEN_DATA_LICENCE"],
    }
