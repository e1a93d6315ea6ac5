"""The worker: a process beside the server that does jobs one after the other, and folds every night.

Started by ``hailong.py run``; under a service manager: ``python -m survey.jobs.worker``.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from huey import Huey
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from survey import db, models
from survey.db import HIDDEN
from survey.jobs.agency import AGENCY, make_agency_documents
from survey.jobs.annual import make_annual_documents
from survey.jobs.comparison import make_comparison
from survey.jobs.index import make_index_documents
from survey.jobs.mail import tell_of_end
from survey.jobs.nightly import (
    NIGHTLY,
    alert_about_intake,
    carry_out_changes,
    erase_what_is_due,
    fold_closed_days,
    forget_what_was_erased,
    nightly_job,
    request_nightly,
    request_scheduled,
    sweep_old_documents,
)
from survey.jobs.perform import Kinds, perform_job
from survey.jobs.posters import POSTERS, poster_job
from survey.jobs.queue import open_queue, register_task
from survey.jobs.releases import release_job
from survey.jobs.reorganise import REORGANISE, reorganise_job
from survey.jobs.slips import SLIPS, slip_job
from survey.jobs.summaries import SUMMARY, summary_job
from survey.jobs.wave_report import make_wave_report
from survey.models.identifiers import LOCAL_TIME
from survey.services.jobs import list_unfinished_jobs, list_waiting_jobs
from survey.services.releases import RELEASE, request_missing_bundles
from survey.services.slip_keys import SlipKeys

__all__ = ["db", "main", "models"]

LOG: Final = logging.getLogger(__name__)
# So long a job may wait before the worker looks for it itself.
PATIENCE: Final = timedelta(minutes=1)
SECONDS_BETWEEN_LOOKS: Final = 2.0
LONGEST_WAIT_SECONDS: Final = 2.0


class Settings(Protocol):
    """What the worker is told; the settings of the installation have it all."""

    data_dir: Path
    fold_hour: int
    public_url: str
    smtp_url: str

    @property
    def sqlalchemy_url(self) -> str:
        """Return the address of the database."""

    def signing_key(self) -> str:
        """Return the key of all signatures."""


def run_worker(settings: Settings, *, kinds: Kinds) -> None:
    """Take up what an earlier worker left, then work until SIGTERM or SIGINT; a job under way is taken up again."""
    engine = create_engine(settings.sqlalchemy_url, **HIDDEN)
    huey = open_queue(database_url=settings.sqlalchemy_url, data_dir=settings.data_dir, key=settings.signing_key())
    put = _register(huey, engine, kinds=kinds, settings=settings)
    # The rows say what is to be done; messages left over would only repeat them.
    huey.storage.flush_queue()
    with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
        request_nightly(session, now=datetime.now(tz=UTC), fold_hour=settings.fold_hour)
        request_missing_bundles(session)
        session.commit()
        unfinished = list_unfinished_jobs(session)
    for job_id in unfinished:
        put(str(job_id))
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    consumer = huey.create_consumer(workers=1, periodic=True, max_delay=LONGEST_WAIT_SECONDS, check_worker_health=True)
    LOG.info("worker ready, %d job(s) to take up", len(unfinished))
    consumer.run()
    engine.dispose()


def _register(huey: Huey, engine: Engine, *, kinds: Kinds, settings: Settings) -> Callable[[str], object]:
    def perform(job_id: str) -> None:
        perform_job(engine, UUID(job_id), kinds=kinds, data_dir=settings.data_dir)
        tell_of_end(engine, UUID(job_id), smtp_url=settings.smtp_url, public_url=settings.public_url)

    def is_time(moment: datetime) -> bool:
        local = moment.replace(tzinfo=UTC).astimezone(LOCAL_TIME)
        return (local.hour, local.minute) == (settings.fold_hour, 0)

    def every_night() -> None:
        with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
            job = request_nightly(session, now=datetime.now(tz=UTC), fold_hour=settings.fold_hour)
            session.commit()
            if job is not None:
                put(str(job.id))

    def look_for_waiting() -> None:
        with Session(engine) as session:
            waiting = list_waiting_jobs(session, since=datetime.now(tz=UTC) - PATIENCE)
        for job_id in waiting:
            put(str(job_id))

    put = register_task(huey, perform)
    huey.periodic_task(lambda _moment: True, name="look_for_waiting")(look_for_waiting)
    huey.periodic_task(is_time, name="every_night")(every_night)
    return put


def _end_with_parent(parent: int) -> None:
    """End when whoever started us is gone without having said so: an orphan would work beside its successor."""
    waiting = threading.Event()
    while os.getppid() == parent:
        waiting.wait(SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the worker on the settings of the environment."""
    from config import Config  # noqa: PLC0415 -- an entry point like wsgi.py; nothing else below the factory knows it

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    config: Any = Config()
    kinds = {
        "annual": make_annual_documents,
        AGENCY: make_agency_documents,
        "comparison": make_comparison,
        "index": make_index_documents,
        "wave_report": make_wave_report,
        POSTERS: poster_job(public_url=config.public_url, data_dir=config.data_dir),
        RELEASE: release_job(data_dir=config.data_dir, public_url=config.public_url),
        REORGANISE: reorganise_job,
        SUMMARY: summary_job(config.data_dir),
        SLIPS: slip_job(keys=SlipKeys(config.signing_key()), public_url=config.public_url),
        NIGHTLY: nightly_job(
            carry_out_changes,
            fold_closed_days,
            alert_about_intake,
            request_scheduled,
            erase_what_is_due(config),
            sweep_old_documents(config.data_dir),
            forget_what_was_erased,
        ),
    }
    run_worker(config, kinds=kinds)


if __name__ == "__main__":
    main()
