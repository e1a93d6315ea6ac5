"""Keeps the values of a released version as they were; nothing writes over them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.models.releases import FrozenFindings, Release

_LEVEL: Final = 9
_AT_ONCE: Final = 200

Frozen = Mapping[tuple[str, UUID], bytes]  # by kind and agency, canonical JSON


def keep_frozen_values(session: Session, release: Release, values: Frozen, *, today: date) -> str:
    """Store the values of a release and return their common checksum; a release that has them keeps its own."""
    if release.sha256 is not None:
        return release.sha256
    keys = sorted(values, key=lambda key: (key[0], key[1].hex))
    for start in range(0, len(keys), _AT_ONCE):
        for kind, agency_id in keys[start : start + _AT_ONCE]:
            content = values[kind, agency_id]
            session.add(
                FrozenFindings(
                    agency_id=agency_id,
                    release_id=release.id,
                    kind=kind,
                    content=zlib.compress(content, _LEVEL),
                    sha256=hashlib.sha256(content).hexdigest(),
                )
            )
        session.flush()
    release.sha256 = common_checksum(values)
    release.frozen_on = today
    return release.sha256


def common_checksum(values: Frozen) -> str:
    """Return one checksum of several values: of the list of their own, which is what a page and a document print."""
    return checksum_of({key: hashlib.sha256(content).hexdigest() for key, content in values.items()})


def checksum_of(checksums: Mapping[tuple[str, UUID], str]) -> str:
    """Return the common checksum of several values from their own, by kind and agency."""
    lines = sorted(f"{kind} {agency_id} {one}" for (kind, agency_id), one in checksums.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def keep_bundle(session: Session, release: Release, *, checksum: str, size: int) -> bool:
    """Note the checksum and size of a release's bundle; False where another one was published already."""
    if release.bundle_sha256 is not None and release.bundle_sha256 != checksum:
        return False
    release.bundle_sha256, release.bundle_size = checksum, size
    session.flush()
    return True
