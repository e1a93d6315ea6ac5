"""What came in at the counters with which flags, and the alerts raised about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.responses import IntakeAlert, Response
from survey.models.wave_days import DAYS_FOR_LATE_ANSWERS, days_after
from survey.queries.responses import counted
from survey.queries.scope import Scope

MOST_LISTED: Final = 200
# Forms handed out before a wave was closed come in for a while.


@dataclass(frozen=True, slots=True)
class DayAtCounter:
    """The answers that came in at a counter on a day and count, and how many of them carry each flag."""

    agency_id: UUID
    service_point_id: UUID
    day: date
    answers: int
    burst: int
    outside_hours: int
    repeated_pattern: int


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert with the agency that owns the counter, and the counter."""

    alert: IntakeAlert
    agency: Agency
    counter: ServicePoint


def count_flags(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID], first_day: date, last_day: date
) -> list[DayAtCounter]:
    """Count the answers of a wave to the agencies by counter and day, both days included."""
    flags = (Response.burst, Response.outside_hours, Response.repeated_pattern)
    where_from = (Response.received_by_agency_id, Response.service_point_id, Response.answered_on)
    statement = (
        select(*where_from, func.count(), *(func.sum(case((flag, 1), else_=0)) for flag in flags))
        .where(
            Response.agency_id.in_(agency_ids),
            Response.wave_id == wave_id,
            Response.answered_on.between(first_day, last_day),
            Response.service_point_id.is_not(None),
            counted(),
        )
        .group_by(*where_from)
    )
    return [DayAtCounter(*row) for row in session.execute(statement)]


def list_alerts(session: Session, scope: Scope, *, wave: Wave | None = None) -> list[AlertLine]:
    """List the alerts about counters that the official stands above, newest first, 200 at most.

    With ``wave`` only those about its counters between its first and its last day.
    """
    statement = (
        select(IntakeAlert, Agency, ServicePoint)
        .join(Agency, Agency.id == IntakeAlert.agency_id)
        .join(ServicePoint, ServicePoint.id == IntakeAlert.service_point_id)
        .where(scope.agencies_from_above(), *_of(wave))
        .order_by(IntakeAlert.day.desc(), Agency.sort_key, ServicePoint.sort_key, ServicePoint.id)
        .limit(MOST_LISTED)
    )
    return [AlertLine(*row) for row in session.execute(statement)]


def count_alerts(session: Session, scope: Scope, *, wave: Wave) -> int:
    """Count the alerts about a wave's counters between its first and its last day that the official may see."""
    statement = (
        select(func.count())
        .select_from(IntakeAlert)
        .join(Agency, Agency.id == IntakeAlert.agency_id)
        .where(scope.agencies_from_above(), *_of(wave))
    )
    return session.scalars(statement).one()


def _of(wave: Wave | None) -> list[ColumnElement[bool]]:
    if wave is None:
        return []
    counters = select(WaveServicePoint.service_point_id).where(WaveServicePoint.wave_id == wave.id)
    last_day = days_after(max(wave.closed_on or wave.closes_on, wave.closes_on), DAYS_FOR_LATE_ANSWERS)
    return [IntakeAlert.service_point_id.in_(counters), IntakeAlert.day.between(wave.opens_on, last_day)]
