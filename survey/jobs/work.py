"""What a job is given, and how its documents come into being: never half a file under a final name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

DOCUMENTS: Final = "documents"
_UNFIT: Final = re.compile(r"[^\w.-]+")
UNFINISHED_SUFFIX: Final = ".part"


class CancelledError(Exception):
    """Somebody cancelled the job while it ran."""


@dataclass(frozen=True, slots=True)
class Work:
    """One job under way.  ``step`` tells how far it is and raises ``CancelledError``; ``today`` is the local day."""

    session: Session
    arguments: dict[str, Any]
    today: date
    step: Callable[[int, int], None]
    folder: Path
    files: dict[str, str] = field(default_factory=dict)

    def write(self, label: str, name: str, content: bytes) -> None:
        """Write one document; ``label`` is what the page calls it, signs that no file name holds become dashes."""
        name = _UNFIT.sub("-", name)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)
        self.files[label] = name


def folder_of(data_dir: Path, job_id: UUID) -> Path:
    """Return the folder in which a finished job's documents lie."""
    return data_dir / DOCUMENTS / str(job_id)


def unfinished_folder_of(data_dir: Path, job_id: UUID) -> Path:
    """Return the folder in which a job writes before it is done."""
    final = folder_of(data_dir, job_id)
    return final.with_name(final.name + UNFINISHED_SUFFIX)


def publish_folder(data_dir: Path, job_id: UUID) -> None:
    """Give the documents their final place, all at once."""
    unfinished, final = unfinished_folder_of(data_dir, job_id), folder_of(data_dir, job_id)
    if unfinished.exists():
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)


def sweep_documents(data_dir: Path, *, keep: set[UUID]) -> int:
    """Remove the documents of jobs that are no longer known; return how many folders went."""
    folders = [folder for folder in (data_dir / DOCUMENTS).glob("*") if folder.is_dir()]
    kept = {str(job_id) for job_id in keep}
    gone = [folder for folder in folders if folder.name.removesuffix(UNFINISHED_SUFFIX) not in kept]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)
