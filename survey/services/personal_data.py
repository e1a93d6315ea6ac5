"""What in a comment may tell who somebody is: found by a simple rule, for a person to look at.

The rule finds too much rather than too little, and it does not find everything: a name without capitals and without a
title stays a word like any other.  It decides nothing; the moderator does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MASK: Final = "[che]"
MOST_WORDS_OF_A_NAME: Final = 5
# Two syllables at least: one alone, as in "Lan", is a word of many other sentences.
FEWEST_WORDS_OF_A_NAME: Final = 2

_PATTERNS: Final = {
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "dossier": r"(?:\d{3}\.\d{2}\.)?(?:\d{2}\.)?H\d{2}(?:\.\d+)*-\d{6}-\d{3,}",
    "plate": r"(?<!\w)\d{2}[A-ZĐ]{1,2}\d?[- .]?\d{3}\.?\d{2}(?!\d)",
    "phone": r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)",
    # Identity cards have 9 or 12 digits, tax codes 10 or 13, accounts of banks as many as they like.
    "number": r"(?<!\d)\d(?:[ .-]?\d){8,}(?!\d)",
}
_KINDS: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_TITLES: Final = re.compile(
    r"(?<!\w)(?:ông|bà|anh|chị|cô|chú|bác|em|thầy|đồng chí|đ/c|cán bộ|công chức|viên chức|nhân viên|chuyên viên|"
    r"lãnh đạo|trưởng phòng|phó phòng|giám đốc|phó giám đốc|chủ tịch|phó chủ tịch|tên|tên là)\s+(?=\w)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Trace:
    """A part of a text that may be personal: where it lies, and whether it is an ``email``, a ``phone``, a ``number``,
    a ``plate``, a ``dossier`` or a ``name``.
    """  # noqa: D205 -- one sentence, longer than a line

    start: int
    end: int
    kind: str


def find_personal_data(text: str, *, names: Iterable[str] = ()) -> list[Trace]:
    """Find what may be personal, in the order of the text and without overlaps; ``names`` are of known officials."""
    found = [Trace(match.start(), match.end(), str(match.lastgroup)) for match in _KINDS.finditer(text)]
    found += [trace for match in _TITLES.finditer(text) if (trace := _name_at(text, match.end()))]
    found += [trace for name in names for trace in _known(text, name)]
    traces: list[Trace] = []
    for trace in sorted(found, key=lambda each: (each.start, -each.end)):
        if not traces or trace.start >= traces[-1].end:
            traces.append(trace)
    return traces


def masked(text: str, traces: Iterable[Trace]) -> str:
    """Return a text with every trace replaced by the mask: what a moderator begins with."""
    parts, place = [], 0
    for trace in traces:
        parts += [text[place : trace.start], MASK]
        place = trace.end
    return "".join([*parts, text[place:]])


def is_masking_of(shown: str, text: str) -> bool:
    """Tell whether ``shown`` is ``text`` with parts of it masked, and nothing added, changed or left out otherwise."""
    first, *others = shown.split(MASK)
    if not others:
        return shown == text
    *between, last = others
    if not text.startswith(first):
        return False
    place = len(first)
    for part in between:
        # A mask stands for one sign at least.
        found = text.find(part, place + 1)
        if found < 0:
            return False
        place = found + len(part)
    return len(text) - len(last) > place and text.endswith(last)


def _name_at(text: str, start: int) -> Trace | None:
    """Return the words with a capital that begin here, none where the first has none."""
    end, place = start, start
    for _ in range(MOST_WORDS_OF_A_NAME):
        word = _WORD.match(text, place)
        if word is None or not word.group()[0].isupper():
            break
        end = word.end()
        place = end + 1 if text[end : end + 1] == " " else len(text)
    return Trace(start, end, "name") if end > start else None


def _known(text: str, name: str) -> Iterable[Trace]:
    words = name.split()
    if len(words) < FEWEST_WORDS_OF_A_NAME:
        return []
    spaced = r"\s+".join(re.escape(word) for word in words)
    pattern = re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)
    return [Trace(match.start(), match.end(), "name") for match in pattern.finditer(text)]
