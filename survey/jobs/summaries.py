"""Summaries of thousands of agencies are worked out by the worker and kept, so that no page waits for one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.annual import annual_findings
from survey.findings.frozen import frozen_json, thaw
from survey.findings.values import AnnualFindings
from survey.findings.wave import wave_findings
from survey.jobs.work import Work
from survey.queries.summary_basis import checksum_behind

SUMMARY: Final = "summary"
# In the data folder; each file is named after all that its summary is made from.
FOLDER: Final = "summaries"
MOST_KEPT: Final = 12


def order_of(session: Session, wanted: Mapping[str, Any], *, path: str, today: date) -> dict[str, Any]:
    """Return the arguments of the job that makes a summary as it would be now; the same ones name the same summary.

    ``wanted`` holds ``root_id`` and what ``annual_findings`` or ``wave_findings`` asks for.
    """
    return {**wanted, "day": str(today), "basis": checksum_behind(session, path=path)}


def read_summary(data_dir: Path, order: Mapping[str, Any]) -> AnnualFindings | None:
    """Return the summary that was ordered, None where it was not made yet."""
    try:
        content = _path(data_dir, order).read_bytes()
    except FileNotFoundError:
        return None
    return thaw(AnnualFindings, content)


def summary_job(data_dir: Path) -> Callable[[Work], None]:
    """Return the job that makes the summary of a year or of a wave and keeps it."""

    def make(work: Work) -> None:
        _keep(_path(data_dir, work.arguments), frozen_json(_made(work.session, work.arguments)))

    return make


def _made(session: Session, order: Mapping[str, Any]) -> AnnualFindings:
    root, today = UUID(order["root_id"]), date.fromisoformat(order["day"])
    if "wave_id" in order:
        return wave_findings(session, wave_id=UUID(order["wave_id"]), root_id=root, today=today)
    return annual_findings(
        session,
        root_id=root,
        year=int(order["year"]),
        today=today,
        include_open=bool(order["include_open"]),
        form=order["form"],
    )


def _path(data_dir: Path, order: Mapping[str, Any]) -> Path:
    told = json.dumps(dict(order), sort_keys=True)
    return data_dir / FOLDER / f"{hashlib.sha256(told.encode()).hexdigest()}.json"


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    kept = sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-MOST_KEPT]:
        with suppress(OSError):
            old.unlink()
