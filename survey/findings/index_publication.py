"""What the public may read of a decided round: the frozen result, without who signs and below no threshold.

It is made of the bytes that were frozen and of nothing that the software knows since: what was once printed as the
checksum of a version is that of the same version for ever.  A result never changes, so that what was read is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from survey.findings.frozen import checksum, thaw
from survey.findings.index_result_values import IndexFindings
from survey.findings.publication import Kept
from survey.models.tallies import SMALLEST_MOVE
from survey.queries.index_results import ResultRow, read_result


@dataclass(frozen=True, slots=True)
class PublicIndex:
    """A version of a round's result as it is open to all; ``sha256`` is of ``content``, its canonical JSON."""

    findings: IndexFindings
    content: bytes
    sha256: str


_KEPT: Final[Kept[PublicIndex]] = Kept(8)


def public_index(session: Session, row: ResultRow) -> PublicIndex:
    """Return what is public of a result; pages, files, exports and the API print its checksum and no other."""

    def read() -> PublicIndex:
        content = public_content(read_result(session, row.id))
        return PublicIndex(thaw(IndexFindings, content), content, checksum(content))

    return _KEPT.get(row.id, read)


def public_content(frozen: bytes) -> bytes:
    """Leave out the letterhead, which names a person, and any survey that fewer answered than may be told of."""
    told = json.loads(frozen)
    told.pop("letterhead", None)
    for row in told["agencies"]:
        _leave_out_few(row)
    return json.dumps(told, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def _leave_out_few(row: dict[str, Any]) -> None:
    survey = row.get("survey")
    if survey is None or survey["n"] >= SMALLEST_MOVE:
        return
    row["survey"] = None
    for component in row["components"]:
        component["low"] = component["high"] = None
