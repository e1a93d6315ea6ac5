"""Road maps as CSV: a task a line, with what was dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.exact import exact_text
from survey.rendering.csv import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from survey.findings.index_plan_values import RoadMap

_COLUMNS: Final = (
    "plan_year", "data", "agency_code", "agency", "criterion", "criterion_name", "task", "post", "due_on",
    "points_expected", "state", "is_overdue", "note",
)  # fmt: skip


def index_plan_csv(plans: Iterable[RoadMap], language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write the tasks of road maps; points are numbers, dates ISO, states the software's English codes."""
    rows = (
        {
            "plan_year": plan.year,
            "data": "demo" if plan.agency.is_demo else "real",
            "agency_code": plan.agency.code,
            "agency": plan.agency.name.text(language),
            "criterion": one.criterion,
            "criterion_name": one.name.text(language),
            "task": one.task,
            "post": one.post,
            "due_on": one.due_on.isoformat(),
            "points_expected": None if one.expected is None else float(exact_text(one.expected)),
            "state": one.state,
            "is_overdue": int(one.is_overdue),
            "note": one.note,
        }
        for plan in plans
        for one in plan.tasks
    )
    return written(_COLUMNS, rows, excel_vietnam=excel_vietnam)
