"""Which rubrics an official sees at the desk, which of them are his to edit, and whose a new one is."""

from __future__ import annotations

from uuid import UUID

import flask
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.models.agencies import Agency
from survey.models.rubrics import Rubric
from survey.queries.index_desk import list_own_roots
from survey.services.rubrics import is_fixed
from survey.web.access import current_scope
from survey.web.language import current_language


def rubric_here(rubric_id: UUID) -> Rubric:
    """Return a rubric that the official sees: everybody's, or that of a tree whose surveys he runs."""
    found = db.session.get(Rubric, rubric_id)
    if found is None or (found.agency_id is not None and found.agency_id not in {root.id for root in own_roots()}):
        raise NotFound
    return found


def own_roots() -> list[Agency]:
    """Return the roots of trees whose surveys the official runs."""
    return list_own_roots(db.session(), current_scope())


def is_editable(found: Rubric) -> bool:
    """Return whether a rubric is a draft of a tree whose surveys the official runs."""
    return found.agency_id in {root.id for root in own_roots()} and not is_fixed(db.session(), found)


def chosen_root() -> Agency:
    """Return whose a new draft is to be."""
    roots, wanted = own_roots(), flask.request.form.get("root", "")
    return next((root for root in roots if str(root.id) == wanted), roots[0])


def title_of(rubric: Rubric) -> str:
    """Return the title in the language of the page."""
    title = rubric.content["title"]
    return str(title.get(current_language()) or title["vi"])
