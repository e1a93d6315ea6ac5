"""One task of a road map: added from a criterion that lost points, changed, taken a state further, or dropped."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from http import HTTPStatus
from typing import Any
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField, TextAreaField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_road_maps import ADDRESS, Source, source_of
from survey.desk.index_words import exact
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_plans import IndexTask
from survey.queries.index_plans import list_tasks
from survey.rendering.index_plan_words import TASK_STATES
from survey.services.errors import RoundError, ServiceError
from survey.services.index_numbers import read_decimal
from survey.services.index_plans import LONGEST, Plan, TaskWish, find_task, save_task
from survey.web.access import agency_manager, signed_in_official
from survey.web.day_field import DayField
from survey.web.forms import Form, hidden_number
from survey.web.language import current_language


class TaskForm(Form):
    """What a line of the road map says."""

    criterion = SelectField(lazy_gettext("Tiêu chí"), validate_choice=False)
    task = TextAreaField(lazy_gettext("Việc phải làm"))
    post = StringField(lazy_gettext("Chức danh chịu trách nhiệm"))
    due_on = DayField(lazy_gettext("Hạn xong"))
    expected = StringField(lazy_gettext("Điểm kỳ vọng"))
    state = SelectField(lazy_gettext("Tình trạng"), validate_choice=False)
    note = TextAreaField(lazy_gettext("Ghi chú"))
    points: Fraction | None = None

    def is_sound(self) -> bool:
        """Read date and points; what is wrong with them stands at their boxes."""
        is_valid = bool(self.validate())
        if not (self.due_on.data or "").strip():
            self.due_on.errors = [gettext("Thiếu hạn; hãy ghi một ngày như 31/12/2026.")]
            is_valid = False
        text = (self.expected.data or "").strip()
        try:
            self.points = read_decimal(text) if text else None
        except ServiceError as refusal:
            self.expected.errors = [refusal.text(current_language())]
            is_valid = False
        return is_valid


@blueprint.get(f"{ADDRESS}/new")
@agency_manager
def new_task(agency: Agency, year: int) -> ResponseReturnValue:
    """Show the boxes of a new task, begun for the criterion that the address names."""
    source, code = _source(agency, year), flask.request.args.get("criterion", "")
    left = source.lost[code] - _planned(agency, source, year, code) if source and code in source.lost else Fraction(0)
    begun = {"criterion": code, "state": "planned", "expected": exact(left) if left > 0 else ""}
    return _show(agency, year, source, TaskForm(formdata=None, data=begun))


@blueprint.post(f"{ADDRESS}/new")
@agency_manager
def add_task(agency: Agency, year: int) -> ResponseReturnValue:
    """Put a task into the road map."""
    return _save(agency, year, _source(agency, year), None)


@blueprint.get(f"{ADDRESS}/tasks/<uuid:task_id>")
@agency_manager
def edit_task(agency: Agency, year: int, task_id: UUID) -> ResponseReturnValue:
    """Show the boxes of a task."""
    task = _task(agency, year, task_id)
    return _show(agency, year, _source(agency, year, task), TaskForm(formdata=None, data=_stored(task)), task=task)


@blueprint.post(f"{ADDRESS}/tasks/<uuid:task_id>")
@agency_manager
def change_task(agency: Agency, year: int, task_id: UUID) -> ResponseReturnValue:
    """Change a task, or drop it with a reason."""
    task = _task(agency, year, task_id, lock=True)
    return _save(agency, year, _source(agency, year, task), task)


@blueprint.post(f"{ADDRESS}/tasks/<uuid:task_id>/state")
@agency_manager
def take_task_further(agency: Agency, year: int, task_id: UUID) -> ResponseReturnValue:
    """Say that a task was begun, or is done."""
    task = _task(agency, year, task_id, lock=True)
    source = _source(agency, year, task)
    if source is None:
        raise NotFound
    state = flask.request.form.get("state", "")
    wish = TaskWish(
        task.criterion, task.task, task.post, task.due_on, task.expected_points, state, task.note, _revision()
    )
    try:
        if state not in {"begun", "done"}:
            raise RoundError(
                vi="Hãy bấm một nút tình trạng của việc.", en="Press one of the buttons that say a task's state."
            )
        save_task(db.session(), _plan(agency, year, source), wish, by=_who(), today=local_today(), task=task)
    except ServiceError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return _back(agency, year)
    db.session.commit()
    said = TASK_STATES[state].text(current_language())
    flask.flash(gettext("Đã ghi tình trạng: %(state)s.", state=said), "done")
    return _back(agency, year)


def _save(agency: Agency, year: int, source: Source | None, task: IndexTask | None) -> ResponseReturnValue:
    form = TaskForm()
    if source is None:
        raise NotFound
    if task is not None and task.revision != _revision():
        return _show(agency, year, source, form, task=task, differing=_differing(form, task)), HTTPStatus.CONFLICT
    if not form.is_sound():
        return _show(agency, year, source, form, task=task), HTTPStatus.UNPROCESSABLE_ENTITY
    wish = TaskWish(
        criterion=form.criterion.data or "",
        task=form.task.data or "",
        post=form.post.data or "",
        due_on=form.due_on.day,
        expected_points=form.points,
        state=form.state.data or "planned",
        note=form.note.data or "",
        revision=_revision(),
    )
    number = task.id if task else None
    try:
        save_task(db.session(), _plan(agency, year, source), wish, by=_who(), today=local_today(), task=task)
    except ServiceError as refusal:
        db.session.rollback()
        stored = find_task(db.session(), agency_id=agency.id, task_id=number) if number else None
        page = _show(agency, year, source, form, task=stored, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu việc cho tiêu chí %(code)s.", code=wish.criterion), "done")
    return _back(agency, year)


def _show(
    agency: Agency,
    year: int,
    source: Source | None,
    form: TaskForm,
    *,
    task: IndexTask | None = None,
    **more: Any,  # noqa: ANN401 -- of the page
) -> str:
    form.criterion.choices = _leaves(source, task) if source else []
    form.state.choices = [(code, name.text(current_language())) for code, name in TASK_STATES.items()]
    return flask.render_template(
        "desk/road_map_task.html",
        agency=agency,
        year=year,
        source=source,
        form=form,
        task=task,
        longest=LONGEST,
        shown={name: _shown(name) for name in ("criterion", "due_on", "state")},
        is_demo=agency.is_demo,
        **more,
    )


def _leaves(source: Source, task: IndexTask | None) -> dict[str, list[tuple[str, str]]]:
    """Return the leaves to choose from below their areas, each with what was lost of it."""
    language, found = current_language(), dict[str, list[tuple[str, str]]]()
    for leaf in source.leaves:
        area = leaf.path[0] if leaf.path else ""
        other = gettext("Điểm trừ") if leaf.kind == "penalty" else gettext("Điểm thưởng")
        head = f"{area}. {source.content.name(area, language)}" if area else other
        lost, most = exact(source.lost[leaf.code]), exact(leaf.rule.maximum)
        name = leaf.name["en"] if language == "en" and leaf.name.get("en") else leaf.name["vi"]
        # The points stand first: a narrow box shows no more than the beginning.
        said = gettext("%(code)s (mất %(lost)s/%(most)s) %(name)s", code=leaf.code, lost=lost, most=most, name=name)
        found.setdefault(head, []).append((leaf.code, said))
    if task is not None and task.criterion not in source.lost:
        found.setdefault(gettext("Bộ tiêu chí trước"), []).append((task.criterion, task.criterion))
    return found


def _source(agency: Agency, year: int, task: IndexTask | None = None) -> Source | None:
    """Return the round whose criteria are offered: of the task, else named by the address, else the newest."""
    asked = flask.request.values.get("round", "")
    return source_of(agency, year, str(task.round_id) if task and task.round_id else asked)


def _planned(agency: Agency, source: Source, year: int, code: str) -> Fraction:
    """Return the points that the tasks for a leaf of the round expect already."""
    tasks = list_tasks(db.session(), agency_ids=[agency.id], year=year)
    mine = [one for one in tasks if (one.round_id, one.criterion) == (source.round.id, code) and one.state != "dropped"]
    return sum((one.expected_points or Fraction(0) for one in mine), Fraction(0))


def _plan(agency: Agency, year: int, source: Source) -> Plan:
    return Plan(agency, year, source.content, source.round.id, source.lost)


def _task(agency: Agency, year: int, task_id: UUID, *, lock: bool = False) -> IndexTask:
    task = find_task(db.session(), agency_id=agency.id, task_id=task_id, lock=lock)
    if task is None or task.year != year:
        raise NotFound
    return task


def _stored(task: IndexTask) -> dict[str, str]:
    """Return a task as its boxes hold it."""
    return {
        "criterion": task.criterion,
        "task": task.task,
        "post": task.post,
        "due_on": task.due_on.isoformat(),
        "expected": "" if task.expected_points is None else exact(task.expected_points),
        "state": task.state,
        "note": task.note,
    }


def _differing(form: TaskForm, task: IndexTask) -> dict[str, str]:
    typed = {name: " ".join((form[name].data or "").split()) for name in _stored(task)}
    typed["due_on"] = form.due_on.day.isoformat() if form.due_on.validate(form) and typed["due_on"] else ""
    return {name: value for name, value in _stored(task).items() if value != typed[name]}


def _shown(name: str) -> Any:  # noqa: ANN401 -- a function of the page
    """Return what writes the stored value of a box in words."""

    def said(value: str) -> str:
        if name == "state" and value in TASK_STATES:
            return TASK_STATES[value].text(current_language())
        return f"{date.fromisoformat(value):%d/%m/%Y}" if name == "due_on" and value else value

    return said


def _revision() -> int:
    return hidden_number(flask.request.form.get("revision", ""))


def _who() -> UUID:
    return signed_in_official().id


def _back(agency: Agency, year: int) -> ResponseReturnValue:
    return flask.redirect(flask.url_for("desk.road_map_page", agency_id=agency.id, year=year), HTTPStatus.SEE_OTHER)
