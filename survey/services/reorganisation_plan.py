"""What a reorganisation of provinces and communes means, read from its files: which bodies went into which.

Pure: nothing here knows the database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from survey.models.agency_changes import WHOLE
from survey.services.commune_values import CommuneRow, Oddity
from survey.services.errors import ImportRefusedError
from survey.services.table_file import Table
from survey.services.table_headings import Column, headed
from survey.services.table_values import plain_heading

Fate: TypeAlias = Literal["unchanged", "rename", "move", "merge", "split"]
PROVINCE_COLUMNS: Final = (
    Column("old_code", "Mã cũ", "Old code", is_needed=True),
    Column("old_name", "Tên cũ", "Old name", is_needed=True),
    Column("new_code", "Mã mới", "New code", is_needed=True),
    Column("new_name", "Tên mới", "New name", is_needed=True),
)
_TITLES: Final = ("thanh pho ", "tinh ")


@dataclass(frozen=True, slots=True)
class OldBody:
    """A body before: its code, name, and the code of its province, empty for a province."""

    code: str
    name: str
    province: str = ""


@dataclass(frozen=True, slots=True)
class OldPart:
    """What a new body got of an old one: all of it (share 1) or a part of unknown size, and whether it takes over."""

    code: str
    share: float | None
    takes_over: bool


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A body afterwards, with what it was made of; ``fate`` is what became of its parts in it."""

    code: str
    name: str
    province: str
    fate: Fate
    parts: tuple[OldPart, ...]

    @property
    def is_kept(self) -> bool:
        """Return whether the old body itself lives on."""
        return self.fate in {"unchanged", "rename"}


@dataclass(frozen=True, slots=True)
class ReorganisationPlan:
    """Everything the files say.

    ``corrected`` are the lines whose old province was read as what it probably is; so are names whose type lacks its
    marks.  All of these are among the ``oddities``, which a dry run tells.
    """

    old_provinces: Mapping[str, OldBody]
    provinces: tuple[NewUnit, ...]
    old_communes: Mapping[str, OldBody]
    communes: tuple[NewUnit, ...]
    oddities: tuple[Oddity, ...]
    corrected: tuple[Oddity, ...]

    @property
    def divided(self) -> tuple[str, ...]:
        """Return the codes of the old communes that went to several new ones."""
        counted = Counter(part.code for commune in self.communes for part in commune.parts)
        return tuple(sorted(code for code, count in counted.items() if count > 1))

    def count(self, units: Iterable[NewUnit]) -> dict[str, int]:
        """Count new bodies by fate."""
        return dict(Counter[str](unit.fate for unit in units))


def read_provinces(table: Table) -> list[tuple[OldBody, OldBody]]:
    """Read the file of provinces: an old one and the new one that it went to, a line.

    Raises:
        ImportRefusedError: where a column is missing, or an old province goes to two.

    """
    read = headed(table, PROVINCE_COLUMNS)
    pairs = [
        (
            OldBody(read.cell(row, "old_code"), read.cell(row, "old_name")),
            OldBody(read.cell(row, "new_code"), read.cell(row, "new_name")),
        )
        for row in read.rows
    ]
    twice = [code for code, count in Counter(old.code for old, _ in pairs).items() if count > 1]
    if twice:
        raise ImportRefusedError(
            vi=f"Tệp {table.name}: mã tỉnh cũ {twice[0]} có ở hai dòng; mỗi tỉnh cũ chỉ nhập vào một tỉnh mới.",
            en=f"{table.name}: the old province {twice[0]} stands in two lines; each went to one new province.",
        )
    return pairs


