"""The days a wave may have, and reckoning with them that no day in the calendar can break."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Protocol

INDEX_YEARS: Final = range(1990, 2101)
LONGEST_YEARS: Final = 5
_MONTHS_A_YEAR: Final = 12

# A form handed out before a wave closed may still come in for so long: results are not released earlier.
DAYS_FOR_LATE_ANSWERS: Final = 7
# The last late answer may be taken back until the end of the next day, and is in the tallies after the night of that.
DAYS_UNTIL_FOLDED: Final = 3


class HasDays(Protocol):
    """Whatever has the first and the last day of a wave."""

    @property
    def opens_on(self) -> date: ...  # noqa: D102 -- as in ``Wave``
    @property
    def closes_on(self) -> date: ...  # noqa: D102


class HasEnd(Protocol):
    """Whatever has the state of a wave, its planned last day, and the day on which it was closed."""

    @property
    def state(self) -> str: ...  # noqa: D102 -- as in ``Wave``
    @property
    def closes_on(self) -> date: ...  # noqa: D102
    @property
    def closed_on(self) -> date | None: ...  # noqa: D102


def last_day(wave: HasEnd) -> date:
    """Return the last day on which forms are, or were, handed out: the planned one, or that of an earlier closing."""
    return min(wave.closed_on or wave.closes_on, wave.closes_on)


def is_final(wave: HasEnd, today: date) -> bool:
    """Return whether no answer can come to a wave any more, nor one be taken back.

    A wave that was imported as a whole was never closed by hand, and is final from the start.
    """
    if wave.state != "closed":
        return False
    return wave.closed_on is None or today >= days_after(wave.closed_on, DAYS_FOR_LATE_ANSWERS + DAYS_UNTIL_FOLDED)


def latest_end(opens_on: date) -> date:
    """Return the latest day on which a wave may hand out its last form."""
    if opens_on.year + LONGEST_YEARS > date.max.year:
        return date.max
    # Counted from the first of the month: the 29th of February has no like five years on.
    return date(opens_on.year + LONGEST_YEARS, opens_on.month, 1) + timedelta(days=opens_on.day - 1)


def has_impossible_days(wave: HasDays) -> bool:
    """Return whether a stored wave has days that no form takes any more: years ahead, or too long."""
    return wave.opens_on.year not in INDEX_YEARS or wave.closes_on > latest_end(wave.opens_on)


def days_after(day: date, days: int) -> date:
    """Return the day so many days later, or the last of the calendar."""
    return day + timedelta(days=min(days, (date.max - day).days))


def months_between(first: date, last: date) -> list[str]:
    """Return the months from a day to another, as in "2026-11": never more than the longest wave has."""
    start, end = (day.year * _MONTHS_A_YEAR + day.month - 1 for day in (first, last))
    end = min(end, start + LONGEST_YEARS * _MONTHS_A_YEAR)
    return [f"{number // _MONTHS_A_YEAR:04d}-{number % _MONTHS_A_YEAR + 1:02d}" for number in range(start, end + 1)]
