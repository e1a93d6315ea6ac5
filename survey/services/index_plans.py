"""The road map of an agency, task by task through the year, and what it aims at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.index_plans import IndexTarget, IndexTask
from survey.models.rubric_content import RubricContent
from survey.services.answer_checks import clean_text
from survey.services.audit import Detail, record
from survey.services.errors import RoundError

TASK_STATES: Final = ("planned", "begun", "done", "dropped")
_LONGEST: Final = {"task": 500, "post": 120, "note": 1000}
_NAMES: Final = {"task": ("việc", "task"), "post": ("chức danh", "post"), "note": ("ghi chú", "note")}


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose road map, of which year, by which rubric; ``round_id`` where it follows from a round's result."""

    agency: Agency
    year: int
    content: RubricContent
    round_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TaskWish:
    """A line of the road map as it is to be; ``revision`` is that of the line that was shown, 0 for a new one."""

    criterion: str
    task: str
    post: str
    due_on: date
    expected_points: Fraction | None
    state: str = "planned"
    note: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class RoadMap:
    """The tasks of an agency in a year as they stand; expected points of those that were dropped count nothing."""

    tasks: tuple[IndexTask, ...]
    expected: Fraction
    expected_of_done: Fraction
    overdue: int


def save_task(
    session: Session, plan: Plan, wish: TaskWish, *, by: UUID | None, today: date, task: IndexTask | None = None
) -> IndexTask:
    """Write a line of the road map, a new one or ``task`` as it is to be.

    Raises:
        RoundError: The rubric has no such leaf, words are missing or too long, the points are more than the leaf
            brings, the state is none, a dropped task has no note, or somebody else changed the line meanwhile.

    """
    words = _checked_words(plan, wish)
    if task is None:
        task = IndexTask(agency_id=plan.agency.id, year=plan.year, revision=0)
        session.add(task)
    elif task.revision != wish.revision:
        raise RoundError(
            vi="Việc này vừa được người khác sửa; hãy xem bản mới rồi lưu lại nếu vẫn cần.",
            en="Somebody else has just changed this task; look at it and save again if needed.",
        )
    task.round_id, task.criterion, task.due_on = plan.round_id or task.round_id, wish.criterion, wish.due_on
    task.task, task.post, task.note = words["task"], words["post"], words["note"]
    task.expected_points, task.state = wish.expected_points, wish.state
    task.revision, task.changed_by, task.changed_on = task.revision + 1, by, today
    session.flush()
    details: dict[str, Detail] = {"text": task.task, "state": task.state, "to": task.due_on.isoformat()}
    subject = f"{plan.agency.code} {plan.year} {task.criterion}"
    record(session, "index.task_saved", subject=subject, agency_id=plan.agency.id, details=details)
    return task


def road_map(session: Session, *, agency_id: UUID, year: int, today: date) -> RoadMap:
    """Return the road map of an agency in a year, what is due first on top."""
    wanted = select(IndexTask).where(IndexTask.agency_id == agency_id, IndexTask.year == year)
    tasks = tuple(session.scalars(wanted.order_by(IndexTask.due_on, IndexTask.criterion, IndexTask.id)))
    alive = [one for one in tasks if one.state != "dropped"]
    return RoadMap(
        tasks=tasks,
        expected=_sum(alive),
        expected_of_done=_sum([one for one in alive if one.state == "done"]),
        overdue=sum(is_overdue(one, today=today) for one in tasks),
    )


def is_overdue(task: IndexTask, *, today: date) -> bool:
    """Return whether a task should have been done."""
    return task.state in {"planned", "begun"} and task.due_on < today


def find_task(session: Session, *, agency_id: UUID, task_id: UUID) -> IndexTask | None:
    """Return a task of an agency."""
    return session.get(IndexTask, (agency_id, task_id))


