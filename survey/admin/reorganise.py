"""A reorganisation of provinces and communes from its files: tried out in the background, shown, and carried out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import StringField
from wtforms.validators import InputRequired

from survey.admin.blueprint import blueprint
from survey.db import db
from survey.jobs.reorganise import REORGANISE, RESULT, pack
from survey.jobs.work import folder_of
from survey.models.jobs import Job
from survey.queries.scope import ADMINISTERS
from survey.services.audit import record
from survey.services.jobs import UNFINISHED, request_job
from survey.services.register_values import column_name
from survey.services.reorganisation_files import USUAL_DECISION, SentFile
from survey.services.table_file import LARGEST_FILE
from survey.web.access import current_scope, job_owner, root_administrator, signed_in_official
from survey.web.day_field import DayField
from survey.web.forms import Form
from survey.web.language import current_language
from survey.web.large_forms import takes

EMPTY: Final = lazy_gettext("Ô này còn trống; hãy ghi vào.")
SECONDS_BETWEEN_LOOKS: Final = "2"
FATES: Final = {
    "merge": lazy_gettext("sáp nhập từ nhiều đơn vị"),
    "split": lazy_gettext("có phần tách từ đơn vị cũ"),
    "move": lazy_gettext("giữ nguyên địa bàn, đổi tỉnh hoặc mã"),
    "rename": lazy_gettext("đổi tên"),
    "unchanged": lazy_gettext("giữ nguyên"),
}
_WIDEST_NAME: Final = 150


class ReorganisationForm(Form):
    """What is asked beside the files."""

    effective_on = DayField(lazy_gettext("Ngày có hiệu lực"), validators=[InputRequired(EMPTY)])
    decision = StringField(lazy_gettext("Căn cứ (số, ngày, trích yếu)"), validators=[InputRequired(EMPTY)])
    old_since = DayField(lazy_gettext("Đơn vị cũ có từ ngày"), validators=[InputRequired(EMPTY)])
    only = StringField(lazy_gettext("Chỉ các tỉnh mới mang mã"))


@blueprint.get("/admin/reorganise")
@root_administrator
def reorganisation() -> ResponseReturnValue:
    """Ask for the files of a reorganisation."""
    return _box(
        ReorganisationForm(data={"effective_on": "01/07/2025", "decision": USUAL_DECISION, "old_since": "01/01/2004"})
    )


@blueprint.post("/admin/reorganise")
@takes(2 * LARGEST_FILE)
@root_administrator
def try_reorganisation() -> ResponseReturnValue:
    """Have a reorganisation tried out in the background; nothing is written."""
    form, communes = ReorganisationForm(), _sent("communes")
    if not form.validate_on_submit():
        return _box(form), HTTPStatus.UNPROCESSABLE_ENTITY
    if communes is None:
        refusal = gettext("Chưa chọn tệp nào; hãy chọn một tệp CSV hoặc XLSX.")
        return _box(form, refusal), HTTPStatus.UNPROCESSABLE_ENTITY
    codes = (form.only.data or "").replace(",", " ").replace(";", " ").split()
    return _request(
        {
            "communes": pack(communes),
            "provinces": pack(_sent("provinces")),
            "only": sorted(codes),
            "effective_on": f"{form.effective_on.day}",
            "decision": form.decision.data.strip(),
            "old_since": f"{form.old_since.day}",
            "official_id": str(signed_in_official().id),
            "language": current_language(),
            "shown": "",
        }
    )


@blueprint.get("/admin/reorganise/<uuid:job_id>")
@job_owner
def reorganisation_job(job: Job) -> ResponseReturnValue:
    """Show how far a reorganisation is, what it would do, or what it did."""
    told = _told(job)
    page = flask.render_template(
        "admin/reorganisation.html",
        job=job,
        told=told,
        fates=FATES,
        is_shown=not job.arguments["shown"],
        column_name=lambda name: column_name("communes", name, current_language()),
    )
    response = flask.make_response(page)
    if job.state in UNFINISHED:
        response.headers["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


@blueprint.post("/admin/reorganise/<uuid:job_id>/carry-out")
@job_owner
def carry_out_reorganisation(job: Job) -> ResponseReturnValue:
    """Have carried out just what a dry run showed."""
    told = _told(job)
    if told is None or job.arguments["shown"]:
        raise NotFound
    return _request({**job.arguments, "shown": told["digest"]})


def _request(arguments: Mapping[str, Any]) -> ResponseReturnValue:
    job = request_job(
        db.session(),
        kind=REORGANISE,
        arguments=arguments,
        official_id=signed_in_official().id,
        now=datetime.now(tz=UTC),
    )
    details = {"effective_on": arguments["effective_on"], "decision": arguments["decision"]}
    record(db.session(), "job.requested", subject=REORGANISE, details=details)
    db.session.commit()
    flask.current_app.extensions["hailong_jobs"].put(job.id)
    return flask.redirect(flask.url_for("admin.reorganisation_job", job_id=job.id), HTTPStatus.SEE_OTHER)


def _told(job: Job) -> dict[str, Any] | None:
    """Return what a job found out; None where it is not done, or its document is gone."""
    # Who asked may have lost the right since.
    if job.kind != REORGANISE or not current_scope().holds(ADMINISTERS, at_a_root=True):
        raise NotFound
    name = (job.files or {}).get(RESULT)
    if job.state != "done" or name is None:
        return None
    path = folder_of(flask.current_app.config["HAILONG"].data_dir, job.id) / name
    return json.loads(path.read_bytes()) if path.exists() else None


def _sent(name: str) -> SentFile | None:
    file = flask.request.files.get(name)
    if file is None or not file.filename:
        return None
    return SentFile(file.filename[-_WIDEST_NAME:], file.read())


def _box(form: ReorganisationForm, refusal: str = "") -> str:
    return flask.render_template("admin/reorganise.html", form=form, refusal=refusal, largest=LARGEST_FILE >> 20)
