"""The decided index of a year for other systems: what a key's agency may take over of itself and those below it."""

from __future__ import annotations

from typing import Any, Final

import marshmallow as ma
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from survey.api.access import current_caller, current_engine, with_key
from survey.db import reading
from survey.queries.agencies import list_agencies
from survey.rendering.index_export import COLUMNS, export_checksum
from survey.services.audit import act_as, record
from survey.services.writer import write_alone

blueprint: Final = Blueprint("index", __name__, description="The decided index of the key's agency and those below it")
SCOPE: Final = "figures"
_TEXTS: Final = frozenset(
    {"round", "status", "data", "agency_code", "agency", "class", "class_name", "verdict", "movement", "breaks",
     "rubric", "questionnaire", "method_edition", "release", "sha256"}
)  # fmt: skip
_WHOLES: Final = frozenset(
    {"index_year", "version", "n", "population_size", "rank", "rank_low", "rank_high", "previous_rank", "rank_change",
     "class_is_certain", "is_converted"}
)  # fmt: skip


def _field(name: str) -> ma.fields.Field[Any]:
    kind = ma.fields.String if name in _TEXTS else ma.fields.Integer if name in _WHOLES else ma.fields.Float
    return kind(required=True, allow_none=True)


LINE: Final = ma.Schema.from_dict({name: _field(name) for name in COLUMNS}, name="IndexLine")
INDEX: Final = ma.Schema.from_dict(
    {
        "year": ma.fields.Integer(required=True),
        "sha256": ma.fields.String(required=True, metadata={"description": "Of the lines as canonical JSON"}),
        "agencies": ma.fields.List(ma.fields.Nested(LINE), required=True),
    },
    name="IndexOfYear",
)


@blueprint.get("/index/<int(min=1900, max=2999):year>")
@with_key(SCOPE)
@blueprint.response(200, INDEX)
@blueprint.alt_response(401, schema="Problem", description="No valid key")
@blueprint.alt_response(403, schema="Problem", description="The key lacks the scope")
@blueprint.alt_response(
    404, schema="Problem", description="Nothing of that year is decided or released for these agencies"
)
def show_index(year: int) -> dict[str, Any]:
    """Return the decided index of a year for the key's agency and those below it, a line an agency.

    Points at the estimate and at both ends of the interval that the survey brings; shares are 0–1.  Where no round is
    decided the lines are those of the released summary: ``status`` is then "released", and what an index has is null.
    """
    # What estimates is loaded when first asked for: it takes longer than all the rest.
    from survey.web.index_lines import index_lines  # noqa: PLC0415

    caller = current_caller()
    with reading(current_engine()) as session:
        own = {row.id for row in list_agencies(session, paths=[caller.agency_path])}
        lines = index_lines(session, year, agency_ids=own)
    if not lines:
        raise NotFound

    def note(session: Any) -> None:  # noqa: ANN401 -- a session, which views know nothing of
        act_as(f"api:{caller.key_id}")
        record(session, "document.downloaded", subject=f"api index {year}", agency_id=caller.agency_id)

    write_alone(current_engine(), note)
    return {"year": year, "sha256": export_checksum(lines), "agencies": lines}
