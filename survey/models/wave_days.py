"""The days a wave may have, and reckoning with them that no day in the calendar can break."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Protocol

INDEX_YEARS: Final = range(1990, 2101)
LONGEST_YEARS: Final = 5
_MONTHS_A_YEAR: Final = 12


class HasDays(Protocol):
    """Whatever has the first and the last day of a wave."""

    @property
    def opens_on(self) -> date: ...  # noqa: D102 -- as in ``Wave``
    @property
    def closes_on(self) -> date: ...  # noqa: D102


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
