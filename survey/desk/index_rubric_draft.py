"""What the pages that edit a draft share: the draft itself, keeping it, and what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.index_rubric_scope import is_editable, rubric_here
from survey.desk.index_words import pair
from survey.models.rubrics import Rubric
from survey.services import rubric_words
from survey.services.errors import RubricError
from survey.services.row_version import version_of
from survey.services.rubric_drafts import OpenFault, locked_draft, open_faults, save_draft
from survey.services.rubric_structure import codes_of
from survey.web.language import current_language


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Something open, as a page tells it: at which line, "" for the general part, in which box, what to do."""

    code: str
    box: str
    words: str
    is_sum: bool = False


def draft_here(rubric_id: UUID) -> Rubric:
    """Return a draft of the official's own tree.

    Raises:
        RubricError: It is published or in use.

    """
    found = rubric_here(rubric_id)
    if found.agency_id is None:
        raise NotFound
    if not is_editable(found):
        raise RubricError(
            vi=f"Bộ tiêu chí {found.name} đã công bố hoặc đã dùng nên không sửa được; hãy lập phiên bản mới.",
            en=f"The rubric {found.name} is published or in use and cannot change; begin a new version.",
        )
    return found


def lock_here(rubric_id: UUID) -> Rubric:
    """Return a draft as it is now, for a change that nobody else's comes between."""
    return locked_draft(db.session(), draft_here(rubric_id))


def kept(draft: Rubric, content: dict[str, Any], *, line: str, told: str) -> ResponseReturnValue:
    """Keep the draft, say so and how much is open, and go back to the line on its page."""
    save_draft(db.session(), draft, content, line=line)
    db.session.commit()
    flask.flash(told, "done")
    if number := len(open_faults(content)):
        told = ngettext(
            "Còn %(num)s chỗ chưa khớp, xem ở đầu trang.", "Còn %(num)s chỗ chưa khớp, xem ở đầu trang.", number
        )
        flask.flash(told, "warning")
    return back_to(draft, line)


def back_to(draft: Rubric, line: str = "") -> ResponseReturnValue:
    """Go to the page of a draft, at a line of it."""
    anchor = f"c{line}" if line else None
    return flask.redirect(flask.url_for("desk.rubric", rubric_id=draft.id, _anchor=anchor), HTTPStatus.SEE_OTHER)


def order_seen(draft: Rubric) -> str:
    """Return what stands for the order of a draft's lines in a form."""
    return version_of({"codes": " ".join(codes_of(draft.content))})


def tell_open(faults: Sequence[OpenFault]) -> list[OpenLine]:
    """Say what is open in the language of the page."""
    boxes: Mapping[str, rubric_words.Words] = rubric_words.BOXES
    return [
        OpenLine(
            fault.code,
            pair(boxes[fault.box]) if fault.box in boxes else "",
            fault.text(current_language()),
            is_sum=fault.box == "maximum",
        )
        for fault in faults
    ]
