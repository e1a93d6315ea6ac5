from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from small_world import small_world
from survey.models.accounts import Grant
from survey.models.jobs import Job, ReportSchedule
from survey.services.accounts import create_official, grant_role
from survey.services.schedules import keep_schedules, request_due_reports

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def asked(session: Session) -> list[tuple[str, object]]:
    jobs = session.scalars(select(Job).order_by(Job.created_at, Job.kind))
    return [(job.kind, job.arguments.get("month") or job.arguments.get("year")) for job in jobs]


def test_reports_are_made_every_month_and_every_year_and_never_for_a_time_before(session: Session) -> None:
    world = small_world(session)
    agency = world.agencies["A"]
    official = create_official(session, email="an@tinh.vn", name="An", password=None)
    grant_role(session, official, agency=agency, role="viewer")
    keep_schedules(
        session,
        agency,
        official_id=official.id,
        every=["month", "year", "hour"],
        language="vi",
        today=date(2026, 11, 21),
    )

    request_due_reports(session, today=date(2026, 11, 30), now=NOW)
    request_due_reports(session, today=date(2026, 12, 4), now=NOW)
    assert asked(session) == []
    request_due_reports(session, today=date(2026, 12, 5), now=NOW)
    request_due_reports(session, today=date(2026, 12, 6), now=NOW)
    assert asked(session) == [("agency", "2026-11")]
    request_due_reports(session, today=date(2027, 1, 15), now=NOW)
    assert sorted(asked(session), key=str) == [("agency", "2026-11"), ("agency", "2026-12"), ("annual", 2026)]

    session.execute(delete(Grant))
    assert request_due_reports(session, today=date(2028, 3, 6), now=NOW) == []
    assert session.scalars(select(ReportSchedule)).all() == []
