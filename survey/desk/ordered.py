"""Documents that an official orders: made in the background, while he sees how far they are."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import flask

from survey.db import db
from survey.services.audit import record
from survey.services.jobs import request_job
from survey.web.access import signed_in_official

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from survey.models.agencies import Agency


def order(
    agency: Agency, kind: str, arguments: dict[str, Any], *, subject: str, details: dict[str, int | str] | None = None
) -> ResponseReturnValue:
    """Order a job of a kind for an agency, note it in the ledger, and show its page."""
    job = request_job(
        db.session(),
        kind=kind,
        arguments=arguments,
        official_id=signed_in_official().id,
        agency_id=agency.id,
        now=datetime.now(tz=UTC),
    )
    record(db.session(), "job.requested", subject=subject, agency_id=agency.id, details=details)
    db.session.commit()
    flask.current_app.extensions["hailong_jobs"].put(job.id)
    return flask.redirect(flask.url_for("desk.job_page", job_id=job.id), HTTPStatus.SEE_OTHER)
