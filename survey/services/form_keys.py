"""The signed key of a form, the receipt made from it, and the hash by which its answer is stored.

key → receipt → hash, each by a keyed one-way function: who holds the key can name the receipt, who holds the receipt
can find the answer, and the stored hash leads back to neither.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from survey.models.identifiers import CODE_SYMBOLS

_NONCE_BYTES: Final = 12
_DAY_BYTES: Final = 3
_WAVE_BYTES: Final = 16
_MAC_BYTES: Final = 14
_NUMBER_BYTES: Final = 8
_PAYLOAD_BYTES: Final = _NONCE_BYTES + _DAY_BYTES + _WAVE_BYTES
_RECEIPT_SYMBOLS: Final = 12
_RECEIPT_GROUP: Final = 4
_HASH_BYTES: Final = 16
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class FormKey:
    """A form that was handed out: for which wave, on which day; ``payload`` is all that was signed of it."""

    payload: bytes
    wave_id: UUID
    day: date


class FormKeys:
    """Issues and reads keys under one secret."""

    def __init__(self, secret: str) -> None:
        """Derive the key of all marks from the application's secret."""
        self._key = hashlib.sha256(secret.encode()).digest()

    def issue(self, *, service_point_id: UUID, wave_id: UUID, day: date) -> str:
        """Make the key of one form, good for this counter and wave only."""
        payload = secrets.token_bytes(_NONCE_BYTES) + day.toordinal().to_bytes(_DAY_BYTES, "big") + wave_id.bytes
        return base64.urlsafe_b64encode(payload + self._sign(payload, service_point_id)).decode("ascii")

    def read(self, text: str, *, service_point_id: UUID) -> FormKey | None:
        """Return what was issued, or None where the key is not ours, was changed, or is another counter's."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        payload, mac = raw[:_PAYLOAD_BYTES], raw[_PAYLOAD_BYTES:]
        if not hmac.compare_digest(mac, self._sign(payload, service_point_id)):
            return None
        day = int.from_bytes(payload[_NONCE_BYTES : _NONCE_BYTES + _DAY_BYTES], "big")
        return FormKey(payload, UUID(bytes=payload[-_WAVE_BYTES:]), date.fromordinal(day))

    def receipt(self, key: FormKey) -> str:
        """Return the receipt of a form: 60 bits in Crockford's base 32, without separators."""
        return self._receipt_of(key.payload)

    def sheet_receipt(self, *, wave_id: UUID, number: int) -> str:
        """Return the receipt of a sheet of paper, by its number: the same sheet is one answer."""
        return self._receipt_of(b"sheet" + wave_id.bytes + number.to_bytes(_NUMBER_BYTES, "big"))

    def answer_hash(self, receipt: str) -> str:
        """Return the hash under which the answer of this receipt is stored."""
        return self._mark(b"answer", receipt.encode("ascii"), _HASH_BYTES).hex()

    def _receipt_of(self, payload: bytes) -> str:
        number = int.from_bytes(self._mark(b"receipt", payload, 8), "big")
        return "".join(CODE_SYMBOLS[number >> 5 * place & 31] for place in range(_RECEIPT_SYMBOLS))

    def _sign(self, payload: bytes, service_point_id: UUID) -> bytes:
        return self._mark(b"form", payload + service_point_id.bytes, _MAC_BYTES)

    def _mark(self, purpose: bytes, message: bytes, size: int) -> bytes:
        # Keyed BLAKE2b, a message authentication code by RFC 7693; the library's HMAC takes thirty times as long.
        return hashlib.blake2b(message, digest_size=size, key=self._key, person=purpose).digest()


def read_receipt(text: str) -> str | None:
    """Return the receipt a person meant, or None where it cannot be one."""
    receipt = text.strip().upper().translate(_MISREAD)
    is_receipt = len(receipt) == _RECEIPT_SYMBOLS and all(symbol in CODE_SYMBOLS for symbol in receipt)
    return receipt if is_receipt else None


def written_receipt(receipt: str) -> str:
    """Return a receipt in groups of four, to be written down or read aloud."""
    return "-".join(receipt[start : start + _RECEIPT_GROUP] for start in range(0, _RECEIPT_SYMBOLS, _RECEIPT_GROUP))
