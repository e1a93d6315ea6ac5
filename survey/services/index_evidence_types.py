"""What a file of evidence is, by its bytes and not by its name: PDF, pictures, documents and tables of offices."""

from __future__ import annotations

import io
import zipfile
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
_MACROS: Final = "vbaProject.bin"
_ZIP: Final = b"PK\x03\x04"
_ALSO: Final = {"jpeg": "jpg"}
_LARGEST_TYPE: Final = 200


def unpacked_size(content: bytes) -> int:
    """Return how large the parts of a package become, by what it says of them; 0 for what is no package."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return 0


def ending_of(name: str) -> str:
    """Return the ending of a name in small letters; "" where it has none."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    return _ALSO.get(ending, ending)


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
            if any(name.endswith(_MACROS) for name in names):
                return ""
            for part, kind in _PACKAGES.items():
                if part in names:
                    return kind
            if "mimetype" in names and package.getinfo("mimetype").file_size <= _LARGEST_TYPE:
                said = package.read("mimetype").decode("ascii", "replace").strip()
                return next((kind for kind, media in KINDS.items() if media == said), "")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return ""
    return ""
