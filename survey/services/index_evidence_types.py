"""What a file of evidence is, by its bytes and not by its name: PDF, pictures, documents and tables of offices."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from typing import Final

# Ending of the name → media type.
KINDS: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_SIGNS: Final = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_PACKAGES: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_TYPES: Final = "[content_types].xml"
_RELATIONS: Final = ".rels"
_SCRIPTS: Final = ("basic/", "scripts/", "word/activex/", "xl/activex/", "ppt/activex/", "xl/macrosheets/")
_EMBEDDED: Final = re.compile(r"/oleobject[^/]*$|/embeddings/[^/]*\.(bin|exe|com|js|vbs|docm|xlsm|pptm)$")
_SIGNS_OF_MACROS: Final = ("macroenabled", "vbaproject", "vbadata", "oleobject", "activex")
# A template from elsewhere brings its macros along.
_FETCHED: Final = re.compile(r'<relationship\b(?=[^>]*/attachedtemplate")[^>]*\btarget\s*=\s*"\s*https?:')
_ZIP: Final = b"PK\x03\x04"
_ALSO: Final = {"jpeg": "jpg"}
_LARGEST_TYPE: Final = 200
_LARGEST_LIST: Final = 4 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)


class BrokenPackageError(Exception):
    """A package that cannot be unpacked."""


def ending_of(name: str) -> str:
    """Return the ending of a name in small letters; "" where it has none."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    return _ALSO.get(ending, ending)


def unpacked_size(content: bytes, *, most: int) -> int:
    """Return how large the parts of a package become, counted up to ``most`` and no further; 0 for what is no package.

    What a package says of its own sizes may be untrue, so its parts are unpacked, a piece at a time.

    Raises:
        BrokenPackageError: Its parts cannot be unpacked, or are not what it says.

    """
    if not content.startswith(_ZIP):
        return 0
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for part in package.infolist():
                with package.open(part) as opened:
                    while piece := opened.read(_PIECE):
                        size += len(piece)
                        if size > most:
                            return size
    except _BROKEN as error:
        raise BrokenPackageError from error
    return size


def found_kind(content: bytes) -> str:
    """Return the ending that the bytes belong to, "" for anything else; a package with macros is anything else."""
    for sign, kind in _SIGNS.items():
        if content.startswith(sign):
            return kind
    return _packed(content) if content.startswith(_ZIP) else ""


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if any(_runs_something(package, part) for part in package.infolist()):
                return ""
            for part, kind in _PACKAGES.items():
                if part in names:
                    return kind
            if "mimetype" in names:
                said = _start_of(package, "mimetype", _LARGEST_TYPE).decode("ascii", "replace").strip()
                return next((kind for kind, media in KINDS.items() if media == said), "")
    except _BROKEN:
        return ""
    return ""


def _runs_something(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Return whether a part is a macro or an embedded program, or says that another one is; by any name it is given."""
    told = part.filename.casefold()
    if "vba" in told or told.startswith(_SCRIPTS) or _EMBEDDED.search(told):
        return True
    if told != _TYPES and not told.endswith(_RELATIONS):
        return False
    said = _start_of(package, part, _LARGEST_LIST + 1)
    # What is longer than any office writes is not read to its end, and not trusted.
    if len(said) > _LARGEST_LIST:
        return True
    listed = _plain(said)
    return any(sign in listed for sign in _SIGNS_OF_MACROS) or _FETCHED.search(listed) is not None


def _plain(said: bytes) -> str:
    """Return XML as small letters; other encodings of it leave zeros between the letters, which are dropped."""
    return html.unescape(said.replace(b"\0", b"").decode("utf-8", "replace")).casefold()


def _start_of(package: zipfile.ZipFile, name: str | zipfile.ZipInfo, most: int) -> bytes:
    with package.open(name) as part:
        return part.read(most)
