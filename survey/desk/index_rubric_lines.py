"""One line of a draft rubric in the browser: added or edited; its words, maximum, source and formula, tried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_draft import draft_here, kept, lock_here, tell_open
from survey.desk.index_rubric_forms import LineForm, line_form, said_in, stored_texts, typed_texts
from survey.desk.index_words import fault_words
from survey.models.rubric_content import RubricContent
from survey.models.rubrics import Rubric
from survey.services import rubric_words
from survey.services.row_version import version_of
from survey.services.rubric_drafts import open_faults
from survey.services.rubric_editing import (
    FIELDS,
    SUM_FIELDS,
    EditedLine,
    add_line,
    edit_line,
    find_line,
    is_sum,
)
from survey.services.rubric_examples import Example, examples_of
from survey.services.rubric_structure import BELOW, beginning_of, code_for, codes_of, copied, find_spot, place_for
from survey.services.rubric_tree import EXTRAS
from survey.web.access import root_survey_runner

_KINDS: Final = ("area", "criterion", "part", *EXTRAS)


@dataclass(frozen=True, slots=True)
class _Place:
    """The line that a page is about: an existing one by its code, or a new one of a kind ``under`` another."""

    draft: Rubric
    code: str
    kind: str
    under: str = ""

    @property
    def is_sum(self) -> bool:
        """Return whether the line only adds up; a new area does."""
        line = find_line(self.draft.content, self.code)
        return is_sum(line) if line is not None else self.kind == "area"

    @property
    def stored(self) -> dict[str, str]:
        """Return what is stored; of a new line what it begins with."""
        line = find_line(self.draft.content, self.code)
        if line is not None:
            return stored_texts(line)
        begun = beginning_of(self.draft.content, self.kind, self.under)
        fresh = {"name": {}, "source": "self_assessment", **begun}
        return stored_texts({"code": code_for(self.draft.content, self.kind, self.under), **fresh})


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/lines/<code>")
@root_survey_runner
def rubric_line(rubric_id: UUID, code: str) -> ResponseReturnValue:
    """Show the boxes of a line of a draft, with what its formula gives."""
    place = _line_here(draft_here(rubric_id), code)
    stored = place.stored
    faults = [fault for fault in open_faults(place.draft.content) if fault.code == code]
    # Of points that a person gives there is nothing to show.
    examples = _examples(place.draft.content, code) if stored["formula"] != "points" else ([], None)
    return _show(place, line_form(stored), stored, examples=examples, faults=faults)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/lines/<code>")
@root_survey_runner
def edit_rubric_line(rubric_id: UUID, code: str) -> ResponseReturnValue:
    """Change a line of a draft, or only try the formula that was typed; sums that no longer agree are told."""
    place = _line_here(lock_here(rubric_id), code)
    typed, stored = typed_texts(flask.request.form), place.stored
    form = line_form(typed)
    if flask.request.form.get("seen", "") != version_of(stored):
        shown = SUM_FIELDS if place.is_sum else tuple(stored)
        differing = {
            name: said_in(form, name, stored[name]) for name in shown if name in form and _differ(stored, typed, name)
        }
        return _show(place, form, stored, differing=differing, is_stale=True), HTTPStatus.CONFLICT
    edited = edit_line(place.draft.content, code, typed)
    return _tried(place, form, edited) or kept(
        place.draft, edited.content, line=form.code.data.strip(), told=gettext("Đã lưu %(code)s.", code=code)
    )


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/add/<kind>")
@root_survey_runner
def new_rubric_line(rubric_id: UUID, kind: str) -> ResponseReturnValue:
    """Show the boxes of a new line: an area, a criterion of one, a part of a criterion, bonus or penalty."""
    place = _new_here(draft_here(rubric_id), kind)
    stored = place.stored
    return _show(place, line_form(stored), stored)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/add/<kind>")
@root_survey_runner
def add_rubric_line(rubric_id: UUID, kind: str) -> ResponseReturnValue:
    """Add a line at the end of its place."""
    place = _new_here(lock_here(rubric_id), kind)
    typed = typed_texts(flask.request.form)
    form = line_form(typed)
    edited = add_line(place.draft.content, kind, place.under, typed)
    if edited is None:
        raise NotFound
    code = form.code.data.strip()
    return _tried(place, form, edited) or kept(
        place.draft, edited.content, line=code, told=gettext("Đã thêm %(code)s.", code=code)
    )


def _differ(stored: Mapping[str, str], typed: Mapping[str, str], name: str) -> bool:
    # The way of bands is only said where there are bands.
    is_idle = name == "direction" and "bands" not in {stored["formula"], typed.get("formula", "")}
    return not is_idle and name in {*stored, *typed} and stored[name].split() != typed.get(name, "").split()


def _line_here(draft: Rubric, code: str) -> _Place:
    spot = find_spot(draft.content, code)
    if spot is None:
        raise NotFound
    return _Place(draft, code, spot.kind)


def _new_here(draft: Rubric, kind: str) -> _Place:
    under = flask.request.values.get("under", "")
    if kind not in _KINDS or place_for(copied(draft.content), kind, under) is None:
        raise NotFound
    return _Place(draft, "", kind, under)


def _tried(place: _Place, form: LineForm, edited: EditedLine) -> ResponseReturnValue | None:
    """Return the page with what is wrong, or with what the formula would give; None where it is to be kept."""
    for box, fault in edited.faults:
        at = box if box in form else "code"
        form[at].errors = [*form[at].errors, fault_words(fault)]
    if edited.faults:
        return _show(place, form, place.stored), HTTPStatus.UNPROCESSABLE_ENTITY
    if "try" not in flask.request.form:
        return None
    examples = _examples(edited.content, form.code.data.strip())
    return _show(place, form, place.stored, examples=examples, is_tried=True)


def _examples(content: Mapping[str, Any], code: str) -> tuple[list[Example], Any]:
    """Return examples of a leaf, and the leaf; none where it is no leaf or cannot be counted yet."""
    line = find_line(content, code)
    if line is None or is_sum(line) or "source" not in line:
        return [], None
    area = {"code": "-", "name": {}, "criteria": [line]}
    only = {key: value for key, value in content.items() if key not in {"bonus", "penalty", "bands"}} | {
        "areas": [area]
    }
    leaf = RubricContent.from_content(only).leaves[code]
    return examples_of(leaf.rule), leaf


def _show(place: _Place, form: LineForm, stored: Mapping[str, str], **more: Any) -> str:  # noqa: ANN401 -- of the page
    codes = codes_of(place.draft.content)
    at = codes.index(place.code) if place.code in codes else -1
    examples, leaf = more.pop("examples", ([], None))
    above = find_spot(place.draft.content, place.under) if place.under else None
    return flask.render_template(
        "desk/index_rubric_line.html",
        rubric=place.draft,
        place=place,
        above=above.table["name"].get("vi", "") if above else "",
        form=form,
        fields=SUM_FIELDS if place.is_sum else FIELDS,
        seen=version_of(stored),
        before=codes[at - 1] if at > 0 else "",
        after=codes[at + 1] if 0 <= at < len(codes) - 1 else "",
        below=BELOW.get(place.kind, "") if place.code else "",
        kinds=rubric_words.KINDS,
        examples=examples,
        leaf=leaf,
        open_now=tell_open(more.pop("faults", [])),
        **more,
    )
