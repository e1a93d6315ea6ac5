"""What was ever done to a road map and an aim, from the audit: each act with what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from survey.db import db
from survey.desk.index_words import comma
from survey.models.agencies import Agency
from survey.queries.index_plans import PlanAct, list_plan_acts
from survey.rendering import numbers
from survey.rendering.index_plan_words import TASK_STATES
from survey.web.language import current_language

_TASK: Final = {
    "criterion": _("tiêu chí"),
    "text": _("việc phải làm"),
    "post": _("chức danh"),
    "to": _("hạn"),
    "points": _("điểm kỳ vọng"),
    "state": _("tình trạng"),
    "note": _("ghi chú"),
}
_AIM: Final = {"rank": _("trong nhóm"), "points": _("số điểm")}


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """An act: when, by whom, on what, and every value that it changed with the one before."""

    at: datetime
    who: str
    what: str
    changes: tuple[str, ...]


def plan_history(agency: Agency, year: int) -> list[PlanEntry]:
    """Return what was done to a road map of a year and its aim, newest first."""
    before: dict[str, Mapping[str, Any]] = {}
    found = []
    for act in reversed(list_plan_acts(db.session(), agency_id=agency.id, year=year)):
        key = str(act.details.get("task", ""))
        found.append(_entry(act, before.get(key)))
        before[key] = act.details
    return found[::-1]


def _entry(act: PlanAct, before: Mapping[str, Any] | None) -> PlanEntry:
    is_task = act.verb == "index.task_saved"
    names = _TASK if is_task else _AIM
    held = before or {}
    changed = [name for name in names if (act.details.get(name) or "") != (held.get(name) or "")]
    changes = tuple(f"{names[name]}: {_change(name, act.details, held if before else None)}" for name in changed)
    if not is_task:
        dropped = not act.details.get("rank") and not act.details.get("points")
        what = gettext("Bỏ mục tiêu") if dropped else gettext("Đặt mục tiêu")
    elif before is None:
        what = gettext("Lập việc cho tiêu chí %(code)s", code=act.details.get("criterion", ""))
    else:
        text = str(act.details.get("text", ""))
        what = gettext("Sửa việc “%(task)s”", task=text)
    return PlanEntry(act.at, act.who, what, changes)


def _change(name: str, now: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    new = _said(name, now.get(name))
    return new if before is None else f"{_said(name, before.get(name))} → {new}"


def _said(name: str, value: Any) -> str:  # noqa: ANN401 -- of the ledger
    language = current_language()
    if value in {None, ""}:
        return str(gettext("(trống)"))
    if name == "state":
        return TASK_STATES[str(value)].text(language)
    if name == "to":
        return numbers.day(date.fromisoformat(str(value)), language)
    return comma(value) if name == "points" else str(value)
