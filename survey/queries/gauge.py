"""What the gauge of a wave reads: bare counts, N, the meters of the counters.  No rating, and no answer one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint
from survey.models.responses import IntakeMeter
from survey.models.tallies import BreakdownMomentTally, MomentTally
from survey.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class KnownSize:
    """N of an agency in one month of a wave, all fields together, and the day on which it was set, if that is known."""

    agency_id: UUID
    month: str
    transactions: int
    set_on: date | None


@dataclass(frozen=True, slots=True)
class CounterIntake:
    """A counter that hands out a wave's forms, and the last day on which an answer came in there.

    ``last_day`` looks no further back than the wave began or the meters are kept.
    """

    id: UUID
    name: str
    name_en: str | None
    sort_key: str
    agency_id: UUID
    agency_name: str
    agency_name_en: str | None
    agency_sort_key: str
    last_day: date | None


def list_known_sizes(session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]) -> list[KnownSize]:
    """List N by agency and month, as far as it is known for all fields together."""
    rows = session.execute(
        select(
            PopulationSize.agency_id, PopulationSize.month, PopulationSize.transactions, PopulationSize.set_on
        ).where(
            PopulationSize.wave_id == wave_id,
            PopulationSize.agency_id.in_(agency_ids),
            PopulationSize.service_field_id.is_(None),
        )
    )
    return [KnownSize(*row) for row in rows]


def count_counters_serving(session: Session, *, wave_id: UUID) -> dict[UUID, int]:
    """Count the counters that hand out a wave's forms, or will or did, by the agency that they serve."""
    rows = session.execute(
        select(ServicePoint.serves_agency_id, func.count())
        .join(WaveServicePoint, WaveServicePoint.service_point_id == ServicePoint.id)
        .where(WaveServicePoint.wave_id == wave_id)
        .group_by(ServicePoint.serves_agency_id)
    )
    return {agency_id: count for agency_id, count in rows}  # noqa: C416  rows are not pairs to mypy


def count_folded_by_month(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]
) -> dict[tuple[UUID, str], int]:
    """Count the folded answers by agency and month."""
    rows = session.execute(
        select(MomentTally.agency_id, MomentTally.month, func.sum(MomentTally.n))
        .where(MomentTally.agency_id.in_(agency_ids), MomentTally.wave_id == wave_id)
        .group_by(MomentTally.agency_id, MomentTally.month)
    )
    return {(agency_id, month): int(count) for agency_id, month, count in rows}


def sum_metered(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID], first_day: date, last_day: date
) -> dict[UUID, int]:
    """Sum what the meters counted between two days, both included, at the wave's counters, by the agency served.

    A meter has at most one row in ten minutes: the cost depends on counters and days, never on answers.  What a counter
    took in before it was handed over lies with the body that it belonged to, and counts for its pace.
    """
    serving = (
        select(ServicePoint.id, ServicePoint.agency_id, ServicePoint.serves_agency_id)
        .join(WaveServicePoint, WaveServicePoint.service_point_id == ServicePoint.id)
        .where(WaveServicePoint.wave_id == wave_id, ServicePoint.serves_agency_id.in_(agency_ids))
        .subquery()
    )
    before = _forebears().subquery()
    summed = (
        select(serving.c.serves_agency_id, func.sum(IntakeMeter.count))
        .where(IntakeMeter.service_point_id == serving.c.id, IntakeMeter.day.between(first_day, last_day))
        .group_by(serving.c.serves_agency_id)
    )
    own = summed.where(IntakeMeter.agency_id == serving.c.agency_id)
    handed_over = summed.where(
        before.c.to_agency_id == serving.c.agency_id, IntakeMeter.agency_id == before.c.from_agency_id
    )
    total: Counter[UUID] = Counter()
    for agency_id, count in [*session.execute(own), *session.execute(handed_over)]:
        total[agency_id] += int(count)
    return dict(total)


def _forebears() -> Select[UUID, UUID | None]:
    """Select the pairs of bodies of which one took over from the other, in the last step."""
    return (
        select(AgencyChangePart.from_agency_id, AgencyChangePart.to_agency_id)
        .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
        .where(
            AgencyChangePart.takes_over,
            AgencyChangePart.from_agency_id != AgencyChangePart.to_agency_id,
            AgencyChange.carried_out_on.is_not(None),
        )
        .distinct()
    )


def list_counter_intake(session: Session, scope: Scope, wave: Wave) -> list[CounterIntake]:
    """List the counters of a scope that hand out a wave's forms now, with the last day on which an answer came in.

    Two looks into the index of the meters a counter, whatever came in: its own rows, and its former owner's.
    """
    seen = select(func.max(IntakeMeter.day)).where(
        IntakeMeter.service_point_id == ServicePoint.id, IntakeMeter.day >= wave.opens_on
    )
    before = _forebears().subquery()
    last_day = seen.where(IntakeMeter.agency_id == ServicePoint.agency_id).correlate(ServicePoint).scalar_subquery()
    day_before = (
        seen.where(before.c.to_agency_id == ServicePoint.agency_id, IntakeMeter.agency_id == before.c.from_agency_id)
        .correlate(ServicePoint)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            ServicePoint.id,
            ServicePoint.name,
            ServicePoint.name_en,
            ServicePoint.sort_key,
            Agency.id,
            Agency.name,
            Agency.name_en,
            Agency.sort_key,
            last_day,
            day_before,
        )
        .join(WaveServicePoint, WaveServicePoint.service_point_id == ServicePoint.id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(WaveServicePoint.wave_id == wave.id, WaveServicePoint.is_open, scope.agencies())
        .order_by(Agency.sort_key, ServicePoint.sort_key, ServicePoint.id)
    )
    return [CounterIntake(*row[:8], max((day for day in row[8:] if day), default=None)) for row in rows]


def count_folded_by_field(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]
) -> dict[tuple[UUID, str, str], int]:
    """Count the folded answers by agency, month and field of service (its id as text)."""
    rows = session.execute(
        select(
            BreakdownMomentTally.agency_id,
            BreakdownMomentTally.month,
            BreakdownMomentTally.member,
            func.sum(BreakdownMomentTally.n),
        )
        .where(
            BreakdownMomentTally.agency_id.in_(agency_ids),
            BreakdownMomentTally.wave_id == wave_id,
            BreakdownMomentTally.dimension == "field",
        )
        .group_by(BreakdownMomentTally.agency_id, BreakdownMomentTally.month, BreakdownMomentTally.member)
    )
    return {(agency_id, month, member): int(count) for agency_id, month, member, count in rows}
