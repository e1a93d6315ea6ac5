"""Ranks with their sets, and what may be said about each agency against the year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final
from uuid import UUID

from analysis.comparison import verdict
from analysis.movement import Movement, MovementVerdict, UnitMovement, YearOfResults, movement
from analysis.ranking import Method as RankMethod
from analysis.ranking import indistinguishable_groups, rank_sets
from analysis.ratios import cautious_variance
from analysis.results import Difference, Estimate
from survey.findings.trend import VERDICT_WORDS, as_estimate, difference_of, said_of
from survey.findings.values import Change

SEED: Final = 20261121
# Up to here ranks are bootstrapped; thousands of communes take the closed form, whose sets are slightly wider.
MOST_BOOTSTRAPPED: Final = 500
NEW: Final = Change(None, None, "new", None, None, "new")

_MOVEMENTS: Final = {
    MovementVerdict.UP: "up",
    MovementVerdict.DOWN: "down",
    MovementVerdict.NO_EVIDENCE: "cannot_tell",
    MovementVerdict.NOT_COMPARABLE: "not_comparable",
    MovementVerdict.JOINED: "new",
}


@dataclass(frozen=True, slots=True)
class Results:
    """The index estimates of a period by agency.

    ``ranked`` are those with enough answers to be ranked; ``edition`` is what must agree for periods to be compared.
    Without ``share`` the index is a scaled mean score.
    """

    estimates: Mapping[UUID, Estimate]
    ranked: frozenset[UUID]
    edition: str
    share: bool = True

    def without(self, keys: frozenset[UUID]) -> Results:
        """Return the same without some agencies."""
        kept = {key: estimate for key, estimate in self.estimates.items() if key not in keys}
        return replace(self, estimates=kept, ranked=self.ranked - keys)

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


def compare(
    before: Results, after: Results, *, broken: frozenset[UUID] = frozenset()
) -> tuple[dict[UUID, Change], Movement]:
    """Compare every agency with itself a period before; verdicts are held to Holm's rule over all agencies.

    The ``broken`` ones are other units than they were: nothing is compared, and no rank among those that are.
    """
    whole_before = before
    before = before.without(broken)
    moved = movement(
        before.as_year(), after.as_year(), method=_method(max(len(before.ranked), len(after.ranked))), seed=SEED
    )
    by_unit = {UUID(unit.unit): unit for unit in moved.units}
    differences = _differences(before, after)
    changes = {
        key: _change(before.estimates.get(key), estimate, differences.get(key), by_unit.get(key))
        for key, estimate in after.estimates.items()
    }
    changes |= {key: not_comparable(whole_before.estimates.get(key)) for key in broken & changes.keys()}
    return changes, moved


def not_comparable(before: Estimate | None) -> Change:
    """Say that a figure cannot be compared with that of the period before."""
    return Change(before, None, "not_comparable", None, None, "not_comparable")


def alike(ranked: Sequence[Estimate | None]) -> tuple[tuple[int, int], ...]:
    """Group neighbours in the ranking of whom no two are proven different; first and last place of each, from 0.

    ``ranked`` come in the order of the ranking, of equal ones the surer first.
    """
    known = [estimate for estimate in ranked if estimate is not None]
    if len(known) < len(ranked):
        return ()
    groups = indistinguishable_groups(
        [estimate.value for estimate in known], [sqrt(cautious_variance(estimate)) for estimate in known]
    )
    return tuple((int(group.min()), int(group.max())) for group in groups)


def change_of_one(before: Estimate | None, after: Estimate | None, *, comparable: bool, share: bool = True) -> Change:
    """Compare one figure with itself a period before; it has no rank.  Without ``share`` it is a scaled mean score."""
    if before is None or after is None:
        return NEW
    if not comparable:
        return not_comparable(before)
    difference = difference_of(before, after, share=share)
    said = VERDICT_WORDS[verdict(difference)]
    return Change(before, as_estimate(difference, after.n), said, None, None, "not_comparable")


def _method(units: int) -> RankMethod:
    return "bootstrap" if units <= MOST_BOOTSTRAPPED else "pairwise"


def _differences(before: Results, after: Results) -> dict[UUID, tuple[Difference, str]]:
    """Return the change of every agency with both years, and what may be said of it; nothing across editions."""
    if before.edition != after.edition:
        return {}
    found = {
        key: difference_of(before.estimates[key], estimate, share=after.share)
        for key, estimate in after.estimates.items()
        if key in before.estimates
    }
    said = said_of(found)
    return {key: (difference, VERDICT_WORDS[said[key]]) for key, difference in found.items()}


def _change(
    before: Estimate | None,
    after: Estimate,
    difference: tuple[Difference, str] | None,
    moved: UnitMovement | None,
) -> Change:
    if before is None:
        return NEW
    if difference is None:
        return not_comparable(before)
    found, said = difference
    estimate = as_estimate(found, after.n)
    if moved is None or moved.before is None or moved.rank_change is None:
        # In one of the years too few answered for a rank.
        return Change(before, estimate, said, None, None, "not_comparable")
    movement = "same" if moved.rank_change == 0 else _MOVEMENTS[moved.verdict]
    return Change(before, estimate, said, moved.before.rank, moved.rank_change, movement)
