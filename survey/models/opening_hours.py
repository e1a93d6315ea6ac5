"""When a counter is open, as people write it: ``T2–T6 07:30–11:30, 13:30–17:00`` or ``Mon-Fri 07:30-17:00``.

Stored is one form only, with English letters and the days before every span; shown is that of the reader's language.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Final

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
VIETNAMESE_DAYS: Final = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
USUAL_HOURS: Final = "Mon-Fri 07:00-18:00, Sat 07:00-12:00"
# As people write them, in small letters without marks; the longer stand before the shorter that they begin with.
_DAY_WORDS: Final = {
    **{f"thu {word}": day for day, word in enumerate(("hai", "ba", "tu", "nam", "sau", "bay"))},
    **{f"thu {day + 2}": day for day in range(6)},
    **{f"t{day + 2}": day for day in range(6)},
    "chu nhat": 6,
    "cn": 6,
    **{
        name: day
        for day, names in enumerate(
            (
                ("monday", "mon"),
                ("tuesday", "tues", "tue"),
                ("wednesday", "wed"),
                ("thursday", "thurs", "thu"),
                ("friday", "fri"),
                ("saturday", "sat"),
                ("sunday", "sun"),
            )
        )
        for name in names
    },
}
_DAY: Final = rf"(?:{'|'.join(sorted(_DAY_WORDS, key=len, reverse=True))})"
_DAYS: Final = re.compile(rf"({_DAY})(?:\s*(?:-|den)\s*({_DAY}))?(?![a-z0-9]|:\d)[\s:]*")
_TIME: Final = r"([01]?\d|2[0-4])(?:[:hg]([0-5]\d)?)"
_TIMES: Final = re.compile(rf"{_TIME}\s*(?:-|den)\s*{_TIME}")
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212~", "-"))
_MINUTES_OF_DAY: Final = 24 * 60
# Nobody writes more; days and spans multiply, so without a bound a short text could fill the database.
_LONGEST: Final = 300
_MOST_SPANS: Final = 50


@dataclass(frozen=True, slots=True)
class Span:
    """The same hours on one day after the other: weekdays (0 is Monday), first minute, and the one at which it ends."""

    first_day: int
    last_day: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Spans of a week: weekday (0 is Monday), first minute of the day, and the minute at which it ends."""

    spans: tuple[tuple[int, int, int], ...]

    def include(self, moment: datetime) -> bool:
        """Return whether the counter is open at a local moment; holidays are not known."""
        minute = moment.hour * 60 + moment.minute
        return any(day == moment.weekday() and first <= minute < end for day, first, end in self.spans)


@lru_cache(maxsize=256)
def read_opening_hours(text: str) -> OpeningHours:
    """Read opening hours.

    Raises:
        ValueError: where they are not written as above, or a span ends before it begins.

    """
    spans = _read(text)
    return OpeningHours(
        tuple((day, span.first, span.end) for span in spans for day in range(span.first_day, span.last_day + 1))
    )


def stored_hours(text: str) -> str:
    """Return opening hours in the one form in which they are stored; the same hours are always the same text.

    Raises:
        ValueError: as ``read_opening_hours``, and where they are longer than anybody writes them.

    """
    if len(text) > _LONGEST:
        raise ValueError(f"more than {_LONGEST} characters are too many")  # noqa: TRY003, EM102  one place says it
    spans = list(dict.fromkeys(_read(text)))
    if len(spans) > _MOST_SPANS:
        raise ValueError(f"more than {_MOST_SPANS} spans are too many")  # noqa: TRY003, EM102  likewise
    return ", ".join(f"{_days(span, DAYS, '-')} {_clock(span.first)}-{_clock(span.end)}" for span in spans)


def shown_hours(text: str, language: str) -> str:
    """Return stored opening hours as a language writes them, the days once before all their spans."""
    letters = DAYS if language == "en" else VIETNAMESE_DAYS
    groups = groupby(_read(text), key=lambda span: _days(span, letters, "–"))
    return "; ".join(
        f"{days} {', '.join(f'{_clock(span.first)}–{_clock(span.end)}' for span in spans)}" for days, spans in groups
    )


def _read(text: str) -> list[Span]:
    """Read the parts between commas: days may stand alone, and hold until others come."""
    found: list[Span] = []
    days: list[tuple[int, int]] = []
    is_used = True
    for part in re.split("[,;\n]", text):
        rest = _plain(part)
        if named := _DAYS.match(rest):
            days = [*([] if is_used else days), _read_days(part, named)]
            rest, is_used = rest[named.end() :], False
        if not rest and named:
            continue
        times = _TIMES.fullmatch(rest)
        if times is None or not days:
            raise _unreadable(part)
        is_used = True
        found += [Span(first, last, *_read_times(part, times)) for first, last in days]
    if not is_used or not found:
        raise _unreadable(text)
    return found


def _read_days(part: str, named: re.Match[str]) -> tuple[int, int]:
    first, last = _DAY_WORDS[named[1]], _DAY_WORDS[named[2] or named[1]]
    if last < first:
        raise _backwards(part)
    return first, last


def _read_times(part: str, times: re.Match[str]) -> tuple[int, int]:
    hour, minute, end_hour, end_minute = (int(each or 0) for each in times.groups())
    first, end = hour * 60 + minute, end_hour * 60 + end_minute
    if end <= first or end > _MINUTES_OF_DAY:
        raise _backwards(part)
    return first, end


def _plain(part: str) -> str:
    letters = unicodedata.normalize("NFD", part.casefold().replace("đ", "d").translate(_DASHES))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _days(span: Span, letters: tuple[str, ...], dash: str) -> str:
    first, last = letters[span.first_day], letters[span.last_day]
    return first if first == last else f"{first}{dash}{last}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _unreadable(part: str) -> ValueError:
    return ValueError(f"“{part.strip()}” is not written like “{USUAL_HOURS}”")


def _backwards(part: str) -> ValueError:
    return ValueError(f"“{part.strip()}” ends before it begins")
