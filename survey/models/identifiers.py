"""Ids, counter codes and receipts: made by the application, never by the database."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

LOCAL_TIME: Final = ZoneInfo("Asia/Ho_Chi_Minh")

# Crockford's base 32: no I, L, O, U, so that a code read aloud or off a dirty wall has one reading.
CODE_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 8
RELEASE_CODE_LENGTH: Final = 10
_CHECK_SYMBOLS: Final = CODE_SYMBOLS + "*~$=U"
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def local_today() -> date:
    """Return today's date in Vietnam, whatever the clock of the machine is set to."""
    return datetime.now(tz=LOCAL_TIME).date()


def new_id(moment: datetime | None = None) -> UUID:
    """Make a UUIDv7 for a reference or local row; ids made later sort later."""
    moment = moment or datetime.now(tz=UTC)
    return _uuid7(int(moment.timestamp() * 1000))


def response_id(day: date) -> UUID:
    """Make the UUIDv7 of a response; its time part is the local day, so that it tells nothing finer."""
    midnight = datetime.combine(day, time.min, tzinfo=LOCAL_TIME)
    return _uuid7(int(midnight.timestamp() * 1000))


def day_of_response(key: UUID) -> date:
    """Return the local day on which a response came in, or was entered, from its id."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, tz=LOCAL_TIME).date()


def _uuid7(milliseconds: int) -> UUID:
    # RFC 9562, section 5.7: 48 bits of time, version 7, 12 random bits, variant 2, 62 random bits.
    bits = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=bits)


def new_counter_code() -> str:
    """Make a counter's public code: 8 random symbols and a check symbol, capitals."""
    body = "".join(secrets.choice(CODE_SYMBOLS) for _ in range(CODE_LENGTH))
    # Only a check symbol that is a letter or digit, so that the code stays alphanumeric in the QR.
    return body + check if (check := _check_symbol(body)) in CODE_SYMBOLS else new_counter_code()


def new_release_code() -> str:
    """Make the public code of a released version: random, so that nobody finds a draft by counting."""
    return "".join(secrets.choice(CODE_SYMBOLS) for _ in range(RELEASE_CODE_LENGTH))


def read_counter_code(text: str) -> str | None:
    """Return the code a person meant, in capitals, or None where the check symbol says it was mistyped."""
    code = text.strip().upper().translate(_MISREAD)
    return code if len(code) == CODE_LENGTH + 1 and _is_code(code) else None


# Of a counter's code every request asks.
@lru_cache(maxsize=1024)
def _is_code(code: str) -> bool:
    return all(symbol in CODE_SYMBOLS for symbol in code) and _check_symbol(code[:-1]) == code[-1]


def _check_symbol(body: str) -> str:
    value = 0
    for symbol in body:
        value = value * 32 + CODE_SYMBOLS.index(symbol)
    return _CHECK_SYMBOLS[value % 37]
