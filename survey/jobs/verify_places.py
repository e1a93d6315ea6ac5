"""Walks through released values as JSON and tells where two of them differ."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from typing import Any, Final

# As far apart as two machines may compute the same number.
TOLERANCE: Final = 1e-9
# Bare counts and dates: not figures of answers, and what they are counted from stays where it is.
NOT_FIGURES: Final = frozenset(
    {
        "made_on",
        "folded_until",
        "stored",
        "letterhead",
        "forms",
        "exclusions",
        "withdrawals",
        "corrections",
        "is_final",
        "seed",
    }
)
# Told apart by what tallies beside these keep; each is made anew from its own row of ``groups``.
OF_GROUPS: Final = frozenset({"breakdowns", "by_channel", "by_field", "by_group", "exclusion_effect", "proof"})
QUESTIONS: Final = "questions"
# Told of earlier periods too: without the counts of one that was estimated from its answers nothing tells of these.
OF_COMPARISON: Final = frozenset(
    {
        "series",
        "overall_change",
        "element_changes",
        "change",
        "fixed_mix",
        "against",
        "score_up",
        "score_down",
        "rank_up",
        "rank_down",
        "rank_same",
    }
)


def compared(
    told: Any,  # noqa: ANN401 -- any JSON
    anew: Any,  # noqa: ANN401 -- likewise
    place: str,
    leaving: frozenset[str],
) -> Iterator[tuple[str, Any, Any]]:
    """Yield every figure with the one made anew; what is not told must not come out of the counts either."""
    if isinstance(told, dict):
        for name in sorted(told):
            if name not in NOT_FIGURES | OF_GROUPS | leaving and name != QUESTIONS:
                other = anew.get(name) if isinstance(anew, dict) else None
                yield from compared(told[name], other, below(place, name), leaving)
    elif isinstance(told, list):
        others = anew if isinstance(anew, list) else []
        for position in range(max(len(told), len(others))):
            one, other = (each[position] if position < len(each) else None for each in (told, others))
            yield from compared(one, other, below(place, f"{position}"), leaving)
    elif told is not None or anew is not None:
        yield place, told, anew


def agree(one: object, other: object) -> bool:
    """Return whether two numbers are the same but for what machines differ in, or anything else just the same."""
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return one == other


def measures_in(told: Any, place: str) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    """Yield the places of all measures that are told, those that are withheld left out."""
    if isinstance(told, dict):
        if told.get("share_satisfied") is not None:
            yield place
        else:
            for name, each in told.items():
                yield from measures_in(each, below(place, name))
    elif isinstance(told, list):
        for position, each in enumerate(told):
            yield from measures_in(each, below(place, f"{position}"))


def at(told: Any, place: str) -> Any:  # noqa: ANN401 -- any JSON
    """Return what stands at a place, None where there is no such place."""
    for part in place.split("/"):
        try:
            told = told[int(part)] if isinstance(told, list) else told[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return told


def below(place: str, name: str) -> str:
    """Return the place of a part."""
    return f"{place}/{name}" if place else name
