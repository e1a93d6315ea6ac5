"""The parts of a DOCX file and how they hang together; the same parts give the same bytes."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from survey.rendering.docx_markup import DECLARATION, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

_TEMPLATES: Final = Path(__file__).with_name("ooxml")
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PARTS: Final = {
    "document": "document.main",
    "styles": "styles",
    "numbering": "numbering",
    "settings": "settings",
    "header": "header",
    "first_header": "header",
    "footer": "footer",
}

Relation = tuple[str, str, str]
"""Id, kind and target."""


class Package:
    """A DOCX file that is being written, part after part."""

    def __init__(self) -> None:
        self._buffer = BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, content: bytes | str) -> None:
        """Add a whole part."""
        self._zip.writestr(_info(name), content)

    def stream(self, name: str, pieces: Iterable[str]) -> None:
        """Add a part that is never held as a whole."""
        with self._zip.open(_info(name), "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece.encode())

    def relate(self, part: str, relations: Sequence[Relation]) -> None:
        """Say what a part refers to."""
        lines = "".join(
            f'<Relationship Id="{name}" Type="{kind if "/" in kind else f"{_OFFICE}/{kind}"}" Target="{target}"/>'
            for name, kind, target in relations
        )
        folder, _, file = part.rpartition("/")
        name = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
        self.add(name, f'{DECLARATION}<Relationships xmlns="{_RELATIONS}">{lines}</Relationships>')

    def finish(self) -> bytes:
        """Close the file and return it."""
        self._zip.close()
        return self._buffer.getvalue()


def begin_package() -> Package:
    """Begin a document: what kind each of its parts is, and where to start reading."""
    package = Package()
    parts = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_WORD}.{kind}+xml"/>' for part, kind in _PARTS.items()
    )
    package.add(
        "[Content_Types].xml",
        f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'<Default Extension="svg" ContentType="image/svg+xml"/>{parts}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        '<Override PartName="/docProps/app.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>',
    )
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    relations = (
        ("rId1", "officeDocument", "word/document.xml"),
        ("rId2", core, "docProps/core.xml"),
        ("rId3", "extended-properties", "docProps/app.xml"),
    )
    package.relate("", relations)
    return package


def template(name: str, **values: str) -> str:
    """Return one of the parts that every document shares."""
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def core_properties(*, title: str, author: str, language: str, made_on: date) -> str:
    """Return title, author, language and day of a document."""
    moment = f"{made_on.isoformat()}T00:00:00Z"
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{clean(title)}</dc:title><dc:creator>{clean(author)}</dc:creator>"
        f'<dc:language>{language}</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    )


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info
