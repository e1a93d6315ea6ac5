"""How far the first set-up of an installation is, read from what there is; nothing about it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.fieldwork import Wave
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.tallies import FoldMark
from survey.queries.agencies import lives_on
from survey.queries.scope import RUNS_SURVEYS, Scope


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a tree has: its root, bodies below it, counters, editions to ask, waves, and posters made.

    ``planned`` is a wave that still waits to be opened; ``has_opened`` says that one is or was open,
    ``is_open`` and ``is_paused`` that one is so now.
    """

    root: Agency | None
    agencies: int
    counters: int
    editions: int
    planned: UUID | None
    has_opened: bool
    is_open: bool
    is_paused: bool
    printed: int
    has_answers: bool

    @property
    def is_finished(self) -> bool:
        """Return whether citizens can answer: a wave was opened, and posters were made or answers have come."""
        return self.root is not None and self.has_opened and (self.printed > 0 or self.has_answers)


def is_empty(session: Session) -> bool:
    """Return whether there is no agency at all."""
    return session.scalar(select(Agency.id).limit(1)) is None


def find_unfinished(session: Session, scope: Scope) -> SetUp | None:
    """Return the first tree which the official runs as a whole and which is not set up yet; None where there is none.

    The demo is never unfinished.
    """
    paths = sorted({root for root, role in scope.grants if role in RUNS_SURVEYS and root.count("/") == 1})
    roots = select(Agency).where(Agency.path.in_(paths), Agency.is_demo.is_(False)).order_by(Agency.sort_key)
    found = (read_set_up(session, root) for root in session.scalars(roots).all())
    return next((each for each in found if not each.is_finished), None)


def find_root(session: Session, scope: Scope) -> Agency | None:
    """Return the first body with nobody above it for which the official runs surveys, or None."""
    paths = [root for root, role in scope.grants if role in RUNS_SURVEYS and root.count("/") == 1]
    return session.scalar(select(Agency).where(Agency.path.in_(paths)).order_by(Agency.sort_key).limit(1))


def list_without_counters(session: Session, root: Agency, *, today: date, limit: int) -> Sequence[Agency]:
    """List some bodies of a tree that have no counter in use, those below the root first, as Vietnamese sorts them."""
    used = select(ServicePoint.id).where(ServicePoint.agency_id == Agency.id, ServicePoint.retired_on.is_(None))
    statement = (
        select(Agency)
        .where(Agency.path.startswith(root.path, autoescape=True), lives_on(today), ~used.exists())
        .order_by(Agency.parent_id.is_(None), Agency.sort_key)
    )
    return session.scalars(statement.limit(limit)).all()


def read_set_up(session: Session, root: Agency | None) -> SetUp:
    """Return how far the tree of a root is; without one, nothing but the editions is there."""
    published = select(func.count()).where(QuestionnaireEdition.published_on.is_not(None))
    editions = session.scalar(published) or 0
    if root is None:
        return SetUp(
            None, 0, 0, editions, None, has_opened=False, is_open=False, is_paused=False, printed=0, has_answers=False
        )
    below = Agency.path.startswith(root.path, autoescape=True)
    counters = (
        select(func.count())
        .join(ServicePoint.agency)
        .select_from(ServicePoint)
        .where(ServicePoint.retired_on.is_(None))
    )
    printed = (
        select(func.count())
        .select_from(ServicePointCode)
        .join(ServicePointCode.service_point)
        .join(ServicePoint.agency)
        .where(below, ServicePointCode.printed_on.is_not(None))
    )
    waves = select(Wave.id).join(Wave.agency).where(below).order_by(Wave.opens_on)
    opened = or_(Wave.state != "planned", Wave.closed_on.is_not(None))
    states = set(session.scalars(select(Wave.state).join(Wave.agency).where(below).distinct()))
    return SetUp(
        root=root,
        agencies=session.scalar(select(func.count()).where(below, Agency.id != root.id)) or 0,
        counters=session.scalar(counters.where(below)) or 0,
        editions=editions,
        planned=session.scalar(waves.where(Wave.state == "planned").limit(1)),
        is_open="open" in states,
        is_paused="paused" in states,
        has_opened=session.scalar(waves.where(opened).limit(1)) is not None,
        printed=session.scalar(printed) or 0,
        has_answers=_has_answers(session, root),
    )


def _has_answers(session: Session, root: Agency) -> bool:
    ids = select(Agency.id).where(Agency.path.startswith(root.path, autoescape=True))
    return session.scalar(select(FoldMark.n).where(FoldMark.agency_id.in_(ids), FoldMark.n > 0).limit(1)) is not None
