"""The audit entry of a view that only reads: what was taken away."""

from __future__ import annotations

from uuid import UUID

from survey.db import db
from survey.services.audit import Detail, record
from survey.web.identity import begin_to_write


def record_download(what: str, *, agency_id: UUID | None, is_begun: bool = False, **details: Detail) -> None:
    """Record and commit that a document was made for somebody; what was read before is read no more.

    ``is_begun`` says that the view has begun to write already, and what it wrote is committed with the entry.
    """
    if not is_begun:
        begin_to_write()
    record(db.session(), "document.downloaded", subject=what, agency_id=agency_id, details=details)
    db.session.commit()
