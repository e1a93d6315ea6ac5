"""The lowest and the highest agency, overall and of each element: what a summary calls the range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.results import Estimate
    from survey.findings.values import AgencyName, AnnualFindings


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range: an agency with its share satisfied."""

    agency: AgencyName
    share: Estimate


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends over the ranked agencies."""

    low: End
    high: End


def element_ranges(findings: AnnualFindings) -> tuple[Range | None, ...]:
    """Return the range of the whole, then of each element; None where fewer than two ranked agencies tell it."""
    ranked = [row for row in findings.agencies if row.rank is not None]
    columns = [[(row.agency, row.overall) for row in ranked]]
    columns += [[(row.agency, row.elements[at]) for row in ranked] for at in range(len(findings.element_names))]
    ends = [
        [End(agency, each.share_satisfied) for agency, each in column if each.share_satisfied is not None]
        for column in columns
    ]
    return tuple(
        Range(min(known, key=lambda end: end.share.value), max(known, key=lambda end: end.share.value))
        if len(known) > 1
        else None
        for known in ends
    )
