"""A round's rubric changed after scoring began: first what that would do to the scores, then the change itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.rubrics import Rubric
from survey.queries.index_desk import list_rubrics_for
from survey.services.errors import ServiceError
from survey.services.index_carrying import change_rubric
from survey.services.index_foresight import foresee
from survey.services.rubric_changes import changes_between
from survey.web.access import round_manager, signed_in_official
from survey.web.language import current_language


@blueprint.get("/desk/index/rounds/<uuid:round_id>/rubric")
@round_manager
def foresee_index_rubric(round_: IndexRound) -> ResponseReturnValue:
    """Show what changing to another edition would do: what is carried over, counted anew, lost, and still to score."""
    rubric = _chosen(round_, flask.request.args.get("rubric", ""))
    return _back(round_) if rubric is None else _show(round_, rubric)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/rubric")
@round_manager
def change_index_rubric(round_: IndexRound) -> ResponseReturnValue:
    """Count by another edition from now on; what fits is carried over, nothing is erased."""
    rubric = _chosen(round_, flask.request.form.get("rubric", ""))
    if rubric is None:
        return _back(round_)
    if flask.request.form.get("seen", "") != foresee(db.session(), round_, rubric).seen:
        told = gettext("Điểm hoặc bộ tiêu chí vừa thay đổi; dưới đây là kết quả mới, chưa có gì được đổi.")
        return _show(round_, rubric, problem=told), HTTPStatus.CONFLICT
    number = round_.id
    try:
        lost = change_rubric(db.session(), round_, rubric, by=signed_in_official().id, today=local_today())
    except ServiceError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)
    db.session.commit()
    told = gettext("Đã đổi bộ tiêu chí; mọi điểm đã chấm được chuyển sang.")
    if lost:
        told = gettext(
            "Đã đổi bộ tiêu chí. Điểm của các tiêu chí %(codes)s không chuyển được và vẫn nằm trong sổ điểm.",
            codes=", ".join(lost),
        )
    flask.flash(told, "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)


def other_rubrics(round_: IndexRound) -> list[Rubric]:
    """List the published rubrics that a round could count by instead."""
    found = list_rubrics_for(db.session(), [round_.agency_id], only_published=True)
    kind = round_.rubric.content["applies_to"]
    return [one for one in found if one.id != round_.rubric_id and one.content["applies_to"] == kind]


def _chosen(round_: IndexRound, wanted: str) -> Rubric | None:
    return next((one for one in other_rubrics(round_) if str(one.id) == wanted), None)


def _back(round_: IndexRound) -> ResponseReturnValue:
    flask.flash(gettext("Hãy chọn một bộ tiêu chí trong danh sách; chưa có gì thay đổi."), "error")
    return flask.redirect(flask.url_for("desk.index_round", round_id=round_.id), HTTPStatus.SEE_OTHER)


def _show(round_: IndexRound, rubric: Rubric, **more: Any) -> str:  # noqa: ANN401 -- of the page
    return flask.render_template(
        "desk/index_round_rubric.html",
        round=round_,
        rubric=rubric,
        foresight=foresee(db.session(), round_, rubric),
        changes=changes_between(round_.rubric.content, rubric.content),
        **more,
    )
