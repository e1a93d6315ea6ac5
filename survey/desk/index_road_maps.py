"""The road map of an agency in a year: its tasks and sums, the aim and how far it is, its history, and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_findings import newest_told
from survey.desk.index_plan_files import PLAN_FORMATS, road_map_file
from survey.desk.index_plan_history import plan_history
from survey.desk.index_words import exact
from survey.findings.index_plans import best_third, road_map
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.rubric_content import LeafContent, RubricContent
from survey.queries.index_desk import scores_of
from survey.queries.index_plans import list_plan_years, list_rounds_of
from survey.queries.index_scores import list_participant_ids
from survey.rendering.index_plan_words import TASK_STATES, aim_sentence, aim_words
from survey.services.errors import ServiceError
from survey.services.index_ledger import content_of
from survey.services.index_numbers import read_decimal, read_whole
from survey.services.index_plans import set_target
from survey.services.row_version import version_of
from survey.web.access import agency_manager, agency_member, current_scope, signed_in_official
from survey.web.language import current_language

if TYPE_CHECKING:
    from survey.findings.index_plan_values import Aim, RoadMap

ADDRESS = "/desk/agencies/<uuid:agency_id>/road-map/<int(min=1900, max=2999):year>"
_AIM = ("first_k", "points")


@dataclass(frozen=True, slots=True)
class Source:
    """The round a road map follows from: its leaves, and by leaf the points lost there, of a penalty those taken."""

    round: IndexRound
    content: RubricContent
    lost: dict[str, Fraction]

    @property
    def leaves(self) -> list[LeafContent]:
        """Return the leaves that a task can be for, as the rubric has them."""
        return [leaf for leaf in self.content.leaves.values() if leaf.code in self.lost]


def source_of(agency: Agency, year: int, wanted: str = "") -> Source | None:
    """Return the round named by its id, else the newest before the year; None where the agency was in none."""
    rounds = list_rounds_of(db.session(), agency.id, until=year)
    ordered = sorted(rounds, key=lambda one: (str(one.id) != wanted, one.year >= year, -one.year))
    return _source(ordered[0], agency) if ordered else None


def _source(round_: IndexRound, agency: Agency) -> Source:
    content, scores = content_of(round_), scores_of(db.session(), round_.id, agency.id)
    lost: dict[str, Fraction] = {}
    for leaf in content.leaves.values():
        score = scores.get(leaf.code)
        points = score.points if score and score.points is not None else Fraction(0)
        if leaf.kind == "penalty":
            lost |= {leaf.code: points} if points else {}
        elif round_.survey_is_run or not leaf.rule.is_survey:
            lost[leaf.code] = leaf.rule.maximum - points
    return Source(round_, content, lost)


@blueprint.get(ADDRESS)
@agency_member
def road_map_page(agency: Agency, year: int) -> ResponseReturnValue:
    """Show an agency's road map of a year: tasks, sums, aim, standing and history."""
    return show_road_map(agency, year)


@blueprint.get(f"{ADDRESS}.<ending>")
@agency_member
def road_map_document(agency: Agency, year: int, ending: str) -> ResponseReturnValue:
    """Download an agency's road map."""
    plan = road_map(db.session(), agency_id=agency.id, year=year, today=local_today())
    told = newest_told(plan)
    return road_map_file(plan, told.standing if told else None, ending)


@blueprint.post(f"{ADDRESS}/aim")
@agency_manager
def set_aim(agency: Agency, year: int) -> ResponseReturnValue:
    """Set what an agency aims at in a year, or drop it."""
    typed = {name: flask.request.form.get(name, "").strip() for name in _AIM}
    if "drop" in flask.request.form:
        typed = dict.fromkeys(_AIM, "")
    plan = road_map(db.session(), agency_id=agency.id, year=year, today=local_today())
    stored = _stored(plan.aim)
    if flask.request.form.get("seen", "") != version_of(stored):
        told = gettext(
            "Người khác vừa đổi mục tiêu này, đang lưu: %(aim)s. Các ô giữ những gì bạn ghi; bấm lưu lần nữa nếu vẫn "
            "muốn đổi.",
            aim=aim_words(plan.aim, current_language()),
        )
        return show_road_map(agency, year, typed=typed, aim_problem=told), HTTPStatus.CONFLICT
    source = source_of(agency, year)
    try:
        set_target(
            db.session(),
            agency,
            year=year,
            first_k=read_whole(typed["first_k"]) if typed["first_k"] else None,
            points=read_decimal(typed["points"]) if typed["points"] else None,
            by=signed_in_official().id,
            today=local_today(),
            most=source.content.rule.maximum if source and not source.content.rule.may_exceed else None,
        )
    except ServiceError as refusal:
        db.session.rollback()
        page = show_road_map(agency, year, typed=typed, aim_problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    is_set = any(typed.values())
    told = gettext("Đã lưu mục tiêu năm %(year)s.", year=year) if is_set else gettext("Năm này không đặt mục tiêu nữa.")
    flask.flash(told, "done")
    return flask.redirect(flask.url_for("desk.road_map_page", agency_id=agency.id, year=year), HTTPStatus.SEE_OTHER)


def show_road_map(agency: Agency, year: int, **more: Any) -> str:  # noqa: ANN401 -- of the page
    """Draw the page; ``typed`` and ``aim_problem`` say which aim was refused and why."""
    session, language = db.session(), current_language()
    plan = road_map(session, agency_id=agency.id, year=year, today=local_today())
    source, told = source_of(agency, year), newest_told(plan)
    stored = _stored(plan.aim)
    own: dict[str, Any] = {"typed": stored, "aim_problem": ""}
    return flask.render_template(
        "desk/road_map.html",
        agency=agency,
        plan=plan,
        source=source,
        years=_years(agency, plan, source),
        aim=aim_words(plan.aim, language),
        aim_told=aim_sentence(told.standing, language) if told else "",
        # The newest round may not be decided, and then tells only who runs it.
        told_by=told.round if told else (source.round if source else None),
        seen=version_of(stored),
        history=plan_history(agency, year),
        states=TASK_STATES,
        formats=PLAN_FORMATS,
        likely=_likely_aim(source),
        may_plan=current_scope().manages(agency.path),
        is_demo=agency.is_demo,
        **(own | more),
    )


def _likely_aim(source: Source | None) -> dict[str, str]:
    """Return what the boxes of an aim could hold: the best third, and not more than the round's scale."""
    if source is None:
        return {"first_k": "", "most": ""}
    others = len(list_participant_ids(db.session(), source.round.id))
    return {"first_k": str(best_third(others)), "most": exact(source.content.rule.maximum)}


def _years(agency: Agency, plan: RoadMap, source: Source | None) -> list[int]:
    """Return the years whose road map there is a reason to look at, newest first."""
    following = [local_today().year] if source else []
    return sorted({plan.year, *following, *list_plan_years(db.session(), [agency.id])}, reverse=True)


def _stored(aim: Aim | None) -> dict[str, str]:
    """Return an aim as its boxes hold it."""
    return {
        "first_k": str(aim.first_k) if aim and aim.first_k is not None else "",
        "points": exact(aim.points) if aim and aim.points is not None else "",
    }
