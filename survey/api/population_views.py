"""N: how many transactions an agency finished in a month, told by a system that stands above it."""

from __future__ import annotations

from typing import Any, Final

import marshmallow as ma
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from survey.api.access import current_caller, current_engine, with_key
from survey.api.fields import CODE
from survey.api.standing import stands_above
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.services.audit import act_as, record
from survey.services.lookups import find_agency, find_wave, require_service_field
from survey.services.waves import set_population_size
from survey.services.writer import write_alone

blueprint: Final = Blueprint("population", __name__, description="Finished transactions by month")
LARGEST_COUNT: Final = 10**9


class SizeSchema(ma.Schema):
    """N of an agency in a month of a wave: in one field of service, or without ``field`` in all together."""

    wave = ma.fields.String(required=True, validate=CODE)
    agency = ma.fields.String(required=True, validate=CODE)
    month = ma.fields.String(required=True, validate=ma.validate.Regexp(r"^\d{4}-(0[1-9]|1[0-2])$"))
    field = ma.fields.String(load_default=None, validate=CODE)
    transactions = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, LARGEST_COUNT))


class NoticeSchema(ma.Schema):
    """What is kept now, and how many respondents stand beside it; more of them than N means that something is wrong."""

    transactions = ma.fields.Integer(required=True)
    respondents = ma.fields.Integer(required=True)


@blueprint.put("/population-sizes")
@with_key("population")
@blueprint.arguments(SizeSchema)
@blueprint.response(200, NoticeSchema)
@blueprint.alt_response(401, schema="Problem", description="No valid key")
def put_population_size(size: dict[str, Any]) -> dict[str, int]:
    """Set N of an agency in a month; the same request again changes nothing.

    Only a key of an agency above the rated one may do so: nobody sets N for himself. The root of a tree has nobody
    above it and sets its own.
    """
    caller, today = current_caller(), local_today()

    def put(session: Any) -> dict[str, int]:  # noqa: ANN401 -- a session, which views know nothing of
        act_as(f"api:{caller.key_id}")
        agency = find_agency(session, size["agency"], on=today)
        wave = find_wave(session, size["wave"])
        if agency is None or wave is None or not stands_above(caller, agency):
            raise NotFound
        if not agency.path.startswith(session.get_one(Agency, wave.agency_id).path):
            raise NotFound
        notice = set_population_size(
            session,
            wave=wave,
            agency=agency,
            month=size["month"],
            transactions=size["transactions"],
            service_field=require_service_field(session, size["field"]) if size["field"] else None,
            today=today,
        )
        record(
            session,
            "population.set",
            subject=f"{agency.code} {size['month']}",
            agency_id=agency.id,
            details={"wave": wave.code, "field": size["field"], "transactions": notice.transactions},
        )
        return {"transactions": notice.transactions, "respondents": notice.respondents}

    return write_alone(current_engine(), put)
