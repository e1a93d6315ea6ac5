"""Jobs: asked for, started, followed, finished or given up.  The row is the truth; the queue only wakes the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from survey.models.jobs import Job

UNFINISHED: Final = ("waiting", "running")
_MOST_LOOKED_AT: Final = 50


def request_job(
    session: Session,
    *,
    kind: str,
    arguments: Mapping[str, Any],
    now: datetime,
    official_id: UUID | None = None,
    agency_id: UUID | None = None,
) -> Job:
    """Ask for a piece of work; the same that is already waiting or running for the same official is given instead."""
    same = select(Job).where(
        Job.kind == kind, Job.state.in_(UNFINISHED), Job.official_id.is_not_distinct_from(official_id)
    )
    for job in session.scalars(same):
        if job.arguments == dict(arguments):
            return job
    job = Job(
        kind=kind,
        arguments=dict(arguments),
        state="waiting",
        official_id=official_id,
        agency_id=agency_id,
        created_at=now,
    )
    session.add(job)
    session.flush()
    return job


def start_job(session: Session, job_id: UUID) -> bool:
    """Mark a job as running, also one that died while it ran; False where it is finished, cancelled or gone."""
    return _change(session, job_id, state="running", done=0, message="", attempts=Job.attempts + 1)


def report_progress(session: Session, job_id: UUID, *, done: int, total: int) -> bool:
    """Keep how far a job is; False where somebody cancelled it meanwhile."""
    return _change(session, job_id, done=done, total=max(total, 1))


def finish_job(session: Session, job_id: UUID, *, files: Mapping[str, str], now: datetime) -> bool:
    """Mark a job as done, with its files by format; False where somebody cancelled it meanwhile."""
    return _change(session, job_id, state="done", done=Job.total, files=dict(files), finished_at=now)


def fail_job(session: Session, job_id: UUID, *, message: str, now: datetime) -> bool:
    """Give up a job; ``message`` is what the official reads."""
    return _change(session, job_id, state="failed", message=message, finished_at=now)


def cancel_job(session: Session, job_id: UUID, *, now: datetime) -> bool:
    """Stop a job that is not finished; the worker notices at its next step."""
    return _change(session, job_id, state="cancelled", finished_at=now)


def retry_job(session: Session, job: Job) -> bool:
    """Put a job that failed or was cancelled into the queue again; False where it is neither."""
    statement = update(Job).where(Job.id == job.id, Job.state.in_(("failed", "cancelled")))
    values = {"state": "waiting", "done": 0, "attempts": 0, "message": "", "files": None, "finished_at": None}
    told = {"seen_at": None, "mailed_at": None}
    return cast("CursorResult[Any]", session.execute(statement.values(**values, **told))).rowcount == 1


def count_unseen_jobs(session: Session, *, official_id: UUID) -> int:
    """Count the jobs of an official that ended, well or not, and that he has not looked at since."""
    unseen = select(func.count()).where(
        Job.official_id == official_id, Job.state.in_(("done", "failed")), Job.seen_at.is_(None)
    )
    return session.execute(unseen).scalar_one()


def mark_seen(job: Job, *, now: datetime) -> bool:
    """Note that an official saw how his job ended; False where he had before, or it has not."""
    if job.seen_at is not None or job.state in UNFINISHED:
        return False
    job.seen_at = now
    return True


def list_waiting_jobs(session: Session, *, since: datetime) -> Sequence[UUID]:
    """List the jobs that have waited since a moment or longer: nobody told the worker of them."""
    waiting = select(Job.id).where(Job.state == "waiting", Job.created_at <= since)
    return session.scalars(waiting.order_by(Job.created_at)).all()


def list_unfinished_jobs(session: Session) -> Sequence[UUID]:
    """List the jobs that wait, or that ran when their worker died, oldest first."""
    return session.scalars(select(Job.id).where(Job.state.in_(UNFINISHED)).order_by(Job.created_at)).all()


def list_jobs_of(session: Session, *, official_id: UUID, limit: int = 50) -> Sequence[Job]:
    """List what an official asked for, newest first."""
    statement = select(Job).where(Job.official_id == official_id).order_by(Job.created_at.desc(), Job.id).limit(limit)
    return session.scalars(statement).all()


def find_newest_job(session: Session, *, kind: str, arguments: Mapping[str, Any]) -> Job | None:
    """Find the newest job of a kind that was asked for with these arguments, whoever asked."""
    of_kind = select(Job).where(Job.kind == kind).order_by(Job.created_at.desc(), Job.id.desc()).limit(_MOST_LOOKED_AT)
    return next((job for job in session.scalars(of_kind) if job.arguments == dict(arguments)), None)


def find_release_job(session: Session, release_id: UUID) -> Job | None:
    """Find the newest job that freezes and bundles a release."""
    of_releases = select(Job).where(Job.kind == "release").order_by(Job.created_at.desc(), Job.id.desc())
    wanted = str(release_id)
    return next((job for job in session.scalars(of_releases) if job.arguments.get("release_id") == wanted), None)


def _change(session: Session, job_id: UUID, **values: object) -> bool:
    statement = update(Job).where(Job.id == job_id, Job.state.in_(UNFINISHED)).values(**values)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1
