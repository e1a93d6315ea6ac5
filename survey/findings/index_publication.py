"""What the public may read of a decided round: the frozen result, without who signs and below no threshold.

A result never changes, so that what was read once is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from survey.findings.frozen import checksum, frozen_json, thaw
from survey.findings.index_result_values import IndexAgency, IndexFindings
from survey.findings.publication import Kept
from survey.findings.values import NO_LETTERHEAD
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
    """Return what is public of a result."""

    def read() -> PublicIndex:
        findings = public_findings(thaw(IndexFindings, read_result(session, row.id)))
        content = frozen_json(findings)
        return PublicIndex(findings, content, checksum(content))

    return _KEPT.get(row.id, read)


def public_findings(findings: IndexFindings) -> IndexFindings:
    """Leave out the letterhead, which names a person, and any survey that fewer answered than may be told of."""
    return replace(findings, letterhead=NO_LETTERHEAD, agencies=tuple(map(_public, findings.agencies)))


def _public(row: IndexAgency) -> IndexAgency:
    if row.survey is None or row.survey.n >= SMALLEST_MOVE:
        return row
    components = tuple(replace(one, low=None, high=None) for one in row.components)
    return replace(row, survey=None, components=components)
