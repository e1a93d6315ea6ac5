"""Open data as a data package: CSV files, the dictionary of their fields, the licence, and datapackage.json over all.

Written as the Data Package standard says (https://specs.frictionlessdata.io/): UTF-8, decimal points, ISO dates, empty
cells for what is not known.  The same findings give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.open_tables import TABLES
from survey.rendering.plain_text import harmless

if TYPE_CHECKING:
    from survey.findings.values import Wording
    from survey.rendering.open_fields import OpenField
    from survey.rendering.open_tables import Cell, OpenTable

DESCRIPTOR: Final = "datapackage.json"
DICTIONARY: Final = "dictionary.csv"
LICENCES: Final = {
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC0-1.0": ("Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODC-BY-1.0": ("Open Data Commons Attribution License 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
}
# The oldest day that a ZIP can tell: what is inside has no day of its own.
_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16


@dataclass(frozen=True, slots=True)
class About:
    """What a package says of itself; ``sha256`` is the checksum of the frozen values it was made of."""

    code: str
    title: Wording
    homepage: str
    licence: str
    released_on: date
    version: int
    note: str
    superseded_on: date | None
    sha256: str
    remarks: tuple[Wording, ...]


class PackageWriter:
    """Writes a package table by table, some lines after others, so that a large one is never held as lines."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._tables: dict[str, OpenTable] = {}
        self._texts: dict[str, io.StringIO] = {}

    def add(self, tables: Mapping[str, OpenTable]) -> None:
        """Write the lines of some tables behind those that are there."""
        for name, table in tables.items():
            if not table.rows:
                continue
            if name not in self._tables:
                self._tables[name] = table
                self._texts[name] = io.StringIO(newline="")
                csv.writer(self._texts[name]).writerow(field.name for field in table.fields)
            csv.writer(self._texts[name]).writerows([_cell(value) for value in row] for row in table.rows)

    def files(self) -> dict[str, bytes]:
        """Return every file of the package, by name; ``datapackage.json`` names all others."""
        made = [(self._tables[name], self._texts[name].getvalue().encode()) for name in TABLES if name in self._tables]
        tables = [table for table, _ in made]
        descriptor = _descriptor(self._about, [_resource(table, content) for table, content in made])
        return {
            DESCRIPTOR: (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode(),
            **{f"{table.name}.csv": content for table, content in made},
            DICTIONARY: _dictionary(tables),
            "README.md": _readme(self._about, tables),
            "LICENSE.txt": _licence(self._about),
        }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Put files into a ZIP whose bytes depend on nothing but their names and contents."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _NO_DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            archive.writestr(entry, content)
    return packed.getvalue()


def plain(value: Cell) -> str | int | float | bool | None:
    """Return a cell as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def _descriptor(about: About, resources: list[dict[str, Any]]) -> dict[str, Any]:
    title, address = LICENCES[about.licence]
    return {
        "profile": "tabular-data-package",
        "name": f"hai-long-{about.code.lower()}",
        "id": about.homepage,
        "title": about.title.vi,
        "title_en": about.title.en,
        "description": " ".join(each.vi for each in about.remarks),
        "description_en": " ".join(each.en for each in about.remarks),
        "homepage": about.homepage,
        "version": str(about.version),
        "created": f"{about.released_on}T00:00:00+07:00",
        "licenses": [{"name": about.licence, "title": title, "path": address}],
        "hai_long": {
            "release": about.code,
            "note": about.note,
            "superseded_on": plain(about.superseded_on),
            "findings_sha256": about.sha256,
        },
        "resources": resources,
    }


def _resource(table: OpenTable, content: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.title.vi,
        "title_en": table.title.en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [_field(field) for field in table.fields],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **_foreign_keys(table),
        },
    }


def _foreign_keys(table: OpenTable) -> dict[str, Any]:
    if table.name in {"agencies", "waves"}:
        return {}
    reference = {"resource": "agencies", "fields": ["agency_code"]}
    return {"foreignKeys": [{"fields": ["agency_code"], "reference": reference}]}


def _field(field: OpenField) -> dict[str, Any]:
    limits = {
        "required": field.required or None,
        "minimum": field.least,
        "maximum": field.most,
        "enum": list(field.choices) or None,
    }
    constraints = {name: limit for name, limit in limits.items() if limit is not None}
    described = {
        "name": field.name,
        "type": field.type,
        "title": field.meaning.vi,
        "description": f"{field.meaning.vi}. / {field.meaning.en}.",
    }
    return {**described, "constraints": constraints} if constraints else described


def _dictionary(tables: Iterable[OpenTable]) -> bytes:
    heads = ("table", "field", "type", "required", "minimum", "maximum", "choices", "meaning_vi", "meaning_en")
    rows = (
        (
            table.name, field.name, field.type, field.required, field.least, field.most,
            " ".join(field.choices), field.meaning.vi, field.meaning.en,
        )
        for table in tables
        for field in table.fields
    )  # fmt: skip
    return _csv(heads, rows)


def _readme(about: About, tables: Iterable[OpenTable]) -> bytes:
    files = "\n".join(f"- `{each.name}.csv` – {each.title.vi} / {each.title.en}" for each in tables)
    title, address = LICENCES[about.licence]
    note = f"\n{about.note}\n" if about.note else ""
    vi, en = (" ".join(each.text(language) for each in about.remarks) for language in ("vi", "en"))
    return f"""# {about.title.vi} / {about.title.en}

{about.homepage}
{note}
{vi}

{en}

{files}
- `{DICTIONARY}` – từ điển dữ liệu / what every field means

Ô trống: không biết, hoặc không đủ số liệu (`suppressed` là true). Tỷ lệ từ 0 đến 1. Dấu nháy đơn ở đầu một ô chữ
là để bảng tính không hiểu ô đó là công thức; hãy bỏ đi khi đọc bằng chương trình.

An empty cell is not known, or too few answered (`suppressed` is true). Shares are 0 to 1. An apostrophe at the start of
a text keeps a spreadsheet from taking it for a formula; programs may drop it.

{title}: {address}
""".encode()


def _licence(about: About) -> bytes:
    title, address = LICENCES[about.licence]
    return (
        f"{title} ({about.licence})\n{address}\n\n"
        f"Khi dùng lại, xin ghi nguồn / when you reuse this, please name the source: {about.title.vi}, "
        f"{about.homepage}\n"
    ).encode()


def _csv(heads: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else repr(value)
