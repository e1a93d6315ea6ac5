"""The ZIP of a released version: the same contents give the same bytes, and it is read as if it were hostile."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Final, Self

FORMAT: Final = "hai-long/bundle"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
UNFINISHED: Final = ".part"
_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = (stat.S_IFREG | 0o644) << 16
_LARGEST_MANIFEST: Final = 64 * 2**20
LARGEST_FILE: Final = 2**28
MOST_FILES: Final = 100_000
LARGEST_BUNDLE: Final = 2**32


class BundleError(Exception):
    """The file is no bundle at all; the sentence says why, in both languages."""

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


class BundleWriter:
    """Writes a bundle beside its final place and gives it its name only when it is complete and on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(path.name + UNFINISHED)
        self._files: list[dict[str, str | int]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._unfinished.open("wb")
        self._archive = zipfile.ZipFile(self._stream, "w")

    def __enter__(self) -> Self:
        """Begin to write."""
        return self

    def add(self, name: str, content: bytes) -> None:
        """Add a file; its checksum goes into the manifest."""
        self._files.append({"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        self._put(name, content)

    def finish(self, about: Mapping[str, Any]) -> tuple[str, int]:
        """Write the manifest, give the bundle its name, and return its checksum and size."""
        files = sorted(self._files, key=lambda file: str(file["path"]))
        self._put(MANIFEST, pretty_json({"format": FORMAT, "version": VERSION, **about, "files": files}))
        self._archive.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        with self._unfinished.open("rb") as stream:
            checksum = hashlib.file_digest(stream, "sha256").hexdigest()
        size = self._unfinished.stat().st_size
        self._unfinished.replace(self._path)
        return checksum, size

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing half behind where something went wrong."""
        if kind is None:
            return
        try:
            self._archive.close()
            self._stream.close()
        except (OSError, ValueError):
            # The disk is full, or writing was under way: what is there goes anyhow.
            pass
        self._unfinished.unlink(missing_ok=True)

    def _put(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, _NO_DAY)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
        self._archive.writestr(entry, content)


class BundleReader:
    """Reads a bundle that may have been tampered with: no name leads elsewhere, no file is larger than it says."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise BundleError(
                vi=f"{path.name} không đọc được như một tệp ZIP ({error}); hãy tải lại gói hồ sơ.",
                en=f"{path.name} cannot be read as a ZIP ({error}); download the bundle again.",
            ) from error
        self._entries = self._checked_entries()
        self.manifest = self._read_manifest()

    def names(self) -> list[str]:
        """List the files of the archive beside the manifest."""
        return sorted(set(self._entries) - {MANIFEST})

    def read(self, name: str, *, most: int = LARGEST_FILE) -> bytes:
        """Return a file.

        Raises:
            BundleError: There is no such file, it is damaged, or it is larger than ``most``.

        """
        if name not in self._entries:
            raise BundleError(vi=f"Thiếu tệp {name}.", en=f"The file {name} is missing.")
        try:
            with self._archive.open(self._entries[name]) as stream:
                content = stream.read(most + 1)
        except (
            OSError,
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            raise BundleError(
                vi=f"Tệp {name} trong gói bị hỏng ({error}).", en=f"The file {name} of the bundle is damaged ({error})."
            ) from error
        except Exception as error:  # zlib raises an error of its own kind
            raise BundleError(
                vi=f"Tệp {name} trong gói bị hỏng ({error}).", en=f"The file {name} of the bundle is damaged ({error})."
            ) from error
        if len(content) > most:
            raise BundleError(
                vi=f"Tệp {name} lớn hơn kích thước ghi trong bản kê.",
                en=f"The file {name} is larger than the manifest says.",
            )
        return content

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        found = self._archive.infolist()
        if len(found) > MOST_FILES:
            raise BundleError(vi=f"Gói có quá {MOST_FILES} tệp.", en=f"The bundle has more than {MOST_FILES} files.")
        if sum(entry.file_size for entry in found) > LARGEST_BUNDLE:
            raise BundleError(
                vi=f"Gói giải nén ra hơn {LARGEST_BUNDLE >> 30} GB; đây không phải gói hồ sơ.",
                en=f"The bundle unpacks to more than {LARGEST_BUNDLE >> 30} GB; this is no bundle.",
            )
        for entry in found:
            name = entry.filename
            path = PurePosixPath(name)
            is_odd = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or entry.is_dir()
            if is_odd or stat.S_ISLNK(entry.external_attr >> 16):
                raise BundleError(
                    vi=f"Gói có tên tệp không được phép: {name!r}.",
                    en=f"The bundle has a file name that is not allowed: {name!r}.",
                )
            if name in entries:
                raise BundleError(vi=f"Tệp {name} có hai lần trong gói.", en=f"The file {name} is in the bundle twice.")
            entries[name] = entry
        return entries

    def _read_manifest(self) -> dict[str, Any]:
        content = self.read(MANIFEST, most=_LARGEST_MANIFEST)
        try:
            manifest = json.loads(content)
            is_ours = manifest["format"] == FORMAT and isinstance(manifest["files"], list)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BundleError(
                vi=f"Bản kê {MANIFEST} không đọc được.", en=f"The manifest {MANIFEST} cannot be read."
            ) from error
        if not is_ours or manifest.get("version") != VERSION:
            raise BundleError(
                vi=f"Đây không phải gói hồ sơ Hài Lòng phiên bản {VERSION}; hãy dùng bản phần mềm đã lập gói.",
                en=f"This is no Hài Lòng bundle of version {VERSION}; use the release of the software that made it.",
            )
        found: dict[str, Any] = manifest
        return found


def pretty_json(value: object) -> bytes:
    """Write JSON that people read too; the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n").encode()


def rows_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write rows as CSV; what is no text or number is JSON in its cell, and nothing is an empty cell."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return stream.getvalue().encode()


def read_rows(content: bytes) -> list[dict[str, Any]]:
    """Read what ``rows_csv`` wrote; numbers come back as text."""
    return [
        {name: _value(cell) for name, cell in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(content.decode()))
    ]


def _cell(value: Any) -> str:  # noqa: ANN401 -- whatever a column holds
    if value is None:
        return ""
    if isinstance(value, list | dict | bool):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return str(value)


def _value(cell: Any) -> Any:  # noqa: ANN401 -- likewise
    if not cell:
        return None
    return json.loads(cell) if cell[0] in "[{" or cell in {"true", "false"} else cell
