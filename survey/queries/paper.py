"""Paper forms as lists and reports need them: series, and how many were issued, returned and valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from survey.models.agencies import Agency, Service, ServicePoint, ServicePointService
from survey.models.paper import InvalidSheet, PaperSeries
from survey.models.responses import Response
from survey.queries.responses import counted


@dataclass(frozen=True, slots=True)
class PaperReturns:
    """Paper forms of a wave: printed, come back with an answer that counts or is excluded, or without any."""

    issued: int
    valid: int
    invalid: int
    excluded: int = 0

    @property
    def returned(self) -> int:
        """Return how many came back, usable or not."""
        return self.valid + self.invalid + self.excluded


def list_series(session: Session, agency: Agency, *, limit: int = 100) -> Sequence[PaperSeries]:
    """List the series printed for an agency and below it, newest first."""
    statement = (
        select(PaperSeries)
        .join(PaperSeries.agency)
        .options(
            contains_eager(PaperSeries.agency),
            joinedload(PaperSeries.wave),
            joinedload(PaperSeries.service_point),
        )
        .where(Agency.path.startswith(agency.path, autoescape=True))
        .order_by(PaperSeries.printed_on.desc(), PaperSeries.id.desc())
        .limit(limit)
    )
    return session.scalars(statement).all()


def find_series(session: Session, series_id: UUID, *, agency: Agency) -> PaperSeries | None:
    """Find a series printed for an agency or below it."""
    series = session.get(PaperSeries, series_id)
    return series if series is not None and series.agency.path.startswith(agency.path) else None


def count_returns(
    session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID], owners: Sequence[UUID]
) -> PaperReturns:
    """Count the paper forms of a wave printed for, and answers taken in by, the agencies ``owners``.

    ``agency_ids`` are all agencies that the answers may rate.
    """
    issued = session.scalar(
        select(func.sum(PaperSeries.last_number - PaperSeries.first_number + 1)).where(
            PaperSeries.wave_id == wave_id, PaperSeries.agency_id.in_(owners)
        )
    )
    valid = session.scalar(
        select(func.count())
        .select_from(Response)
        .where(
            Response.agency_id.in_(agency_ids),
            Response.wave_id == wave_id,
            Response.channel == "paper",
            Response.received_by_agency_id.in_(owners),
            counted(),
        )
    )
    invalid = session.scalar(
        select(func.count())
        .select_from(InvalidSheet)
        .where(InvalidSheet.agency_id.in_(owners), InvalidSheet.wave_id == wave_id)
    )
    return PaperReturns(issued=int(issued or 0), valid=valid or 0, invalid=invalid or 0)


def count_returns_below(session: Session, agency: Agency, *, wave_id: UUID) -> PaperReturns:
    """Count the paper forms of a wave printed for, and answers taken in by, an agency and what lies below it."""
    owners = session.scalars(select(Agency.id).where(Agency.path.startswith(agency.path, autoescape=True))).all()
    agency_ids = list_deciding_agency_ids(session, path=agency.path)
    return count_returns(session, wave_id=wave_id, agency_ids=agency_ids, owners=owners)


def list_deciding_agency_ids(session: Session, *, path: str) -> tuple[UUID, ...]:
    """List every agency that an answer taken in at or below an agency's path may rate."""
    among = Agency.path.startswith(path, autoescape=True)
    served = session.scalars(
        select(ServicePoint.serves_agency_id).join(Agency, Agency.id == ServicePoint.agency_id).where(among)
    )
    chosen = session.scalars(
        select(Service.agency_id)
        .join(ServicePointService, ServicePointService.service_id == Service.id)
        .join(ServicePoint, ServicePoint.id == ServicePointService.service_point_id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(among)
    )
    return tuple(sorted({*served, *chosen}))


def count_sheets(session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> PaperReturns:
    """Count the paper forms of some waves printed for the agencies, and the answers on paper that rate them.

    Where no sheet was printed and none came back, answers are not counted: that reads every one of them.
    """
    issued = session.scalar(
        select(func.sum(PaperSeries.last_number - PaperSeries.first_number + 1)).where(
            PaperSeries.wave_id.in_(wave_ids), PaperSeries.agency_id.in_(agency_ids)
        )
    )
    invalid = session.scalar(
        select(func.count())
        .select_from(InvalidSheet)
        .where(InvalidSheet.agency_id.in_(agency_ids), InvalidSheet.wave_id.in_(wave_ids))
    )
    if not issued and not invalid:
        return PaperReturns(issued=0, valid=0, invalid=0)
    of_waves = and_(Response.agency_id.in_(agency_ids), Response.wave_id.in_(wave_ids), Response.channel == "paper")
    valid, every = session.execute(
        select(func.sum(case((counted(), 1), else_=0)), func.count()).select_from(Response).where(of_waves)
    ).one()
    kept = int(valid or 0)
    return PaperReturns(issued=int(issued or 0), valid=kept, invalid=invalid or 0, excluded=every - kept)
