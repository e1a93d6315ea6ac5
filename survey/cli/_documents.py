"""Documents reach a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.services.audit import Detail, record


def write_documents(folder: Path, documents: Mapping[str, bytes]) -> list[Path]:
    """Write every document under its name into ``folder``; return where they are, in the order given.

    They are written beside, then renamed: a name never stands for half a document, and a full disk leaves the
    documents of an earlier run as they were.

    Raises:
        RefusedError: The folder cannot be made or written; nothing of this run stays under a final name.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    except OSError as error:
        raise _refusal(folder, error) from error
    try:
        for name, content in documents.items():
            _write_durably(beside / name, content)
        return [(beside / name).replace(folder / name) for name in documents]
    except OSError as error:
        raise _refusal(folder, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def record_documents(what: str, *, agency_id: UUID | None, **details: Detail) -> None:
    """Record and commit that documents were made; what was read before is read no more."""
    session = db.session()
    session.rollback()
    # On SQLite it must hold the lock from the beginning: it reads the chain before it writes.
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    record(session, "document.downloaded", subject=what, agency_id=agency_id, details=details)
    session.commit()


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _refusal(folder: Path, error: OSError) -> RefusedError:
    reason = error.strerror or type(error).__name__
    return RefusedError(
        vi=f"Không ghi được tài liệu vào {folder} ({reason}); hãy chọn thư mục khác hoặc giải phóng chỗ rồi chạy lại.",
        en=f"The documents cannot be written to {folder} ({reason}); choose another folder or free some space, then "
        "run this again.",
    )
