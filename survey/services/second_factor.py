"""The second factor: a code that an official's telephone makes anew every half minute, and codes for when it is lost.

No secret is stored.  It is worked out from the installation's key and a random salt in the official's row, so that
neither a copy of the database nor an export of it makes codes; the same holds for the recovery codes, kept as hashes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.accounts import Official, SpentCode
from survey.models.identifiers import CODE_SYMBOLS
from survey.services.accounts import end_sessions

METHOD: Final = "authenticator"
ISSUER: Final = "Hài Lòng"
RECOVERY_CODES: Final = 10
_STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_SECRET_BYTES: Final = 20
# Clocks of telephones go wrong by less than a step; RFC 6238, section 5.2, advises one.
_DRIFT: Final = 1
_KEPT_STEPS: Final = 10
_SYMBOLS_OF_A_RECOVERY_CODE: Final = 10
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def has_second_factor(official: Official) -> bool:
    """Return whether the official is asked for a code after his password."""
    return official.tf_totp_secret is not None


def new_salt() -> str:
    """Make what a new secret is worked out from; telling it to the official's own browser gives nothing away."""
    return secrets.token_hex(16)


def secret_of(official: Official, *, salt: str, key: str) -> bytes:
    """Return the secret that the official's telephone shares with us."""
    text = f"second-factor:{official.id}:{salt}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()[:_SECRET_BYTES]


def typed_secret(secret: bytes) -> str:
    """Return the secret as a person types it into a telephone that cannot scan, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def scanned_secret(official: Official, secret: bytes) -> str:
    """Return the address that the QR code holds."""
    label = quote(f"{ISSUER}:{official.email}")
    plain = base64.b32encode(secret).decode()
    return f"otpauth://totp/{label}?secret={plain}&issuer={quote(ISSUER)}"


def code_at(secret: bytes, moment: datetime, *, steps: int = 0) -> str:
    """Return the code of the half minute of ``moment``, or of so many ``steps`` later.

    HMAC-SHA-1 with six digits, which is what every telephone's application takes.  RFC 6238; RFC 4226, section 5.3.
    """
    return _code(secret, _step_at(moment) + steps)


def enrol(session: Session, official: Official, *, salt: str, code: str, key: str, now: datetime) -> list[str] | None:
    """Ask for codes of this salt's secret from now on and end every session; None where the first code is wrong.

    Returns the recovery codes, which are not seen again.
    """
    # Codes of the telephone before say nothing about those of this one.
    session.execute(delete(SpentCode).where(SpentCode.official_id == official.id))
    if not _spend(session, official, secret=secret_of(official, salt=salt, key=key), code=code, now=now):
        return None
    official.tf_primary_method = METHOD
    official.tf_totp_secret = salt
    end_sessions(official)
    return renew_recovery_codes(session, official, key=key)


def is_second_factor(session: Session, official: Official, *, code: str, key: str, now: datetime) -> bool:
    """Tell whether a code of the telephone or a recovery code is right; either is good once.

    Commit afterwards also where the answer is no.  Lock the official's row before, as ``lock_official`` does.
    """
    salt = official.tf_totp_secret
    if salt is None:
        return False
    digits = code.replace(" ", "")
    if len(digits) == _DIGITS and digits.isascii() and digits.isdigit():
        return _spend(session, official, secret=secret_of(official, salt=salt, key=key), code=digits, now=now)
    return _spend_recovery_code(official, code=code, key=key)


def lock_official(session: Session, official: Official) -> None:
    """Let nobody else use a code of this official until the commit; on SQLite whoever writes is alone."""
    session.refresh(official, with_for_update=True)


def renew_recovery_codes(session: Session, official: Official, *, key: str) -> list[str]:
    """Replace the recovery codes and return the new ones; only their hashes are stored."""
    codes = [
        "".join(secrets.choice(CODE_SYMBOLS) for _ in range(_SYMBOLS_OF_A_RECOVERY_CODE)) for _ in range(RECOVERY_CODES)
    ]
    official.mf_recovery_codes = [_hash_of(official, code, key=key) for code in codes]
    session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def remove_second_factor(session: Session, official: Official) -> None:
    """Forget telephone and recovery codes and end every session; who must have a second factor sets it up anew."""
    official.tf_primary_method = None
    official.tf_totp_secret = None
    official.mf_recovery_codes = None
    end_sessions(official)
    session.flush()


def _spend(session: Session, official: Official, *, secret: bytes, code: str, now: datetime) -> bool:
    typed = code.replace(" ", "").encode("utf-8", "replace")
    around = range(_step_at(now) - _DRIFT, _step_at(now) + _DRIFT + 1)
    step = next((step for step in around if hmac.compare_digest(_code(secret, step).encode(), typed)), None)
    latest = session.scalar(select(func.max(SpentCode.step)).where(SpentCode.official_id == official.id))
    # Once a later code was used, an earlier one can only have been overheard.
    if step is None or (latest is not None and step <= latest):
        return False
    statement = insert_on_conflict(session.get_bind().dialect.name, SpentCode)
    done = session.execute(
        statement.values(official_id=official.id, step=step).on_conflict_do_nothing().returning(SpentCode.step)
    )
    is_first = done.scalar() is not None
    session.execute(delete(SpentCode).where(SpentCode.official_id == official.id, SpentCode.step < step - _KEPT_STEPS))
    return is_first


def _spend_recovery_code(official: Official, *, code: str, key: str) -> bool:
    known = official.mf_recovery_codes or []
    typed = _hash_of(official, code, key=key)
    left = [each for each in known if not hmac.compare_digest(each, typed)]
    official.mf_recovery_codes = left
    return len(left) < len(known)


def _hash_of(official: Official, code: str, *, key: str) -> str:
    text = f"recovery-code:{official.id}:{code.strip().upper().translate(_MISREAD)}"
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // _STEP_SECONDS


def _code(secret: bytes, step: int) -> str:
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"
