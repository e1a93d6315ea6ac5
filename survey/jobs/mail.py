"""Tells an official by e-mail that what he asked for is ready, where the operator has named a mail server."""

from __future__ import annotations

import logging
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.models.jobs import Job

LOG: Final = logging.getLogger(__name__)
_SECONDS: Final = 20
_PORTS: Final = {"smtp": 25, "smtps": 465}
_WORDS: Final = {
    ("vi", "done"): (
        "Tài liệu bạn yêu cầu đã xong",
        "Tài liệu bạn yêu cầu trên Hài Lòng đã lập xong. Hãy đăng nhập để tải về:",
    ),
    ("vi", "failed"): (
        "Tài liệu bạn yêu cầu chưa lập được",
        "Tài liệu bạn yêu cầu trên Hài Lòng chưa lập được. Hãy đăng nhập để xem lý do và lập lại:",
    ),
    ("en", "done"): ("The documents you asked for are ready", "They can be downloaded from Hài Lòng after signing in:"),
    ("en", "failed"): (
        "The documents you asked for could not be made",
        "Sign in to Hài Lòng to see why, and to have them made again:",
    ),
}


def tell_of_end(engine: Engine, job_id: UUID, *, smtp_url: str, public_url: str) -> bool:
    """Write to who asked for a job that has ended; never twice, and whatever goes wrong is only logged."""
    if not smtp_url:
        return False
    with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
        job = session.get(Job, job_id)
        if job is None or job.official_id is None or job.mailed_at is not None or job.state not in {"done", "failed"}:
            return False
        official = session.get(Official, job.official_id)
        if official is None or not official.active:
            return False
        # Noted before it is sent: better one letter too few than the same one again and again.
        job.mailed_at = datetime.now(tz=UTC)
        address, language, state = official.email, official.language or "vi", job.state
        session.commit()
    link = f"{public_url.rstrip('/')}/desk/jobs/{job_id}"
    subject, sentence = _WORDS["en" if language == "en" else "vi", state]
    try:
        send_mail(smtp_url, to=address, subject=subject, text=f"{sentence}\n\n{link}\n")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        LOG.warning("no e-mail about job %s: %s", job_id, type(error).__name__)
        return False
    return True


def send_mail(smtp_url: str, *, to: str, subject: str, text: str) -> None:
    """Send one letter by the server that ``smtp_url`` names; a plain connection is encrypted where the server can."""
    parts = urlsplit(smtp_url)
    if parts.scheme not in _PORTS or not parts.hostname:
        msg = "the mail server is written smtp://host or smtps://host"
        raise ValueError(msg)
    letter = EmailMessage()
    letter["From"] = parse_qs(parts.query).get("from", [f"hai-long@{parts.hostname}"])[0]
    letter["To"], letter["Subject"] = to, subject
    letter.set_content(text)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname, parts.port or _PORTS[parts.scheme], timeout=_SECONDS) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
