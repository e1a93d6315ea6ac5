"""Checks figures that were estimated from answers, which are in no bundle, against one another.

A survey with strata or weights cannot be made anew from counts.  What is told of it must agree with itself all the
same: no interval without its estimate, shares of levels that make the share satisfied and the mean score, and ranks in
the order of what is ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from survey.jobs.verified import Verification
from survey.jobs.verify_places import OF_GROUPS, agree, below
from survey.models.editions import RATING_LEVELS, SATISFIED_LEVELS

_Check = tuple[str, object, object]  # where, what is told, what follows from the rest
_ESTIMATE: Final = frozenset({"value", "ci", "standard_error"})


def check_coherence(found: Verification, name: str, told: Mapping[str, Any]) -> None:
    """Compare every figure of a value with what follows from others."""
    for place, one, other in (*_in(told, ""), *_of_ranks(told)):
        found.figures += 1
        if not agree(one, other):
            found.fault(
                f"{name}: {place}",
                f"đã công bố {one}, theo các số liệu khác phải là {other}",
                f"released as {one}; by the other figures it must be {other}",
            )


def _in(told: Any, place: str) -> Iterator[_Check]:  # noqa: ANN401 -- any JSON
    if isinstance(told, dict):
        if told.keys() >= _ESTIMATE:
            value, low, high = told["value"], told["ci"]["low"], told["ci"]["high"]
            yield below(place, "ci"), value, min(max(value, low), high)
        if told.get("level_shares") and told.get("share_satisfied"):
            yield from _of_levels(told, place)
        for name, each in told.items():
            # What groups tell is pooled, and has no design.
            if name not in OF_GROUPS:
                yield from _in(each, below(place, name))
    elif isinstance(told, list):
        for position, each in enumerate(told):
            yield from _in(each, below(place, f"{position}"))


def _of_levels(told: Mapping[str, Any], place: str) -> Iterator[_Check]:
    """The shares of the levels add up to one, and to both statistics."""
    shares = [one["value"] for one in told["level_shares"]]
    satisfied = sum(shares[level - 1] for level in SATISFIED_LEVELS)
    mean = sum(level * share for level, share in zip(RATING_LEVELS, shares, strict=True))
    yield below(place, "level_shares"), sum(shares), 1.0
    yield below(place, "share_satisfied/value"), told["share_satisfied"]["value"], satisfied
    if told.get("mean_score"):
        yield below(place, "mean_score/value"), told["mean_score"]["value"], mean


def _of_ranks(told: Mapping[str, Any]) -> Iterator[_Check]:
    """Who is ranked before another does not have less of either statistic; each rank lies in its set."""
    rows: Sequence[Mapping[str, Any]] = [row for row in told.get("agencies") or () if row["rank"] is not None]
    for at, row in enumerate(rows):
        yield f"agencies/{at}/rank", row["rank"], min(max(row["rank"], row["rank_low"]), row["rank_high"])
    for at, (one, other) in enumerate(pairwise(rows), start=1):
        falls = any(
            one["overall"][name]["value"] >= other["overall"][name]["value"]
            for name in ("share_satisfied", "mean_score")
        )
        yield f"agencies/{at}/rank", falls and one["rank"] <= other["rank"], True
