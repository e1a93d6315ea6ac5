"""What the terminal and the API take over from a year: decided rounds, else the released summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.findings.index_exported import decided_of_year, released_of_year
from survey.rendering.index_export import export_lines, summary_lines

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from survey.rendering.index_export import Line


def index_lines(
    session: Session,
    year: int,
    language: str = "vi",
    *,
    root_ids: Collection[UUID] | None = None,
    agency_ids: Collection[UUID] | None = None,
) -> list[Line]:
    """Return a line an agency of every decided round of a year, of all roots or of some, and of some agencies.

    Of a root that decided none the released summary is told, so that satisfaction can be taken into an index that is
    counted elsewhere.
    """
    decided = decided_of_year(session, year, root_ids=root_ids)
    lines = [
        line
        for one in decided
        for line in export_lines(one.findings, language, sha256=one.sha256, agency_ids=agency_ids)
    ]
    held = {one.findings.root.id for one in decided}
    for other in released_of_year(session, year, root_ids=root_ids, without=held):
        lines += summary_lines(
            other.findings, language, release=other.release, sha256=other.sha256, agency_ids=agency_ids
        )
    return lines
