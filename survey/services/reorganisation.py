"""A reorganisation of provinces and communes, thousands of bodies at once, from what its files say.

Bodies that are there are used; those that are not are added, the old ones with the day on which they ended, so that
every new body knows what it was made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, insert, select, union, update
from sqlalchemy.orm import Session

from survey.models.accounts import Grant
from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.fieldwork import Wave
from survey.models.identifiers import new_id
from survey.models.slips import ApiKey
from survey.models.sort_key import sort_key
from survey.services.agency_changes import bring_below
from survey.services.audit import Act, Detail, record_all
from survey.services.change_effects import Effects, carry_out
from survey.services.change_request import DECISION
from survey.services.errors import AgencyError
from survey.services.names import checked_code, checked_name
from survey.services.reorganisation_plan import NewUnit, OldBody, ReorganisationPlan

_ROWS_AT_ONCE: Final = 500
_BODY: Final = ("đơn vị", "body")
_KIND: Final = {True: "province", False: "commune"}


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """When, by which decision, and since when the old bodies are taken to have existed where nobody knows."""

    effective_on: date
    decision: str
    old_since: date
    by: UUID | None = None


@dataclass
class Outcome:
    """What a reorganisation did: bodies added, ended and taken along, and what followed from it."""

    added_old: int = 0
    added_new: int = 0
    ended: int = 0
    moved_along: int = 0
    changes: int = 0
    new_roots: list[UUID] = field(default_factory=list)
    effects: Effects = field(default_factory=Effects)


class _Bodies:
    """The bodies of the database by code, on the day before and from the day on."""

    def __init__(self, session: Session, day: date) -> None:
        self.before: dict[str, _Row] = {}
        self.after: dict[str, _Row] = {}
        columns = (Agency.id, Agency.code, Agency.path, Agency.name, Agency.name_en, Agency.valid_from, Agency.valid_to)
        rows = session.execute(select(*columns).where(Agency.kind.in_(("province", "commune")), ~Agency.is_demo))
        for key, code, path, name, name_en, since, until in rows:
            found = _Row(key, path, name, name_en)
            if since < day and (until is None or until >= day):
                self.before[code] = found
            elif since >= day and (code not in self.after or until is None):
                self.after[code] = found


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    path: str
    name: str
    name_en: str | None


def reorganise(
    session: Session,
    plan: ReorganisationPlan,
    asked: Reorganisation,
    *,
    today: date,
    may_change: Callable[[str], bool] | None = None,
) -> Outcome:
    """Write a reorganisation; whoever calls commits, or rolls back after a dry run.

    ``may_change`` says of a body's path whether it is the asker's to change; None lets him change all.

    Raises:
        AgencyError: where it was written before, a code or name cannot be, or a body is not the asker's.

    """
    checked_name(asked.decision, of=DECISION, error=AgencyError)
    bodies = _Bodies(session, asked.effective_on)
    if may_change is not None:
        _check_is_his(plan, bodies, may_change)
    _check_is_new(session, plan, bodies, asked)
    work = _Work(session, plan, asked, bodies, today)
    work.write()
    outcome = work.outcome
    details: dict[str, Detail] = {
        "effective_on": f"{asked.effective_on}",
        "decision": asked.decision,
        "added": outcome.added_old + outcome.added_new,
        "ended": outcome.ended,
        "changes": outcome.changes,
    }
    told = {"effective_on": f"{asked.effective_on}", "decision": asked.decision}
    own = [Act("agency.reorganised", name, agency_id, told) for agency_id, name in work.touched.items()]
    record_all(session, [Act("agency.reorganised", asked.decision, None, details), *own])
    return outcome


class _Work:
    """One reorganisation while it is written."""

    def __init__(
        self, session: Session, plan: ReorganisationPlan, asked: Reorganisation, bodies: _Bodies, today: date
    ) -> None:
        self.outcome = Outcome()
        self.touched: dict[UUID, str] = {}
        self._session = session
        self._plan = plan
        self._asked = asked
        self._bodies = bodies
        self._today = today
        self._old: dict[str, _Row] = {}
        self._new: dict[str, _Row] = {}
        self._changes: list[dict[str, Any]] = []
        self._parts: list[dict[str, Any]] = []

    def write(self) -> None:
        kept = {unit.parts[0].code for unit in (*self._plan.provinces, *self._plan.communes) if unit.is_kept}
        self._add_old(self._plan.old_provinces.values(), kept, is_province=True)
        self._add_old(self._plan.old_communes.values(), kept, is_province=False)
        ended = [row.id for code, row in self._old.items() if code not in kept]
        for first in range(0, len(ended), _ROWS_AT_ONCE):
            some = ended[first : first + _ROWS_AT_ONCE]
            self._session.execute(
                update(Agency).where(Agency.id.in_(some)).values(valid_to=self._asked.effective_on),
                execution_options={"synchronize_session": False},
            )
        self.outcome.ended = len(ended)
        self._session.expire_all()
        self._add_new(self._plan.provinces, is_province=True)
        self._add_new(self._plan.communes, is_province=False)
        self._link()
        self._take_along()
        self._carry_out()

    def _add_old(self, old: Any, kept: set[str], *, is_province: bool) -> None:  # noqa: ANN401 -- values of a mapping
        rows = []
        for body in old:
            # Where a body lives on and only its present row is known, that row is the body.
            found = self._bodies.before.get(body.code) or (
                self._bodies.after.get(body.code) if body.code in kept else None
            )
            if found is None:
                above = self._old.get(body.province) if body.province else None
                values = self._values(body, above, is_province=is_province, since=self._asked.old_since)
                rows.append(values)
                found = _Row(values["id"], values["path"], values["name"], None)
            self._old[body.code] = found
        self._insert(Agency, rows)
        self.outcome.added_old += len(rows)
        self.outcome.new_roots += [row["id"] for row in rows if is_province and row["code"] in kept]

    def _add_new(self, units: Sequence[NewUnit], *, is_province: bool) -> None:
        rows = []
        for unit in units:
            found = self._old[unit.parts[0].code] if unit.is_kept else self._bodies.after.get(unit.code)
            if found is None:
                above = self._new.get(unit.province) if unit.province else None
                body = OldBody(unit.code, unit.name, unit.province)
                values = self._values(body, above, is_province=is_province, since=self._asked.effective_on)
                rows.append(values)
                found = _Row(values["id"], values["path"], values["name"], None)
            self._new[unit.code] = found
        self._insert(Agency, rows)
        self.outcome.added_new += len(rows)
        self.outcome.new_roots += [row["id"] for row in rows if is_province]

    def _values(self, body: OldBody, above: _Row | None, *, is_province: bool, since: date) -> dict[str, Any]:
        key, name = new_id(), checked_name(body.name, of=_BODY, error=AgencyError)
        return {
            "id": key,
            "code": checked_code(body.code, of=_BODY, error=AgencyError),
            "kind": _KIND[is_province],
            "name": name,
            "name_en": None,
            "sort_key": sort_key(name),
            "parent_id": above.id if above else None,
            "path": f"{above.path if above else ''}{key}/",
            "is_demo": False,
            "valid_from": since,
            "valid_to": None,
        }

    def _link(self) -> None:
        """Say what every new body was made of; who stayed as he was needs no change."""
        for unit in (*self._plan.provinces, *self._plan.communes):
            if unit.fate == "unchanged":
                continue
            change_id = self._change(unit.fate)
            new = self._new[unit.code]
            self.touched[new.id] = f"{unit.code} {unit.name}"
            for part in unit.parts:
                old = self._old[part.code]
                if part.code in self._bodies.before:
                    self.touched[old.id] = f"{part.code} {old.name}"
                renamed = unit.fate == "rename"
                self._parts.append(
                    {
                        "id": new_id(),
                        "change_id": change_id,
                        "from_agency_id": old.id,
                        "to_agency_id": new.id,
                        "share": part.share,
                        "takes_over": part.takes_over and not renamed,
                        "old_name": old.name if renamed else None,
                        "old_name_en": old.name_en if renamed else None,
                        "new_name": unit.name if renamed else None,
                        "new_name_en": None,
                    }
                )
        self._insert(AgencyChange, self._changes)
        self._insert(AgencyChangePart, self._parts)
        self.outcome.changes = len(self._changes)

    def _change(self, fate: str) -> UUID:
        key = new_id()
        self._changes.append(
            {
                "id": key,
                "kind": fate,
                "effective_on": self._asked.effective_on,
                "decision": self._asked.decision,
                "recorded_on": self._today,
                "recorded_by": self._asked.by,
                "carried_out_on": None,
            }
        )
        return key

    def _take_along(self) -> None:
        """Let departments, and whatever else lies below an ended province or commune, go on below its heir."""
        heirs = {part["from_agency_id"]: part["to_agency_id"] for part in self._parts if part["takes_over"]}
        ended = select(Agency.id).where(Agency.valid_to == self._asked.effective_on)
        left = self._session.scalars(
            select(Agency).where(
                Agency.parent_id.in_(ended), Agency.valid_to.is_(None), Agency.valid_from < self._asked.effective_on
            )
        ).all()
        for child in left:
            if (heir_id := heirs.get(child.parent_id)) is not None:
                move = bring_below(
                    self._session,
                    child,
                    self._session.get_one(Agency, heir_id),
                    effective_on=self._asked.effective_on,
                    decision=self._asked.decision,
                    today=self._today,
                )
                self.outcome.moved_along += len(move.parts)
                self.outcome.changes += 1

    def _carry_out(self) -> None:
        """Let everything follow where anything hangs on a body; all others are done with."""
        if self._asked.effective_on > self._today:
            return
        session, mine = self._session, AgencyChange.decision == self._asked.decision
        waiting = (mine, AgencyChange.effective_on == self._asked.effective_on, AgencyChange.carried_out_on.is_(None))
        parts = select(AgencyChangePart.change_id).where(AgencyChangePart.from_agency_id.in_(_in_use()))
        needed = session.scalars(
            select(AgencyChange).where(*waiting, (AgencyChange.id.in_(parts)) | (AgencyChange.kind == "rename"))
        ).all()
        for change in needed:
            carry_out(session, change, today=self._today, effects=self.outcome.effects)
        session.execute(
            update(AgencyChange).where(*waiting).values(carried_out_on=self._today),
            execution_options={"synchronize_session": False},
        )

    def _insert(self, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(model), list(rows))


def _in_use() -> CompoundSelect[UUID]:
    """Select the agencies on which anything hangs that follows a change."""
    return union(
        select(ServicePoint.agency_id),
        select(ServicePoint.serves_agency_id),
        select(Service.agency_id),
        select(Grant.agency_id),
        select(ApiKey.agency_id),
        select(Wave.agency_id),
    )


def _check_is_his(plan: ReorganisationPlan, bodies: _Bodies, may_change: Callable[[str], bool]) -> None:
    """Refuse to touch a body outside the asker's subtree, as every other page does."""
    units = (*plan.provinces, *plan.communes)
    before = [bodies.before.get(part.code) for unit in units for part in unit.parts]
    after = [bodies.after.get(unit.code) for unit in units]
    for row in (*before, *after):
        if row is not None and not may_change(row.path):
            raise AgencyError(
                vi=f"“{row.name}” nằm ngoài phạm vi bạn quản trị; hãy ghi mã các tỉnh của bạn vào ô chọn tỉnh, hoặc "
                "nhờ người quản trị tỉnh đó.",
                en=f"“{row.name}” lies outside what you administer; give the codes of your own provinces, or ask who "
                "administers that one.",
            )


def _check_is_new(session: Session, plan: ReorganisationPlan, bodies: _Bodies, asked: Reorganisation) -> None:
    """Refuse to write a reorganisation twice, or over a change of one of its bodies."""
    ids = {
        bodies.before[code].id
        for unit in (*plan.provinces, *plan.communes)
        if unit.fate != "unchanged"
        for part in unit.parts
        if (code := part.code) in bodies.before
    }
    changed = session.execute(
        select(AgencyChangePart.from_agency_id, Agency.code, Agency.name, AgencyChange.decision)
        .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
        .join(Agency, Agency.id == AgencyChangePart.from_agency_id)
        .where(AgencyChange.effective_on >= asked.effective_on, AgencyChange.kind != "rename")
    )
    for agency_id, code, name, decision in changed:
        if agency_id in ids:
            raise AgencyError(
                vi=f"“{name}” ({code}) đã có thay đổi theo {decision}; đợt sắp xếp này đã nhập rồi, hoặc hãy huỷ "
                "thay đổi đó trước.",
                en=f"“{name}” ({code}) has changed by {decision} already; this reorganisation was imported before, or "
                "withdraw that change first.",
            )
