"""What happens every night: bodies change, closed days are folded, alerts raised, and what is due is erased."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import empty_write_ahead_log, without_rows
from survey.jobs.work import CancelledError, Work, sweep_documents
from survey.models.identifiers import LOCAL_TIME
from survey.models.jobs import Job
from survey.services.agency_changes import carry_out_due
from survey.services.errors import ServiceError
from survey.services.fold import fold, last_day_to_fold
from survey.services.intake_alerts import find_alerts, raise_alerts
from survey.services.jobs import request_job
from survey.services.releases import request_missing_bundles
from survey.services.retention import Keep, erase_due
from survey.services.schedules import request_due_reports

LOG: Final = logging.getLogger(__name__)
NIGHTLY: Final = "nightly"


class NightError(ServiceError):
    """Some steps of a night went wrong; the others were done."""


def request_nightly(session: Session, *, now: datetime, fold_hour: int) -> Job | None:
    """Ask for last night's work unless it was asked for already; a server that was off catches up when it starts."""
    night = (now.astimezone(LOCAL_TIME) - timedelta(hours=fold_hour)).date()
    for arguments in session.scalars(select(Job.arguments).where(Job.kind == NIGHTLY)):
        if arguments.get("night") == night.isoformat():
            return None
    return request_job(session, kind=NIGHTLY, arguments={"night": night.isoformat()}, now=now)


def carry_out_changes(work: Work) -> None:
    """Let counters, roles and names follow the changes of bodies whose day has come."""
    work.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    carry_out_due(work.session, today=work.today)


def fold_closed_days(work: Work) -> None:
    """Fold every day whose time to withdraw has passed, an agency at a time."""
    fold(work.session, until=last_day_to_fold(work.today), commit=work.session.commit, progress=work.step)


def alert_about_intake(work: Work) -> None:
    """Tell who stands above it about a counter at which much looked like one hand."""
    found = find_alerts(work.session, today=work.today)
    # To look takes long where there are many answers; no citizen must wait for it.
    work.session.commit()
    work.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    raise_alerts(work.session, found)


def request_scheduled(work: Work) -> None:
    """Ask for the monthly and yearly reports that are due, and again for bundles that are missing."""
    work.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    now = datetime.now(tz=UTC)
    request_due_reports(work.session, today=work.today, now=now)
    request_missing_bundles(work.session)


def erase_what_is_due(keep: Keep) -> Callable[[Work], None]:
    """Return the step that erases what is kept no longer; ``keep`` says how long that is."""

    def erase(work: Work) -> None:
        # It reads before it writes: on SQLite it must hold the lock from the beginning.
        work.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        erase_due(work.session, keep=keep, today=work.today, now=datetime.now(tz=UTC))

    return erase


def sweep_old_documents(data_dir: Path) -> Callable[[Work], None]:
    """Return the step that removes the documents of jobs which are kept no longer."""

    def sweep(work: Work) -> None:
        sweep_documents(data_dir, keep=set(work.session.scalars(select(Job.id))))

    return sweep


def forget_what_was_erased(work: Work) -> None:
    """Leave nothing readable of what this night, withdrawals and used codes erased."""
    work.session.commit()
    empty_write_ahead_log(work.session.get_bind().engine)


def nightly_job(*steps: Callable[[Work], None]) -> Callable[[Work], None]:
    """Make the job of a night from its steps, one after the other, each in transactions of its own.

    One that fails keeps no other from being done; the night ends as failed all the same, so that it is noticed.
    """

    def nightly(work: Work) -> None:
        failed = [_name_of(step) for step in steps if not _is_done(step, work)]
        if failed:
            names = ", ".join(failed)
            raise NightError(
                vi=f"Các bước ban đêm bị lỗi: {names}; các bước khác đã xong. Hãy xem nhật ký của chương trình nền.",
                en=f"Steps of the night failed: {names}; the others are done. Look into the log of the worker.",
            )

    return nightly


def _is_done(step: Callable[[Work], None], night: Work) -> bool:
    """Do a step and return whether it went well; what went wrong is logged without any row."""
    try:
        step(night)
        night.session.commit()
    except CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 -- the other steps must be done whatever befell this one
        night.session.rollback()
        LOG.error("the night's step %s failed\n%s", _name_of(step), without_rows(error))  # noqa: TRY400 -- not the rows
        return False
    return True


def _name_of(step: Callable[[Work], None]) -> str:
    # A step that was made for its settings goes by the name of what made it.
    return str(getattr(step, "__qualname__", step)).partition(".")[0]
