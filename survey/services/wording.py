"""The wording of citizens' pages as it lies in files: one a language, with a review status for every string.

A file of the data folder's ``wording/`` stands before the file of the same name that comes with the product, string by
string, so that a translation can be brought in without touching the program.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from survey.models.editions import wording_status

ORIGINAL: Final = "vi"
BUILT_IN: Final = Path(__file__).resolve().parent.parent / "citizen" / "wording"
REVIEWED: Final = "reviewed"
DRAFT: Final = "draft"
MISSING: Final = "missing"
STATUSES: Final = (REVIEWED, DRAFT)
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_TOML_ENDING: Final = ".toml"


@dataclass(frozen=True, slots=True)
class Wording:
    """One string of a language, and whether somebody who speaks the language has checked it."""

    text: str
    status: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The strings of one language; those it lacks are missing.  ``name`` is the language's, written in ``name_tag``.

    ``faults`` say which strings were left out because they could not be shown.
    """

    tag: str
    name: str
    name_tag: str
    strings: Mapping[str, Wording]
    faults: tuple[str, ...] = ()

    @property
    def is_reviewed_in_part(self) -> bool:
        """Return whether anything may be shown as this language's own."""
        return any(wording.status == REVIEWED for wording in self.strings.values())

    def count(self, keys: Mapping[str, Any]) -> Counter[str]:
        """Count reviewed, draft and missing strings among ``keys``."""
        return Counter(self.strings[key].status if key in self.strings else MISSING for key in keys)


def own_folder(data_dir: Path) -> Path:
    """Return the folder of an installation's own translations; it need not exist."""
    return data_dir / "wording"


def read_catalogues(own: Path | None = None) -> dict[str, Catalogue]:
    """Read every language, Vietnamese first, then by tag; a file that cannot be read is a fault, never an error."""
    folders = [BUILT_IN, *([own] if own is not None and own.is_dir() else [])]
    original = _merge(ORIGINAL, folders, {})
    others = {path.stem for folder in folders for path in folder.glob(f"*{_TOML_ENDING}")} - {ORIGINAL}
    tags = sorted(tag for tag in others if _TAG.fullmatch(tag))
    return {ORIGINAL: original, **{tag: _merge(tag, folders, original.strings) for tag in tags}}


def _merge(tag: str, folders: list[Path], original: Mapping[str, Wording]) -> Catalogue:
    language: dict[str, Any] = {}
    strings: dict[str, Wording] = {}
    faults: list[str] = []
    for folder in folders:
        path = folder / f"{tag}{_TOML_ENDING}"
        if not path.exists():
            continue
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            faults.append(f"{path}: {error}")
            continue
        language |= content.get("language", {})
        read = dict(_read_strings(content.get("text", {}), content.get("language", {}).get("status", DRAFT)))
        reference = original or strings or read
        unfit = {key for key, wording in read.items() if not _is_fit(key, wording, reference)}
        faults.extend(f"{path}: {key}" for key in sorted(unfit))
        strings |= {key: wording for key, wording in read.items() if key not in unfit}
    name_tag = language.get("name_tag", tag)
    return Catalogue(tag, str(language.get("name", tag)), str(name_tag), strings, tuple(faults))


def _read_strings(table: dict[str, Any], status: str) -> Iterator[tuple[str, Wording]]:
    """Read a table of strings: bare ones have the status of their file, others bring their own."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield key, Wording(str(value.get("text", "")), str(value.get("status", DRAFT)))
        else:
            yield key, Wording(str(value), status)


def _is_fit(key: str, wording: Wording, original: Mapping[str, Wording]) -> bool:
    """Return whether a string can be shown: known, not blank, on one line, with the original's placeholders."""
    if key not in original or wording.status not in STATUSES:
        return False
    if not wording.text.strip() or not wording.text.isprintable():
        return False
    try:
        return placeholders(wording.text) == placeholders(original[key].text)
    except ValueError:
        return False


def count_edition(content: dict[str, Any], tag: str) -> Counter[str]:
    """Count reviewed, draft and missing strings of what an edition asks, given the content of its file."""
    shown = [content.get(part) for part in ("title", "scale", "elements", "overall", "sections")]
    language_status = content["languages"].get(tag)
    statuses = (wording_status(text[tag], language_status)[1] if tag in text else MISSING for text in _texts_in(shown))
    return Counter(statuses)


def _texts_in(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and ORIGINAL in value:
        yield value
    elif isinstance(value, dict):
        yield from _texts_in(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)


def placeholders(text: str) -> set[str]:
    """Return the names that stand in braces.

    Raises:
        ValueError: where braces do not fit together.

    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
