"""What may be taken over from a year: decided rounds, and released summaries where no round is decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.frozen import thaw
from survey.findings.index_publication import public_index
from survey.findings.index_result_values import IndexFindings
from survey.findings.values import AnnualFindings
from survey.queries.index_results import list_results
from survey.queries.released import list_released, read_frozen


@dataclass(frozen=True, slots=True)
class Decided:
    """What is public of a decided result that holds, with the checksum of its open JSON."""

    findings: IndexFindings
    sha256: str


@dataclass(frozen=True, slots=True)
class ReleasedSummary:
    """The released summary of a year, for a root of which no round is decided; the code of the release with it."""

    findings: AnnualFindings
    release: str
    sha256: str


def decided_of_year(session: Session, year: int, *, root_ids: Collection[UUID] | None = None) -> list[Decided]:
    """Return the decided results of a year, of all roots or of some."""
    rows = list_results(session, year=year, root_ids=root_ids)
    found = (public_index(session, row) for row in rows)
    return [Decided(one.findings, one.sha256) for one in found]


def released_of_year(
    session: Session, year: int, *, root_ids: Collection[UUID] | None = None, without: Collection[UUID] = ()
) -> list[ReleasedSummary]:
    """Return the released summaries of a year, of all roots or of some, but not of those ``without``."""
    found = []
    for version in list_released(session, kind="annual", year=year):
        if version.agency_id in without or (root_ids is not None and version.agency_id not in root_ids):
            continue
        content = read_frozen(session, release_id=version.id, agency_id=version.agency_id, kind="annual")
        if content is not None:
            found.append(ReleasedSummary(thaw(AnnualFindings, content), version.code, version.sha256))
    return found
