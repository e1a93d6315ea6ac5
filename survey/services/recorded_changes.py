"""What recorded changes of bodies say against a file that was written before them: the record stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.agency_changes import AgencyChange, AgencyChangePart

_MOST_STEPS: Final = 30  # more changes of one body, one after the other, than anybody lives to see
KINDS: Final = {
    "merge": ("sáp nhập", "was merged"),
    "split": ("tách", "was split"),
    "rename": ("đổi tên", "was renamed"),
    "move": ("chuyển hoặc đổi mã", "was moved"),
    "abolish": ("giải thể", "was abolished"),
}


@dataclass(frozen=True, slots=True)
class RecordedPart:
    """A part of a change, with the names of a rename."""

    kind: str
    day: date
    decision: str
    is_done: bool
    from_id: UUID
    to_id: UUID | None
    takes_over: bool
    old_name: str | None
    old_name_en: str | None
    new_name: str | None

    @property
    def said(self) -> tuple[str, str]:
        """Return what happened, when and by which decision, in both languages."""
        vi, en = KINDS[self.kind]
        if not self.is_done:
            en = en.replace("was", "is to be", 1)
        return (
            f"{vi} ngày {self.day:%d/%m/%Y} theo {self.decision}",
            f"{en} on {self.day:%Y-%m-%d} by {self.decision}",
        )


class RecordedChanges:
    """Every recorded change, by the bodies that it touched."""

    def __init__(self, session: Session) -> None:
        """Read them all, once for a whole file."""
        self._renames: dict[UUID, list[RecordedPart]] = {}
        self._ended: dict[UUID, RecordedPart] = {}
        self._began: dict[UUID, RecordedPart] = {}
        self._heirs: dict[UUID, RecordedPart] = {}
        for part in _parts(session):
            if part.kind == "rename":
                self._renames.setdefault(part.from_id, []).append(part)
                continue
            self._ended[part.from_id] = part
            if part.to_id is not None and part.kind != "abolish":
                self._began[part.to_id] = part
            if part.to_id is not None and part.takes_over and part.is_done:
                self._heirs[part.from_id] = part

    def rename_of(self, agency: Agency, name: str, name_en: str | None) -> RecordedPart | None:
        """Return the change of name because of which a file says these names, and not those that are recorded.

        That is one that was carried out where the file has the name from before it, or one to come where the file has
        the name from after it.  ``name_en`` is None where the file does not say it.
        """
        for part in reversed(self._renames.get(agency.id, [])):
            if name != agency.name:
                if name == (part.old_name if part.is_done else part.new_name):
                    return part
            elif part.is_done and name_en is not None and name_en == (part.old_name_en or ""):
                return part
        return None

    def is_renamed(self, agency: Agency) -> bool:
        """Return whether a change of name is recorded, done or to come."""
        return agency.id in self._renames

    def end_of(self, agency: Agency) -> RecordedPart | None:
        """Return the change that ends or ended a body."""
        return self._ended.get(agency.id)

    def beginning_of(self, agency: Agency) -> RecordedPart | None:
        """Return a change by which a body began."""
        return self._began.get(agency.id)

    def heir_of(self, agency: Agency) -> tuple[UUID, RecordedPart] | None:
        """Return who carries on for a body that ended, and the first change on the way; None where nobody does."""
        first = self._heirs.get(agency.id)
        last = first
        for _ in range(_MOST_STEPS):
            following = self._heirs.get(last.to_id) if last and last.to_id else None
            if following is None:
                break
            last = following
        return (last.to_id, first) if first and last and last.to_id else None


def _parts(session: Session) -> list[RecordedPart]:
    rows = session.execute(
        select(
            AgencyChange.kind,
            AgencyChange.effective_on,
            AgencyChange.decision,
            AgencyChange.carried_out_on.is_not(None),
            AgencyChangePart.from_agency_id,
            AgencyChangePart.to_agency_id,
            AgencyChangePart.takes_over,
            AgencyChangePart.old_name,
            AgencyChangePart.old_name_en,
            AgencyChangePart.new_name,
        )
        .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
        .order_by(AgencyChange.effective_on, AgencyChange.id, AgencyChangePart.id)
    )
    return [RecordedPart(kind, day, decision, bool(done), *rest) for kind, day, decision, done, *rest in rows]
