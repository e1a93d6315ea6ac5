"""Keys of other systems: shown once when they are made, stored as a hash, and good until they are revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.identifiers import CODE_SYMBOLS, new_id
from survey.models.slips import ApiKey
from survey.services.audit import record
from survey.services.errors import ServiceError
from survey.services.names import checked_name

# What a key may be used for: make one-time codes, set N of agencies below its own, read the figures of these.
SCOPES: Final = ("slips", "population", "figures", "indicators")
_PREFIX: Final = "HL"
_SYMBOLS: Final = 32
_LABEL: Final = ("khoá", "key")


class ApiKeyError(ServiceError):
    """A key cannot be made or revoked as asked."""


def make_key(
    session: Session, *, agency: Agency, label: str, scopes: Collection[str], by: UUID | None, today: date
) -> tuple[ApiKey, str]:
    """Make a key for an agency and what lies below it; the second value is the key itself, kept nowhere.

    Raises:
        ApiKeyError: where the label is empty or too long, or there is no scope, or an unknown one.

    """
    if not scopes or not set(scopes) <= set(SCOPES):
        raise ApiKeyError(
            vi=f"Hãy chọn ít nhất một quyền trong: {', '.join(SCOPES)}.",
            en=f"Choose at least one scope of: {', '.join(SCOPES)}.",
        )
    # 160 random bits: nobody guesses them, so that a fast hash is enough.
    plain = _PREFIX + "".join(secrets.choice(CODE_SYMBOLS) for _ in range(_SYMBOLS))
    key = ApiKey(
        id=new_id(),
        agency_id=agency.id,
        label=checked_name(label, of=_LABEL, error=ApiKeyError),
        key_hash=_hash(plain),
        scopes=sorted(set(scopes)),
        created_by=by,
        created_on=today,
    )
    session.add(key)
    record(
        session,
        "api_key.made",
        subject=key.label,
        agency_id=agency.id,
        details={"scopes": key.scopes, "id": str(key.id)},
    )
    return key, plain


def revoke_key(session: Session, key: ApiKey, *, today: date) -> None:
    """End a key at once; ending it again changes nothing."""
    if key.revoked_on is None:
        key.revoked_on = today
        record(session, "api_key.revoked", subject=key.label, agency_id=key.agency_id, details={"id": str(key.id)})


def find_key(session: Session, plain: str) -> ApiKey | None:
    """Return the key that somebody shows, or None where there is none or it was revoked."""
    key = session.scalar(select(ApiKey).where(ApiKey.key_hash == _hash(plain)))
    return key if key is not None and key.revoked_on is None else None


def list_keys(session: Session, agency: Agency) -> Sequence[ApiKey]:
    """List the keys of an agency, newest first."""
    found = select(ApiKey).where(ApiKey.agency_id == agency.id)
    return session.scalars(found.order_by(ApiKey.created_on.desc(), ApiKey.id.desc())).all()


def find_key_of(session: Session, agency: Agency, key_id: UUID) -> ApiKey | None:
    """Return a key of an agency by its id."""
    return session.scalar(select(ApiKey).where(ApiKey.agency_id == agency.id, ApiKey.id == key_id))


def _hash(plain: str) -> str:
    return hashlib.sha256(f"hai-long api key {plain}".encode()).hexdigest()
