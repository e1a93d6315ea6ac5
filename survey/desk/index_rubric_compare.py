"""What differs between two rubrics, shown before a draft is published."""

from __future__ import annotations

from uuid import UUID

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_scope import is_editable, own_roots, rubric_here
from survey.models.rubrics import Rubric
from survey.queries.index_desk import list_rubrics_for
from survey.services.rubric_changes import changes_between
from survey.web.access import root_survey_runner


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/changes")
@root_survey_runner
def rubric_changes(rubric_id: UUID) -> ResponseReturnValue:
    """Show what differs from another rubric: the one asked for, or the edition before."""
    found = rubric_here(rubric_id)
    offered = others_of(found)
    wanted = flask.request.args.get("with", "")
    other = next((one for one in offered if str(one.id) == wanted), None) or edition_before(found, offered)
    return flask.render_template(
        "desk/index_rubric_changes.html",
        rubric=found,
        offered=offered,
        other=other,
        changes=changes_between(other.content, found.content) if other else None,
        is_editable=is_editable(found),
    )


def others_of(found: Rubric) -> list[Rubric]:
    """List the rubrics that one can be compared with, those of its kind first."""
    listed = list_rubrics_for(db.session(), [root.id for root in own_roots()])
    kind = found.content["applies_to"]
    return sorted((one for one in listed if one.id != found.id), key=lambda one: one.content["applies_to"] != kind)


def edition_before(found: Rubric, offered: list[Rubric]) -> Rubric | None:
    """Return the latest earlier edition of the same rubric, None where there is none."""
    same = [
        one for one in offered if one.rubric == found.rubric and (one.year, one.edition) < (found.year, found.edition)
    ]
    return max(same, key=lambda one: (one.year, one.edition), default=None)
