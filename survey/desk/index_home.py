"""Where the index begins at the desk: the rounds that reach an official, and the way to rubrics and other indexes."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.index_rounds import STATES, IndexRound
from survey.models.sort_key import sort_key
from survey.queries.index_desk import list_rounds
from survey.queries.scope import RUNS_SURVEYS
from survey.web.access import current_scope, signed_in
from survey.web.filters import called
from survey.web.lists import Column, list_of

COLUMNS: Final[tuple[Column[IndexRound], ...]] = (
    Column("name", _("Kỳ đánh giá"), by=lambda one: sort_key(one.name)),
    Column("year", _("Năm"), by=lambda one: one.year),
    Column("agency", _("Cơ quan chủ trì"), by=lambda one: one.agency.sort_key),
    Column("rubric", _("Bộ tiêu chí"), by=lambda one: one.rubric.name),
    Column("state", _("Bước"), by=lambda one: STATES.index(one.state)),
)


@blueprint.get("/desk/index")
@signed_in
def index_home() -> ResponseReturnValue:
    """List the rounds of the index that reach the official."""
    scope = current_scope()
    # What is still prepared may change in every way, and nobody but who prepares it has anything to do there.
    found = [
        one for one in list_rounds(db.session(), scope) if one.state != "planned" or scope.runs_surveys(one.agency.path)
    ]
    return flask.render_template(
        "desk/index_home.html",
        listing=list_of(found, COLUMNS, text=lambda one: f"{one.name} {one.code} {called(one.agency)}", order="-year"),
        may_plan=scope.holds(RUNS_SURVEYS),
        may_write_rubrics=scope.holds(RUNS_SURVEYS, at_a_root=True),
    )
