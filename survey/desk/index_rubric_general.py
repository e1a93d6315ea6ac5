"""The general part of a rubric in the browser, and a rubric begun from nothing with it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_draft import back_to, draft_here, kept, lock_here
from survey.desk.index_rubric_forms import GeneralForm, general_form, said_in, stored_general, typed_general
from survey.desk.index_rubric_scope import chosen_root, own_roots
from survey.desk.index_words import fault_words
from survey.models.identifiers import local_today
from survey.models.rubrics import Rubric
from survey.services.errors import RubricError
from survey.services.row_version import version_of
from survey.services.rubric_drafts import begin_draft
from survey.services.rubric_editing import EditedLine
from survey.services.rubric_general import edit_general
from survey.web.access import root_survey_runner
from survey.web.language import current_language

_CLASSES: Final = (("A", "Xuất sắc", "Excellent", "90"), ("B", "Tốt", "Good", "80"), ("C", "Khá", "Fair", "65"))


@blueprint.get("/desk/index/rubrics/new")
@root_survey_runner
def new_rubric() -> ResponseReturnValue:
    """Show the boxes of a rubric that begins with nothing, filled with what most have."""
    return _show(None, general_form(stored_general(_empty())), {})


@blueprint.post("/desk/index/rubrics/new")
@root_survey_runner
def begin_new_rubric() -> ResponseReturnValue:
    """Begin a draft of a general part alone; lines are added to it."""
    typed = typed_general(flask.request.form)
    form = general_form(typed)
    edited = edit_general({"areas": []}, typed)
    if page := _refused(None, form, edited, {}):
        return page
    try:
        draft = begin_draft(db.session(), edited.content, agency_id=chosen_root().id)
    except RubricError as refusal:
        db.session.rollback()
        page = _show(None, form, {}, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lập bản nháp. Bây giờ hãy thêm lĩnh vực đầu tiên."), "done")
    return back_to(draft)


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/general")
@root_survey_runner
def rubric_general(rubric_id: UUID) -> ResponseReturnValue:
    """Show the boxes of a draft's general part and classes."""
    draft = draft_here(rubric_id)
    stored = stored_general(draft.content)
    return _show(draft, general_form(stored), stored)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/general")
@root_survey_runner
def edit_rubric_general(rubric_id: UUID) -> ResponseReturnValue:
    """Change the general part and the classes of a draft."""
    draft = lock_here(rubric_id)
    typed, stored = typed_general(flask.request.form), stored_general(draft.content)
    form = general_form(typed)
    if flask.request.form.get("seen", "") != version_of(stored):
        every = dict.fromkeys((*stored, *typed))
        differing = {
            name: said_in(form, name, stored.get(name, ""))
            for name in every
            if name in form and stored.get(name, "").split() != typed.get(name, "").split()
        }
        return _show(draft, form, stored, differing=differing, is_stale=True), HTTPStatus.CONFLICT
    edited = edit_general(draft.content, typed)
    if page := _refused(draft, form, edited, stored):
        return page
    number = draft.id
    try:
        return kept(draft, edited.content, line="", told=gettext("Đã lưu phần chung."))
    except RubricError as refusal:
        db.session.rollback()
        page = _show(draft_here(number), form, stored, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _refused(
    draft: Rubric | None, form: GeneralForm, edited: EditedLine, stored: Mapping[str, str]
) -> ResponseReturnValue | None:
    for box, fault in edited.faults:
        at = box if box in form else "title"
        form[at].errors = [*form[at].errors, fault_words(fault)]
    return (_show(draft, form, stored), HTTPStatus.UNPROCESSABLE_ENTITY) if edited.faults else None


def _empty() -> dict[str, Any]:
    year = local_today().year
    return {
        "edition": str(year),
        "year": year,
        "applies_to": "department",
        "maximum": "100",
        "without_survey": "rescale",
        "bands": [{"code": code, "name": {"vi": vi, "en": en}, "at_least": at} for code, vi, en, at in _CLASSES],
    }


def _show(
    draft: Rubric | None,
    form: GeneralForm,
    stored: Mapping[str, str],
    **more: Any,  # noqa: ANN401 -- of the page
) -> str:
    return flask.render_template(
        "desk/index_rubric_general.html",
        rubric=draft,
        form=form,
        seen=version_of(stored),
        roots=own_roots(),
        **more,
    )
