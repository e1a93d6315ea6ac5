"""How numbers and dates are written, in Vietnamese and in English: the one place where figures are rounded.

Pages, PDF, spreadsheets and charts all write through these functions, so that a figure reads the same wherever it
is read.  Shares come in as 0–1 and go out as percent; None goes out as "không đủ số liệu".
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from survey.findings.values import Wording

if TYPE_CHECKING:
    from datetime import date

    from analysis.results import Estimate, Interval

NOT_ENOUGH: Final = Wording(vi="không đủ số liệu", en="not enough data")
UNKNOWN: Final = Wording(vi="chưa biết", en="not known")

PERCENT_DECIMALS: Final = 1
SCORE_DECIMALS: Final = 2
POINTS_DECIMALS: Final = 2

_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_MINUS: Final = "\N{MINUS SIGN}"
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def rounded(value: float, decimals: int) -> Decimal:
    """Round half away from zero, on the fifteen digits that a spreadsheet also sees.

    Python's own rounding would turn 0.8125 into 81.2 % where a spreadsheet shows 81.3 %.
    """
    return Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimal(value: float, decimals: int, language: str) -> str:
    """Write a number with a fixed number of decimals and grouped thousands; never "-0"."""
    exact = rounded(value, decimals)
    return _localised(f"{abs(exact):,f}", language, negative=exact < 0)


def count(number: int | None, language: str) -> str:
    """Write a whole number, 1.234 or 1,234; None is "chưa biết"."""
    if number is None:
        return UNKNOWN.text(language)
    return _localised(f"{abs(number):,}", language, negative=number < 0)


def percent(share: float | None, language: str) -> str:
    """Write a share of 0–1 as 87,5 % or 87.5%."""
    if share is None:
        return NOT_ENOUGH.text(language)
    return _percent_number(share, language) + percent_sign(language)


def percent_sign(language: str) -> str:
    """Return the sign that follows a percentage, with the space Vietnamese puts before it."""
    return "%" if language == "en" else f"{_NO_BREAK}%"


def percent_interval(ci: Interval, language: str) -> str:
    """Write the ends of an interval of a share: 84,2–90,1 %."""
    low, high = (_percent_number(end, language) for end in (ci.low, ci.high))
    return f"{low}–{high}{percent_sign(language)}"


def percent_estimate(estimate: Estimate | None, language: str) -> str:
    """Write a share with everything that must stand beside it: 87,5 % (84,2–90,1 %; n = 1.234)."""
    if estimate is None:
        return NOT_ENOUGH.text(language)
    interval = percent_interval(estimate.ci, language)
    return f"{percent(estimate.value, language)} ({interval}; {sample(estimate.n, language)})"


def score(value: float | None, language: str) -> str:
    """Write a mean score of 1–5 with two decimals: 4,32."""
    return NOT_ENOUGH.text(language) if value is None else decimal(value, SCORE_DECIMALS, language)


def score_interval(ci: Interval, language: str) -> str:
    """Write the ends of an interval of a mean score: 4,20–4,44."""
    return f"{score(ci.low, language)}–{score(ci.high, language)}"


def score_estimate(estimate: Estimate | None, language: str) -> str:
    """Write a mean score with its interval and n."""
    if estimate is None:
        return NOT_ENOUGH.text(language)
    interval = score_interval(estimate.ci, language)
    return f"{score(estimate.value, language)} ({interval}; {sample(estimate.n, language)})"


def sample(number: int, language: str) -> str:
    """Write how many respondents: n = 1.234, unbroken over lines."""
    return f"n{_NO_BREAK}={_NO_BREAK}{count(number, language)}"


def percentage_points(difference: float, language: str) -> str:
    """Write the difference of two shares with its sign: +3,2 điểm % or +3.2 points."""
    return signed_points(difference, language) + percentage_point_unit(difference, language)


def margin(half: float | None, language: str) -> str:
    """Write a margin either way: ±4,2 điểm % or ±4.2 percentage points."""
    if half is None:
        return NOT_ENOUGH.text(language)
    return f"±{decimal(half * 100, PERCENT_DECIMALS, language)}{percentage_point_unit(half, language)}"


def percentage_point_unit(difference: float, language: str) -> str:
    """Return the unit of a difference of two shares, in the number English asks for."""
    if language != "en":
        return f"{_NO_BREAK}điểm{_NO_BREAK}%"
    singular = abs(rounded(difference * 100, PERCENT_DECIMALS)) == 1
    return f"{_NO_BREAK}percentage point{'' if singular else 's'}"


def signed_points(difference: float, language: str) -> str:
    """Write the difference of two shares in points of a percent, signed, without its unit: +3,2."""
    number = decimal(difference * 100, PERCENT_DECIMALS, language)
    return f"+{number}" if rounded(difference * 100, PERCENT_DECIMALS) > 0 else number


def signed_points_interval(ci: Interval, language: str) -> str:
    """Write the ends of an interval of a difference: từ −0,3 đến +4,1."""
    low, high = signed_points(ci.low, language), signed_points(ci.high, language)
    return f"{low} to {high}" if language == "en" else f"{low} đến {high}"


def points(value: float | None, language: str, decimals: int = POINTS_DECIMALS) -> str:
    """Write index points, already cut by the edition's rule, with the rule's decimals: 9,35."""
    return NOT_ENOUGH.text(language) if value is None else decimal(value, decimals, language)


def signed_count(number: int, language: str) -> str:
    """Write a whole number with its sign: +10, −23, 0."""
    return f"+{count(number, language)}" if number > 0 else count(number, language)


def day(moment: date, language: str) -> str:
    """Write a date: 21/11/2026 or 21 November 2026."""
    if language == "en":
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{moment:%d/%m/%Y}"


def official_day(moment: date, language: str) -> str:
    """Write a date as the head of a document does: ngày 21 tháng 11 năm 2026.

    Decree 30/2020/NĐ-CP, annex I: a zero stands before days below 10 and before months 1 and 2.
    """
    if language == "en":
        return day(moment, language)
    month = f"{moment.month:02d}" if moment.month <= 2 else str(moment.month)  # noqa: PLR2004 -- the decree's own 2
    return f"ngày {moment.day:02d} tháng {month} năm {moment.year}"


def _percent_number(share: float, language: str) -> str:
    return decimal(share * 100, PERCENT_DECIMALS, language)


def _localised(plain: str, language: str, *, negative: bool) -> str:
    if language != "en":
        plain = plain.translate({ord(","): ".", ord("."): ","})
    return _MINUS + plain if negative else plain
