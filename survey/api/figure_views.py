"""Figures of an agency for its own systems, also those not released yet: what its officials read at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import marshmallow as ma
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from survey.api.access import Caller, current_caller, current_engine, with_key
from survey.api.release_schemas import AGENCY_LINES, PageQuery, lines_of_all, list_schema, page_of
from survey.db import reading
from survey.models.fieldwork import SAMPLE_KINDS
from survey.models.identifiers import local_today
from survey.queries.waves import list_waves
from survey.rendering.open_tables import agency_open_tables
from survey.services.audit import act_as, record
from survey.services.lookups import find_agency, find_wave
from survey.services.writer import write_alone

if TYPE_CHECKING:
    from survey.findings.values import AgencyFindings
    from survey.models.agencies import Agency

blueprint: Final = Blueprint("figures", __name__, description="Figures of the key's own agency and those below it")
SCOPE: Final = "figures"


class WaveSchema(ma.Schema):
    """A wave that the key's agency takes part in."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True, allow_none=True)
    sample_kind = ma.fields.String(required=True, validate=ma.validate.OneOf(SAMPLE_KINDS))
    index_year = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(["open", "paused", "closed"]))
    opens_on = ma.fields.Date(required=True)
    closes_on = ma.fields.Date(required=True)
    released = ma.fields.Boolean(required=True)


FIGURES: Final = ma.Schema.from_dict(
    {
        "wave": ma.fields.String(required=True),
        "agency_code": ma.fields.String(required=True),
        "status": ma.fields.String(required=True, validate=ma.validate.OneOf(["draft", "released"])),
        "folded_until": ma.fields.Date(required=True, allow_none=True),
        **AGENCY_LINES,
    },
    name="AgencyFigures",
)
WAVES: Final = list_schema(WaveSchema, "WaveList")


@blueprint.get("/waves")
@with_key(SCOPE)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, WAVES)
@blueprint.alt_response(401, schema="Problem", description="No valid key")
@blueprint.alt_response(403, schema="Problem", description="The key lacks the scope")
def list_own_waves(query: dict[str, Any]) -> dict[str, Any]:
    """List the waves that the key's agency takes part in, the latest first."""
    with reading(current_engine()) as session:
        rows = list_waves(session, agency_id=current_caller().agency_id)
    names = ("code", "name", "name_en", "sample_kind", "index_year", "state", "opens_on", "closes_on")
    return page_of(
        rows,
        query,
        made=lambda row: {**{name: getattr(row, name) for name in names}, "released": row.release_version > 0},
    )


@blueprint.get("/waves/<wave>/agencies/<agency>")
@with_key(SCOPE)
@blueprint.response(200, FIGURES)
@blueprint.alt_response(401, schema="Problem", description="No valid key")
@blueprint.alt_response(403, schema="Problem", description="The key lacks the scope")
@blueprint.alt_response(404, schema="Problem", description="There is no such wave, or the agency lies elsewhere")
def show_own_figures(wave: str, agency: str) -> dict[str, Any]:
    """Return the figures of the key's agency or one below it as of last night; a draft until the wave is released.

    Fewer respondents than may be shown give no figure here either.
    """
    caller = current_caller()
    with reading(current_engine()) as session:
        found = _own(session, caller, agency)
        findings = _read(session, found, wave)

    def note(session: Any) -> None:  # noqa: ANN401 -- a session, which views know nothing of
        act_as(f"api:{caller.key_id}")
        record(session, "document.downloaded", subject=f"api {agency} {wave}", agency_id=found.id)

    write_alone(current_engine(), note)
    return {
        "wave": findings.wave.code,
        "agency_code": findings.agency.code,
        "status": "released" if findings.wave.is_released else "draft",
        "folded_until": findings.folded_until,
        **lines_of_all(agency_open_tables(findings)),
    }


def _own(session: Any, caller: Caller, code: str) -> Agency:  # noqa: ANN401 -- likewise
    found = find_agency(session, code, on=local_today()) if code.isprintable() else None
    if found is None or not found.path.startswith(caller.agency_path):
        raise NotFound
    return found


def _read(session: Any, agency: Agency, code: str) -> AgencyFindings:  # noqa: ANN401 -- likewise
    # What estimates is loaded when first asked for: it takes longer than all the rest.
    from survey.findings.agency import agency_findings  # noqa: PLC0415
    from survey.findings.errors import FindingsError  # noqa: PLC0415 -- likewise

    wave = find_wave(session, code) if code.isprintable() else None
    if wave is None or wave.state == "planned":
        raise NotFound
    try:
        return agency_findings(session, agency_id=agency.id, wave_id=wave.id, today=local_today())
    except FindingsError as error:
        raise NotFound from error
