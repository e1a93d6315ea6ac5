"""The archive of a backup: a compressed tar of files, and last a manifest with the SHA-256 of each."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Final

from survey.cli._refusals import RefusedError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: the kind of database, its revision, when it was made, and each file's SHA-256."""

    database: str
    revision: str
    made_at: str
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


class _Hashed:
    """A file that knows the SHA-256 of what has been read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def write_archive(path: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write ``files`` under their names; the archive appears whole under its name, readable by its owner only.

    Raises:
        RefusedError: where there is a file of that name.

    """
    if path.exists():
        raise RefusedError(
            vi=f"Đã có tệp {path}; hãy chọn tên khác.", en=f"There is a file {path} already; choose another name."
        )
    unfinished = path.with_name(path.name + ".part")
    try:
        with _private(unfinished) as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
                _write_members(packed, manifest, files)
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_archive(path: Path, folder: Path) -> Manifest:
    """Unpack an archive into ``folder`` and compare every file with the manifest.

    Raises:
        RefusedError: where it is no archive of ours, cut short, or changed since.

    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            digests = dict(_unpack(archive, folder))
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        ValueError,
        TypeError,
        FileNotFoundError,
    ) as error:
        if isinstance(error, FileNotFoundError) and not path.exists():
            raise
        raise _damaged(path) from error
    (folder / MANIFEST).unlink()
    if manifest.format != FORMAT or manifest.files != {name: sha for name, sha in digests.items() if name != MANIFEST}:
        raise _damaged(path)
    return manifest


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _write_members(packed: gzip.GzipFile, manifest: Manifest, files: Mapping[str, Path]) -> None:
    with tarfile.open(fileobj=packed, mode="w|") as archive:
        for name, source in files.items():
            with source.open("rb") as file:
                hashed = _Hashed(file)
                archive.addfile(_member(name, os.fstat(file.fileno()).st_size), hashed)
            manifest.files[name] = hashed.digest.hexdigest()
        content = json.dumps(asdict(manifest), indent=1).encode()
        archive.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, OWNER_ONLY
    return member


def _unpack(archive: tarfile.TarFile, folder: Path) -> Iterator[tuple[str, str]]:
    for member in archive:
        target = folder / member.name
        source = archive.extractfile(member) if member.isreg() else None
        if source is None or not target.resolve().is_relative_to(folder.resolve()):
            msg = f"{member.name} is not a file of this folder"
            raise tarfile.TarError(msg)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        hashed = _Hashed(source)
        with _private(target) as file:
            shutil.copyfileobj(hashed, file)
        yield member.name, hashed.digest.hexdigest()


def _damaged(path: Path) -> RefusedError:
    return RefusedError(
        vi=f"{path} không phải là bản sao lưu nguyên vẹn của Hài Lòng; không có gì bị thay đổi.",
        en=f"{path} is not an intact backup of Hài Lòng; nothing was changed.",
    )
