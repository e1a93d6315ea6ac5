"""How bodies came to be and ended: the changes of a subtree, and the way from a body to those before and after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from survey.models.agencies import Agency
from survey.models.agency_changes import WHOLE, AgencyChange, AgencyChangePart
from survey.queries.scope import Scope

Names: TypeAlias = tuple[str, str | None]  # Vietnamese and English

PAGE_SIZE: Final = 50
_MOST_STEPS: Final = 30  # more changes of one body, one after the other, than anybody lives to see
_MOST_IDS: Final = 500  # both databases take as many values in one statement


@dataclass(frozen=True, slots=True)
class Link:
    """What one change took from one body to another; ``share`` None is a part of unknown size.

    ``before`` and ``after`` are the names of a rename, Vietnamese and English; None otherwise.
    """

    change_id: UUID
    kind: str
    effective_on: date
    decision: str
    from_id: UUID
    to_id: UUID | None
    share: float | None
    before: Names | None
    after: Names | None

    @property
    def is_whole(self) -> bool:
        """Return whether all of the one body went to the other."""
        return self.share == WHOLE

    @property
    def is_rename(self) -> bool:
        """Return whether a body only got another name and stayed what it is."""
        return self.from_id == self.to_id


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of a list of changes."""

    lines: Sequence[AgencyChange]
    number: int
    total: int
    pages: int


def list_origins(session: Session, *, agency_ids: Collection[UUID]) -> list[Link]:
    """List what led to the bodies and to those before them, nearest first; renames are left out.

    The way back ends at a body of which only a part went over: what it was is not what became of that part.
    """
    found: list[Link] = []
    seen, asked = set(agency_ids), list(agency_ids)
    for _ in range(_MOST_STEPS):
        links = list_direct_origins(session, agency_ids=asked)
        found += links
        asked = sorted({link.from_id for link in links if link.is_whole} - seen)
        seen.update(asked)
        if not asked:
            break
    return found


def list_successors(session: Session, *, agency_ids: Collection[UUID]) -> list[Link]:
    """List what the bodies led to right away; renames are left out."""
    return [link for link in _links(session, AgencyChangePart.from_agency_id, agency_ids) if not link.is_rename]


def list_direct_origins(session: Session, *, agency_ids: Collection[UUID]) -> list[Link]:
    """List what led to the bodies right away.

    Renames are left out, and so is who takes over from an abolished body: it stays what it is.
    """
    links = _links(session, AgencyChangePart.to_agency_id, agency_ids)
    return [link for link in links if not link.is_rename and link.kind != "abolish"]


def list_taken_over(session: Session, *, agency_ids: Collection[UUID]) -> list[Link]:
    """List the abolished bodies whose work the bodies took over."""
    links = _links(session, AgencyChangePart.to_agency_id, agency_ids)
    return [link for link in links if link.kind == "abolish"]


def list_renames(session: Session, *, agency_ids: Collection[UUID]) -> list[Link]:
    """List the changes of name of bodies, first to last."""
    return [link for link in _links(session, AgencyChangePart.from_agency_id, agency_ids) if link.is_rename]


def name_on(renames: Sequence[Link], agency_id: UUID, day: date, *, stored: Names) -> Names:
    """Return the name that a body bore on a day, Vietnamese and English.

    ``stored`` is the name in its row, which is the one of today: changes to come are still to be carried out.
    """
    own = [link for link in renames if link.from_id == agency_id]
    later = next((link for link in own if link.effective_on > day), None)
    if later is not None and later.before is not None:
        return later.before
    latest = own[-1] if own else None
    return latest.after if latest is not None and latest.after is not None else stored


def list_changes(session: Session, scope: Scope, *, page: int = 1) -> ChangePage:
    """List the changes that touch a scope, latest first, fifty a page, with their parts and bodies."""
    touched = _touching(scope.agencies())
    total = session.scalar(select(func.count()).select_from(touched.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    statement = (
        select(AgencyChange)
        .where(AgencyChange.id.in_(touched))
        .order_by(AgencyChange.effective_on.desc(), AgencyChange.recorded_on.desc(), AgencyChange.id.desc())
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
        .options(
            selectinload(AgencyChange.parts).selectinload(AgencyChangePart.from_agency),
            selectinload(AgencyChange.parts).selectinload(AgencyChangePart.to_agency),
        )
    )
    return ChangePage(session.scalars(statement).all(), number, total, pages)


def _touching(among: ColumnElement[bool]) -> Select[Any]:
    """Select the ids of the changes that come from or lead to an agency of a condition."""
    ids = select(Agency.id).where(among)
    return (
        select(AgencyChangePart.change_id)
        .where(or_(AgencyChangePart.from_agency_id.in_(ids), AgencyChangePart.to_agency_id.in_(ids)))
        .distinct()
    )


def _links(session: Session, end: InstrumentedAttribute[Any], agency_ids: Collection[UUID]) -> list[Link]:
    ids = sorted(agency_ids)
    links = []
    for first in range(0, len(ids), _MOST_IDS):
        statement = (
            select(AgencyChangePart, AgencyChange)
            .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
            .where(end.in_(ids[first : first + _MOST_IDS]))
        )
        links += [_link(part, change) for part, change in session.execute(statement)]
    return sorted(links, key=lambda link: (link.effective_on, str(link.change_id), str(link.from_id)))


def _link(part: AgencyChangePart, change: AgencyChange) -> Link:
    return Link(
        change_id=change.id,
        kind=change.kind,
        effective_on=change.effective_on,
        decision=change.decision,
        from_id=part.from_agency_id,
        to_id=part.to_agency_id,
        share=part.share,
        before=None if part.old_name is None else (part.old_name, part.old_name_en),
        after=None if part.new_name is None else (part.new_name, part.new_name_en),
    )
