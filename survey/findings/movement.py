"""Ranks with their sets, and what may be said about each agency against the year before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final
from uuid import UUID

from analysis.comparison import newcombe, verdict
from analysis.movement import Movement, MovementVerdict, UnitMovement, YearOfResults, movement
from analysis.multiplicity import holm
from analysis.ranking import Method as RankMethod
from analysis.ranking import rank_sets
from analysis.ratios import cautious_variance
from analysis.results import Difference, Estimate, Verdict
from survey.findings.values import Change

SEED: Final = 20261121
# Up to here ranks are bootstrapped; thousands of communes take the closed form, whose sets are slightly wider.
MOST_BOOTSTRAPPED: Final = 500
NEW: Final = Change(None, None, "new", None, None, "new")

_VERDICTS: Final = {
    Verdict.IMPROVED: "improved",
    Verdict.DECLINED: "declined",
    Verdict.NO_EVIDENCE: "no_evidence",
    Verdict.NOT_COMPARABLE: "not_comparable",
}
_MOVEMENTS: Final = {
    MovementVerdict.UP: "up",
    MovementVerdict.DOWN: "down",
    MovementVerdict.NO_EVIDENCE: "cannot_tell",
    MovementVerdict.NOT_COMPARABLE: "not_comparable",
    MovementVerdict.JOINED: "new",
}


@dataclass(frozen=True, slots=True)
class Results:
    """The index estimates of a year by agency.

    ``ranked`` are those with enough answers to be ranked; ``edition`` is what must agree for years to be compared.
    """

    estimates: Mapping[UUID, Estimate]
    ranked: frozenset[UUID]
    edition: str

    def as_year(self) -> YearOfResults:
        """Return the ranked agencies as ``analysis`` takes them."""
        ranked = {str(key): estimate for key, estimate in self.estimates.items() if key in self.ranked}
        return YearOfResults(
            values={key: estimate.value for key, estimate in ranked.items()},
            standard_errors={key: sqrt(cautious_variance(estimate)) for key, estimate in ranked.items()},
            edition=self.edition,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A rank with the best and the worst rank that the data leave open."""

    rank: int
    low: int
    high: int


def places(results: Results) -> dict[UUID, Place]:
    """Rank the agencies that can be ranked, with sets that hold all together."""
    year = results.as_year()
    keys = list(year.values)
    found = rank_sets(
        [year.values[key] for key in keys],
        [(year.standard_errors or {})[key] for key in keys],
        method=_method(len(keys)),
        seed=SEED,
    )
    rows = zip(found.rank.tolist(), found.low_rank.tolist(), found.high_rank.tolist(), strict=True)
    return {UUID(key): Place(*row) for key, row in zip(keys, rows, strict=True)}


def compare(before: Results, after: Results) -> tuple[dict[UUID, Change], Movement]:
    """Compare every agency with itself a year before; verdicts are held to Holm's rule over all agencies."""
    moved = movement(
        before.as_year(), after.as_year(), method=_method(max(len(before.ranked), len(after.ranked))), seed=SEED
    )
    by_unit = {UUID(unit.unit): unit for unit in moved.units}
    differences = _differences(before, after)
    changes = {
        key: _change(before.estimates.get(key), estimate, differences.get(key), by_unit.get(key))
        for key, estimate in after.estimates.items()
    }
    return changes, moved


def change_of_one(before: Estimate | None, after: Estimate | None, *, comparable: bool) -> Change:
    """Compare one figure with itself a year before; it has no rank."""
    if before is None or after is None:
        return NEW
    if not comparable:
        return Change(before, None, "not_comparable", None, None, "not_comparable")
    difference = newcombe(earlier=before, later=after)
    return Change(before, _as_estimate(difference, after), _VERDICTS[verdict(difference)], None, None, "not_comparable")


def _method(units: int) -> RankMethod:
    return "bootstrap" if units <= MOST_BOOTSTRAPPED else "pairwise"


def _differences(before: Results, after: Results) -> dict[UUID, tuple[Difference, str]]:
    """Return the change of every agency with both years, and what may be said of it; nothing across editions."""
    if before.edition != after.edition:
        return {}
    found = {
        key: newcombe(earlier=before.estimates[key], later=estimate)
        for key, estimate in after.estimates.items()
        if key in before.estimates
    }
    adjusted = holm([difference.p_value for difference in found.values()]).tolist() if found else []
    return {
        key: (difference, _VERDICTS[verdict(difference, p_adjusted=p_value)])
        for (key, difference), p_value in zip(found.items(), adjusted, strict=True)
    }


def _change(
    before: Estimate | None,
    after: Estimate,
    difference: tuple[Difference, str] | None,
    moved: UnitMovement | None,
) -> Change:
    if before is None:
        return NEW
    if difference is None:
        return Change(before, None, "not_comparable", None, None, "not_comparable")
    found, said = difference
    estimate = _as_estimate(found, after)
    if moved is None or moved.before is None or moved.rank_change is None:
        # In one of the years too few answered for a rank.
        return Change(before, estimate, said, None, None, "not_comparable")
    movement = "same" if moved.rank_change == 0 else _MOVEMENTS[moved.verdict]
    return Change(before, estimate, said, moved.before.rank, moved.rank_change, movement)


def _as_estimate(difference: Difference, later: Estimate) -> Estimate:
    return Estimate(
        value=difference.value,
        ci=difference.ci,
        standard_error=difference.standard_error,
        n=later.n,
        confidence_level=difference.confidence_level,
        method=difference.method,
    )