def provinces_of(rows: Sequence[CommuneRow]) -> list[tuple[OldBody, OldBody]]:
    """Find out of the communes' lines which province went to which: by most of them."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    names = {row.new_province_code: row.new_province for row in rows}
    old_names: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.old_province_code:
            counts[row.old_province_code][row.new_province_code] += 1
            old_names[row.old_province_code][row.old_province] += 1
    usual = {code: count.most_common(1)[0][0] for code, count in counts.items()}
    return [
        (OldBody(code, old_names[code].most_common(1)[0][0]), OldBody(new, names[new])) for code, new in usual.items()
    ]


def make_plan(
    rows: Sequence[CommuneRow],
    oddities: Sequence[Oddity],
    provinces: Sequence[tuple[OldBody, OldBody]],
    *,
    only: frozenset[str] = frozenset(),
) -> ReorganisationPlan:
    """Put the files together; ``only`` are codes of new provinces, all where it is empty."""
    full_names = {row.old_province_code: row.old_province for row in rows if row.old_province}
    new_names = {row.new_province_code: row.new_province for row in rows if row.new_province}
    chosen = [(old, new) for old, new in provinces if not only or new.code in only]
    old_provinces = {old.code: OldBody(old.code, full_names.get(old.code) or old.name) for old, _ in chosen}
    units = _provinces(chosen, old_provinces, new_names)
    told = {odd.line: odd for odd in oddities if odd.column == "old_province_code" and odd.probably}
    rows = [_spelt(row, better) for row, better in _with_names(rows, oddities)]
    wanted = [row for row in rows if row.new_province_code in {unit.code for unit in units}]
    old_communes: dict[str, OldBody] = {}
    for row in wanted:
        province = told[row.line].probably if row.line in told else row.old_province_code
        old_communes.setdefault(row.old_code, OldBody(row.old_code, row.old_name, province))
    lines = {row.line for row in wanted}
    return ReorganisationPlan(
        old_provinces=old_provinces,
        provinces=units,
        old_communes=old_communes,
        communes=_communes(wanted, old_communes, {unit.code for unit in units if unit.is_kept}),
        oddities=tuple(odd for odd in oddities if odd.line in lines or (not odd.line and not only)),
        corrected=tuple(odd for line, odd in told.items() if line in lines),
    )


def _provinces(
    pairs: Sequence[tuple[OldBody, OldBody]], old: Mapping[str, OldBody], full_names: Mapping[str, str]
) -> tuple[NewUnit, ...]:
    groups: dict[str, list[str]] = defaultdict(list)
    names = {new.code: full_names.get(new.code) or new.name for _, new in pairs}
    for one, new in pairs:
        groups[new.code].append(one.code)
    units = []
    for code, parts in groups.items():
        fate: Fate = "merge"
        if len(parts) == 1:
            same_name = _bare(old[parts[0]].name) == _bare(names[code])
            fate = ("unchanged" if same_name else "rename") if parts[0] == code else "move"
        units.append(
            NewUnit(code, names[code], "", fate, tuple(OldPart(part, WHOLE, takes_over=True) for part in parts))
        )
    return tuple(units)


def _communes(rows: Sequence[CommuneRow], old: Mapping[str, OldBody], kept_provinces: set[str]) -> tuple[NewUnit, ...]:
    targets: dict[str, list[CommuneRow]] = defaultdict(list)
    sources: dict[str, list[CommuneRow]] = defaultdict(list)
    for row in rows:
        targets[row.new_code].append(row)
        sources[row.old_code].append(row)
    heirs = {code: _heir(group) for code, group in sources.items()}
    units = []
    for code, group in targets.items():
        parts = {
            row.old_code: OldPart(
                row.old_code,
                WHOLE if _is_whole(row, sources[row.old_code]) else None,
                heirs[row.old_code] == code,
            )
            for row in group
        }
        fate = _fate(group[0], tuple(parts.values()), old, kept_provinces)
        units.append(NewUnit(code, group[0].new_name, group[0].new_province_code, fate, tuple(parts.values())))
    return tuple(units)


def _fate(row: CommuneRow, parts: Sequence[OldPart], old: Mapping[str, OldBody], kept_provinces: set[str]) -> Fate:
    if any(part.share is None for part in parts):
        return "split"
    if len(parts) > 1:
        return "merge"
    before = old[parts[0].code]
    stays = before.code == row.new_code and before.province == row.new_province_code
    if not stays or row.new_province_code not in kept_provinces:
        return "move"
    return "unchanged" if before.name.strip() == row.new_name.strip() else "rename"


def _is_whole(row: CommuneRow, lines: Sequence[CommuneRow]) -> bool:
    """Return whether all of the old commune went here: a line that says so cannot be the only truth of several."""
    return row.extent == "whole" and len({line.new_code for line in lines}) == 1


def _heir(lines: Sequence[CommuneRow]) -> str:
    """Return the new commune that takes over: the only one, the one with all the people, or that of the same code."""
    codes = {line.new_code for line in lines}
    if len(codes) == 1:
        return lines[0].new_code
    people = [line.new_code for line in lines if line.extent == "all_people"]
    if len(people) == 1:
        return people[0]
    return lines[0].old_code if lines[0].old_code in codes else ""


def _with_names(
    rows: Sequence[CommuneRow], oddities: Sequence[Oddity]
) -> Iterable[tuple[CommuneRow, Mapping[str, str]]]:
    """Pair every line with the names in it that are probably spelt otherwise, by column."""
    better: dict[int, dict[str, str]] = defaultdict(dict)
    for odd in oddities:
        if odd.probably and odd.column in {"old_commune", "new_commune"}:
            better[odd.line][odd.column] = odd.probably
    return ((row, better.get(row.line, {})) for row in rows)


def _spelt(row: CommuneRow, better: Mapping[str, str]) -> CommuneRow:
    if not better:
        return row
    return replace(
        row, old_name=better.get("old_commune", row.old_name), new_name=better.get("new_commune", row.new_name)
    )


def _bare(name: str) -> str:
    """Return the name of a province without its title, and without its former name in brackets."""
    plain = plain_heading(name)
    return next((plain.removeprefix(title) for title in _TITLES if plain.startswith(title)), plain)
