"""The audit as a file: CSV for people, JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

from survey.rendering.plain_text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Entry(Protocol):
    """An entry with the names that belong to its ids; ``at`` without a zone is UTC."""

    @property
    def position(self) -> int: ...  # noqa: D102 -- the names of the file's columns
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def verb(self) -> str: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def agency_code(self) -> str: ...  # noqa: D102
    @property
    def details(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def hash(self) -> str: ...  # noqa: D102


ZONE: Final = "Asia/Ho_Chi_Minh"
COLUMNS: Final = ("position", "at", "actor", "verb", "subject", "agency_code", "details", "hash")


def audit_csv(entries: Iterable[Entry]) -> bytes:
    """Write entries as UTF-8 with a byte-order mark, an entry a line; the heading of the time names its zone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([f"at ({ZONE})" if name == "at" else name for name in COLUMNS])
    for entry in entries:
        row = _row(entry)
        details = json.dumps(row["details"], ensure_ascii=False, sort_keys=True)
        shown = {**row, "at": f"{_local(entry.at):%Y-%m-%d %H:%M:%S}", "details": details}
        writer.writerow([harmless(str(value)) for value in shown.values()])
    return text.getvalue().encode("utf-8-sig")


def audit_jsonl(entries: Iterable[Entry]) -> bytes:
    """Write entries as JSON, an entry a line."""
    return "".join(json.dumps(_row(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def _row(entry: Entry) -> dict[str, Any]:
    values = (getattr(entry, name) for name in COLUMNS)
    return {**dict(zip(COLUMNS, values, strict=True)), "at": _local(entry.at).isoformat()}


def _local(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo(ZONE))
