"""The road map of an agency, task by task through the year, and what it aims at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
_LAST_PLACE: Final = 9999
LONGEST: Final = {"task": 500, "post": 120, "note": 1000}
_NAMES: Final = {"task": ("việc", "task"), "post": ("chức danh", "post"), "note": ("ghi chú", "note")}


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose road map, of which year, by which rubric; ``round_id`` where it follows from a round's result.

    ``lost`` are the points lost there by leaf, more than which nobody can win back; a leaf that is not in it can bring
    its maximum.
    """

    agency: Agency
    year: int
    content: RubricContent
    round_id: UUID | None = None
    lost: Mapping[str, Fraction] = field(default_factory=dict)


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


def save_task(
    session: Session, plan: Plan, wish: TaskWish, *, by: UUID | None, today: date, task: IndexTask | None = None
) -> IndexTask:
    """Write a line of the road map, a new one or ``task`` as it is to be.

    Raises:
        RoundError: The rubric has no such leaf, words are missing or too long, the points are more than the leaf
            brings or was short of, the state is none, a dropped task has no note, what is still to be done is due in
            the past, the same line is there already, or somebody else changed it meanwhile.

    """
    if task is not None and task.revision != wish.revision:
        raise RoundError(
            vi="Việc này vừa được người khác sửa; hãy xem bản mới rồi lưu lại nếu vẫn cần.",
            en="Somebody else has just changed this task; look at it and save again if needed.",
        )
    words = _checked_words(plan, wish)
    _refuse_past(wish, task, today)
    _refuse_again(session, plan, wish, words, task)
    is_new = task is None
    if task is None:
        task = IndexTask(agency_id=plan.agency.id, year=plan.year, revision=0)
        session.add(task)
    if is_new or task.criterion != wish.criterion:
        task.round_id = plan.round_id
    task.criterion, task.due_on = wish.criterion, wish.due_on
    task.task, task.post, task.note = words["task"], words["post"], words["note"]
    task.expected_points, task.state = wish.expected_points, wish.state
    task.revision, task.changed_by, task.changed_on = task.revision + 1, by, today
    session.flush()
    details: dict[str, Detail] = {
        "task": str(task.id),
        "year": plan.year,
        "criterion": task.criterion,
        "text": task.task,
        "post": task.post,
        "to": task.due_on.isoformat(),
        "points": "" if task.expected_points is None else exact_text(task.expected_points),
        "state": task.state,
        "note": task.note,
    }
    subject = f"{plan.agency.code} {plan.year} {task.criterion}"
    record(session, "index.task_saved", subject=subject, agency_id=plan.agency.id, details=details)
    return task


def find_task(session: Session, *, agency_id: UUID, task_id: UUID, lock: bool = False) -> IndexTask | None:
    """Return a task of an agency; with ``lock`` nobody else changes it until this transaction ends."""
    return session.get(IndexTask, (agency_id, task_id), with_for_update=lock or None, populate_existing=lock)


def set_target(
    session: Session,
    agency: Agency,
    *,
    year: int,
    first_k: int | None,
    points: Fraction | None,
    by: UUID | None,
    today: date,
    most: Fraction | None = None,
) -> IndexTarget | None:
    """Say what an agency aims at in a year: to be among the first k, points, or both; with neither the aim is dropped.

    ``most`` are the points that the rubric has, where it is known.

    Raises:
        RoundError: A number that cannot be.

    """
    if points is not None and most is not None and points > most:
        said = exact_text(most)
        raise RoundError(
            vi=f"Bộ tiêu chí chỉ có {said.replace('.', ',')} điểm; hãy đặt mục tiêu không quá số đó.",
            en=f"The rubric has {said} points only; aim at no more.",
        )
    if first_k is not None and first_k > _LAST_PLACE:
        raise RoundError(
            vi="Mục tiêu về hạng quá lớn; hãy ghi như 10.", en="The rank aimed at is too large; write one like 10."
        )
    if (first_k is not None and first_k < 1) or (points is not None and points <= 0):
        raise RoundError(
            vi="Mục tiêu phải là một hạng từ 1 trở lên, một số điểm trên 0, hoặc cả hai.",
            en="An aim is a rank of 1 or more, points above 0, or both.",
        )
    target = session.get(IndexTarget, (agency.id, year))
    if (first_k, points) == ((target.first_k, target.points) if target else (None, None)):
        return target
    details: dict[str, Detail] = {
        "year": year,
        "rank": first_k,
        "points": "" if points is None else exact_text(points),
    }
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
    if abs(wish.due_on.year - plan.year) > 1:
        raise RoundError(
            vi=f"Hạn {wish.due_on:%d/%m/%Y} không thuộc lộ trình năm {plan.year}; hãy ghi một ngày của năm đó hoặc năm "
            "liền kề.",
            en=f"{wish.due_on.isoformat()} is not a date for the road map of {plan.year}; give one of that year or the "
            "ones beside it.",
        )
    if wish.expected_points is not None and not 0 < wish.expected_points <= leaf.rule.maximum:
        most = exact_text(leaf.rule.maximum)
        raise RoundError(
            vi=f"Điểm kỳ vọng phải trên 0 và không quá {most.replace('.', ',')}, điểm tối đa của tiêu chí {leaf.code}.",
            en=f"The points expected must be above 0 and at most {most}, what the criterion {leaf.code} brings.",
        )
    words = {name: _checked(name, getattr(wish, name)) for name in LONGEST}
    if wish.state == "dropped" and not words["note"]:
        raise RoundError(vi="Bỏ một việc phải ghi vì sao.", en="Say in the note why the task is dropped.")
    return words


