"""One cell at a time: text to level, to date, to weight, to word.  What cannot be read says why and what to do."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from survey.models.editions import NO_OPINION, RATING_LEVELS

# What a cell of a rating may come to besides a level; a missing one is left out of the answers.
NO_LEVEL: Final = {"no_opinion": NO_OPINION, "missing": None}
LONGEST_WORD: Final = 100
_LARGEST_CODE: Final = 1_000_000
_INTEGRAL: Final = re.compile(r"[+-]?\d{1,7}(?:[.,]0*)?")
_KNOWN_AT_MOST: Final = 10_000


class UnreadableError(Exception):
    """A cell has no meaning; the sentences say why, the caller adds line, column and value."""

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


def normal(text: str) -> str:
    """Return text as it is compared: composed, without surrounding or repeated spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(slots=True)
class LevelReader:
    """Reads ratings: the listed texts first, then whole numbers, turned round where the scale is reversed."""

    values: Mapping[str, int | str]
    is_reversed: bool
    _known: dict[str, int | None] = field(default_factory=dict)

    def read(self, text: str) -> int | None:
        """Return 1–5, 0 for no opinion, None for a missing answer.

        Raises:
            UnreadableError: where the text is neither listed nor a level.

        """
        try:
            return self._known[text]
        except KeyError:
            level = self._read(normal(text))
            if len(self._known) < _KNOWN_AT_MOST:
                self._known[text] = level
            return level

    def _read(self, text: str) -> int | None:
        if text in self.values:
            value = self.values[text]
            return NO_LEVEL[value] if isinstance(value, str) else value
        if not text:
            return None
        if not _INTEGRAL.fullmatch(text):
            raise UnreadableError(
                vi="không phải mức 1–5 và không có trong [values] của tệp ánh xạ",
                en="is not a level from 1 to 5, nor listed under [values] of the map",
            )
        level = int(re.split("[.,]", text)[0])
        if level not in RATING_LEVELS:
            raise UnreadableError(
                vi="nằm ngoài thang 1–5; nếu là mã đặc biệt, hãy khai trong [values] của tệp ánh xạ",
                en="is outside the scale from 1 to 5; a special code is listed under [values] of the map",
            )
        return RATING_LEVELS[0] + RATING_LEVELS[-1] - level if self.is_reversed else level


@dataclass(slots=True)
class DateReader:
    """Reads dates by the map's formats; a date that two of them read differently is refused unless the first wins."""

    formats: Sequence[str]
    first_wins: bool
    _known: dict[str, date] = field(default_factory=dict)

    def read(self, text: str) -> date:
        """Return the day that the text means; a time of day is dropped.

        Raises:
            UnreadableError: where no format reads it, or two read it differently.

        """
        if (known := self._known.get(text)) is not None:
            return known
        days = [day for format_ in self.formats if (day := parsed_date(normal(text), format_)) is not None]
        if not days:
            raise UnreadableError(
                vi=f"không phải ngày theo mẫu {_listed(self.formats)} trong [dates]",
                en=f"is not a date of the form {_listed(self.formats)} of [dates]",
            )
        if len(set(days)) > 1 and not self.first_wins:
            raise UnreadableError(
                vi=f'có thể là {days[0]:%d/%m/%Y} hoặc {days[1]:%d/%m/%Y}; hãy sửa, hoặc đặt ambiguous = "first"',
                en=f'may be {days[0]:%Y-%m-%d} or {days[1]:%Y-%m-%d}; correct it, or set ambiguous = "first"',
            )
        if len(self._known) < _KNOWN_AT_MOST:
            self._known[text] = days[0]
        return days[0]


def parsed_date(text: str, format_: str) -> date | None:
    """Return the day that ``format_`` reads in the text, None where it reads none."""
    try:
        return datetime.strptime(text, format_).date()  # noqa: DTZ007  local days of the survey, no instants
    except ValueError:
        return None


def read_weight(text: str, *, decimal: str) -> float | None:
    """Return a weight above zero, None where the cell is empty.

    Raises:
        UnreadableError: where it is no number, not finite, zero or negative.

    """
    text = normal(text)
    if not text:
        return None
    try:
        weight = float(text.replace(",", ".") if decimal == "," else text)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight) or weight <= 0:
        raise UnreadableError(
            vi=f"không phải trọng số dương (dấu thập phân “{decimal}”)",
            en=f"is not a positive weight (decimal sign “{decimal}”)",
        )
    return weight


def read_word(text: str) -> str | None:
    """Return the name of a stratum or a cluster as compared text, None where the cell is empty.

    Raises:
        UnreadableError: where it is longer than any name.

    """
    word = normal(text)
    if len(word) > LONGEST_WORD:
        raise UnreadableError(vi=f"dài hơn {LONGEST_WORD} ký tự", en=f"is longer than {LONGEST_WORD} characters")
    return word or None


def read_choice(text: str, choices: Mapping[str, str], known: Sequence[str], section: str) -> str:
    """Return the channel or language that a text means: as listed in ``section`` of the map, or one of ``known``.

    Raises:
        UnreadableError: where it is neither.

    """
    word = normal(text)
    choice = choices.get(word, word)
    if choice not in known:
        raise UnreadableError(
            vi=f"không có trong [{section}] và không phải một trong: {', '.join(known)}",
            en=f"is not listed under [{section}], nor one of {', '.join(known)}",
        )
    return choice


def _listed(formats: Sequence[str]) -> str:
    return " / ".join(formats)
