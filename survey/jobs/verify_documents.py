"""Checks the documents of a bundle: each is made again from its figures, and what differs is named by its place."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

from survey.jobs.bundles import Value, document_names, documents_of
from survey.jobs.verified import Verification
from survey.rendering.blocks import Seal
from survey.rendering.bundle import LARGEST_FILE, BundleError, BundleReader

# What a forged value may end in wherever a document is made of it; a bundle is somebody else's file.
UNMAKEABLE: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, RuntimeError)
_LONGEST_QUOTE: Final = 60
_SHEET: Final = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_CELL: Final = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_SHARED: Final = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_PARAGRAPH: Final = re.compile(rb"<w:p[ >].*?</w:p>", re.DOTALL)
_TAG: Final = re.compile(rb"<[^>]*>")

Difference = tuple[str, str, str]  # where, what the file says, what it should say


class DocumentCheck:
    """Makes the documents of one value after the other again; ``same_software`` made the bundle as runs here."""

    def __init__(self, found: Verification, reader: BundleReader, *, same_software: bool, quick: bool) -> None:
        """Note what is found in ``found``; ``quick`` makes tables alone again."""
        self.expected: set[str] = set()
        self._found = found
        self._reader = reader
        self._names = frozenset(reader.names())
        self._same_software = same_software
        self._quick = quick

    def check(self, value: Value, stem: str, seal: Seal, *, with_pages: bool) -> None:
        """Compare every document of a value."""
        self.expected.update(document_names(value, stem, with_pages=with_pages))
        try:
            for name, made in documents_of(value, stem, seal, with_pages=with_pages and not self._quick):
                if name in self._names:
                    self._compare(name, made)
        except UNMAKEABLE as error:
            self._found.fault(
                stem,
                f"không lập được tài liệu từ số liệu này ({error})",
                f"no document can be made of its figures ({error})",
            )

    def _compare(self, name: str, made: bytes) -> None:
        try:
            content = self._reader.read(name)
        except BundleError:
            # It was said already that it is damaged.
            return
        self._found.documents += 1
        if content == made:
            return
        ending = name.rpartition(".")[2]
        try:
            differing = _of_figures(content, made) if ending == "json" else iter(())
            found = next(differing, None)
            if found is None and not self._same_software:
                # Another release words and sets it otherwise; its checksum agrees or was told of.
                self._found.documents -= 1
                self._found.set_otherwise += 1
                return
            found = found or next(_differences(ending, content, made), None)
        except (*UNMAKEABLE, zipfile.BadZipFile, OSError) as error:
            self._found.fault(name, f"không đọc được ({error})", f"cannot be read ({error})")
            return
        self._tell(name, found)

    def _tell(self, name: str, found: Difference | None) -> None:
        if found is None:
            if any(fault.place == name for fault in self._found.faults):
                # That it was changed was said already, and there is no place to be named.
                return
            self._found.fault(
                name,
                "không đúng như tài liệu lập lại từ số liệu đã công bố",
                "is not what is made again from the released figures",
            )
            return
        where, told, right = found
        self._found.fault(
            f"{name}: {where}",
            f"ghi {told}, lập lại từ số liệu đã công bố thì là {right}",
            f"says {told}; made again from the released figures it is {right}",
        )


def _differences(ending: str, content: bytes, made: bytes) -> Iterator[Difference]:
    if ending == "csv":
        yield from _of_lists("dòng/line", content.split(b"\n"), made.split(b"\n"))
    elif ending == "json":
        yield from _of_json(json.loads(content), json.loads(made), "")
    elif ending == "xlsx":
        yield from _of_cells(_cells(_parts(content)), _cells(_parts(made)))
    elif ending == "docx":
        yield from _of_lists("đoạn/paragraph", _paragraphs(_parts(content)), _paragraphs(_parts(made)))


def _of_lists(what: str, one: Sequence[bytes], other: Sequence[bytes]) -> Iterator[Difference]:
    for at in range(max(len(one), len(other))):
        told, right = one[at] if at < len(one) else b"", other[at] if at < len(other) else b""
        if told != right:
            # Long lines differ in one number: what stands around it is shown.
            start = max(0, next((k for k, (a, b) in enumerate(zip(told, right, strict=False)) if a != b), 0) - 20)
            yield f"{what} {at + 1}", _quoted(told[start:]), _quoted(right[start:])


def _of_figures(content: bytes, made: bytes) -> Iterator[Difference]:
    """Yield where the figures in a JSON document are others; what an older release did not tell is not missed."""
    yield from _of_json(json.loads(content)["findings"], json.loads(made)["findings"], "findings", missed=False)


def _of_json(one: Any, other: Any, place: str, *, missed: bool = True) -> Iterator[Difference]:  # noqa: ANN401 -- any JSON
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *(other if missed else ())}):
            yield from _of_json(one.get(key), other.get(key), f"{place}/{key}".lstrip("/"), missed=missed)
    elif isinstance(one, list) and isinstance(other, list):
        for at in range(max(len(one), len(other))):
            told, right = (each[at] if at < len(each) else None for each in (one, other))
            yield from _of_json(told, right, f"{place}/{at}".lstrip("/"), missed=missed)
    elif one != other:
        yield place, _quoted(f"{one}".encode()), _quoted(f"{other}".encode())


def _of_cells(one: dict[str, bytes], other: dict[str, bytes]) -> Iterator[Difference]:
    for cell in (*other, *(cell for cell in one if cell not in other)):
        told, right = one.get(cell, b""), other.get(cell, b"")
        if told != right:
            yield cell, _quoted(told), _quoted(right)


def _parts(content: bytes) -> dict[str, bytes]:
    """Read the parts of an XLSX or DOCX file, none of them larger than any file may be."""
    parts, left = {}, LARGEST_FILE
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            left -= entry.file_size
            if left < 0:
                msg = f"{entry.filename} is too large"
                raise ValueError(msg)
            parts[entry.filename] = archive.read(entry)
    return parts


def _cells(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Return what stands in every cell of a workbook, by sheet and cell."""
    shared = [_TAG.sub(b"", text) for text in _SHARED.findall(parts.get("xl/sharedStrings.xml", b""))]
    names = re.findall(rb'<sheet name="([^"]*)"', parts.get("xl/workbook.xml", b""))
    cells = {}
    sheets = {int(found[1]): content for name, content in parts.items() if (found := _SHEET.fullmatch(name))}
    for number in sorted(sheets):
        sheet = html.unescape(names[number - 1].decode()) if number <= len(names) else f"{number}"
        for cell, attributes, inner in _CELL.findall(sheets[number]):
            text = _TAG.sub(b"", inner)
            cells[f"{sheet}!{cell.decode()}"] = shared[int(text)] if b't="s"' in attributes else text
    return cells


def _paragraphs(parts: dict[str, bytes]) -> list[bytes]:
    names = sorted(name for name in parts if name.startswith("word/") and name.endswith(".xml"))
    return [_TAG.sub(b"", found) for name in names for found in _PARAGRAPH.findall(parts[name])]


def _quoted(text: bytes) -> str:
    told = text.decode(errors="replace").strip()
    return f"“{told[:_LONGEST_QUOTE]}{'…' if len(told) > _LONGEST_QUOTE else ''}”"
