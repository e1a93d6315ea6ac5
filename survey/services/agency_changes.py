"""Bodies merge, split, move, get another name or are abolished: recorded for a day, and carried out when it comes.

A body is one row while its code, its place and its territory stay the same: recording a change ends the old rows and
begins the new ones at once, with their dates; counters, services, roles, keys and names follow on the day itself
(``change_effects``).  Answers stay with the body to which they were given, always.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from posixpath import commonpath
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.agency_changes import WHOLE, AgencyChange, AgencyChangePart
from survey.models.identifiers import new_id
from survey.services.agencies import add_agency, move_agency
from survey.services.audit import Detail, record
from survey.services.change_checks import check_change, check_nobody_is_left
from survey.services.change_effects import carry_out
from survey.services.change_request import ChangeRequest, checked_request, lock_agencies
from survey.services.errors import AgencyError
from survey.services.lookups import find_agency

VERBS: Final = {
    "merge": "agency.merged",
    "split": "agency.split",
    "rename": "agency.renamed",
    "move": "agency.moved",
    "abolish": "agency.abolished",
}


def record_change(session: Session, request: ChangeRequest, *, by: UUID | None, today: date) -> AgencyChange:
    """Record a change; where its day has come it is carried out too.

    Raises:
        AgencyError: where a body has ended or is not there yet, is merged with itself or put below itself, a code is
            taken on that day, or bodies below would be left without one above.

    """
    change = write_change(session, request, by=by, today=today)[0]
    for agency in change_bodies(change):
        details = {"effective_on": f"{change.effective_on}", "decision": change.decision}
        details["to"] = ", ".join(_written(body.code, body.name) for body in request.bodies) or request.heir_code
        subject = _written(agency.code, agency.name)
        record(session, VERBS[change.kind], subject=subject, agency_id=agency.id, details=details)
    carry_out_due(session, today=today)
    return change


def write_change(session: Session, request: ChangeRequest, *, by: UUID | None, today: date) -> list[AgencyChange]:
    """Write a change, and the move of what lies below the bodies that end; nothing is carried out yet."""
    request = checked_request(request)
    lock_agencies(session, request)
    check_change(session, request)
    change = _new_change(request.kind, request.effective_on, request.decision, by=by, today=today)
    session.add(change)
    if request.kind == "rename":
        _plan_name(change, request)
        session.flush()
        return [change]
    below = _redraw(session, change, request)
    session.flush()
    if below is None or not below.parts:
        return [change]
    below.recorded_by, below.recorded_on = by, today
    session.add(below)
    session.flush()
    return [change, below]


def change_bodies(change: AgencyChange) -> list[Agency]:
    """List the bodies that a change comes from, each once."""
    return list({part.from_agency_id: part.from_agency for part in change.parts}.values())


def carry_out_due(session: Session, *, today: date) -> int:
    """Carry out every change whose day has come, in the order of the days; return how many."""
    due = (
        select(AgencyChange)
        .where(AgencyChange.carried_out_on.is_(None), AgencyChange.effective_on <= today)
        .order_by(AgencyChange.effective_on, AgencyChange.id)
    )
    changes = session.scalars(due).all()
    for change in changes:
        effects = carry_out(session, change, today=today)
        for agency in change_bodies(change):
            details: dict[str, Detail] = {
                "kind": change.kind,
                "effective_on": f"{change.effective_on}",
                "counters": len(effects.counters),
                "roles": len(effects.roles),
                "waves": sorted(effects.waves),
            }
            subject = _written(agency.code, agency.name)
            record(session, "agency.change_carried_out", subject=subject, agency_id=agency.id, details=details)
    return len(changes)


def withdraw_change(session: Session, change: AgencyChange) -> None:
    """Take back a change whose day has not come, with those of the bodies below that it brought along.

    Raises:
        AgencyError: where it has been carried out, or a body that was to begin is in use already.

    """
    if change.carried_out_on is not None:
        raise AgencyError(
            vi=f"Thay đổi này đã có hiệu lực từ ngày {change.effective_on:%d/%m/%Y} nên không huỷ được; "
            "hãy ghi một thay đổi mới.",
            en=f"This change took effect on {change.effective_on:%d/%m/%Y} and cannot be withdrawn; record a new one.",
        )
    effective_on, kind, touched = change.effective_on, change.kind, change.parts[0].from_agency
    try:
        with session.begin_nested():
            _take_back(session, _with_those_below(session, change))
    except IntegrityError as error:
        raise AgencyError(
            vi="Đơn vị mới đã được dùng (có quầy, vai trò hoặc thay đổi khác); hãy gỡ những thứ đó trước khi huỷ.",
            en="The new body is in use (a counter, a role or another change); remove that before withdrawing.",
        ) from error
    subject = _written(touched.code, touched.name)
    details = {"kind": kind, "effective_on": f"{effective_on}"}
    record(session, "agency.change_withdrawn", subject=subject, agency_id=touched.id, details=details)


def _plan_name(change: AgencyChange, request: ChangeRequest) -> None:
    agency, body = request.agencies[0], request.bodies[0]
    change.parts.append(
        AgencyChangePart(
            from_agency_id=agency.id,
            to_agency_id=agency.id,
            share=WHOLE,
            old_name=agency.name,
            old_name_en=agency.name_en,
            new_name=body.name,
            new_name_en=body.name_en,
        )
    )


def _redraw(session: Session, change: AgencyChange, request: ChangeRequest) -> AgencyChange | None:
    """End the old rows, begin the new ones, and say what went where; return the move of what lies below."""
    below = [child for agency in request.agencies for child in _children(session, agency, request.effective_on)]
    living = _living_below(session, below)
    for agency in (*request.agencies, *living):
        agency.valid_to = request.effective_on if agency.valid_from < request.effective_on else None
    session.flush()
    begun = _begin(session, request)
    heir = begun.get(request.heir_code) or _living_heir(session, request)
    shares = {body.code: body.share for body in request.bodies}
    targets: Mapping[str, Agency] = begun or ({heir.code: heir} if heir else {})
    for agency in request.agencies:
        for code, target in targets.items():
            change.parts.append(_part(agency, target, shares.get(code), takes_over=target is heir))
        if not targets:
            change.parts.append(_part(agency, None, None, takes_over=False))
    if heir is None:
        check_nobody_is_left(below, request)
        return None
    move = _new_change("move", change.effective_on, change.decision, by=None, today=change.recorded_on)
    for child in below:
        _go_on_below(session, move, child, heir, {each.id for each in living})
    return move


def _begin(session: Session, request: ChangeRequest) -> dict[str, Agency]:
    kind = request.agencies[0].kind
    begun = {}
    for body in request.bodies:
        agency = add_agency(
            session,
            code=body.code,
            kind=kind,
            name=body.name,
            name_en=body.name_en,
            valid_from=request.effective_on,
            parent=request.parent,
        )
        agency.is_demo = agency.is_demo or all(each.is_demo for each in request.agencies)
        begun[agency.code] = agency
    return begun


def _living_heir(session: Session, request: ChangeRequest) -> Agency | None:
    if request.kind != "abolish" or not request.heir_code:
        return None
    heir = find_agency(session, request.heir_code, on=request.effective_on)
    tree, _, _ = request.agencies[0].path.partition("/")
    if heir is None or heir.valid_to is not None or not heir.path.startswith(f"{tree}/"):
        raise AgencyError(
            vi=f"Không có đơn vị mã {request.heir_code} còn hoạt động từ ngày {request.effective_on:%d/%m/%Y}; "
            "hãy kiểm tra mã của đơn vị tiếp nhận.",
            en=f"No body with the code {request.heir_code} lives on from {request.effective_on:%d/%m/%Y}; "
            "check the code of who takes over.",
        )
    return heir


def bring_below(
    session: Session, child: Agency, heir: Agency, *, effective_on: date, decision: str, today: date
) -> AgencyChange:
    """Let a body that lies below one that has ended go on below its heir, with everything below itself."""
    living = _living_below(session, [child])
    for each in living:
        each.valid_to = effective_on if each.valid_from < effective_on else None
    session.flush()
    move = _new_change("move", effective_on, decision, by=None, today=today)
    _go_on_below(session, move, child, heir, {each.id for each in living})
    session.add(move)
    session.flush()
    return move


def _go_on_below(session: Session, move: AgencyChange, child: Agency, parent: Agency, living: Collection[UUID]) -> None:
    """Let what lies below an ended body go on below its heir, as a move under the same decision."""
    if child.valid_from >= move.effective_on:
        # It began under a body that no longer was: its place is corrected, and it stays what it is.
        move_agency(session, child, parent=parent)
        return
    heir = add_agency(
        session,
        code=child.code,
        kind=child.kind,
        name=child.name,
        name_en=child.name_en,
        valid_from=move.effective_on,
        parent=parent,
    )
    move.parts.append(_part(child, heir, WHOLE, takes_over=True))
    for each in session.scalars(select(Agency).where(Agency.parent_id == child.id).order_by(Agency.sort_key)).all():
        if each.id in living:
            _go_on_below(session, move, each, heir, living)


def _children(session: Session, agency: Agency, day: date) -> list[Agency]:
    alive = or_(Agency.valid_to.is_(None), Agency.valid_to > day)
    children = session.scalars(select(Agency).where(Agency.parent_id == agency.id, alive).order_by(Agency.sort_key))
    found = list(children)
    for child in found:
        if child.valid_to is not None:
            raise AgencyError(
                vi=f"“{child.name}” dưới “{agency.name}” còn thay đổi từ ngày {child.valid_to:%d/%m/%Y}; "
                "hãy huỷ thay đổi đó hoặc chọn ngày hiệu lực muộn hơn.",
                en=f"“{child.name}” below “{agency.name}” changes on {child.valid_to:%d/%m/%Y}; "
                "withdraw that, or choose a later day.",
            )
    return found


def _living_below(session: Session, children: Sequence[Agency]) -> list[Agency]:
    """List the bodies that live at or below some, however many these are, in one query."""
    if not children:
        return []
    # One condition on what all have in common: a database takes no thousand of them.
    common = commonpath([child.path for child in children])
    among = Agency.path.startswith(f"{common}/" if common else "", autoescape=True)
    ids = {str(child.id) for child in children}
    found = session.scalars(select(Agency).where(among, Agency.valid_to.is_(None)))
    return [agency for agency in found if not ids.isdisjoint(agency.path.split("/"))]


def _new_change(kind: str, effective_on: date, decision: str, *, by: UUID | None, today: date) -> AgencyChange:
    return AgencyChange(
        id=new_id(), kind=kind, effective_on=effective_on, decision=decision, recorded_on=today, recorded_by=by
    )


def _part(agency: Agency, to: Agency | None, share: float | None, *, takes_over: bool) -> AgencyChangePart:
    return AgencyChangePart(
        from_agency_id=agency.id, to_agency_id=to.id if to else None, share=share, takes_over=takes_over
    )


def _with_those_below(session: Session, change: AgencyChange) -> list[AgencyChange]:
    """Find the moves that a change brought along: of bodies right below those that end by it, or below these."""
    along, ended = [change], {part.from_agency_id for part in change.parts}
    moves = session.scalars(
        select(AgencyChange).where(
            AgencyChange.kind == "move",
            AgencyChange.id != change.id,
            AgencyChange.effective_on == change.effective_on,
            AgencyChange.decision == change.decision,
            AgencyChange.carried_out_on.is_(None),
        )
    ).all()
    along += [move for move in moves if any(part.from_agency.parent_id in ended for part in move.parts)]
    return along


def _take_back(session: Session, changes: Sequence[AgencyChange]) -> None:
    parts = [part for change in changes for part in change.parts]
    begun = {
        part.to_agency_id
        for part in parts
        if part.to_agency_id not in {None, part.from_agency_id} and part.change.kind != "abolish"
    }
    for part in parts:
        if part.to_agency_id != part.from_agency_id:
            part.from_agency.valid_to = None
    for change in changes:
        session.delete(change)
    session.flush()
    rows = session.scalars(select(Agency).where(Agency.id.in_(begun))).all()
    for agency in sorted(rows, key=lambda each: each.path.count("/"), reverse=True):
        session.execute(delete(Agency).where(Agency.id == agency.id))
        session.expunge(agency)


def _written(code: str, name: str) -> str:
    return f"{code} {name}"
