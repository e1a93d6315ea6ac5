"""The queue between pages and worker: a file beside the embedded database, or tables in PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from huey import Huey, PostgresHuey, SqliteHuey
from huey.serializer import SignedSerializer

from survey.db import without_rows

LOG: Final = logging.getLogger(__name__)
QUEUE_NAME: Final = "hailong"
TASK_NAME: Final = "perform"
QUEUE_FILE: Final = "jobs.sqlite3"


def open_queue(*, database_url: str, data_dir: Path, key: str) -> Huey:
    """Open the queue of an installation: ``database_url`` as SQLAlchemy writes it, SQLite or PostgreSQL.

    What lies in it is signed, since the library reads it back as Python objects.
    """
    settings: dict[str, Any] = {"name": QUEUE_NAME, "results": False, "serializer": SignedSerializer(secret=key)}
    if database_url.startswith("sqlite"):
        return SqliteHuey(filename=str(data_dir / QUEUE_FILE), fsync=True, **settings)
    return PostgresHuey(dsn=database_url.replace("postgresql+psycopg://", "postgresql://", 1), **settings)


def register_task(huey: Huey, perform: Callable[[str], None]) -> Callable[[str], object]:
    """Return what puts the id of a job into the queue; where a worker reads it, ``perform`` is called with it."""

    def task(job_id: str) -> None:
        perform(job_id)

    put: Callable[[str], object] = huey.task(name=TASK_NAME)(task)
    return put


class JobQueue:
    """Puts jobs into the queue; opened when first needed, so that every server process has its own."""

    def __init__(self, *, database_url: str, data_dir: Path, key: str) -> None:
        self._settings: dict[str, Any] = {"database_url": database_url, "data_dir": data_dir, "key": key}
        self._put: Callable[[str], object] | None = None

    def put(self, job_id: UUID) -> bool:
        """Wake the worker for a job whose row is committed; False where the queue is down.

        Nothing is lost then: the worker looks every minute for rows that wait.
        """
        try:
            if self._put is None:
                self._put = register_task(open_queue(**self._settings), _is_done_by_worker)
            self._put(str(job_id))
        except Exception as error:  # noqa: BLE001 -- whatever the queue's database says, the row is there
            self._put = None
            LOG.warning("the queue is down, job %s waits for the worker to look: %s", job_id, without_rows(error))
            return False
        return True


def _is_done_by_worker(job_id: str) -> None:
    """Stand in for the task, which only the worker performs."""
