"""The decision on a round: everything that stands in its way shown before the button is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from analysis.index_total import SurveyMissingError
from survey.db import db
from survey.desk.blueprint import blueprint
from survey.findings.errors import FindingsError
from survey.findings.index_totals import round_totals
from survey.jobs.index_decision import decide_round
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.queries.index_desk import list_parts
from survey.services.errors import ServiceError
from survey.services.index_ledger import content_of
from survey.services.index_objections import count_judged_twice, list_objections
from survey.services.index_scoring import LONGEST_REASON
from survey.web.access import current_scope, round_manager, signed_in_official
from survey.web.language import current_language

MOST_CODES: Final = 12


@dataclass(frozen=True, slots=True)
class Lacking:
    """An agency and the criteria of it that nobody scored, in the rubric's order."""

    part: IndexParticipant
    codes: tuple[str, ...]


@blueprint.get("/desk/index/rounds/<uuid:round_id>/decision")
@round_manager
def index_decision_page(round_: IndexRound) -> ResponseReturnValue:
    """Show what stands in the way of a decision: criteria that nobody scored, objections, parts of a year."""
    return _show(round_)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/decision")
@round_manager
def decide_index_round(round_: IndexRound) -> ResponseReturnValue:
    """Decide a round and freeze its result; what nobody scored counts 0 only where somebody says why."""
    number, reason, told = round_.id, *(flask.request.form.get(name, "") for name in ("reason", "public_note"))
    by = signed_in_official().id
    try:
        decide_round(db.session(), round_, by=by, today=local_today(), reason=reason, unscored_note=told)
    except (ServiceError, FindingsError) as refusal:
        db.session.rollback()
        return _show(
            round_, reason=reason, told=told, problem=refusal.text(current_language())
        ), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã quyết định và chốt kết quả; từ nay mọi người xem được ở trang kết quả công khai."), "done")
    return flask.redirect(flask.url_for("desk.index_result", round_id=number), HTTPStatus.SEE_OTHER)


def _show(round_: IndexRound, *, reason: str = "", told: str = "", problem: str = "") -> str:
    parts = list_parts(db.session(), round_, current_scope())
    lacking, leaves = _lacking(round_, parts), content_of(round_).leaves
    ids = [part.agency_id for part in parts]
    objections = list_objections(db.session(), round_id=round_.id, agency_ids=ids)
    return flask.render_template(
        "desk/index_decision.html",
        round=round_,
        lacking=lacking,
        unscored=sum(len(one.codes) for one in lacking),
        most=MOST_CODES,
        no_survey=round_.survey_is_run
        and round_.release_id is None
        and any(leaves[code].source == "satisfaction" for one in lacking for code in one.codes),
        judged_twice=count_judged_twice(db.session(), objections),
        waiting=[one for one in objections if one.decided_at is None],
        called_by_id={part.agency_id: part.agency for part in parts},
        unexplained=[part for part in parts if (part.joined_on or part.left_on) and not part.note],
        leaves=leaves,
        reason=reason,
        told=told,
        longest=LONGEST_REASON,
        problem=problem,
        is_demo=round_.agency.is_demo,
    )


def _lacking(round_: IndexRound, parts: list[IndexParticipant]) -> list[Lacking]:
    try:
        totals = round_totals(db.session(), round_)
    except SurveyMissingError:
        return []
    return [Lacking(part, totals[part.agency_id].unscored) for part in parts if totals[part.agency_id].unscored]
