"""What changed because of the answers: the line that citizens read after sending, and its history."""

from __future__ import annotations

from http import HTTPStatus

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.improvements import list_improvements
from survey.services.improvements import LONGEST_LINE, ImprovementError, write_improvement
from survey.web.access import agency_manager, signed_in_official
from survey.web.language import current_language


@blueprint.get("/desk/agencies/<uuid:agency_id>/improvement")
@agency_manager
def improvement(agency: Agency) -> ResponseReturnValue:
    """Show the line that citizens read now, those before it, and a box for a new one."""
    return _show(agency, {}, "")


@blueprint.post("/desk/agencies/<uuid:agency_id>/improvement")
@agency_manager
def write_a_line(agency: Agency) -> ResponseReturnValue:
    """Let citizens read a new line from now on."""
    typed = {name: flask.request.form.get(name, "") for name in ("text", "text_en")}
    try:
        write_improvement(db.session(), agency, **typed, by=signed_in_official().id, today=local_today())
    except ImprovementError as refusal:
        db.session.rollback()
        return _show(agency, typed, refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu; người dân sẽ đọc câu này sau khi gửi phiếu."), "done")
    return flask.redirect(flask.url_for("desk.improvement", agency_id=agency.id), HTTPStatus.SEE_OTHER)


def _show(agency: Agency, typed: dict[str, str], problem: str) -> str:
    return flask.render_template(
        "desk/improvement.html",
        agency=agency,
        lines=list_improvements(db.session(), agency.id),
        typed=typed,
        problem=problem,
        longest=LONGEST_LINE,
        is_demo=agency.is_demo,
    )
