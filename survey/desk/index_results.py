"""The result of a round at the desk: as it was decided, or for who runs it as it stands; its documents."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.findings.errors import FindingsError
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.queries.index_desk import list_parts
from survey.queries.index_results import list_results
from survey.rendering.blocks import Table
from survey.rendering.index_tables import leaves_table, ranking_table
from survey.rendering.page_tables import page_tables
from survey.services.audit import record
from survey.services.jobs import request_job
from survey.web.access import current_scope, round_member, signed_in_official
from survey.web.index_chapters import index_chapters, main_points
from survey.web.language import current_language

if TYPE_CHECKING:
    from survey.findings.index_result_values import IndexFindings


@blueprint.get("/desk/index/rounds/<uuid:round_id>/result")
@round_member
def index_result(round_: IndexRound) -> ResponseReturnValue:
    """Show the decided result of a round to everybody in it, or an earlier version; a draft of it to who runs it."""
    language, problem, findings = current_language(), "", None
    versions = list_results(db.session(), round_id=round_.id, with_superseded=True)
    wanted = flask.request.args.get("version", "")
    held = next((one for one in versions if wanted in {"", f"{one.version}"}), None)
    if wanted and held is None:
        raise NotFound
    try:
        findings = _findings(round_, held.version if held else None)
    except FindingsError as refusal:
        problem = refusal.text(language)
    return flask.render_template(
        "desk/index_result.html",
        round=round_,
        findings=findings,
        held=held,
        own=list_parts(db.session(), round_, current_scope()) if findings else [],
        versions=versions,
        manages=_manages(round_),
        reads=_reads(round_),
        problem=problem,
        sentences=main_points(findings, language) if findings else [],
        chapters=index_chapters(findings, language) if findings else [],
        tables=page_tables(_beside(findings, language), language) if findings else {},
        is_demo=round_.agency.is_demo,
    )


@blueprint.post("/desk/index/rounds/<uuid:round_id>/result/documents")
@round_member
def index_documents(round_: IndexRound) -> ResponseReturnValue:
    """Have the report of a round made in the background; for who runs it also a draft of it, and of the decision."""
    arguments: dict[str, object] = {
        "round_id": str(round_.id),
        "round": round_.code,
        "language": current_language(),
    }
    held = next(iter(list_results(db.session(), round_id=round_.id)), None)
    arguments["version"] = held.version if held else 0
    if held is None and not _manages(round_):
        raise NotFound
    if not _reads(round_):
        arguments["of"] = "decided"
    job = request_job(
        db.session(),
        kind="index",
        arguments=arguments,
        official_id=signed_in_official().id,
        agency_id=round_.agency_id,
        now=datetime.now(tz=UTC),
    )
    record(db.session(), "job.requested", subject=f"index {round_.code}", agency_id=round_.agency_id)
    db.session.commit()
    flask.current_app.extensions["hailong_jobs"].put(job.id)
    return flask.redirect(flask.url_for("desk.job_page", job_id=job.id), HTTPStatus.SEE_OTHER)


def _beside(findings: IndexFindings, language: str) -> tuple[Table, Table]:
    """Return the tables that stand outside the chapters."""
    return ranking_table(findings, language), leaves_table(findings, language)


def _findings(round_: IndexRound, version: int | None) -> IndexFindings | None:
    # What estimates is loaded when first asked for: it takes longer than all the rest.
    from survey.findings.index import decided_findings, index_findings  # noqa: PLC0415

    decided = decided_findings(db.session(), round_, version=version)
    if decided is not None or not _manages(round_):
        return decided
    return index_findings(db.session(), round_, today=local_today())


def _manages(round_: IndexRound) -> bool:
    return current_scope().runs_surveys(round_.agency.path)


def _reads(round_: IndexRound) -> bool:
    return current_scope().reads(round_.agency.path)
