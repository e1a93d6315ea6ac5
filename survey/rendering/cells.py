"""How the value of a cell is printed, and into which numbers a spreadsheet takes it apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from survey.findings.values import Wording
from survey.rendering import numbers
from survey.rendering.blocks import Kind
from survey.rendering.words import VERDICTS, speaker

if TYPE_CHECKING:
    from analysis.results import Estimate
    from survey.findings.values import Change, Participation, Points
    from survey.rendering.blocks import Column, Standing, Value

Number = str | int | float | date | None
_ARROW: Final = "\N{RIGHTWARDS ARROW}"


@dataclass(frozen=True, slots=True)
class Field:
    """One spreadsheet column of a report column; ``number_format`` is empty for text.

    ``name`` follows the heading of the report column, unless it ``stands_alone``.
    """

    name: Wording
    number_format: str
    read: Callable[[Any, str], Number]
    stands_alone: bool = False


def printed(column: Column, value: Value, language: str) -> str:
    """Write a cell for people; a second line holds the interval or what explains the first."""
    if value is None:
        return column.missing or numbers.NOT_ENOUGH.text(language)
    return _PRINTERS[column.kind](value, language)


def fields(kind: Kind) -> tuple[Field, ...]:
    """Return the spreadsheet columns a column of this kind is taken apart into."""
    return _FIELDS[kind]


def movement_words(change: Change, language: str) -> str:
    """Say what may be said about a rank against the year before: real, or not to be told from no change."""
    say, moved = speaker(language), abs(change.rank_change or 0)
    places = numbers.count(moved, language)
    unit = "place" if moved == 1 else "places"
    return {
        "up": say(f"tăng {places} bậc", f"up {places} {unit}"),
        "down": say(f"giảm {places} bậc", f"down {places} {unit}"),
        "same": say("giữ nguyên", "same rank"),
        "cannot_tell": say("không phân biệt được", "cannot be told apart"),
        "not_comparable": VERDICTS["not_comparable"].text(language),
        **{code: VERDICTS[code].text(language) for code in ("new", "preview", "earlier_open", "late")},
    }[change.movement]


def _mixed(value: Number, language: str) -> str:
    if isinstance(value, date):
        return numbers.day(value, language)
    if isinstance(value, float):
        return numbers.percent(value, language)
    return numbers.count(value, language) if isinstance(value, int) else str(value)


def _share(estimate: Estimate, language: str) -> str:
    return f"{numbers.percent(estimate.value, language)}\n{numbers.percent_interval(estimate.ci, language)}"


def _share_n(estimate: Estimate, language: str) -> str:
    value, n = numbers.percent(estimate.value, language), numbers.count(estimate.n, language)
    return f"{value} ({n})\n{numbers.percent_interval(estimate.ci, language)}"


def _score(estimate: Estimate, language: str) -> str:
    return f"{numbers.score(estimate.value, language)}\n{numbers.score_interval(estimate.ci, language)}"


def _change(change: Change, language: str) -> str:
    if change.difference is None:
        return VERDICTS[change.verdict].text(language)
    say = speaker(language)
    verdict = (
        say("chưa đủ căn cứ", "no evidence")
        if change.verdict == "no_evidence"
        else VERDICTS[change.verdict].text(language)
    )
    value = numbers.signed_points(change.difference.value, language)
    return f"{value} ({numbers.signed_points_interval(change.difference.ci, language)})\n{verdict}"


def _signed(difference: Estimate, language: str) -> str:
    value = numbers.signed_points(difference.value, language)
    return f"{value}\n{numbers.signed_points_interval(difference.ci, language)}"


def _movement(change: Change, language: str) -> str:
    words = movement_words(change, language)
    if change.previous_rank is None or change.rank_change is None:
        return words
    before, now = change.previous_rank, change.previous_rank - change.rank_change
    return f"{numbers.count(before, language)} {_ARROW} {numbers.count(now, language)}\n{words}"


def _participation(participation: Participation, language: str) -> str:
    n = numbers.count(participation.respondents, language)
    if participation.population_size is None:
        return f"{n}\n" + speaker(language)("N chưa biết", "N not known")
    size = numbers.count(participation.population_size, language)
    rate = "" if participation.rate is None else f"\n{numbers.percent(participation.rate, language)}"
    return f"{n}/{size}{rate}"


def _standing(standing: Standing, language: str) -> str:
    if standing.rank is None:
        return "–"
    low, high = (numbers.count(end, language) for end in (standing.low, standing.high))
    return numbers.count(standing.rank, language) + (f"\n{low}–{high}" if standing.low is not None else "")


def _points(points: Points, language: str) -> str:
    value, low, high = (
        numbers.points(number, language, points.decimals) for number in (points.value, points.low, points.high)
    )
    return f"{value}\n{low}–{high}"


_PRINTERS: Final[dict[Kind, Callable[[Any, str], str]]] = {
    Kind.TEXT: lambda value, _language: str(value),
    Kind.COUNT: numbers.count,
    Kind.MIXED: _mixed,
    Kind.PERCENT: numbers.percent,
    Kind.SHARE: _share,
    Kind.SHARE_N: _share_n,
    Kind.SCORE: _score,
    Kind.CHANGE: _change,
    Kind.DIFFERENCE: _signed,
    Kind.MOVEMENT: _movement,
    Kind.PARTICIPATION: _participation,
    Kind.STANDING: _standing,
    Kind.POINTS: _points,
    Kind.POINTS_PART: numbers.points,
}

_ITSELF: Final = Wording("", "")
_LOW, _HIGH = Wording("cận dưới", "low"), Wording("cận trên", "high")
_PERCENT, _SCORE, _COUNT, _POINTS, _SIGNED = "0.0%", "0.00", "#,##0", "0.00", "+0.0;-0.0;0.0"


def _at(path: str) -> Callable[[Any, str], Number]:
    read = attrgetter(path)
    return lambda value, _language: read(value)


def _difference(path: str) -> Callable[[Any, str], Number]:
    read = attrgetter(path)
    return lambda change, _language: read(change.difference) * 100 if change.difference else None


def _points_of(path: str) -> Callable[[Any, str], Number]:
    read = attrgetter(path)
    return lambda difference, _language: read(difference) * 100


def _itself(number_format: str) -> tuple[Field, ...]:
    return (Field(_ITSELF, number_format, lambda value, _language: value),)


_SHARE_FIELDS: Final = (
    Field(_ITSELF, _PERCENT, _at("value")),
    Field(_LOW, _PERCENT, _at("ci.low")),
    Field(_HIGH, _PERCENT, _at("ci.high")),
)
_FIELDS: Final[dict[Kind, tuple[Field, ...]]] = {
    Kind.TEXT: _itself(""),
    Kind.COUNT: _itself(_COUNT),
    Kind.MIXED: _itself(""),
    Kind.PERCENT: _itself(_PERCENT),
    Kind.SHARE: _SHARE_FIELDS,
    Kind.SHARE_N: (*_SHARE_FIELDS, Field(Wording("n", "n"), _COUNT, _at("n"))),
    Kind.SCORE: (
        Field(_ITSELF, _SCORE, _at("value")),
        Field(_LOW, _SCORE, _at("ci.low")),
        Field(_HIGH, _SCORE, _at("ci.high")),
    ),
    Kind.CHANGE: (
        Field(Wording("thay đổi", "change"), _SIGNED, _difference("value")),
        Field(Wording("cận dưới", "low"), _SIGNED, _difference("ci.low")),
        Field(Wording("cận trên", "high"), _SIGNED, _difference("ci.high")),
        Field(Wording("kết luận", "verdict"), "", lambda change, language: VERDICTS[change.verdict].text(language)),
    ),
    Kind.DIFFERENCE: (
        Field(_ITSELF, _SIGNED, _points_of("value")),
        Field(_LOW, _SIGNED, _points_of("ci.low")),
        Field(_HIGH, _SIGNED, _points_of("ci.high")),
    ),
    Kind.MOVEMENT: (
        Field(Wording("Hạng năm trước", "Rank a year before"), _COUNT, _at("previous_rank"), stands_alone=True),
        Field(
            Wording("Biến động hạng: số bậc", "Rank movement: places"), "+0;-0;0", _at("rank_change"), stands_alone=True
        ),
        Field(Wording("Biến động hạng: kết luận", "Rank movement: verdict"), "", movement_words, stands_alone=True),
    ),
    Kind.PARTICIPATION: (
        Field(Wording("n", "n"), _COUNT, _at("respondents"), stands_alone=True),
        Field(Wording("N", "N"), _COUNT, _at("population_size"), stands_alone=True),
        Field(Wording("Tỷ lệ tham gia n/N", "Participation rate n/N"), _PERCENT, _at("rate"), stands_alone=True),
        Field(Wording("Tỷ lệ thật, ít nhất", "True share, at least"), _PERCENT, _at("truth_low"), stands_alone=True),
        Field(Wording("Tỷ lệ thật, nhiều nhất", "True share, at most"), _PERCENT, _at("truth_high"), stands_alone=True),
    ),
    Kind.STANDING: (
        Field(Wording("Hạng", "Rank"), _COUNT, _at("rank"), stands_alone=True),
        Field(Wording("Tập hạng: từ", "Rank set: from"), _COUNT, _at("low"), stands_alone=True),
        Field(Wording("Tập hạng: đến", "Rank set: to"), _COUNT, _at("high"), stands_alone=True),
    ),
    Kind.POINTS: (
        Field(_ITSELF, _POINTS, _at("value")),
        Field(_LOW, _POINTS, _at("low")),
        Field(_HIGH, _POINTS, _at("high")),
        Field(Wording("tối đa", "at most"), _POINTS, _at("maximum")),
    ),
    Kind.POINTS_PART: _itself(_POINTS),
}
