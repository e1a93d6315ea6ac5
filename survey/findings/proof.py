"""Ratings with a one-time code and without, told apart: who holds a slip was served, of others nobody knows."""

from __future__ import annotations

from typing import Final

from survey.findings.groups import Groups, measure_groups
from survey.findings.names import PROOFS
from survey.findings.sample import Sample
from survey.findings.values import BreakdownRow, ProofMeasures
from survey.queries.tallies import UNVERIFIED, VERIFIED

_MEMBERS: Final = (VERIFIED, UNVERIFIED)


def proof_measures(sample: Sample, groups: Groups) -> ProofMeasures | None:
    """Estimate both groups of a body; None where no answer of it came with a code."""
    if not any(unit.verified for unit in sample.answered):
        return None
    return ProofMeasures(*measure_groups(sample, groups, _MEMBERS))


def proof_rows(sample: Sample, groups: Groups) -> tuple[BreakdownRow, ...]:
    """Return both groups as rows of the breakdowns."""
    found = proof_measures(sample, groups)
    if found is None:
        return ()
    both = zip(_MEMBERS, (found.with_code, found.without_code), strict=True)
    return tuple(BreakdownRow("verified", member, PROOFS[member], measures) for member, measures in both)
