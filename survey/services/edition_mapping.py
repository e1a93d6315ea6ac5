"""What a new edition must say of the older ones: of every item whether it is the same, reworded or new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from survey.services.edition_faults import REQUIRED_LANGUAGES, Fault, not_one_of, tables

HOW: Final = ("same", "reworded", "new")
_SHAPE: Final = '{ how = "same", edition = "counter/2026", item = "a1" }'

Known = Mapping[str, dict[str, Any]]  # contents of editions by name, as "counter/2026"


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item or question with its place in the file; ``is_rated`` tells which."""

    place: str
    content: dict[str, Any]
    is_rated: bool


def edition_name(content: Mapping[str, Any]) -> str:
    """Return how other editions refer to this one."""
    return f"{content.get('questionnaire')}/{content.get('edition')}"


def faults_of_mapping(content: dict[str, Any], known: Known) -> Iterator[Fault]:
    """Yield what is wrong with the mapping of a file without other faults, against the editions that are known.

    An edition that no other of its questionnaire precedes need not map anything.
    """
    others = {name: other for name, other in known.items() if name != edition_name(content)}
    siblings = sorted(name for name, other in others.items() if other["questionnaire"] == content["questionnaire"])
    entries = list(_entries(content))
    mapped = [entry for entry in entries if "maps_to" in entry.content]
    if mapped or siblings:
        latest = siblings[-1] if siblings else "…"
        for entry in entries:
            if entry.is_rated and "maps_to" not in entry.content:
                yield Fault(
                    f"{entry.place}.maps_to",
                    f'còn thiếu; hãy nói câu này so với {latest} là same, reworded hay new, ví dụ {{ how = "new" }}',
                    f'is missing; say whether it is same, reworded or new against {latest}, as {{ how = "new" }}',
                )
    for entry in mapped:
        yield from _faults_of_entry(content, entry, others)
    yield from _used_twice(mapped)


def _faults_of_entry(content: dict[str, Any], entry: _Entry, others: Known) -> Iterator[Fault]:
    target, place = entry.content["maps_to"], f"{entry.place}.maps_to"
    if not isinstance(target, dict) or "how" not in target:
        yield Fault(place, f"hãy ghi {_SHAPE}", f"write {_SHAPE}")
        return
    yield from not_one_of(target["how"], HOW, f"{place}.how")
    if target["how"] == "new":
        if set(target) != {"how"}:
            yield Fault(place, 'câu mới chỉ ghi { how = "new" }', 'a new item has { how = "new" } only')
        return
    if set(target) != {"how", "edition", "item"} or not all(isinstance(value, str) for value in target.values()):
        yield Fault(place, f"hãy ghi {_SHAPE}", f"write {_SHAPE}")
        return
    older = others.get(target["edition"])
    if older is None:
        names = ", ".join(sorted(others)) or "–"
        yield Fault(
            f"{place}.edition",
            f"không có “{target['edition']}”; đang có: {names}",
            f"there is no “{target['edition']}”; known are {names}",
        )
        return
    before = next((one for one in _entries(older) if one.content["code"] == target["item"]), None)
    if before is None or before.is_rated != entry.is_rated:
        yield Fault(
            f"{place}.item",
            f"{target['edition']} không có câu “{target['item']}” cùng loại; hãy xem lại mã",
            f"{target['edition']} has no “{target['item']}” of this kind; look at the code again",
        )
    elif target["how"] == "same":
        yield from _differences(content, entry, older, before)


def _differences(content: dict[str, Any], entry: _Entry, older: dict[str, Any], before: _Entry) -> Iterator[Fault]:
    """Yield a fault where what is called the same is not asked in the same words."""
    if _asked(content, entry) != _asked(older, before):
        yield Fault(
            f"{entry.place}.text",
            f"câu chữ, lựa chọn hoặc thang mức khác {edition_name(older)}; hãy giữ nguyên, hoặc ghi “reworded”",
            f"the wording, options or scale differ from {edition_name(older)}; keep them, or say “reworded”",
        )


def _asked(content: dict[str, Any], entry: _Entry) -> list[tuple[object, ...]]:
    """Return the question and its choices in the languages that every edition has."""
    choices = list(content.get("scale", {}).values()) if entry.is_rated else entry.content.get("options")
    if choices is None:
        owners = (one for one in tables(content.get("sections")) if entry.content in one["questions"])
        choices = next(owners).get("options", [])
    return [tuple(text.get(language) for language in REQUIRED_LANGUAGES) for text in (entry.content["text"], *choices)]


def _used_twice(mapped: list[_Entry]) -> Iterator[Fault]:
    same = [entry for entry in mapped if _is_same(entry)]
    # As text: what a file writes there may be a list, which is told as such.
    keys = Counter(_named(entry) for entry in same)
    for entry in same:
        if keys[_named(entry)] > 1:
            yield Fault(
                f"{entry.place}.maps_to",
                "hai câu không thể cùng “same” với một câu cũ; hãy đổi một câu",
                "two items cannot both be the same as one older item; change one",
            )


def _named(entry: _Entry) -> str:
    target = entry.content["maps_to"]
    return f"{target.get('edition')} {target.get('item')}"


def _is_same(entry: _Entry) -> bool:
    target = entry.content["maps_to"]
    return isinstance(target, dict) and target.get("how") == "same"


def _entries(content: Mapping[str, Any]) -> Iterator[_Entry]:
    for at, element in enumerate(content["elements"], start=1):
        for number, item in enumerate(element["items"], start=1):
            yield _Entry(f"elements[{at}].items[{number}]", item, is_rated=True)
    if content.get("overall"):
        yield _Entry("overall", content["overall"], is_rated=True)
    for at, section in enumerate(content.get("sections", []), start=1):
        for number, question in enumerate(section["questions"], start=1):
            yield _Entry(f"sections[{at}].questions[{number}]", question, is_rated=False)
