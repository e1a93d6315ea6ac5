"""The tree of a draft rubric in the browser: lines moved and taken out, all numbered anew, sums made to agree."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_draft import back_to, draft_here, kept, lock_here, order_seen
from survey.models.rubrics import Rubric
from survey.services.row_version import version_of
from survey.services.rubric_editing import sum_up
from survey.services.rubric_structure import (
    codes_of,
    find_spot,
    moved,
    numbers_in_order,
    recoded,
    spots_of,
    without_line,
)
from survey.services.rubric_tree import lines_of
from survey.web.access import root_survey_runner


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/move")
@root_survey_runner
def move_rubric_line(rubric_id: UUID) -> ResponseReturnValue:
    """Move a line, with what is below it, before or after its neighbour."""
    draft = lock_here(rubric_id)
    sent = flask.request.form
    code = sent.get("up") or sent.get("down") or ""
    if find_spot(draft.content, code) is None or sent.get("seen", "") != order_seen(draft):
        return _overtaken(draft)
    turned = moved(draft.content, code, up="up" in sent)
    if codes_of(turned) == codes_of(draft.content):
        flask.flash(gettext("%(code)s đã ở đầu hoặc cuối nhóm của nó.", code=code), "warning")
        return back_to(draft, code)
    return kept(draft, turned, line=code, told=gettext("Đã chuyển %(code)s.", code=code))


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/lines/<code>/remove")
@root_survey_runner
def ask_to_remove_rubric_line(rubric_id: UUID, code: str) -> ResponseReturnValue:
    """Show what would go with a line, and what depends on it, before it is taken out."""
    draft = draft_here(rubric_id)
    return _ask(draft, _below(draft, code), code)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/lines/<code>/remove")
@root_survey_runner
def remove_rubric_line(rubric_id: UUID, code: str) -> ResponseReturnValue:
    """Take a line out with what is below it."""
    draft = lock_here(rubric_id)
    gone = _below(draft, code)
    if flask.request.form.get("seen", "") != _seen(gone):
        told = gettext("Người khác vừa sửa dòng này hoặc các dòng dưới nó; hãy xem lại rồi mới bỏ.")
        return _ask(draft, gone, code, problem=told), HTTPStatus.CONFLICT
    spot = find_spot(draft.content, code)
    parent = spot.parent if spot else ""
    return kept(draft, without_line(draft.content, code), line=parent, told=gettext("Đã bỏ %(code)s.", code=code))


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/numbers")
@root_survey_runner
def ask_to_renumber_rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Show which codes would change if lines were numbered in their order."""
    draft = draft_here(rubric_id)
    return _ask_numbers(draft)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/numbers")
@root_survey_runner
def renumber_rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Number the lines of a draft in their order; conditions follow."""
    draft = lock_here(rubric_id)
    if flask.request.form.get("seen", "") != order_seen(draft):
        told = gettext("Người khác vừa thêm, bỏ hoặc chuyển dòng; hãy xem lại các mã mới.")
        return _ask_numbers(draft, problem=told), HTTPStatus.CONFLICT
    content = recoded(draft.content, numbers_in_order(draft.content))
    return kept(draft, content, line="", told=gettext("Đã đánh số lại mọi dòng theo thứ tự."))


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/sums")
@root_survey_runner
def sum_up_rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Make every sum, and the total, agree with the lines below it."""
    draft = lock_here(rubric_id)
    told = gettext("Đã tính lại mọi tổng từ các dòng dưới.")
    return kept(draft, sum_up(draft.content), line="", told=told)


def _below(draft: Rubric, code: str) -> list[dict[str, Any]]:
    """Return a line and all below it."""
    spot = find_spot(draft.content, code)
    if spot is None:
        raise NotFound
    if spot.kind not in {"area", "criterion"}:
        return [spot.table]
    inside = {code, *(one.table["code"] for one in spots_of(draft.content) if one.parent == code)}
    return [one.table for one in spots_of(draft.content) if one.table["code"] in inside or one.parent in inside]


def _seen(gone: list[dict[str, Any]]) -> str:
    return version_of({"lines": repr(gone)})


def _ask(draft: Rubric, gone: list[dict[str, Any]], code: str, *, problem: str = "") -> str:
    codes = {table["code"] for table in gone}
    needing = [
        table["code"]
        for _, _, table in lines_of(draft.content)
        if table["code"] not in codes and codes & set(table.get("requires", ()))
    ]
    return flask.render_template(
        "desk/index_rubric_removal.html",
        rubric=draft,
        code=code,
        gone=gone,
        needing=needing,
        seen=_seen(gone),
        problem=problem,
    )


def _ask_numbers(draft: Rubric, *, problem: str = "") -> str:
    numbers = numbers_in_order(draft.content)
    names = {table["code"]: table["name"] for _, _, table in lines_of(draft.content)}
    return flask.render_template(
        "desk/index_rubric_numbers.html",
        rubric=draft,
        changing=[(old, new, names[old]) for old, new in numbers.items() if old != new],
        seen=order_seen(draft),
        problem=problem,
    )


def _overtaken(draft: Rubric) -> ResponseReturnValue:
    flask.flash(
        gettext("Người khác vừa thêm, bỏ hoặc chuyển dòng; đây là thứ tự mới, chưa có gì bị chuyển."), "warning"
    )
    return back_to(draft)
