"""What was asked for in the background: how far it is, and its documents."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.jobs.posters import POSTERS, mark_posters_printed
from survey.jobs.work import folder_of
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.jobs import Job
from survey.services.audit import record
from survey.services.jobs import UNFINISHED, cancel_job, list_jobs_of
from survey.web.access import current_scope, job_owner, signed_in, signed_in_official
from survey.web.audit import record_download
from survey.web.identity import begin_to_write
from survey.web.lists import Column, list_of

SECONDS_BETWEEN_LOOKS = "2"
MOST_LISTED: Final = 1000
COLUMNS: Final[tuple[Column[Job], ...]] = (
    Column("name", _("Tài liệu"), by=lambda job: (job.kind, str(job.arguments.get("year", "")))),
    Column("day", _("Ngày yêu cầu"), by=lambda job: job.created_at),
    Column("state", _("Tình trạng"), by=lambda job: job.state),
)


@blueprint.get("/desk/jobs")
@signed_in
def jobs() -> ResponseReturnValue:
    """List what the official asked for, newest first."""
    found = list_jobs_of(db.session(), official_id=signed_in_official().id, limit=MOST_LISTED)
    listing = list_of(found, COLUMNS, text=_searched, order="-day")
    return flask.render_template("desk/jobs.html", listing=listing)


@blueprint.get("/desk/jobs/<uuid:job_id>")
@job_owner
def job_page(job: Job) -> ResponseReturnValue:
    """Show how far a job is; the page looks again by itself, without a script."""
    agency = db.session.get(Agency, job.agency_id) if job.agency_id else None
    is_demo = agency is not None and agency.is_demo
    response = flask.make_response(flask.render_template("desk/job.html", job=job, is_demo=is_demo))
    if job.state in UNFINISHED:
        response.headers["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


@blueprint.get("/desk/jobs/<uuid:job_id>/<label>")
@job_owner
def job_file(job: Job, label: str) -> ResponseReturnValue:
    """Download one document of a job that is done."""
    name = (job.files or {}).get(label)
    if name is None:
        raise NotFound
    begin_to_write()
    if job.kind == POSTERS and _manages_agency_of(job):
        mark_posters_printed(db.session(), job.arguments, today=local_today())
    record_download(name, agency_id=job.agency_id, is_begun=True, job=job.kind)
    folder = folder_of(flask.current_app.config["HAILONG"].data_dir, job.id)
    return flask.send_from_directory(folder.resolve(), name, as_attachment=True)


@blueprint.post("/desk/jobs/<uuid:job_id>/cancel")
@job_owner
def stop_a_job(job: Job) -> ResponseReturnValue:
    """Stop a job; one that is done stays done."""
    if cancel_job(db.session(), job.id, now=datetime.now(tz=UTC)):
        record(db.session(), "job.cancelled", subject=job.kind, agency_id=job.agency_id)
        flask.flash(gettext("Đã dừng việc này."), "done")
    db.session.commit()
    return flask.redirect(flask.url_for("desk.job_page", job_id=job.id), HTTPStatus.SEE_OTHER)


def _manages_agency_of(job: Job) -> bool:
    agency = db.session.get(Agency, job.agency_id) if job.agency_id else None
    return agency is not None and current_scope().manages(agency.path)


def _searched(job: Job) -> str:
    names = flask.get_template_attribute("components/job_name.html", "job_name")
    return f"{names(job)} {job.kind}"
