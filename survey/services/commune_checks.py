"""What contradicts itself in the file of old and new communes, by rules that know no single row.

A district lay in one province, an old province went to one new one, a code has one name, a commune that went over
whole went to one place, and there are as many new communes as the resolutions made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from operator import attrgetter
from typing import Final

from survey.services.commune_values import CommuneRow, Oddity
from survey.services.import_values import normal
from survey.services.table_values import plain_heading

# Communes of each new province on 1 July 2025, by the resolutions of the Standing Committee of the National Assembly.
OFFICIAL_COMMUNES: Final = {
    "01": 126, "04": 56, "08": 124, "11": 45, "12": 38, "14": 75, "15": 99, "19": 92, "20": 65, "22": 54, "24": 99,
    "25": 148, "31": 114, "33": 104, "37": 129, "38": 166, "40": 130, "42": 69, "44": 78, "46": 40, "48": 94, "51": 96,
    "52": 135, "56": 65, "66": 102, "68": 124, "75": 95, "79": 168, "80": 96, "82": 102, "86": 124, "91": 102,
    "92": 103, "96": 64,
}  # fmt: skip
OFFICIAL_TYPES: Final = {"xã": 2621, "phường": 687, "đặc khu": 13}
_COMMUNE_DIGITS: Final = 5
_PROVINCE_DIGITS: Final = 2

Key = Callable[[CommuneRow], Hashable]


def find_oddities(rows: Sequence[CommuneRow]) -> tuple[Oddity, ...]:
    """Return what looks odd, by line."""
    found = [
        *_wrong_codes(rows),
        *_strays(rows, "old_district_code", "old_province_code", "old_district_code", "old_province_code"),
        *_strays(rows, "old_province_code", "new_province_code", "old_province_code", "old_province_code"),
        *_strays(rows, "new_code", "new_province_code", "new_commune_code", "new_province_code"),
        *_strays(rows, "old_code", "old_name", "old_commune_code", "old_commune", plain=True),
        *_strays(rows, "new_code", "new_name", "new_commune_code", "new_commune", plain=True),
        *_twice_whole(rows),
        *_untyped(rows),
        *_missing(rows),
    ]
    return tuple(sorted(found, key=lambda each: (each.line, each.column)))


def _strays(
    rows: Sequence[CommuneRow], one: str, other: str, one_column: str, other_column: str, *, plain: bool = False
) -> Iterator[Oddity]:
    """Name the rows whose ``other`` differs from that of most rows with the same ``one``; of a tie, all of them."""
    first, second = attrgetter(one), attrgetter(other)
    groups: dict[str, list[CommuneRow]] = defaultdict(list)
    for row in rows:
        if first(row) and second(row):
            groups[first(row)].append(row)
    for value, group in groups.items():
        compared = (lambda row: plain_heading(second(row))) if plain else second
        counts = Counter(map(compared, group))
        if len(counts) == 1:
            continue
        (usual, most), (_, next_most) = counts.most_common(2)
        tie = most == next_most
        shown = next(second(row) for row in group if compared(row) == usual)
        for row in group:
            if tie or compared(row) != usual:
                yield _stray(
                    row, first=(one_column, value), second=(other_column, other, shown), most=0 if tie else most
                )


def _stray(row: CommuneRow, *, first: tuple[str, str], second: tuple[str, str, str], most: int) -> Oddity:
    (one_column, value), (column, attribute, usual) = first, second
    here = getattr(row, attribute)
    if not most:
        return Oddity(
            row.line, column, here,
            vi=f"{_WORDS[one_column][0]} {value} có nhiều giá trị khác nhau ở cột này; hãy đối chiếu với nghị quyết",
            en=f"the {_WORDS[one_column][1]} {value} has several values in this column; compare the resolution",
        )  # fmt: skip
    vi, en = _WORDS[one_column]
    told_vi = f"ở {most} dòng khác, {vi} {value} đi với “{usual}”; ở dòng này với “{here}”: một trong hai ô sai"
    told_en = f"in {most} other lines the {en} {value} goes with “{usual}”, in this one with “{here}”: one is wrong"
    # A name may be right and its code wrong; and where the group is told by the very cell in doubt, the other lines
    # do not say what it should be.
    is_told = column.endswith("_province_code") and one_column != column
    doubtful = getattr(row, _ATTRIBUTES[column])
    return Oddity(row.line, column, doubtful, vi=told_vi, en=told_en, probably=usual if is_told else "")


_WORDS: Final = {
    "old_district_code": ("huyện cũ", "old district"),
    "old_province_code": ("tỉnh cũ", "old province"),
    "old_commune_code": ("xã cũ", "old commune"),
    "new_commune_code": ("xã mới", "new commune"),
}
_ATTRIBUTES: Final = {
    "old_province_code": "old_province_code",
    "new_province_code": "new_province_code",
    "old_commune": "old_name",
    "new_commune": "new_name",
}


def _twice_whole(rows: Sequence[CommuneRow]) -> Iterator[Oddity]:
    groups: dict[str, list[CommuneRow]] = defaultdict(list)
    for row in rows:
        groups[row.old_code].append(row)
    for code, group in groups.items():
        if len(group) > 1 and any(row.extent == "whole" for row in group):
            lines = ", ".join(str(row.line) for row in group)
            for row in group:
                if row.extent == "whole":
                    yield Oddity(
                        row.line, "note", row.note,
                        vi=f"xã cũ {code} nhập toàn bộ nhưng có ở nhiều dòng ({lines}); một mã có thể đã ghi nhầm",
                        en=f"the old commune {code} went over whole but stands in several lines ({lines}); one of the "
                        "codes may be wrong",
                    )  # fmt: skip


def _untyped(rows: Sequence[CommuneRow]) -> Iterator[Oddity]:
    for row in rows:
        for column, name, kind in (
            ("old_commune", row.old_name, row.old_type),
            ("new_commune", row.new_name, row.new_type),
        ):
            if not kind:
                yield Oddity(
                    row.line, column, name,
                    vi="tên không bắt đầu bằng loại (xã, phường, thị trấn, đặc khu)",
                    en="the name does not begin with its type (xã, phường, thị trấn, đặc khu)",
                )  # fmt: skip
            elif not name.casefold().startswith(f"{kind} "):
                better = kind.capitalize() + name[len(kind) :]
                yield Oddity(
                    row.line, column, name,
                    vi=f"loại đơn vị viết sai dấu; có lẽ là “{better}”",
                    en=f"the type is written without its marks; it is probably “{better}”",
                    probably=better,
                )  # fmt: skip


def _wrong_codes(rows: Sequence[CommuneRow]) -> Iterator[Oddity]:
    columns = (
        ("new_commune_code", "new_code", _COMMUNE_DIGITS),
        ("old_commune_code", "old_code", _COMMUNE_DIGITS),
        ("new_province_code", "new_province_code", _PROVINCE_DIGITS),
        ("old_province_code", "old_province_code", _PROVINCE_DIGITS),
    )
    for row in rows:
        for column, attribute, digits in columns:
            code = getattr(row, attribute)
            if code and (len(code) != digits or not code.isdecimal()):
                yield Oddity(
                    row.line, column, code,
                    vi=f"mã phải có {digits} chữ số; các số 0 đứng đầu có thể đã mất",
                    en=f"the code has {digits} digits; zeros before it may be lost",
                    probably=code.zfill(digits) if code.isdecimal() and len(code) < digits else "",
                )  # fmt: skip


def _missing(rows: Sequence[CommuneRow]) -> Iterator[Oddity]:
    """Hold every province in the file against the number of communes that it was given."""
    new = {row.new_code: row for row in rows}
    here = Counter(row.new_province_code for row in new.values())
    names = {row.new_province_code: row.new_province for row in rows}
    for code, count in sorted(here.items()):
        official = OFFICIAL_COMMUNES.get(code)
        if official is not None and official != count:
            yield Oddity(
                0, "new_province_code", f"{code} {names[code]}",
                vi=f"tệp có {count} đơn vị cấp xã, chính thức là {official}",
                en=f"the file has {count} communes, officially there are {official}",
            )  # fmt: skip
    if set(here) != set(OFFICIAL_COMMUNES):
        return
    types = Counter(row.new_type for row in new.values())
    for kind, official in OFFICIAL_TYPES.items():
        if types[kind] != official:
            yield Oddity(
                0, "new_commune", normal(kind),
                vi=f"cả nước có {official} {kind}, tệp có {types[kind]}",
                en=f"the country has {official} of the type {kind}, the file {types[kind]}",
            )  # fmt: skip
