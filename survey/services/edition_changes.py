"""What a new edition changes of the older ones, item by item, as its file says: for whoever decides to keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from survey.models.editions import Item, Questionnaire, Text


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One rated item.  ``how``: same, reworded or new; or gone: an older item that nothing continues.

    ``before`` names the older item, as ``"counter/2026 a1"``, with its wording; both are None of a new item, and
    ``text`` of one that is gone.
    """

    how: str
    code: str
    text: Text | None
    before: str | None
    text_before: Text | None


def changes_of(questionnaire: Questionnaire, known: Mapping[str, dict[str, Any]]) -> tuple[ItemChange, ...]:
    """List the changes of an edition without faults; nothing where it says of no item where that comes from.

    Args:
        questionnaire: The new edition.
        known: Contents of the older ones by name, as ``"counter/2026"``.

    """
    origins = [item.origin for item in questionnaire.items if item.origin]
    # An older edition that was a draft may have been discarded since.
    names = dict.fromkeys(origin.edition for origin in origins if origin.edition in known)
    older = {name: {item.code: item for item in Questionnaire.from_content(known[name]).items} for name in names}
    continued = {(origin.edition, origin.item) for origin in origins}
    changed = [_change(item, older) for item in questionnaire.items if item.origin]
    return (*changed, *_gone(older, continued))


def _change(item: Item, older: Mapping[str, Mapping[str, Item]]) -> ItemChange:
    origin = item.origin
    if origin is None or not origin.edition:
        return ItemChange("new", item.code, item.text, None, None)
    before = older.get(origin.edition, {}).get(origin.item)
    name = f"{origin.edition} {origin.item}"
    return ItemChange(origin.how, item.code, item.text, name, before.text if before else None)


def _gone(older: Mapping[str, Mapping[str, Item]], continued: set[tuple[str, str]]) -> Iterator[ItemChange]:
    for name, items in older.items():
        for code, item in items.items():
            if (name, code) not in continued:
                yield ItemChange("gone", code, None, f"{name} {code}", item.text)