def set_target(
    session: Session,
    agency: Agency,
    *,
    year: int,
    first_k: int | None,
    points: Fraction | None,
    by: UUID | None,
    today: date,
) -> IndexTarget | None:
    """Say what an agency aims at in a year: to be among the first k, points, or both; with neither the aim is dropped.

    Raises:
        RoundError: A number that cannot be.

    """
    if (first_k is not None and first_k < 1) or (points is not None and points <= 0):
        raise RoundError(
            vi="Mục tiêu phải là một hạng từ 1 trở lên, một số điểm trên 0, hoặc cả hai.",
            en="An aim is a rank of 1 or more, points above 0, or both.",
        )
    target = session.get(IndexTarget, (agency.id, year))
    details: dict[str, Detail] = {"rank": first_k, "points": "" if points is None else exact_text(points)}
    record(session, "index.target_set", subject=f"{agency.code} {year}", agency_id=agency.id, details=details)
    if first_k is None and points is None:
        if target is not None:
            session.delete(target)
            session.flush()
        return None
    if target is None:
        target = IndexTarget(agency_id=agency.id, year=year)
        session.add(target)
    target.first_k, target.points, target.set_by, target.set_on = first_k, points, by, today
    session.flush()
    return target


def find_target(session: Session, *, agency_id: UUID, year: int) -> IndexTarget | None:
    """Return what an agency aims at in a year; None where it aims at nothing."""
    return session.get(IndexTarget, (agency_id, year))


def count_tasks(
    session: Session, *, agency_ids: Collection[UUID], year: int, today: date
) -> dict[UUID, tuple[int, int, int]]:
    """Return, for agencies that have any, how many tasks there are, how many are done and how many overdue."""
    wanted = select(IndexTask).where(IndexTask.agency_id.in_(agency_ids), IndexTask.year == year)
    found: dict[UUID, tuple[int, int, int]] = {}
    for one in session.scalars(wanted):
        if one.state != "dropped":
            all_, done, late = found.get(one.agency_id, (0, 0, 0))
            found[one.agency_id] = (all_ + 1, done + (one.state == "done"), late + is_overdue(one, today=today))
    return found


def _checked_words(plan: Plan, wish: TaskWish) -> dict[str, str]:
    leaf = plan.content.leaves.get(wish.criterion)
    if leaf is None:
        raise RoundError(
            vi=f"Bộ tiêu chí không có tiêu chí chấm điểm mã “{wish.criterion}”; hãy chọn trong danh sách.",
            en=f"The rubric has no scored criterion “{wish.criterion}”; choose one of the list.",
        )
    if wish.state not in TASK_STATES:
        raise RoundError(
            vi="Tình trạng không hợp lệ; hãy chọn trong danh sách.", en="That is no state; choose one of the list."
        )
    if wish.expected_points is not None and not 0 < wish.expected_points <= leaf.rule.maximum:
        most = exact_text(leaf.rule.maximum)
        raise RoundError(
            vi=f"Điểm kỳ vọng phải trên 0 và không quá {most.replace('.', ',')}, điểm tối đa của tiêu chí {leaf.code}.",
            en=f"The points expected must be above 0 and at most {most}, what the criterion {leaf.code} brings.",
        )
    words = {name: _checked(name, getattr(wish, name)) for name in _LONGEST}
    if wish.state == "dropped" and not words["note"]:
        raise RoundError(vi="Bỏ một việc phải ghi vì sao.", en="Say in the note why the task is dropped.")
    return words


def _checked(name: str, text: str) -> str:
    cleaned, (vi, en) = " ".join(clean_text(text).split()), _NAMES[name]
    if not cleaned and name != "note":
        raise RoundError(vi=f"Thiếu {vi}; hãy ghi vào.", en=f"The {en} is missing; write it.")
    if len(cleaned) > _LONGEST[name]:
        most = _LONGEST[name]
        raise RoundError(
            vi=f"Phần {vi} dài {len(cleaned)} ký tự, tối đa {most}; hãy rút ngắn.",
            en=f"The {en} has {len(cleaned)} characters, {most} at most; shorten it.",
        )
    return cleaned


def _sum(tasks: Collection[IndexTask]) -> Fraction:
    return sum((one.expected_points or Fraction(0) for one in tasks), Fraction(0))
