"""What it takes to be among the first k: the points lacking, and the chances, given this year's uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from analysis.index_target import target
from analysis.index_total import IndexTotal
from survey.findings.errors import FindingsError
from survey.findings.index_result_values import IndexAgency, IndexFindings

SEED: Final = 20261122
LIKELY, NEARLY_SURE = 0.8, 0.95


@dataclass(frozen=True, slots=True)
class TargetOutlook:
    """How far an agency is from the first k, everybody else's points as they stand.

    ``needed`` are the points lacking now.  Chances are 0–1: as it stands, with ``planned`` points more, and the points
    for a chance of 80 and of 95 per cent.  ``headroom`` is what the rubric leaves to gain.
    """

    k: int
    of: int
    rank: int
    needed: Fraction
    chance_now: float
    planned: Fraction
    chance_with_plan: float
    points_for_likely: float
    points_for_nearly_sure: float
    headroom: Fraction
    simulation_error: float


def target_outlook(
    findings: IndexFindings, agency_id: UUID, *, k: int, planned: Fraction = Fraction(0)
) -> TargetOutlook:
    """Return what it would take an agency to be among the first k of a round.

    Raises:
        FindingsError: The agency has no rank in the round, or k is no place of it.

    """
    own = findings.agency(agency_id)
    ranked = findings.ranked
    if own is None or own.rank is None:
        raise FindingsError(
            vi="Cơ quan không có hạng trong kỳ này nên chưa tính được đường tới mục tiêu.",
            en="The agency has no rank in this round, so nothing can be said of its aim.",
        )
    if not 1 <= k <= len(ranked):
        raise FindingsError(
            vi=f"Mục tiêu phải là một hạng từ 1 đến {len(ranked)}; hãy sửa mục tiêu.",
            en=f"The aim must be a rank from 1 to {len(ranked)}; change it.",
        )
    found = target({str(row.agency.id): _total(row) for row in ranked}, str(agency_id), k=k, seed=SEED)
    return TargetOutlook(
        k=k,
        of=len(ranked),
        rank=own.rank,
        needed=found.needed,
        chance_now=found.chance_now,
        planned=planned,
        chance_with_plan=found.chance_with(float(planned)),
        points_for_likely=found.points_for(LIKELY),
        points_for_nearly_sure=found.points_for(NEARLY_SURE),
        headroom=max(own.maximum - own.points, Fraction(0)),
        simulation_error=found.simulation_error,
    )


def _total(row: IndexAgency) -> IndexTotal:
    return IndexTotal(
        points=row.points,
        low=row.low,
        high=row.high,
        maximum=row.maximum,
        unrounded=row.unrounded,
        standard_error=row.standard_error,
        areas=(),
        components={},
        bonus=row.bonus,
        penalty=row.penalty,
        unscored=row.unscored,
        is_rescaled=row.is_rescaled,
    )
