"""Comments as they are read, in batches, and as they are moderated, a few at a time.

Nothing here reads more than a page, however many comments an agency has; the order is that of random ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency
from survey.models.responses import Comment
from survey.queries.scope import Scope

SMALLEST_BATCH: Final = 5
BATCHES_A_PAGE: Final = 4
COMMENTS_A_PAGE: Final = 10
AGENCIES_A_PAGE: Final = 50
MOST_COUNTED: Final = 100
MOST_NAMES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Approved comments that are read together, in no order of time."""

    number: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A few batches, the latest first; ``older`` is the batch before which to go on, None at the end."""

    batches: tuple[Batch, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment as a moderator sees it; ``moderator`` is the name of who decided."""

    id: UUID
    text: str
    state: str
    shown_text: str | None
    reason: str | None
    moderator: str | None


@dataclass(frozen=True, slots=True)
class CommentPage:
    """A few comments in the order of their random ids; ``following`` is the id after which to go on."""

    lines: tuple[CommentLine, ...]
    following: UUID | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """An agency with comments that wait; ``waiting`` counts them up to ``MOST_COUNTED``."""

    id: UUID
    name: str
    name_en: str | None
    is_demo: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class BacklogPage:
    """One page of the agencies whose comments wait."""

    lines: tuple[Backlog, ...]
    number: int
    total: int
    pages: int


def list_batches(session: Session, *, agency_id: UUID, before: int | None = None) -> BatchPage:
    """List a page of the batches of an agency, the latest first; one of which fewer than five are kept is left out."""
    found: list[Batch] = []
    for batch in _batches(session, agency_id, before):
        if len(found) == BATCHES_A_PAGE:
            return BatchPage(tuple(found), found[-1].number)
        found.append(batch)
    return BatchPage(tuple(found), None)


def stream_batches(session: Session, *, agency_id: UUID) -> Iterator[Batch]:
    """Yield every batch of an agency, the latest first."""
    yield from _batches(session, agency_id, None)


def list_comments(session: Session, *, agency_id: UUID, state: str, after: UUID | None = None) -> CommentPage:
    """List a page of the comments of an agency in one state, for its moderator."""
    beyond = Comment.id > after if after else literal(value=True)
    # What waits is in no batch; said so, the index gives it in its order.
    alone = [Comment.batch.is_(None)] if state == "waiting" else []
    rows = session.execute(
        select(Comment.id, Comment.text, Comment.state, Comment.shown_text, Comment.reason, Official.name)
        .outerjoin(Official, Official.id == Comment.moderated_by)
        .where(Comment.agency_id == agency_id, Comment.state == state, *alone, beyond)
        .order_by(Comment.id)
        .limit(COMMENTS_A_PAGE + 1)
    ).all()
    lines = tuple(CommentLine(*row) for row in rows[:COMMENTS_A_PAGE])
    return CommentPage(lines, lines[-1].id if len(rows) > COMMENTS_A_PAGE else None)


def get_comment(session: Session, *, agency_id: UUID, comment_id: UUID) -> CommentLine | None:
    """Return one comment for its moderator."""
    row = session.execute(
        select(Comment.id, Comment.text, Comment.state, Comment.shown_text, Comment.reason, Official.name)
        .outerjoin(Official, Official.id == Comment.moderated_by)
        .where(Comment.agency_id == agency_id, Comment.id == comment_id)
    ).one_or_none()
    return CommentLine(*row) if row else None


def count_comments(session: Session, *, agency_id: UUID, state: str, in_no_batch: bool = False) -> int:
    """Count the comments of an agency in one state, up to ``MOST_COUNTED``."""
    unread = Comment.batch.is_(None) if in_no_batch else literal(value=True)
    of_agency = and_(Comment.agency_id == agency_id, Comment.state == state, unread)
    return session.scalars(_few(select(literal(1)).where(of_agency))).one()


def list_backlog(session: Session, scope: Scope, *, page: int = 1) -> BacklogPage:
    """List the agencies that the official stands above and whose comments wait, as Vietnamese sorts, fifty a page."""
    among = and_(scope.agencies_from_above(), _has_waiting())
    total = session.scalar(select(func.count()).select_from(Agency).where(among)) or 0
    pages = max(1, -(-total // AGENCIES_A_PAGE))
    number = min(max(1, page), pages)
    of_agency = and_(Comment.agency_id == Agency.id, Comment.state == "waiting")
    waiting = _few(select(literal(1)).where(of_agency).correlate(Agency)).scalar_subquery()
    rows = session.execute(
        select(Agency.id, Agency.name, Agency.name_en, Agency.is_demo, waiting)
        .where(among)
        .order_by(Agency.sort_key, Agency.code, Agency.id)
        .offset((number - 1) * AGENCIES_A_PAGE)
        .limit(AGENCIES_A_PAGE)
    )
    return BacklogPage(tuple(Backlog(*row) for row in rows), number, total, pages)


def list_names_around(session: Session, *, path: str) -> list[str]:
    """List the names of the officials with a role at an agency, above it or below it."""
    above = [UUID(part) for part in path.split("/") if part]
    rows = session.scalars(
        select(Official.name)
        .join(Grant, Grant.official_id == Official.id)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(or_(Agency.id.in_(above), Agency.path.startswith(path, autoescape=True)))
        .distinct()
        .limit(MOST_NAMES)
    )
    return list(rows)


def _few(comments: Select[int]) -> Select[int]:
    """Return the number of comments, looking at no more of them than are counted."""
    return select(func.count()).select_from(comments.limit(MOST_COUNTED).subquery())


def _has_waiting() -> ColumnElement[bool]:
    return exists(
        select(literal(1)).where(Comment.agency_id == Agency.id, Comment.state == "waiting").correlate(Agency)
    )


def _batches(session: Session, agency_id: UUID, before: int | None) -> Iterator[Batch]:
    """Yield the batches below a number; each is found and read by the index."""
    while True:
        older = Comment.batch < before if before is not None else literal(value=True)
        before = session.scalar(
            select(func.max(Comment.batch)).where(Comment.agency_id == agency_id, Comment.state == "approved", older)
        )
        if before is None:
            return
        # By their ids first: SQLite would rather walk through the whole agency than from the index to the texts.
        ids = select(Comment.id).where(
            Comment.agency_id == agency_id, Comment.state.in_(("approved", "hidden")), Comment.batch == before
        )
        rows = session.execute(
            select(Comment.id, Comment.state, Comment.shown_text).where(
                Comment.agency_id == agency_id, Comment.id.in_(ids)
            )
        ).all()
        # Retention may have erased some of them.  What was hidden since counts: the others have been read already.
        if len(rows) >= SMALLEST_BATCH:
            shown = sorted((key, text) for key, state, text in rows if state == "approved")
            yield Batch(before, tuple(text or "" for _, text in shown))
