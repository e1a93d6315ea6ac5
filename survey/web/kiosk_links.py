"""Links that make a browser a kiosk: signed, so that nobody can claim to be one, good for a year or until revoked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

DAYS_GOOD: Final = 366
IDLE_SECONDS: Final = 60
IDLE_CHOICES: Final = (30, 60, 120, 300)
_FORMAT: Final = struct.Struct(">c16sHIH")
_MAC_BYTES: Final = 11
_KINDS: Final[dict[bytes, Literal["counter", "agency"]]] = {b"c": "counter", b"a": "agency"}


@dataclass(frozen=True, slots=True)
class KioskLink:
    """What a kiosk is: of one counter, or of an agency's counters; ``idle_seconds`` until it asks who is there.

    ``series`` is that of the agency when the link was made; revoking begins another.
    """

    kind: Literal["counter", "agency"]
    id: UUID
    idle_seconds: int
    made_on: date
    series: int = 0


class KioskLinks:
    """Makes and reads the tokens of kiosks' addresses under one secret."""

    def __init__(self, secret: str) -> None:
        """Derive the key of all marks from the application's secret."""
        self._key = hashlib.sha256(secret.encode()).digest()

    def make(self, link: KioskLink) -> str:
        """Return the token of a kiosk: letters, digits, ``-`` and ``_``."""
        kind = link.kind[0].encode("ascii")
        payload = _FORMAT.pack(kind, link.id.bytes, link.idle_seconds, link.made_on.toordinal(), link.series)
        return base64.urlsafe_b64encode(payload + self._sign(payload)).decode("ascii").rstrip("=")

    def read(self, token: str, *, today: date) -> KioskLink | None:
        """Return the kiosk of a token; None where it is not ours, was changed, or is older than a year."""
        try:
            raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        payload, mac = raw[: _FORMAT.size], raw[_FORMAT.size :]
        if not hmac.compare_digest(mac, self._sign(payload)):
            return None
        kind, of, idle_seconds, day, series = _FORMAT.unpack(payload)
        link = KioskLink(_KINDS[kind], UUID(bytes=of), idle_seconds, date.fromordinal(day), series)
        return link if today <= link.made_on + timedelta(days=DAYS_GOOD) else None

    def _sign(self, payload: bytes) -> bytes:
        return hashlib.blake2b(payload, digest_size=_MAC_BYTES, key=self._key, person=b"kiosk").digest()
