"""When a counter is open, written as ``Mon-Fri 07:00-18:00, Sat 07:00-12:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
USUAL_HOURS: Final = "Mon-Fri 07:00-18:00, Sat 07:00-12:00"
_DAY: Final = "|".join(DAYS)
_PART: Final = re.compile(rf"({_DAY})(?:-({_DAY}))? ([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_MINUTES_OF_DAY: Final = 24 * 60


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
    return OpeningHours(tuple(span for part in text.split(",") for span in _read_part(part.strip())))


def _read_part(part: str) -> list[tuple[int, int, int]]:
    found = _PART.fullmatch(part)
    if found is None:
        msg = f"“{part}” is not written like “{USUAL_HOURS}”"
        raise ValueError(msg)
    first_day, last_day, hour, minute, end_hour, end_minute = found.groups()
    first = int(hour) * 60 + int(minute)
    end = int(end_hour) * 60 + int(end_minute) if end_hour else _MINUTES_OF_DAY
    days = range(DAYS.index(first_day), DAYS.index(last_day or first_day) + 1)
    if not days or end <= first:
        msg = f"“{part}” ends before it begins"
        raise ValueError(msg)
    return [(day, first, end) for day in days]
