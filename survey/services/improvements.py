"""What an agency says it changed because of the answers: written, never rewritten."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.improvements import Improvement
from survey.services.answer_checks import clean_text
from survey.services.audit import record
from survey.services.errors import ServiceError

LONGEST_LINE: Final = 300


class ImprovementError(ServiceError):
    """A line cannot be shown as it was written."""


def write_improvement(
    session: Session, agency: Agency, *, text: str, text_en: str, by: UUID, today: date
) -> Improvement:
    """Let citizens read a new line of an agency's; an empty one takes the earlier line off the page.

    Raises:
        ImprovementError: where a line is longer than 300 characters, or there is English without Vietnamese.

    """
    vietnamese, english = (" ".join(clean_text(line).split()) for line in (text, text_en))
    if max(len(vietnamese), len(english)) > LONGEST_LINE:
        raise ImprovementError(
            vi=f"Mỗi dòng tối đa {LONGEST_LINE} ký tự; hãy viết ngắn lại.",
            en=f"A line has at most {LONGEST_LINE} characters; shorten it.",
        )
    if english and not vietnamese:
        raise ImprovementError(
            vi="Chưa có câu tiếng Việt; hãy viết câu tiếng Việt trước.",
            en="There is no Vietnamese line; write that first.",
        )
    line = Improvement(agency_id=agency.id, text=vietnamese, text_en=english or None, written_on=today, written_by=by)
    session.add(line)
    session.flush()
    record(session, "improvement.written", subject=agency.code, agency_id=agency.id, details={"text": vietnamese})
    return line
