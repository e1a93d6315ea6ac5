"""The register of who is rated: what its files look like, and what an import of one would do."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias
from uuid import UUID

from survey.models.agencies import AGENCY_KINDS
from survey.models.opening_hours import shown_hours
from survey.services.agencies import KIND_NAMES
from survey.services.commune_file import COMMUNE_COLUMNS
from survey.services.import_lines import BadCell
from survey.services.import_values import UnreadableError, parsed_date
from survey.services.table_headings import Column, known_headings
from survey.services.table_values import plain_heading

Act: TypeAlias = Literal["added", "changed", "retired", "unchanged"]
ACTS: Final[tuple[Act, ...]] = ("added", "changed", "retired", "unchanged")

AGENCY_COLUMNS: Final = (
    Column("code", "Mã cơ quan", "Agency code", ("Mã",), is_needed=True),
    Column("kind", "Loại", "Kind", ("Loại cơ quan",), is_needed=True),
    Column("name", "Tên cơ quan", "Agency name", ("Tên", "Name"), is_needed=True),
    Column("name_en", "Tên tiếng Anh", "English name"),
    Column("parent_code", "Mã cấp trên", "Parent code", ("Mã cơ quan cấp trên",), is_needed=True),
    Column("valid_from", "Có hiệu lực từ", "Valid from", ("Từ ngày",)),
    Column("valid_to", "Hết hiệu lực từ", "Valid to", ("Đến ngày",)),
)
COUNTER_COLUMNS: Final = (
    Column("counter_code", "Mã quầy", "Counter code"),
    Column("agency_code", "Mã cơ quan", "Agency code", ("Mã cơ quan đặt quầy",), is_needed=True),
    Column("name", "Tên quầy", "Counter name", ("Quầy", "Tên", "Name"), is_needed=True),
    Column("name_en", "Tên tiếng Anh", "English name"),
    Column("serves_code", "Nhận hồ sơ cho", "Serves", ("Mã cơ quan giải quyết",), is_needed=True),
    Column("service_codes", "Thủ tục tại quầy", "Services offered", ("Mã thủ tục",)),
    Column("opening_hours", "Giờ mở cửa", "Opening hours"),
    Column("retired_on", "Ngừng từ ngày", "Retired on"),
)
SERVICE_COLUMNS: Final = (
    Column("agency_code", "Mã cơ quan", "Agency code", ("Mã cơ quan giải quyết",), is_needed=True),
    Column("code", "Mã thủ tục", "Service code", ("Mã",), is_needed=True),
    Column("name", "Tên thủ tục", "Service name", ("Thủ tục", "Tên", "Name"), is_needed=True),
    Column("name_en", "Tên tiếng Anh", "English name"),
    Column("field_code", "Mã lĩnh vực", "Field code", is_needed=True),
    Column("field_name", "Tên lĩnh vực", "Field name", ("Lĩnh vực",)),
    Column("field_name_en", "Tên lĩnh vực tiếng Anh", "Field name in English"),
    Column("retired_on", "Ngừng từ ngày", "Retired on"),
)
OFFICIAL_COLUMNS: Final = (
    Column("email", "E-mail", "E-mail", ("Thư điện tử",), is_needed=True),
    Column("name", "Họ và tên", "Full name", ("Họ tên", "Tên", "Name"), is_needed=True),
    Column("language", "Ngôn ngữ", "Language"),
    Column("active", "Đang dùng", "Active"),
    Column("roles", "Vai trò", "Roles", is_needed=True),
)
COLUMNS: Final[Mapping[str, Sequence[Column]]] = {
    "agencies": AGENCY_COLUMNS,
    "counters": COUNTER_COLUMNS,
    "services": SERVICE_COLUMNS,
    "officials": OFFICIAL_COLUMNS,
    "communes": COMMUNE_COLUMNS,
}
KNOWN_HEADINGS: Final = known_headings(column for columns in COLUMNS.values() for column in columns)
ROLE_WORDS: Final = {
    "viewer": ("người xem", "viewer"),
    "agency_manager": ("quản lý cơ quan", "agency manager"),
    "survey_manager": ("quản lý khảo sát", "survey manager"),
    "administrator": ("quản trị", "administrator"),
    "auditor": ("kiểm tra viên", "auditor"),
}
YES_NO_WORDS: Final = {"yes": ("có", "yes"), "no": ("không", "no")}
LANGUAGE_WORDS: Final = {"vi": ("tiếng Việt", "Vietnamese"), "en": ("tiếng Anh", "English")}
# Columns whose cells are one of a few words; a file may hold the word itself or what it is called.
WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "kind": {kind: KIND_NAMES[kind] for kind in AGENCY_KINDS},
    "active": YES_NO_WORDS,
    "language": LANGUAGE_WORDS,
}
_ALSO: Final = {"ministry": ("bộ",), "province": ("thành phố",), "unit": ("đơn vị",)}
DAYS: Final = frozenset({"valid_from", "valid_to", "retired_on"})
DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a column holds and what the file wants it to hold."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What a line of the file comes to; ``key`` and ``name`` say which thing it speaks of.

    ``agency_ids`` are the agencies that it touches, where the import itself files what it does with them.
    """

    line: int
    key: str
    name: str
    act: Act
    differences: tuple[Difference, ...] = ()
    agency_ids: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Plan:
    """What an import would do.  With a single bad cell it does nothing; ``odd`` cells are only told.

    ``left_out`` counts lines that were not asked for; ``new_roots`` are the agencies with nobody above them.
    ``heading_line`` is the line that was taken for the headings.  ``old_bodies`` are the former communes that the file
    names: nothing is done with them.
    """

    shape: str
    lines: list[PlannedLine] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    odd: list[BadCell] = field(default_factory=list)
    left_out: int = 0
    new_roots: list[UUID] = field(default_factory=list)
    heading_line: int = 0
    old_bodies: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Return how many things would be added, changed, retired, and left as they are."""
        found = Counter(line.act for line in self.lines)
        return {act: found[act] for act in ACTS}

    @property
    def does_something(self) -> bool:
        """Return whether carrying it out would change anything."""
        return not self.bad and any(line.act != "unchanged" for line in self.lines)

    @property
    def digest(self) -> str:
        """Return what stands for everything that this plan says, old values among it."""
        said = [
            self.shape,
            [
                [line.line, line.key, line.act, [[d.column, d.old, d.new] for d in line.differences]]
                for line in self.lines
            ],
            [[cell.line, cell.column, cell.value] for cell in self.bad],
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def column_name(shape: str, name: str, language: str) -> str:
    """Return what people call a column; of communes, that of an agency too: they become agencies."""
    columns: list[Column] = [*COLUMNS[shape], *(AGENCY_COLUMNS if shape == "communes" else ())]
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        return name
    return found.en if language == "en" else found.vi


def spoken(column: str, value: str, language: str) -> str:
    """Return a cell in the words of a language; what is no word of ours stays as it is."""
    if column == "roles":
        parts = (part.strip().partition("@") for part in value.split(";") if part.strip())
        return "; ".join(f"{_word(ROLE_WORDS, role, language)} @ {code}" for role, _, code in parts)
    if column == "opening_hours" and value:
        return shown_hours(value, language)
    return _word(WORDS.get(column, {}), value, language)


def shown(column: str, value: str, language: str) -> str:
    """Return a cell as a page shows it: as ``spoken``, and days as people write them."""
    if column in DAYS and value and language != "en":
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return spoken(column, value, language)


def read_word(words: Mapping[str, tuple[str, str]], text: str) -> str:
    """Return the word that a text means.

    Raises:
        UnreadableError: where it means none of them.

    """
    for word, called in words.items():
        # “Sở, ban, ngành” is one kind; whoever writes any of the three means it.
        parts = [part for each in (*called, *_ALSO.get(word, ())) for part in (each, *each.split(","))]
        if plain_heading(text) in {plain_heading(word), *map(plain_heading, parts)}:
            return word
    raise UnreadableError(
        vi=f"không phải một trong: {'; '.join(called[0] for called in words.values())}",
        en=f"is none of {'; '.join(called[1] for called in words.values())}",
    )


def read_day(text: str) -> date:
    """Return the day that a text means.

    Raises:
        UnreadableError: where it is no day.

    """
    day = next((day for form in DATES if (day := parsed_date(text, form)) is not None), None)
    if day is None:
        raise UnreadableError(
            vi="không phải ngày; hãy viết như 01/07/2025 hoặc 2025-07-01", en="is no date; write it like 2025-07-01"
        )
    return day


def _word(words: Mapping[str, tuple[str, str]], value: str, language: str) -> str:
    vi, en = words.get(value, (value, value))
    return en if language == "en" else vi
