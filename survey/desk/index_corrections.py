"""Corrections of a decided result: what they would move is shown first; kept, they make another version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_words import formula_kind
from survey.findings.errors import FindingsError
from survey.jobs.index_decision import (
    CorrectionTrial,
    checked_note,
    correct_round,
    correct_survey,
    try_correction,
    try_survey,
)
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexResult, IndexRound
from survey.models.releases import Release
from survey.queries.index_desk import list_parts, list_releases_for
from survey.services.errors import RoundError, ServiceError
from survey.services.index_ledger import Judgement, Place, content_of, find_score, place_of, step_of
from survey.services.index_numbers import read_figure
from survey.services.index_scoring import LONGEST_REASON
from survey.web.access import current_scope, round_manager, signed_in_official
from survey.web.forms import hidden_number
from survey.web.language import current_language

FIELDS: Final = ("agency", "criterion", "value", "text", "public_note", "revision", "release", "digest")


@dataclass(frozen=True, slots=True)
class _Correction:
    """What was asked for, as it can be tried out and as it can be made."""

    tried: Callable[[], CorrectionTrial]
    made: Callable[[], IndexResult]


@blueprint.get("/desk/index/rounds/<uuid:round_id>/corrections")
@round_manager
def index_corrections(round_: IndexRound) -> ResponseReturnValue:
    """Ask what of a decided result is wrong: a criterion of an agency, or all that the survey brought."""
    return _show(round_, _typed(flask.request.args))


@blueprint.post("/desk/index/rounds/<uuid:round_id>/corrections")
@round_manager
def try_index_correction(round_: IndexRound) -> ResponseReturnValue:
    """Show which points, ranks and classes a correction would change; nothing is kept."""
    typed = _typed(flask.request.form)
    try:
        trial = _asked(round_, typed).tried()
    except (ServiceError, FindingsError) as refusal:
        return _refused(round_, typed, refusal)
    db.session.rollback()
    return _show(round_, typed, trial=trial)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/corrections/keep")
@round_manager
def keep_index_correction(round_: IndexRound) -> ResponseReturnValue:
    """Make the correction that was just shown: the result becomes another version, the old one stays readable."""
    typed, number = _typed(flask.request.form), round_.id
    try:
        asked = _asked(round_, typed)
        trial = asked.tried()
        if trial.digest != typed["digest"]:
            db.session.rollback()
            told = gettext("Từ lúc xem thử đã có thay đổi; hãy xem lại rồi xác nhận một lần nữa.")
            return _show(round_, typed, trial=trial, problem=told), HTTPStatus.CONFLICT
        version = asked.made().version
    except (ServiceError, FindingsError) as refusal:
        return _refused(round_, typed, refusal)
    db.session.commit()
    flask.flash(gettext("Đã đính chính; kết quả nay là bản %(version)s.", version=version), "done")
    return flask.redirect(flask.url_for("desk.index_result", round_id=number), HTTPStatus.SEE_OTHER)


def _asked(round_: IndexRound, typed: dict[str, str]) -> _Correction:
    by, today, session, said = signed_in_official().id, local_today(), db.session(), typed["public_note"]
    if typed["release"]:
        release, reason = _release(round_, typed["release"]), typed["text"]
        checked_note(said)
        return _Correction(
            lambda: try_survey(session, round_, release, reason=reason, by=by, today=today),
            lambda: correct_survey(session, round_, release, reason=reason, public_note=said, by=by, today=today),
        )
    place, revision = _place(round_, typed), typed["revision"]
    if place is None:
        raise RoundError(
            vi="Hãy chọn cơ quan và tiêu chí cần đính chính trong danh sách.",
            en="Choose the agency and the criterion that are wrong from the lists.",
        )
    text = typed["value"].strip()
    value = read_figure(text).value if text else None
    seen = hidden_number(revision)
    judgement = Judgement(value, typed["text"], by, today, revision=seen)
    checked_note(said)
    return _Correction(
        lambda: try_correction(session, place, judgement),
        lambda: correct_round(session, place, judgement, public_note=said),
    )


def _place(round_: IndexRound, typed: dict[str, str]) -> Place | None:
    ids = {f"{part.agency_id}": part.agency_id for part in list_parts(db.session(), round_, current_scope())}
    agency_id: UUID | None = ids.get(typed["agency"])
    if agency_id is None or typed["criterion"] not in content_of(round_).leaves:
        return None
    return place_of(round_, agency_id, typed["criterion"])


def _release(round_: IndexRound, wanted: str) -> Release:
    found = next((one for one, _ in list_releases_for(db.session(), round_) if f"{one.id}" == wanted), None)
    if found is None:
        raise RoundError(
            vi="Hãy chọn một kết quả khảo sát đã công bố trong danh sách.",
            en="Choose one of the released surveys in the list.",
        )
    return found


def _typed(values: Any) -> dict[str, str]:  # noqa: ANN401 -- of the form or the address
    return {name: values.get(name, "") for name in FIELDS}


def _refused(round_: IndexRound, typed: dict[str, str], refusal: ServiceError | FindingsError) -> ResponseReturnValue:
    db.session.rollback()
    return _show(round_, typed, problem=refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY


def _show(round_: IndexRound, typed: dict[str, str], *, trial: CorrectionTrial | None = None, problem: str = "") -> str:
    place, language, classes = _place(round_, typed), current_language(), content_of(round_).class_names
    return flask.render_template(
        "desk/index_corrections.html",
        round=round_,
        typed=typed,
        trial=trial,
        problem=problem,
        parts=list_parts(db.session(), round_, current_scope()),
        leaves=[leaf for leaf in content_of(round_).leaves.values() if leaf.source != "satisfaction"],
        place=place,
        score=find_score(db.session(), place) if place else None,
        formula=formula_kind(place.leaf) if place else "",
        step=step_of(place.leaf) if place else None,
        class_names={code: text.get(language) or text["vi"] for code, text in classes.items()},
        releases=list_releases_for(db.session(), round_) if round_.survey_is_run else [],
        longest=LONGEST_REASON,
        is_demo=round_.agency.is_demo,
    )
