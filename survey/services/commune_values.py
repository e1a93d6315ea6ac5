"""One line of the file of old and new communes, and what may be odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# How much of the old commune this line speaks of: all of it, a part of its land with all its people, or a part.
Extent: TypeAlias = Literal["whole", "all_people", "part"]


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """An old commune and a new one that it, or a part of it, went to; names as written, with their type in front.

    Types are ``xã``, ``phường``, ``thị trấn``, ``đặc khu``, or empty where the name does not say.
    """

    line: int
    old_code: str
    old_name: str
    old_type: str
    old_district_code: str
    old_district: str
    old_province_code: str
    old_province: str
    new_code: str
    new_name: str
    new_type: str
    new_province_code: str
    new_province: str
    note: str
    extent: Extent


@dataclass(frozen=True, slots=True)
class Oddity:
    """What looks wrong: where, the value that stands there, why, and what it should probably be, or nothing.

    ``line`` is 0 for what concerns the whole file; ``column`` is a name of ``COMMUNE_COLUMNS``.
    """

    line: int
    column: str
    value: str
    vi: str
    en: str
    probably: str = ""
