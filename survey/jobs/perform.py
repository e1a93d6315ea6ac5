"""Performs one job from its row to its documents, and keeps the row true whatever happens."""

from __future__ import annotations

import errno
import logging
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.db import without_rows
from survey.findings.errors import FindingsError
from survey.jobs.work import CancelledError, Work, publish_folder, unfinished_folder_of
from survey.models.identifiers import local_today
from survey.models.jobs import Job
from survey.rendering.kept_charts import charts_kept_in
from survey.services.errors import ServiceError
from survey.services.jobs import fail_job, finish_job, report_progress, start_job

LOG: Final = logging.getLogger(__name__)
# Each step told is a commit; a job of thousands of small steps must not spend its time on them.
SECONDS_BETWEEN_STEPS: Final = 0.3
MOST_ATTEMPTS: Final = 3
_TOO_OFTEN: Final = defaultdict(
    lambda: "Việc này đã ba lần làm dừng chương trình nền nên không tự chạy lại nữa; hãy báo người vận hành.",
    en="This ended the worker three times and is not tried again by itself; tell the operator.",
)
# In the data folder: charts by what they are drawn from, shared by all documents.
CHARTS: Final = "charts"
Kinds = Mapping[str, Callable[[Work], None]]


def perform_job(engine: Engine, job_id: UUID, *, kinds: Kinds, data_dir: Path) -> None:
    """Do a job unless it is finished, cancelled or gone; whatever goes wrong ends in its row, not in an exception."""
    with _writing(engine) as session:
        if not start_job(session, job_id):
            return
        job = session.get_one(Job, job_id)
        if job.attempts > MOST_ATTEMPTS:
            # Whatever it does ends the worker itself; nobody else's work shall wait for that again and again.
            fail_job(session, job_id, message=_TOO_OFTEN[str(job.arguments.get("language", "vi"))], now=_now())
            session.commit()
            return
        kind, arguments, language = job.kind, job.arguments, str(job.arguments.get("language", "vi"))
        session.commit()
    folder = unfinished_folder_of(data_dir, job_id)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with Session(engine) as session, charts_kept_in(data_dir / CHARTS):
            work = Work(session, arguments, local_today(), _follow(engine, job_id), folder)
            kinds[kind](work)
        publish_folder(data_dir, job_id)
        with _writing(engine) as session:
            finish_job(session, job_id, files=work.files, now=_now())
            session.commit()
    except CancelledError:
        LOG.info("job %s was cancelled", job_id)
    except (FindingsError, ServiceError) as refusal:
        _give_up(engine, job_id, refusal.text(language))
    except OSError as error:
        LOG.error("job %s of kind %s failed\n%s", job_id, kind, without_rows(error))  # noqa: TRY400 -- not the rows
        _give_up(engine, job_id, _on_disk(error, language))
    except Exception as error:  # noqa: BLE001 -- the worker must outlive any job, and its official must learn of it
        LOG.error("job %s of kind %s failed\n%s", job_id, kind, without_rows(error))  # noqa: TRY400 -- not the rows
        _give_up(engine, job_id, "")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _on_disk(error: OSError, language: str) -> str:
    """Say what an operator can do about a disk that is full; anything else is in the log."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        return ""
    if language == "en":
        return "The disk is full: no document was kept. Ask the operator to free space, then try again."
    return "Ổ đĩa đã đầy nên không giữ tài liệu nào. Hãy nhờ người vận hành giải phóng chỗ trống rồi lập lại."


def _follow(engine: Engine, job_id: UUID) -> Callable[[int, int], None]:
    """Return what a job calls after each step; its own transaction, so that the page sees it at once."""
    told = 0.0

    def step(done: int, total: int) -> None:
        nonlocal told
        if done < total and time.monotonic() - told < SECONDS_BETWEEN_STEPS:
            return
        told = time.monotonic()
        with _writing(engine) as session:
            goes_on = report_progress(session, job_id, done=done, total=total)
            session.commit()
        if not goes_on:
            raise CancelledError

    return step


def _give_up(engine: Engine, job_id: UUID, message: str) -> None:
    with _writing(engine) as session:
        fail_job(session, job_id, message=message, now=_now())
        session.commit()


def _writing(engine: Engine) -> Session:
    return Session(engine.execution_options(sqlite_begin="IMMEDIATE"))


def _now() -> datetime:
    return datetime.now(tz=UTC)
