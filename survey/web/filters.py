"""Template filters: a figure, a count or a date in the words of the page's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final, Protocol

import flask

from survey.findings.values import Wording
from survey.models.identifiers import LOCAL_TIME
from survey.models.wave_days import has_impossible_days
from survey.rendering import cells, numbers
from survey.rendering.words import SAMPLE_KINDS, VERDICTS
from survey.web.day_field import shown_day
from survey.web.language import current_language

KILOBYTE: Final = 1000
MEGABYTE: Final = KILOBYTE * KILOBYTE


class Named(Protocol):
    """Whatever carries a Vietnamese name and perhaps an English one."""

    name: str
    name_en: str | None


_WORDS: Final[tuple[Callable[..., str], ...]] = (
    cells.movement_words,
    numbers.percent,
    numbers.percent_interval,
    numbers.score,
    numbers.score_interval,
    numbers.count,
    numbers.signed_count,
    numbers.sample,
    numbers.points,
    numbers.margin,
    numbers.percentage_points,
    numbers.signed_points_interval,
    numbers.day,
)


def init_filters(app: flask.Flask) -> None:
    """Make every filter known to the templates under the name of its function."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for function in _WORDS:
        app.jinja_env.filters[function.__name__] = _in_language(function)
    app.jinja_env.filters.update(
        words=words,
        called=called,
        clock=clock,
        file_size=file_size,
        local_day=local_day,
        month=month,
        sample_kind=sample_kind,
        share_of=share_of,
        shown_day=shown_day,
        verdict_words=verdict_words,
    )
    app.jinja_env.tests["has_impossible_days"] = has_impossible_days
    app.jinja_env.globals["not_enough"] = numbers.NOT_ENOUGH


def words(wording: Wording) -> str:
    """Return a wording in the language of the page."""
    return wording.text(current_language())


def verdict_words(verdict: str) -> str:
    """Return what a comparison with an earlier period came to."""
    return words(VERDICTS[verdict])


def called(thing: Named) -> str:
    """Return the name of an agency, counter or wave in the language of the page, Vietnamese where it has no other."""
    return (current_language() == "en" and thing.name_en) or thing.name


def file_size(size: int) -> str:
    """Write how large a file is, in kB or MB."""
    unit, name = (MEGABYTE, "MB") if size >= MEGABYTE else (KILOBYTE, "kB")
    return f"{numbers.decimal(size / unit, 1, current_language())} {name}"


def local_day(moment: datetime) -> date:
    """Return the day in Vietnam on which something happened."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LOCAL_TIME).date()


def clock(moment: datetime) -> str:
    """Return the time in Vietnam at which an official did something, as in 14:05."""
    return f"{(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LOCAL_TIME):%H:%M}"


def sample_kind(code: str) -> str:
    """Say how the respondents of a wave were reached."""
    return SAMPLE_KINDS[code].text(current_language())


def month(text: str) -> str:
    """Write "2026-11" as 11/2026."""
    year, number = text.split("-")
    return f"{number}/{year}"


def share_of(part: int, whole: int) -> float:
    """Return a part as a share of the whole, 0 of nothing."""
    return part / whole if whole else 0.0


def _in_language(function: Callable[..., str]) -> Callable[..., str]:
    def written(value: date | float | None, *arguments: object) -> str:
        return function(value, current_language(), *arguments)

    return written
