"""The summary of a year or a wave for its page: at once of few agencies, else from what the worker kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.documents import read_wave, read_year
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.summary_basis import count_children
from survey.services.jobs import UNFINISHED, find_newest_job, request_job
from survey.web.identity import begin_to_write

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings

# So many are added up within a blink.
FEW: Final = 300
# A worker that is busy for longer, or down, is not waited for: the page works the summary out itself.
PATIENCE: Final = timedelta(seconds=30)
SECONDS_BETWEEN_LOOKS: Final = "2"
_AT_ONCE: Final = object()


def find_year(agency: Agency, *, year: int, include_open: bool, form: str | None) -> AnnualFindings | None:
    """Return the summary of a year as of today; None where it was ordered and is not there yet."""
    wanted = {"root_id": str(agency.id), "year": year, "include_open": include_open, "form": form}
    if (found := _kept_or_ordered(agency, wanted)) is not _AT_ONCE:
        return cast("AnnualFindings | None", found)
    return read_year(root_id=agency.id, year=year, include_open=include_open, form=form)


def find_wave(agency: Agency, wave: Wave) -> AnnualFindings | None:
    """Return the report of a wave as of today; None where it was ordered and is not there yet."""
    wanted = {"root_id": str(agency.id), "wave_id": str(wave.id)}
    if (found := _kept_or_ordered(agency, wanted)) is not _AT_ONCE:
        return cast("AnnualFindings | None", found)
    return read_wave(root_id=agency.id, wave_id=wave.id)


def _kept_or_ordered(agency: Agency, wanted: dict[str, Any]) -> object:
    """Return what the worker kept, None where it is at work, ``_AT_ONCE`` where nobody is to wait for it."""
    session = db.session()
    if count_children(session, agency.id) <= FEW:
        return _AT_ONCE
    from survey.jobs.summaries import SUMMARY, order_of, read_summary  # noqa: PLC0415 -- as in documents

    order = order_of(session, wanted, path=agency.path, today=local_today())
    found = read_summary(flask.current_app.config["HAILONG"].data_dir, order)
    if found is not None:
        return found
    job, now = find_newest_job(session, kind=SUMMARY, arguments=order), datetime.now(tz=UTC)
    if job is None or job.state == "done":
        begin_to_write()
        job = request_job(session, kind=SUMMARY, arguments=order, agency_id=agency.id, now=now)
        session.commit()
        flask.current_app.extensions["hailong_jobs"].put(job.id)
        return None
    waits = job.state in UNFINISHED and now - _moment(job.created_at) <= PATIENCE
    return None if waits else _AT_ONCE


def waiting_page(agency: Agency, heading: str) -> ResponseReturnValue:
    """Say that the summary is being worked out; the page looks again by itself, without a script."""
    page = flask.render_template("desk/summary_waiting.html", heading=heading, is_demo=agency.is_demo)
    return page, {"Refresh": SECONDS_BETWEEN_LOOKS}


def _moment(stored: datetime) -> datetime:
    """Return a stored moment with its zone, which SQLite forgets."""
    return stored if stored.tzinfo else stored.replace(tzinfo=UTC)
