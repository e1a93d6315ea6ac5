"""Exclusions: answers that must not count, each with its rule and reason; the answers themselves stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, literal, select
from sqlalchemy.orm import Session

from survey.models.agencies import Service
from survey.models.fieldwork import Wave
from survey.models.responses import Exclusion, Response
from survey.queries.responses import DayCount, counted
from survey.services.audit import Detail, record
from survey.services.errors import ServiceError
from survey.services.fold_marks import lock_mark, mark_stale
from survey.services.wave_checks import refuse_released

RULES: Final = ("test", "burst", "outside_hours", "repeated_pattern")
_FLAGS: Final = {
    "burst": Response.burst,
    "outside_hours": Response.outside_hours,
    "repeated_pattern": Response.repeated_pattern,
}


class ExclusionError(ServiceError):
    """Answers cannot be excluded as asked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers: those of a counter (None: of any), given between two days (None: no bound), both included."""

    service_point_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


def exclude_responses(
    session: Session,
    *,
    wave_id: UUID,
    agency_ids: Sequence[UUID],
    choice: Choice,
    rule: str,
    reason: str,
    by: UUID | None,
    today: date,
) -> int:
    """Exclude answers given to the agencies in a wave; return how many.  Whether ``by`` may do it is not asked here.

    The rule ``test`` takes all answers of the choice, which must be bounded; the others take those among them that
    carry the intake flag of the same name.  Figures change when the fold next moves them.

    Raises:
        ExclusionError: An unknown rule, no reason, or test answers of everybody and all time.
        WaveError: The wave's results are released as they are.

    """
    _check(choice, rule, reason)
    refuse_released(session, session.get_one(Wave, wave_id))
    conditions = _all_conditions(choice, rule)
    excluded = 0
    for agency_id in sorted(agency_ids):
        found = _find(session, agency_id, wave_id, conditions)
        if not found:
            continue
        lock_mark(session, agency_id=agency_id, wave_id=wave_id)
        # Looked for again now that nobody folds or withdraws meanwhile.
        found = _find(session, agency_id, wave_id, conditions)
        values = {"rule": rule, "reason": reason.strip(), "excluded_by": by, "excluded_on": today, "is_folded": False}
        rows = [{"agency_id": agency_id, "id": uuid4(), "response_id": key, **values} for key, _ in found]
        session.execute(insert(Exclusion), rows)
        gone = Counter(day for _, day in found)
        mark_stale(session, agency_id=agency_id, wave_id=wave_id, gone=[replace(day, count=gone[day]) for day in gone])
        excluded += len(found)
    if excluded:
        # Rule, reason and number; never which answers, or what they said.
        details: dict[str, Detail] = {"rule": rule, "reason": reason.strip(), "answers": excluded}
        agency_id = agency_ids[0] if len(agency_ids) == 1 else session.get_one(Wave, wave_id).agency_id
        record(session, "answers.excluded", subject=f"{wave_id}", agency_id=agency_id, details=details)
    return excluded


def count_excludable(
    session: Session, *, wave: Wave, agency_ids: Sequence[UUID], choice: Choice, rule: str, reason: str
) -> int:
    """Count what ``exclude_responses`` would exclude; it refuses the same."""
    _check(choice, rule, reason)
    refuse_released(session, wave)
    conditions = _all_conditions(choice, rule)
    return session.scalars(
        select(func.count()).where(
            Response.agency_id.in_(agency_ids), Response.wave_id == wave.id, counted(), *conditions
        )
    ).one()


def _all_conditions(choice: Choice, rule: str) -> list[ColumnElement[bool]]:
    return [*_conditions(choice), *([_FLAGS[rule].is_(True)] if rule in _FLAGS else [])]


def _check(choice: Choice, rule: str, reason: str) -> None:
    if rule not in RULES:
        names = ", ".join(RULES)
        raise ExclusionError(
            vi=f"Không có quy tắc loại “{rule}”; hãy dùng một trong: {names}.",
            en=f"There is no rule “{rule}”; use one of {names}.",
        )
    if not reason.strip():
        raise ExclusionError(vi="Chưa ghi lý do loại; hãy ghi vào.", en="The reason is missing; write it.")
    if rule == "test" and choice.service_point_id is None and None in {choice.first_day, choice.last_day}:
        raise ExclusionError(
            vi="Phiếu thử phải là của một quầy, hoặc trong một khoảng ngày; hãy chọn quầy hoặc cả hai ngày.",
            en="Test answers are those of a counter or between two days; choose a counter or both days.",
        )


def _conditions(choice: Choice) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if choice.service_point_id is not None:
        conditions.append(Response.service_point_id == choice.service_point_id)
    if choice.first_day is not None:
        conditions.append(Response.answered_on >= choice.first_day)
    if choice.last_day is not None:
        conditions.append(Response.answered_on <= choice.last_day)
    return conditions


def _find(
    session: Session, agency_id: UUID, wave_id: UUID, conditions: Sequence[ColumnElement[bool]]
) -> list[tuple[UUID, DayCount]]:
    rows = session.execute(
        select(
            Response.id,
            Response.answered_on,
            Response.service_point_id,
            Service.service_field_id,
            Response.language,
            literal(1),
            Response.verified,
            Response.channel,
        )
        .outerjoin(Service, Service.id == Response.service_id)
        .where(Response.agency_id == agency_id, Response.wave_id == wave_id, counted(), *conditions)
        .order_by(Response.id)
    )
    return [(row[0], DayCount(*row[1:])) for row in rows]
