"""One-time codes: drawn from a seed and the key of the installation, and stored only as keyed hashes.

A seed alone tells nothing, nor does the key: a copy of the database holds no code, and once the seed is erased nobody
can make the codes of a batch again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from survey.models.identifiers import CODE_SYMBOLS

CODE_LENGTH: Final = 12
CODE_GROUP: Final = 4
_CODE_BYTES: Final = 8
_HASH_BYTES: Final = 16
_SEED_BYTES: Final = 32
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class SlipKeys:
    """Draws and hashes codes under the secret of the installation."""

    def __init__(self, secret: str) -> None:
        """Derive a key of its own from the secret."""
        self._key = hmac.digest(secret.encode(), b"one-time codes of slips", "sha256")

    def draw(self, seed: str, count: int) -> list[str]:
        """Return the first ``count`` codes of a seed, 60 bits each; always the same, and no two alike."""
        codes: dict[str, None] = {}
        number = 0
        while len(codes) < count:
            mark = self._mark(b"code", f"{seed}/{number}".encode(), _CODE_BYTES)
            codes[_symbols(int.from_bytes(mark, "big"))] = None
            number += 1
        return list(codes)

    def code_hash(self, code: str) -> str:
        """Return the hash under which a code is stored."""
        return self._mark(b"row", code.encode("ascii"), _HASH_BYTES).hex()

    def request_hash(self, idempotency_key: str) -> str:
        """Return the hash that stands for the idempotency key of a request, which may name a dossier."""
        return self._mark(b"request", idempotency_key.encode(), _HASH_BYTES).hex()

    def _mark(self, purpose: bytes, message: bytes, size: int) -> bytes:
        # Keyed BLAKE2b, a message authentication code by RFC 7693, as for the keys of forms.
        return hashlib.blake2b(message, digest_size=size, key=self._key, person=purpose).digest()


def new_seed() -> str:
    """Return 256 random bits from which the codes of one batch are drawn."""
    return secrets.token_hex(_SEED_BYTES)


def read_slip_code(text: str) -> str | None:
    """Return the code a person meant, or None where it cannot be one."""
    code = text.strip().upper().translate(_MISREAD)
    is_code = len(code) == CODE_LENGTH and all(symbol in CODE_SYMBOLS for symbol in code)
    return code if is_code else None


def written_slip_code(code: str) -> str:
    """Return a code in groups of four, to be read and typed."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, CODE_LENGTH, CODE_GROUP))


def _symbols(number: int) -> str:
    return "".join(CODE_SYMBOLS[number >> 5 * place & 31] for place in range(CODE_LENGTH))
