"""Numbers as people write them in tables of indicators: 0.97, 97 %, 97,5%, 1.849/1.849; exact, or a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from survey.services.errors import RoundError

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,10})?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}([.,\s][0-9]{3}){1,3}")
_WHOLE: Final = re.compile(r"[0-9]{1,12}")


# No index of anybody is older, and none is of a year that a typing error makes.
YEARS: Final = (1990, 2100)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and the counts it came from where these were given."""

    value: Fraction
    numerator: Fraction | None = None
    denominator: Fraction | None = None


def read_figure(text: str) -> Figure:
    """Return a figure; a percentage and a part of a whole become a share of 0–1.

    Raises:
        RoundError: It is no figure, or a part is larger than its whole.

    """
    written = text.strip().replace("\N{NO-BREAK SPACE}", " ")
    if "/" in written:
        part, whole = (read_whole(side) for side in written.split("/", maxsplit=1))
        if not whole or part > whole:
            raise RoundError(
                vi=f"“{written}”: tử số không được lớn hơn mẫu số, mẫu số phải trên 0; hãy sửa.",
                en=f"“{written}”: the part must not exceed the whole, and the whole be above 0; change it.",
            )
        return Figure(Fraction(part, whole), Fraction(part), Fraction(whole))
    if written.endswith("%"):
        return Figure(read_decimal(written[:-1]) / 100)
    return Figure(read_decimal(written))


def read_decimal(text: str) -> Fraction:
    """Return a number written with a decimal point or a decimal comma.

    Raises:
        RoundError: It is none.

    """
    written = text.strip()
    if not _NUMBER.fullmatch(written):
        raise RoundError(
            vi=f"“{written[:40]}” không phải số; hãy ghi như 0,97 hoặc 97 % hoặc 1849/1849.",
            en=f"“{written[:40]}” is no number; write it like 0.97, 97 % or 1849/1849.",
        )
    return Fraction(written.replace(",", "."))


def read_between(text: str, low: int, high: int, *, of: tuple[str, str]) -> int:
    """Return a whole number within bounds, such as a year; 2024.0 of a spreadsheet is one; ``of`` says of what.

    Raises:
        RoundError: It is none, or out of bounds.

    """
    written = text.strip()
    found = Fraction(written.replace(",", ".")) if _NUMBER.fullmatch(written) else None
    if found is None or found.denominator != 1 or not low <= found <= high:
        raise RoundError(
            vi=f"“{written[:40]}” không phải {of[0]}; hãy ghi một số nguyên từ {low} đến {high}.",
            en=f"“{written[:40]}” is no {of[1]}; write a whole number from {low} to {high}.",
        )
    return int(found)


def read_whole(text: str) -> int:
    """Return a whole number such as 1849 or 1.849.

    Raises:
        RoundError: It is none.

    """
    written = text.strip()
    if not (_WHOLE.fullmatch(written) or _GROUPED.fullmatch(written)):
        raise RoundError(
            vi=f"“{written[:40]}” không phải số nguyên; hãy ghi như 1849.",
            en=f"“{written[:40]}” is no whole number; write it like 1849.",
        )
    return int(re.sub(r"[^0-9]", "", written))
