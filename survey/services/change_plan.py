"""The dry run of a change of bodies: it is done and taken back, so that it says just what doing it would do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.agency_changes import AgencyChange
from survey.services.agency_changes import write_change
from survey.services.change_effects import Effects, carry_out
from survey.services.change_request import ChangeRequest


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What goes from one body to another; ``to_name`` is empty where it goes nowhere.

    ``from_parent`` and ``to_parent`` are the names of the bodies above, empty where there is none.
    """

    kind: str
    from_code: str
    from_name: str
    from_parent: str
    to_code: str
    to_name: str
    to_parent: str
    share: float | None
    takes_over: bool


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What a change would do.

    ``counters``: name, owner, who takes over (None: retired).  ``roles``: official, role, old body, new body.
    ``waves``: code and what becomes of it, as in ``Effects``, and so ``slips`` and ``lost_slips``.  ``is_due`` is
    False where all this waits for its day.
    """

    parts: tuple[PlannedPart, ...]
    counters: tuple[tuple[str, str, str | None], ...]
    services: int
    roles: tuple[tuple[str, str, str, str], ...]
    keys: int
    slips: int
    lost_slips: int
    waves: tuple[tuple[str, str], ...]
    answers_after: int
    is_due: bool

    @property
    def fingerprint(self) -> str:
        """Return what differs as soon as anything of the plan does, but for answers and slips that come and go."""
        said = (self.parts, self.counters, self.services, self.roles, self.keys, self.waves, self.is_due)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def plan_change(session: Session, request: ChangeRequest, *, today: date) -> ChangePlan:
    """Say what a change would do; nothing of it stays.

    Raises:
        AgencyError: as ``record_change`` does.

    """
    attempt = session.begin_nested()
    try:
        changes = write_change(session, request, by=None, today=today)
        effects = Effects()
        for change in changes:
            carry_out(session, change, today=max(today, request.effective_on), effects=effects)
        return _plan(session, changes, effects, is_due=request.effective_on <= today)
    finally:
        attempt.rollback()
        # Taking back forgets what was written, not what was only read meanwhile.
        session.expire_all()


def _plan(session: Session, changes: list[AgencyChange], effects: Effects, *, is_due: bool) -> ChangePlan:
    return ChangePlan(
        parts=tuple(part for change in changes for part in _parts(session, change)),
        counters=tuple(effects.counters),
        services=effects.services,
        roles=tuple(effects.roles),
        keys=effects.keys,
        slips=effects.slips,
        lost_slips=effects.lost_slips,
        waves=tuple(sorted(effects.waves.items())),
        answers_after=effects.answers_after,
        is_due=is_due,
    )


def _parts(session: Session, change: AgencyChange) -> list[PlannedPart]:
    found = []
    for part in change.parts:
        old, to = part.from_agency, part.to_agency
        found.append(
            PlannedPart(
                kind=change.kind,
                from_code=old.code,
                from_name=part.old_name or old.name,
                from_parent=_above(session, old),
                to_code=to.code if to else "",
                to_name=part.new_name or (to.name if to else ""),
                to_parent=_above(session, to),
                share=part.share,
                takes_over=part.takes_over,
            )
        )
    return sorted(found, key=lambda part: (part.from_code, part.to_code))


def _above(session: Session, agency: Agency | None) -> str:
    parent = session.get(Agency, agency.parent_id) if agency and agency.parent_id else None
    return parent.name if parent else ""
