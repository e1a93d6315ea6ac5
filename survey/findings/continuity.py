"""Whether two editions ask the same: where a trend may run on, and where it breaks.

Figures of two editions may be compared, or added up, only where every rated item of the newer is said to be the same
as one of the older, under the same code, and both put them into the same elements in the same order.  One reworded or
new item changes what is pooled: then nothing that is pooled is comparable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from survey.models.editions import Questionnaire

_MOST_STEPS: Final = 20


def root_edition(content: dict[str, Any], find: Callable[[str], dict[str, Any] | None]) -> str:
    """Return the name of the oldest edition that asks the same as this one, its own where none does.

    Args:
        content: Of the edition.
        find: Gives the content of an edition by its name, as ``"counter/2026"``.

    """
    for _ in range(_MOST_STEPS):
        older = _same_as(content, find)
        if older is None:
            break
        content = older
    return f"{content['questionnaire']}/{content['edition']}"


def _same_as(content: dict[str, Any], find: Callable[[str], dict[str, Any] | None]) -> dict[str, Any] | None:
    newer = Questionnaire.from_content(content)
    origins = {item.origin.edition if item.origin else "" for item in newer.items}
    if len(origins) != 1:
        return None
    found = find(origins.pop())
    if found is None:
        return None
    older = Questionnaire.from_content(found)
    continued = all(item.origin and item.origin.how == "same" and item.origin.item == item.code for item in newer.items)
    return found if continued and _structure(newer) == _structure(older) else None


def _structure(questionnaire: Questionnaire) -> list[tuple[str, ...]]:
    """Return the codes of every element with its items, and of the overall question."""
    elements = [(element.code, *(item.code for item in element.items)) for element in questionnaire.elements]
    return [*elements, (questionnaire.overall.code if questionnaire.overall else "",)]
