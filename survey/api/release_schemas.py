"""What the API says of releases: the fields of every table are those of the dictionary of open data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

import flask
import marshmallow as ma

from survey.api.fields import CODE
from survey.rendering.open_tables import TABLES, empty_table

if TYPE_CHECKING:
    from survey.rendering.open_fields import OpenField
    from survey.rendering.open_tables import OpenTable, Row

Line = TypeVar("Line")
MOST_AT_ONCE: Final = 1000
USUAL_AT_ONCE: Final = 100
FARTHEST: Final = 10**9
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_TYPES: Final[dict[str, Callable[..., ma.fields.Field[Any]]]] = {
    "string": ma.fields.String,
    "integer": ma.fields.Integer,
    "number": ma.fields.Float,
    "boolean": ma.fields.Boolean,
    "date": ma.fields.Date,
}


class PageQuery(ma.Schema):
    """Which page of a list: at most ``limit`` lines, from ``offset`` on."""

    limit = ma.fields.Integer(load_default=USUAL_AT_ONCE, validate=ma.validate.Range(1, MOST_AT_ONCE))
    offset = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, FARTHEST))


class ReleasesQuery(PageQuery):
    """Which releases: of a kind, of a year, or those that cover an agency."""

    kind = ma.fields.String(validate=ma.validate.OneOf(["annual", "wave"]))
    year = ma.fields.Integer(validate=ma.validate.Range(_FIRST_YEAR, _LAST_YEAR))
    agency = ma.fields.String(validate=CODE, metadata={"description": "Code of an agency that the release covers"})


class TableQuery(PageQuery):
    """Which lines of a table: of one agency, or of all."""

    agency = ma.fields.String(validate=CODE, metadata={"description": "Only lines of the agency with this code"})


class ReleaseSchema(ma.Schema):
    """One released version of results.  Its address stays good when a correction replaces it."""

    code = ma.fields.String(required=True, metadata={"description": "What its address is made of, for ever"})
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["annual", "wave"]))
    year = ma.fields.Integer(required=True)
    agency_code = ma.fields.String(required=True, metadata={"description": "The agency whose subtree it covers"})
    agency_name = ma.fields.String(required=True)
    agency_name_en = ma.fields.String(allow_none=True)
    wave = ma.fields.String(allow_none=True, metadata={"description": "Code of the wave; null for a year"})
    wave_name = ma.fields.String(allow_none=True)
    form = ma.fields.String(allow_none=True, metadata={"description": "Questionnaire and edition; null for a wave"})
    version = ma.fields.Integer(required=True)
    note = ma.fields.String(required=True, metadata={"description": "Why there is a correction; empty for the first"})
    released_on = ma.fields.Date(required=True)
    superseded_on = ma.fields.Date(allow_none=True, metadata={"description": "Day of the correction that replaced it"})
    sha256 = ma.fields.String(required=True, metadata={"description": "Checksum of the frozen figures"})
    bundle_sha256 = ma.fields.String(allow_none=True, metadata={"description": "Checksum of the ZIP bundle"})
    demo = ma.fields.Boolean(required=True, metadata={"description": "Illustrative data, not real"})
    page = ma.fields.String(required=True, metadata={"description": "The page for people"})
    data = ma.fields.String(required=True, metadata={"description": "The data package"})
    licence = ma.fields.String(required=True)


class VersionSchema(ReleaseSchema):
    """One version with what others there are of the same results, the newest first."""

    versions = ma.fields.List(ma.fields.String(), required=True)
    tables = ma.fields.List(ma.fields.String(), required=True)


def _field(field: OpenField) -> ma.fields.Field[Any]:
    checks: list[ma.validate.Validator] = []
    if field.choices:
        checks.append(ma.validate.OneOf(field.choices))
    if field.least is not None or field.most is not None:
        checks.append(ma.validate.Range(field.least, field.most))
    return _TYPES[field.type](
        required=True,
        allow_none=not field.required,
        validate=checks,
        metadata={"description": f"{field.meaning.en}. / {field.meaning.vi}."},
    )


def _line_schema(name: str) -> type[ma.Schema]:
    table = empty_table(name)
    return ma.Schema.from_dict({each.name: _field(each) for each in table.fields}, name=f"{name.capitalize()}Line")


def list_schema(line: type[ma.Schema], name: str) -> type[ma.Schema]:
    """Return the schema of a page of lines, with the address of the next page."""
    described: dict[str, ma.fields.Field[Any]] = {
        "total": ma.fields.Integer(required=True, metadata={"description": "Lines on all pages together"}),
        "next": ma.fields.String(required=True, allow_none=True, metadata={"description": "The next page, or null"}),
        "items": ma.fields.List(ma.fields.Nested(line), required=True),
    }
    return ma.Schema.from_dict(described, name=name)


RELEASES: Final = list_schema(ReleaseSchema, "ReleaseList")
LINES: Final = {name: _line_schema(name) for name in TABLES}
TABLE_PAGES: Final = {name: list_schema(line, f"{name.capitalize()}List") for name, line in LINES.items()}


AGENCY_LINES: Final[dict[str, ma.fields.Field[Any]]] = {
    name: ma.fields.List(ma.fields.Nested(LINES[name]), required=True) for name in TABLES
}
AGENCY_REPORT: Final = ma.Schema.from_dict(
    {
        "release": ma.fields.String(required=True, metadata={"description": "Code of the release"}),
        "agency_code": ma.fields.String(required=True),
        **AGENCY_LINES,
    },
    name="AgencyReport",
)


def page_of(
    items: Sequence[Line], query: Mapping[str, Any], *, made: Callable[[Line], object] = lambda item: item
) -> dict[str, Any]:
    """Cut the page that a query asks for out of a list; ``made`` makes what is written of each line."""
    limit, offset = query["limit"], query["offset"]
    following = None
    if offset + limit < len(items):
        asked = urlencode({**query, "offset": offset + limit})
        following = f"{flask.current_app.config['PUBLIC_URL']}{flask.request.path}?{asked}"
    return {"total": len(items), "next": following, "items": [made(item) for item in items[offset : offset + limit]]}


def line_of(table: OpenTable, row: Row) -> dict[str, Any]:
    """Return a line of a table with the names of its fields."""
    return {field.name: value for field, value in zip(table.fields, row, strict=True)}


def lines_of_all(tables: Mapping[str, OpenTable]) -> dict[str, list[dict[str, Any]]]:
    """Return every line of every table, none of those that are missing."""
    return {
        name: [line_of(tables[name], row) for row in tables[name].rows] if name in tables else [] for name in TABLES
    }
