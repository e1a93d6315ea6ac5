"""Links by which an invited official, or one who forgot his password, sets a password of his own.

Nothing of a link is stored: it is signed, and names what changes as soon as it has been used.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.services.errors import AccountError

VALID_FOR: Final = timedelta(days=7)


def make_link_token(official: Official, *, key: str, now: datetime) -> str:
    """Return what the address of an official's link ends in; good once, for seven days, until his sessions end."""
    content = [official.id.hex, _fingerprint(official), int((now + VALID_FOR).timestamp())]
    return str(_signer(key).dumps(content))


def official_of_link(session: Session, token: str, *, key: str, now: datetime) -> Official:
    """Return whom a link is for.

    Raises:
        AccountError: where it was used, replaced by another, is too old, was cut short, or his account is closed.

    """
    try:
        number, fingerprint, expires_at = _read(token, key=key)
    except (BadData, ValueError, TypeError):
        raise _refusal() from None
    official = session.get(Official, number)
    if official is None or not official.active or fingerprint != _fingerprint(official):
        raise _refusal()
    if now.timestamp() > expires_at:
        raise _refusal()
    return official


def _read(token: str, *, key: str) -> tuple[UUID, str, int]:
    number, fingerprint, expires_at = _signer(key).loads(token)
    return UUID(number), str(fingerprint), int(expires_at)


def _refusal() -> AccountError:
    return AccountError(
        vi="Liên kết này không còn dùng được: đã dùng rồi, đã quá 7 ngày, hoặc đã có liên kết mới. "
        "Hãy xin người quản trị một liên kết khác.",
        en="This link is no longer good: it was used, is older than 7 days, or a newer one exists. "
        "Ask your administrator for another.",
    )


def _fingerprint(official: Official) -> str:
    # A new password gives the official a new value here, and so does everything else that ends his sessions.
    return hashlib.sha256(official.fs_uniquifier.encode()).hexdigest()[:32]


def _signer(key: str) -> Any:  # noqa: ANN401 -- the library's class is generic in what it never says
    return URLSafeSerializer(key, salt="account-link")
