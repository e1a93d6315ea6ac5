"""Where an agency stands in the decided rounds of the index, for its public page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from survey.findings.index_publication import public_index
from survey.queries.index_results import list_results
from survey.rendering.index_words import class_words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from survey.findings.index_result_values import IndexAgency
    from survey.models.agencies import Agency


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """An agency's line of a decided round, among how many that are ranked."""

    round_code: str
    year: int
    row: IndexAgency
    ranked: int
    decimals: int
    class_said: str


def index_places(session: Session, agency: Agency, language: str, *, most: int) -> list[IndexPlace]:
    """Return the latest rounds of the bodies above an agency in which it takes part, newest first."""
    above = [UUID(part) for part in agency.path.split("/") if part and UUID(part) != agency.id]
    found = []
    for each in list_results(session, root_ids=above)[:most] if above else []:
        findings = public_index(session, each).findings
        row = next((one for one in findings.agencies if one.agency.id == agency.id), None)
        if row is not None:
            said = ", ".join(class_words(row, findings, language).split("\n")) if findings.classes else "–"
            ranked = len(findings.ranked)
            found.append(IndexPlace(each.round_code, each.year, row, ranked, findings.decimals, said))
    return found
