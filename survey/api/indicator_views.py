"""Figures that a round of the index counts, told by the systems that know them: indicators, and other surveys."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import marshmallow as ma
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from survey.api.access import current_caller, current_engine, with_key
from survey.api.fields import CODE, is_writable
from survey.api.standing import stands_above
from survey.models.columns import exact_text
from survey.models.identifiers import local_today
from survey.services.audit import act_as
from survey.services.index_figures import LONGEST_SOURCE, MOST_RESPONDENTS, plan_indicator
from survey.services.index_indicators import set_indicator
from survey.services.index_rounds import find_round, refuse_decided
from survey.services.lookups import find_agency
from survey.services.writer import write_alone

blueprint: Final = Blueprint("indicators", __name__, description="Figures that a round of the index counts")
_NUMBER: Final = ma.validate.Length(1, 40)


class IndicatorSchema(ma.Schema):
    """A figure of an agency in the year of a round.

    ``indicator`` is its code in the rubric, or of another survey ``survey:criterion``. Numbers are text, so that they
    stay exact: "0.975", "97.5 %", "1849/1900". ``n``, ``low`` and ``high`` belong to other surveys only.
    """

    round = ma.fields.String(required=True, validate=CODE)
    agency = ma.fields.String(required=True, validate=CODE)
    indicator = ma.fields.String(required=True, validate=ma.validate.Length(1, 100))
    value = ma.fields.String(required=True, validate=_NUMBER)
    source = ma.fields.String(load_default="", validate=(ma.validate.Length(max=LONGEST_SOURCE), is_writable))
    n = ma.fields.Integer(strict=True, load_default=None, validate=ma.validate.Range(1, MOST_RESPONDENTS))
    low = ma.fields.String(load_default=None, validate=_NUMBER)
    high = ma.fields.String(load_default=None, validate=_NUMBER)


class KeptSchema(ma.Schema):
    """What is kept now, and what was kept before; the round takes it in when who runs it says so."""

    value = ma.fields.String(required=True)
    before = ma.fields.String(required=True, allow_none=True)


@blueprint.put("/index-indicators")
@with_key("indicators")
@blueprint.arguments(IndicatorSchema)
@blueprint.response(200, KeptSchema)
@blueprint.alt_response(401, schema="Problem", description="No valid key")
@blueprint.alt_response(422, schema="Problem", description="The figure does not fit the rubric of the round")
def put_index_indicator(told: dict[str, Any]) -> dict[str, str | None]:
    """Set a figure of an agency; the same request again changes nothing.

    Only a key of an agency above the rated one may do so: nobody sets his own figures.
    """
    caller, today = current_caller(), local_today()

    def put(session: Any) -> dict[str, str | None]:  # noqa: ANN401 -- a session, which views know nothing of
        act_as(f"api:{caller.key_id}")
        round_ = find_round(session, told["round"])
        if round_ is None:
            raise NotFound
        agency = find_agency(session, told["agency"], on=date(round_.year, 12, 31))
        if agency is None or not (stands_above(caller, agency) and agency.path.startswith(round_.agency.path)):
            raise NotFound
        refuse_decided(round_)
        planned = plan_indicator(session, round_, agency, told)
        set_indicator(session, planned, year=round_.year, today=today)
        before = planned.before
        return {
            "value": exact_text(planned.told.figure.value),
            "before": exact_text(before.figure.value) if before else None,
        }

    return write_alone(current_engine(), put)
