"""The map of an import: which column is what, and which text means which level.  Read from TOML, checked whole."""

from __future__ import annotations

import codecs
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from survey.models.editions import RATING_LEVELS
from survey.services.errors import ImportRefusedError
from survey.services.import_values import normal, parsed_date

V = TypeVar("V")
Day = date  # a field named ``date`` hides the type


def _by_normal_text(values: dict[str, V]) -> dict[str, V]:
    return {normal(text): value for text, value in values.items()}


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        msg = "no such encoding; use utf-8, windows-1258, windows-1252 or utf-16"
        raise ValueError(msg) from None


def _known_format(pattern: str) -> str:
    example = date(2026, 11, 21)
    day = parsed_date(example.strftime(pattern), pattern)
    if day is None or day.year != example.year:
        msg = "no date format with a year; write it like %d/%m/%Y"
        raise ValueError(msg)
    return pattern


def _column_alone(item: object) -> object:
    return {"column": item} if isinstance(item, str) else item


Level = Literal["no_opinion", "missing"] | Annotated[int, Field(ge=RATING_LEVELS[0], le=RATING_LEVELS[-1])]
Levels = Annotated[dict[str, Level], AfterValidator(_by_normal_text)]
Channel = Literal["qr", "kiosk", "assisted", "paper", "transaction"]
SampleKind = Literal["household", "transactions", "self_selected"]
Language = Literal["vi", "en", "km", "cjm", "tyz", "hmn", "rad", "jra", "zh"]
CHANNELS: Final = get_args(Channel)
LANGUAGES: Final = get_args(Language)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FileSection(_Section):
    """How the bytes become rows."""

    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    # A tab would be taken for a space and stripped.
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1, strip_whitespace=False)] = ","
    layout: Literal["wide", "long"] = "wide"
    decimal: Literal[".", ","] = "."


class ColumnsSection(_Section):
    """Names of columns; ``respondent``, ``question`` and ``value`` are those of the long layout."""

    agency: str | None = None
    date: str | None = None
    channel: str | None = None
    language: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    weight: str | None = None
    respondent: str | None = None
    question: str | None = None
    value: str | None = None


class ConstantsSection(_Section):
    """What is the same for every line and has no column."""

    agency: str | None = None
    date: Day | None = None
    channel: Channel = "paper"
    language: Language = "vi"


class DatesSection(_Section):
    """Formats of the date column, in the order they are tried."""

    formats: Annotated[tuple[Annotated[str, AfterValidator(_known_format)], ...], Field(min_length=1)] = ("%Y-%m-%d",)
    ambiguous: Literal["refuse", "first"] = "refuse"


class ItemSection(_Section):
    """One item: its column (its question, in the long layout), and its own reading of values."""

    column: str
    reverse: bool | None = None
    values: Levels = {}


class ScaleSection(_Section):
    """How numbers are read: 1–5 as they are, or the other way round."""

    reverse: bool = False


class RootSection(_Section):
    """The agency at the top, made where it is missing."""

    code: str
    kind: Literal["province", "department", "commune"] = "province"
    name: str
    name_en: str | None = None
    valid_from: date


class AgenciesSection(_Section):
    """Which text of the agency column is which agency; missing ones are made below the root only if asked."""

    codes: Annotated[dict[str, str], AfterValidator(_by_normal_text)] = {}
    create: bool = False
    kind: Literal["department", "commune", "unit"] = "department"
    prefix: str = ""
    root: RootSection | None = None


class WaveSection(_Section):
    """The wave by its code; with everything else given it is made where it is missing."""

    code: str
    name: str | None = None
    name_en: str | None = None
    agency: str | None = None
    questionnaire: str | None = None
    edition: str | None = None
    method: str | None = None
    sample_kind: SampleKind | None = None
    index_year: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    state: Literal["open", "closed"] = "closed"

    @property
    def missing(self) -> list[str]:
        """Return what a new wave still needs."""
        return [key for key in _NEEDED_FOR_A_WAVE if getattr(self, key) is None]


_NEEDED_FOR_A_WAVE: Final = (
    "name", "agency", "questionnaire", "edition", "method", "sample_kind", "index_year", "opens_on", "closes_on",
)  # fmt: skip


class ImportMap(_Section):
    """A whole map."""

    file: FileSection = FileSection()
    columns: ColumnsSection = ColumnsSection()
    constants: ConstantsSection = ConstantsSection()
    dates: DatesSection = DatesSection()
    scale: ScaleSection = ScaleSection()
    items: Annotated[dict[str, Annotated[ItemSection, BeforeValidator(_column_alone)]], Field(min_length=1)]
    values: Levels = {}
    channels: Annotated[dict[str, Channel], AfterValidator(_by_normal_text)] = {}
    languages: Annotated[dict[str, Language], AfterValidator(_by_normal_text)] = {}
    only: dict[str, tuple[str, ...]] = {}
    agencies: AgenciesSection = AgenciesSection()
    wave: WaveSection

    @model_validator(mode="after")
    def _check_where_things_come_from(self) -> Self:
        for key in ("agency", "date"):
            if (getattr(self.columns, key) is None) == (getattr(self.constants, key) is None):
                msg = f"give {key} either under [columns] or under [constants], and not under both"
                raise ValueError(msg)
        is_long = self.file.layout == "long"
        for key in ("respondent", "question", "value"):
            if (getattr(self.columns, key) is not None) != is_long:
                word = "needs" if is_long else "has no"
                msg = f"the {self.file.layout} layout {word} columns.{key}"
                raise ValueError(msg)
        return self

    def columns_named(self) -> dict[str, str]:
        """Return every column the file must have, and the key of the map that names it."""
        named = {name: f"columns.{key}" for key, name in self.columns.model_dump().items() if name is not None}
        if self.file.layout == "wide":
            named |= {item.column: f"items.{code}" for code, item in self.items.items()}
        return named | dict.fromkeys(self.only, "only")


def read_import_map(path: Path) -> ImportMap:
    """Read a map.

    Raises:
        ImportRefusedError: where the file is missing, not TOML in UTF-8, or says what cannot be; each fault is named.

    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ImportRefusedError(
            vi=f"Không mở được tệp ánh xạ {path} ({error.strerror}); hãy kiểm tra đường dẫn.",
            en=f"The map {path} cannot be opened ({error.strerror}); check the path.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImportRefusedError(
            vi=f"Tệp ánh xạ {path} không phải TOML bằng UTF-8 ({error}); hãy sửa chỗ đó.",
            en=f"The map {path} is not TOML in UTF-8 ({error}); mend that place.",
        ) from error
    return check_import_map(content, name=str(path))


def check_import_map(content: dict[str, Any], *, name: str) -> ImportMap:
    """Check the content of a map; ``name`` is what the refusal calls it.

    Raises:
        ImportRefusedError: naming every key that is unknown, missing or wrong.

    """
    try:
        return ImportMap.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or '…'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise ImportRefusedError(
            vi=f"Tệp ánh xạ {name} chưa dùng được, hãy sửa các mục sau: {faults}.",
            en=f"The map {name} cannot be used; mend these keys: {faults}.",
        ) from error
