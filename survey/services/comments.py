"""Comments moderated: shown with what is personal masked, or hidden with a reason; read in batches.

The rule of batches is in docs/adr.  Nobody is told a time: not of the comment, not of the decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.responses import Comment
from survey.queries.comments import SMALLEST_BATCH
from survey.services.answer_checks import clean_text
from survey.services.audit import record
from survey.services.errors import ServiceError
from survey.services.personal_data import MASK, is_masking_of

LONGEST_REASON: Final = 300
STATES: Final = ("waiting", "approved", "hidden")
_VERBS: Final = {"approved": "comment.approved", "hidden": "comment.hidden", "waiting": "comment.waiting"}


class CommentError(ServiceError):
    """A comment cannot be moderated as asked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decides of a comment that he saw in the state ``seen``.

    ``shown_text`` is what is read where it is approved, ``reason`` why where it is hidden.
    """

    comment_id: UUID
    seen: str
    state: str
    shown_text: str
    reason: str


def moderate_comment(session: Session, agency: Agency, decision: Decision, *, by: UUID) -> None:
    """Approve a comment or hide it.  An approved one is read as soon as its batch is full.

    Raises:
        CommentError: There is no such comment, somebody else decided meanwhile, more than masking was done to the
            text, or a reason is missing.

    """
    comment = session.get(Comment, (agency.id, decision.comment_id), with_for_update=True, populate_existing=True)
    if comment is None:
        raise CommentError(
            vi="Không còn góp ý này; có thể đã hết thời hạn lưu. Hãy tải lại trang.",
            en="This comment is no longer there; the time for which it is kept may be over. Load the page again.",
        )
    if comment.state != decision.seen:
        raise CommentError(
            vi="Người khác vừa duyệt góp ý này; hãy xem lại quyết định đó ở dưới trước khi thay đổi.",
            en="Somebody else has just moderated this comment; look at that decision below before you change it.",
        )
    shown, reason = _checked(comment, decision)
    before = comment.state
    comment.state, comment.shown_text, comment.reason = decision.state, shown, reason
    # A batch is kept for good, also by what is hidden later: in a second one what was read would tell what is new.
    comment.moderated_by = by
    session.flush()
    _make_batch(session, agency.id)
    # Which comment it was stays out: the order of decisions is nobody's business but the moderator's.
    details = {"before": before, **({"reason": reason} if reason else {})}
    record(session, _VERBS[decision.state], subject=agency.code, agency_id=agency.id, details=details)


def _checked(comment: Comment, decision: Decision) -> tuple[str | None, str | None]:
    """Return what is shown and why it is not; one of them is None."""
    if decision.state == "hidden":
        reason = " ".join(clean_text(decision.reason).split())
        if not reason or len(reason) > LONGEST_REASON:
            raise CommentError(
                vi=f"Hãy ghi lý do ẩn, tối đa {LONGEST_REASON} ký tự; lý do được ghi vào nhật ký.",
                en=f"Give the reason for hiding it, at most {LONGEST_REASON} characters; it goes into the audit.",
            )
        return None, reason
    if decision.state != "approved":
        raise CommentError(vi="Hãy chọn hiện hoặc ẩn góp ý.", en="Choose to show the comment or to hide it.")
    text, shown = clean_text(comment.text), clean_text(decision.shown_text)
    if not is_masking_of(shown, text):
        raise CommentError(
            vi=f"Chỉ được thay phần cần che bằng {MASK}, không được sửa lời người dân; hãy so lại với nguyên văn ở "
            "trên.",
            en=f"You may only put {MASK} where something must be masked, not change a citizen's words; compare with "
            "the original above.",
        )
    if not shown.replace(MASK, "").strip():
        raise CommentError(
            vi="Che hết thì không còn gì để đọc; hãy ẩn góp ý này và ghi lý do.",
            en="With everything masked nothing is left to read; hide the comment and say why.",
        )
    return shown, None


def _make_batch(session: Session, agency_id: UUID) -> None:
    """Put the approved comments that wait into a batch, once there are enough of them."""
    # Held, so that of two moderators at once the second does not take for waiting what the first has just used.
    waiting = session.scalars(
        select(Comment.id)
        .where(Comment.agency_id == agency_id, Comment.state == "approved", Comment.batch.is_(None))
        .with_for_update()
    ).all()
    if len(waiting) < SMALLEST_BATCH:
        return
    last = max(_last_batch(session, agency_id, state) for state in ("approved", "hidden"))
    session.execute(
        update(Comment)
        .where(Comment.agency_id == agency_id, Comment.id.in_(waiting))
        .values(batch=last + 1)
        .execution_options(synchronize_session="fetch")
    )


def _last_batch(session: Session, agency_id: UUID, state: str) -> int:
    """Return the highest number of a batch; asked of one state at a time, the index knows it."""
    of_state = (Comment.agency_id == agency_id, Comment.state == state)
    return session.scalar(select(func.max(Comment.batch)).where(*of_state)) or 0