def _refuse_past(wish: TaskWish, task: IndexTask | None, today: date) -> None:
    """Refuse a date that is over for what is still to be done; a date that was given in its time stays."""
    is_open, is_held = wish.state in {"planned", "begun"}, task is not None and task.due_on == wish.due_on
    if is_open and not is_held and wish.due_on < today:
        raise RoundError(
            vi=f"Hạn {wish.due_on:%d/%m/%Y} đã qua; hãy ghi một ngày từ hôm nay, hoặc chọn tình trạng “đã xong”.",
            en=f"{wish.due_on.isoformat()} is past; give a date from today on, or choose the state “done”.",
        )


def _refuse_again(
    session: Session, plan: Plan, wish: TaskWish, words: Mapping[str, str], task: IndexTask | None
) -> None:
    """Refuse a line that is there already, and points that all lines of a leaf together could not win back."""
    wanted = select(IndexTask).where(
        IndexTask.agency_id == plan.agency.id,
        IndexTask.year == plan.year,
        IndexTask.round_id == plan.round_id,
        IndexTask.criterion == wish.criterion,
        IndexTask.state != "dropped",
    )
    others = [one for one in session.scalars(wanted) if one is not task]
    if task is None and any((one.task, one.due_on) == (words["task"], wish.due_on) for one in others):
        raise RoundError(
            vi="Lộ trình đã có đúng việc này với hạn này; hãy mở việc đó nếu muốn sửa.",
            en="The road map already has this task with this date; open it to change it.",
        )
    points, lost = wish.expected_points, plan.lost.get(wish.criterion)
    is_same = task is not None and (task.criterion, task.expected_points) == (wish.criterion, points)
    if points is None or lost is None or is_same or wish.state == "dropped":
        return
    whole = points + sum((one.expected_points or Fraction(0) for one in others), Fraction(0))
    if whole > lost:
        said, most = exact_text(whole), exact_text(lost)
        raise RoundError(
            vi=f"Các việc của tiêu chí {wish.criterion} cộng lại kỳ vọng {said.replace('.', ',')} điểm, nhiều hơn "
            f"{most.replace('.', ',')} điểm đã mất ở đó; hãy giảm bớt.",
            en=f"The tasks for the criterion {wish.criterion} together expect {said} points, more than the {most} lost "
            "there; lower them.",
        )


def _checked(name: str, text: str) -> str:
    cleaned, (vi, en) = " ".join(clean_text(text).split()), _NAMES[name]
    if not cleaned and name != "note":
        raise RoundError(vi=f"Thiếu {vi}; hãy ghi vào.", en=f"The {en} is missing; write it.")
    if len(cleaned) > LONGEST[name]:
        most = LONGEST[name]
        raise RoundError(
            vi=f"Phần {vi} dài {len(cleaned)} ký tự, tối đa {most}; hãy rút ngắn.",
            en=f"The {en} has {len(cleaned)} characters, {most} at most; shorten it.",
        )
    return cleaned
