"""One-time codes for dossiers that ended: asked for by the dossier system, printed on its result slips."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from survey.api.access import current_caller, current_engine, with_key
from survey.api.fields import CODE
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.slips import get_issuer_code, reaches
from survey.rendering.slips import slip_address
from survey.services.audit import act_as
from survey.services.lookups import find_agency
from survey.services.slip_keys import SlipKeys, written_slip_code
from survey.services.slips import Order, codes_of, make_batch, require_service
from survey.services.writer import write_alone

blueprint: Final = Blueprint("slips", __name__, description="One-time codes of result slips")
MOST_AT_ONCE: Final = 500
USUAL_DAYS: Final = 60
LONGEST_KEY: Final = 200


class OrderSchema(ma.Schema):
    """How many codes, for cases of which agency and service."""

    agency = ma.fields.String(required=True, validate=CODE, metadata={"description": "Code of the agency that decided"})
    service = ma.fields.String(validate=CODE, metadata={"description": "Code of the service, as that agency has it"})
    count = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(1, MOST_AT_ONCE))
    expires_on = ma.fields.Date(metadata={"description": "Last day on which they count; 60 days from today if absent"})


class HeadersSchema(ma.Schema):
    """What makes a request that is sent twice count once."""

    idempotency_key = ma.fields.String(
        data_key="Idempotency-Key", required=True, validate=ma.validate.Length(1, LONGEST_KEY)
    )

    class Meta:
        """Other headers are nobody's business here."""

        unknown = ma.EXCLUDE


class CodeSchema(ma.Schema):
    """One code: to type, and as the address that its QR code holds."""

    code = ma.fields.String(required=True)
    address = ma.fields.String(required=True)


class CodesSchema(ma.Schema):
    """The codes that were made; shown to whoever sends the same request again, until the night."""

    expires_on = ma.fields.Date(required=True)
    codes = ma.fields.List(ma.fields.Nested(CodeSchema), required=True)


@blueprint.post("/transaction-codes")
@with_key("slips")
@blueprint.arguments(HeadersSchema, location="headers")
@blueprint.arguments(OrderSchema)
@blueprint.response(201, CodesSchema)
@blueprint.alt_response(401, schema="Problem", description="No valid key")
def make_transaction_codes(headers: dict[str, str], wanted: dict[str, Any]) -> dict[str, Any]:
    """Make one-time codes for dossiers that ended, also refused or late ones.

    The codes are handed out by the agency of the key, for cases decided by itself, by agencies below it, or by those
    whose services its counters take in; any other agency is 404. Send the same `Idempotency-Key` when you retry: the
    same codes come back. After the day on which they were made they are forgotten, and the key answers 409.
    """
    caller, today = current_caller(), local_today()
    keys: SlipKeys = flask.current_app.extensions["slip_keys"]

    def make(session: Any) -> tuple[date, list[str], str]:  # noqa: ANN401 -- a session, which views know nothing of
        act_as(f"api:{caller.key_id}")
        deciding = find_agency(session, wanted["agency"], on=today)
        issuer = session.get_one(Agency, caller.agency_id)
        if deciding is None or not reaches(session, issuer, deciding):
            raise NotFound
        service = require_service(session, deciding, wanted["service"]) if "service" in wanted else None
        order = Order(
            issuer=issuer,
            deciding=deciding,
            count=wanted["count"],
            expires_on=wanted.get("expires_on", today + timedelta(days=USUAL_DAYS)),
            service=service,
            api_key_id=caller.key_id,
            request_hash=keys.request_hash(headers["idempotency_key"]),
        )
        batch = make_batch(session, order, keys=keys, today=today)
        return batch.expires_on, codes_of(batch, keys), get_issuer_code(session, caller.agency_id)

    expires_on, codes, issuer_code = write_alone(current_engine(), make)
    public_url = flask.current_app.config["PUBLIC_URL"]
    return {
        "expires_on": expires_on,
        "codes": [
            {"code": written_slip_code(code), "address": slip_address(public_url, issuer_code, code)} for code in codes
        ],
    }
