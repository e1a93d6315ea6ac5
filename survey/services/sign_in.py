"""Failed sign-ins, counted in the database so that all processes together throttle."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.models.accounts import Official, SignInAttempt
from survey.models.audit import AuditEntry
from survey.services.accounts import canonical_email
from survey.services.audit import record
from survey.services.official_accounts import agency_of

MOST_FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=15)


def subject_of(email: str, *, key: str) -> str:
    """Return the keyed hash under which failures for an address are counted; the address itself is not kept."""
    return hmac.new(key.encode(), f"sign-in:{canonical_email(email)}".encode(), hashlib.sha256).hexdigest()


def admit_attempt(session: Session, *, subject: str, now: datetime) -> datetime | None:
    """Count an attempt as failed until it succeeds; return when the next may be made if this one must wait.

    It is counted before the password is looked at: commit at once, and many attempts at the same moment
    cannot slip through together.
    """
    session.execute(delete(SignInAttempt).where(SignInAttempt.failed_at < now - WINDOW))
    attempt = SignInAttempt(subject=subject, failed_at=now)
    session.add(attempt)
    session.flush()
    times = session.scalars(
        select(SignInAttempt.failed_at)
        .where(SignInAttempt.subject == subject, SignInAttempt.id != attempt.id)
        .order_by(SignInAttempt.failed_at.desc())
        .limit(MOST_FAILURES)
    ).all()
    if len(times) < MOST_FAILURES:
        return None
    # Waiting must not be made longer by trying again meanwhile.
    session.delete(attempt)
    return times[-1].replace(tzinfo=times[-1].tzinfo or UTC) + WINDOW


def record_failure(session: Session, official: Official | None, *, now: datetime, of: str = "password") -> None:
    """Record a failed attempt ``of`` a password or a second factor; what was typed is not kept.

    For an account there are at most five in a quarter of an hour, for all addresses that nobody has together one: who
    floods the door must not flood the audit.
    """
    if official is not None:
        where = agency_of(official)
        record(session, "sign_in.failed", subject=official.email, agency_id=where, details={"of": of})
        return
    lately = select(AuditEntry.position).where(AuditEntry.verb == "sign_in.unknown", AuditEntry.at > now - WINDOW)
    if session.scalar(lately.limit(1)) is None:
        record(session, "sign_in.unknown")


def forget_failures(session: Session, *, subject: str) -> None:
    """Start counting anew after a sign-in that succeeded."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == subject))
