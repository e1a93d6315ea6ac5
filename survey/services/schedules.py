"""Reports made again and again: of an agency every month, its summary of the year every year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.jobs import Job, ReportSchedule
from survey.queries.scope import get_scope
from survey.queries.waves import list_waves, list_waves_of_year
from survey.services.audit import record
from survey.services.jobs import request_job

EVERY: Final = ("month", "year")
# By then the last day of the month is folded; and a year's summary is not asked for before its waves are closed.
DAY_OF_MONTH: Final = 5
FIRST_OF_YEAR: Final = (1, 15)


def list_schedules(session: Session, *, official_id: UUID, agency_id: UUID | None = None) -> Sequence[ReportSchedule]:
    """List the reports an official has made regularly, of one agency or of all."""
    statement = select(ReportSchedule).where(ReportSchedule.official_id == official_id)
    if agency_id is not None:
        statement = statement.where(ReportSchedule.agency_id == agency_id)
    return session.scalars(statement.order_by(ReportSchedule.agency_id, ReportSchedule.every)).all()


def keep_schedules(
    session: Session, agency: Agency, *, official_id: UUID, every: Collection[str], language: str, today: date
) -> None:
    """Have an agency's reports made for an official as often as ``every`` says, and no others; from now on."""
    known = {row.every: row for row in list_schedules(session, official_id=official_id, agency_id=agency.id)}
    wanted = set(every) & set(EVERY)
    for name in wanted - set(known):
        session.add(
            ReportSchedule(
                agency_id=agency.id,
                official_id=official_id,
                every=name,
                language=language,
                created_on=today,
                last_period=_newest_period(name, today),
            )
        )
    for name in set(known) - wanted:
        session.delete(known[name])
    for name in wanted & set(known):
        known[name].language = language
    if wanted != set(known):
        record(session, "schedule.set", subject=agency.code, agency_id=agency.id, details={"every": sorted(wanted)})
    session.flush()


def request_due_reports(session: Session, *, today: date, now: datetime) -> list[Job]:
    """Ask for every report whose period is over; who may not read the agency any more gets none and loses the order."""
    asked = []
    for schedule in session.scalars(select(ReportSchedule).order_by(ReportSchedule.id)).all():
        period = _newest_period(schedule.every, today)
        if period <= schedule.last_period:
            continue
        agency = session.get_one(Agency, schedule.agency_id)
        if not get_scope(session, official_id=schedule.official_id).reads(agency.path):
            session.delete(schedule)
            continue
        schedule.last_period = period
        job = _request(session, schedule, agency, period, now)
        asked += [job] if job else []
    session.flush()
    return asked


def _request(session: Session, schedule: ReportSchedule, agency: Agency, period: str, now: datetime) -> Job | None:
    arguments: dict[str, str | int | None]
    if schedule.every == "year":
        waves = list_waves_of_year(session, agency_ids=_line(session, agency), year=int(period))
        arguments = {"root_id": f"{agency.id}", "year": int(period), "language": schedule.language, "form": None}
        kind = "annual"
    else:
        waves = list_waves(session, agency_id=agency.id)
        arguments = {"agency_id": f"{agency.id}", "month": period, "language": schedule.language}
        arguments |= {"wave_id": f"{waves[0].id}"} if waves else {}
        kind = "agency"
    if not waves:
        # Nothing was asked in that time; the next period is looked at when it is over.
        return None
    official = schedule.official_id
    record(session, "job.requested", subject=f"{kind} {period}", agency_id=agency.id)
    return request_job(session, kind=kind, arguments=arguments, official_id=official, agency_id=agency.id, now=now)


def _line(session: Session, agency: Agency) -> list[UUID]:
    """Return an agency with all above and below it: whose waves reach it, or are run within it."""
    below = session.scalars(select(Agency.id).where(Agency.path.startswith(agency.path, autoescape=True)))
    return [*(UUID(part) for part in agency.path.split("/") if part), *below]


def _newest_period(every: str, today: date) -> str:
    """Return the last month or year whose report is due."""
    if every == "year":
        return f"{today.year - 1 if (today.month, today.day) >= FIRST_OF_YEAR else today.year - 2}"
    first = today.replace(day=1)
    ended = first - timedelta(days=1)
    if today.day < DAY_OF_MONTH:
        ended = ended.replace(day=1) - timedelta(days=1)
    return f"{ended:%Y-%m}"
