"""When the border of a subtree changed, so that figures before and after are not of the same body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey.models.agencies import Agency
from survey.models.agency_changes import AgencyChange, AgencyChangePart


def list_border_days(session: Session, *, path: str) -> list[date]:
    """List the days on which something came into a subtree from outside it, or left it; first to last.

    What merged or was split within the subtree leaves the whole what it was.
    """
    former, latter = aliased(Agency), aliased(Agency)
    was_inside = former.path.startswith(path, autoescape=True)
    is_inside = func.coalesce(latter.path.startswith(path, autoescape=True), false())
    statement = (
        select(AgencyChange.effective_on)
        .select_from(AgencyChangePart)
        .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
        .join(former, former.id == AgencyChangePart.from_agency_id)
        .outerjoin(latter, latter.id == AgencyChangePart.to_agency_id)
        .where(
            AgencyChange.kind != "rename",
            or_(and_(was_inside, ~is_inside), and_(~was_inside, is_inside)),
        )
        .distinct()
        .order_by(AgencyChange.effective_on)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True, slots=True)
class Crossing:
    """Something that went on a day from a body at one path to one at another; ``to_path`` is "" where it ended."""

    day: date
    from_path: str
    to_path: str

    def touches(self, path: str) -> bool:
        """Return whether the border of the subtree at a path changed by it."""
        return self.from_path.startswith(path) != self.to_path.startswith(path)


def list_crossings(session: Session, *, path: str) -> list[Crossing]:
    """List everything that moved within, into or out of a subtree, first to last; renames move nothing."""
    former, latter = aliased(Agency), aliased(Agency)
    statement = (
        select(AgencyChange.effective_on, former.path, func.coalesce(latter.path, ""))
        .select_from(AgencyChangePart)
        .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
        .join(former, former.id == AgencyChangePart.from_agency_id)
        .outerjoin(latter, latter.id == AgencyChangePart.to_agency_id)
        .where(
            AgencyChange.kind != "rename",
            or_(former.path.startswith(path, autoescape=True), latter.path.startswith(path, autoescape=True)),
        )
        .order_by(AgencyChange.effective_on)
    )
    return [Crossing(*row) for row in session.execute(statement)]
