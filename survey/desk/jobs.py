"""What was asked for in the background: how far it is, and its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

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
from survey.queries.agencies import AgencyRow, list_agencies_by_id
from survey.queries.desk_lists import list_top_agencies
from survey.queries.index_results import list_results
from survey.services.audit import record
from survey.services.jobs import UNFINISHED, cancel_job, list_jobs_of, mark_seen, retry_job
from survey.services.schedules import keep_schedules, list_schedules
from survey.web.access import agency_member, current_scope, job_owner, signed_in, signed_in_official
from survey.web.audit import record_download
from survey.web.identity import begin_to_write
from survey.web.language import current_language
from survey.web.lists import Column, list_of

SECONDS_BETWEEN_LOOKS = "2"
# A job that waits longer has no worker: it is off, or busy with much else.
LONG_WAIT: Final = timedelta(minutes=2)
# What cannot be done twice, since what it is made of is gone.
ONCE: Final = frozenset({"slips"})
MOST_LISTED: Final = 1000
# What jobs call their documents in the rows; here so that the page can say it in English.
LABELS: Final = (
    _("CSV câu hỏi khác"),
    _("CSV câu hỏi khác Excel Việt Nam"),
    _("CSV kết quả chung"),
    _("CSV kết quả chung Excel Việt Nam"),
)


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job, and the body it is made for."""

    job: Job
    agency: AgencyRow | None


COLUMNS: Final[tuple[Column[JobLine], ...]] = (
    Column("name", _("Tài liệu"), by=lambda line: (line.job.kind, str(line.job.arguments.get("year", "")))),
    Column("agency", _("Cơ quan"), by=lambda line: line.agency.sort_key if line.agency else None),
    Column("day", _("Ngày yêu cầu"), by=lambda line: line.job.created_at),
    Column("state", _("Tình trạng"), by=lambda line: line.job.state),
)


@blueprint.get("/desk/jobs")
@signed_in
def jobs() -> ResponseReturnValue:
    """List what the official asked for, newest first."""
    found = list_jobs_of(db.session(), official_id=signed_in_official().id, limit=MOST_LISTED)
    ids = {job.agency_id for job in found if job.agency_id}
    agencies = {agency.id: agency for agency in list_agencies_by_id(db.session(), agency_ids=ids)}
    lines = [JobLine(job, agencies.get(job.agency_id) if job.agency_id else None) for job in found]
    listing = list_of(lines, COLUMNS, text=_searched, order="-day")
    orders = list_schedules(db.session(), official_id=signed_in_official().id)
    scheduled = [(row, db.session.get(Agency, row.agency_id)) for row in orders]
    tops = list_top_agencies(db.session(), current_scope())
    return flask.render_template("desk/jobs.html", listing=listing, scheduled=scheduled, tops=tops)


@blueprint.get("/desk/jobs/<uuid:job_id>")
@job_owner
def job_page(job: Job) -> ResponseReturnValue:
    """Show how far a job is; the page looks again by itself, without a script."""
    if job.seen_at is None and job.state not in UNFINISHED:
        # The worker writes all the time: what was read before must not stand in the way.
        begin_to_write()
        mark_seen(job, now=datetime.now(tz=UTC))
        db.session.commit()
    agency = db.session.get(Agency, job.agency_id) if job.agency_id else None
    is_demo = agency is not None and agency.is_demo
    is_stuck = job.state == "waiting" and datetime.now(tz=UTC) - _moment(job.created_at) > LONG_WAIT
    page = flask.render_template(
        "desk/job.html", job=job, is_demo=is_demo, is_stuck=is_stuck, once=ONCE, newer=_newer(job)
    )
    response = flask.make_response(page)
    if job.state in UNFINISHED:
        response.headers["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


def _newer(job: Job) -> int:
    """Return the version of a round's result that has replaced what a job made; 0 where none has."""
    if job.kind != "index" or "version" not in job.arguments:
        return 0
    held = next(iter(list_results(db.session(), round_id=UUID(job.arguments["round_id"]))), None)
    return held.version if held and held.version > job.arguments["version"] else 0


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


@blueprint.post("/desk/jobs/<uuid:job_id>/retry")
@job_owner
def retry_a_job(job: Job) -> ResponseReturnValue:
    """Do a job again that failed or was stopped."""
    if job.kind in ONCE:
        raise NotFound
    if retry_job(db.session(), job):
        record(db.session(), "job.retried", subject=job.kind, agency_id=job.agency_id)
        db.session.commit()
        if not flask.current_app.extensions["hailong_jobs"].put(job.id):
            flask.flash(
                gettext("Hàng đợi tạm thời không nhận việc; việc này đã được ghi lại và sẽ chạy sau."), "warning"
            )
    return flask.redirect(flask.url_for("desk.job_page", job_id=job.id), HTTPStatus.SEE_OTHER)


@blueprint.route("/desk/agencies/<uuid:agency_id>/schedules", methods=["GET", "POST"])
@agency_member
def schedules(agency: Agency) -> ResponseReturnValue:
    """Have an agency's reports made every month or every year, and be told of each."""
    official = signed_in_official()
    if flask.request.method == "POST":
        keep_schedules(
            db.session(),
            agency,
            official_id=official.id,
            every=flask.request.form.getlist("every"),
            language=current_language(),
            today=local_today(),
        )
        db.session.commit()
        flask.flash(gettext("Đã ghi lại lịch lập báo cáo của bạn."), "done")
        return flask.redirect(flask.url_for("desk.jobs"), HTTPStatus.SEE_OTHER)
    known = list_schedules(db.session(), official_id=official.id, agency_id=agency.id)
    return flask.render_template(
        "desk/schedules.html", agency=agency, every={row.every for row in known}, is_demo=agency.is_demo
    )


def _moment(moment: datetime) -> datetime:
    # SQLite gives times back without their zone.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _manages_agency_of(job: Job) -> bool:
    agency = db.session.get(Agency, job.agency_id) if job.agency_id else None
    return agency is not None and current_scope().manages(agency.path)


def _searched(line: JobLine) -> str:
    names = flask.get_template_attribute("components/job_name.html", "job_name")
    agency = f" {line.agency.name} {line.agency.name_en or ''} {line.agency.code}" if line.agency else ""
    return f"{names(line.job)} {line.job.kind}{agency}"
