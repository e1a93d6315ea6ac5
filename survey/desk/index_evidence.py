"""Evidence of a criterion: files handed in one by one or several at once, taken back, and read by appraisers."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_leaves import leaf_address
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexEvidence
from survey.services.errors import ServiceError
from survey.services.index_evidence import LARGEST_FILE, add_evidence, read_evidence, remove_evidence
from survey.services.index_ledger import Place, place_of
from survey.web.access import round_assessor, round_reader, signed_in_official
from survey.web.audit import record_download
from survey.web.language import current_language

_MOST_AT_ONCE: Final = 4 * LARGEST_FILE
_BESIDE_THE_FILES: Final = 64 * 1024


@blueprint.before_request
def _let_files_in() -> ResponseReturnValue | None:
    """Scans are large; what is larger still is told so before it is read."""
    if flask.request.endpoint != "desk.add_index_evidence":
        return None
    most = _MOST_AT_ONCE + _BESIDE_THE_FILES
    flask.request.max_content_length = most
    if (flask.request.content_length or 0) <= most:
        return None
    told = gettext(
        "Các tệp gửi một lần lớn hơn %(most)s MB; hãy gửi ít tệp hơn mỗi lần, mỗi tệp tối đa %(each)s MB.",
        most=_MOST_AT_ONCE >> 20,
        each=LARGEST_FILE >> 20,
    )
    flask.flash(told, "error")
    values = flask.request.view_args or {}
    return flask.redirect(flask.url_for("desk.index_leaf", **values), HTTPStatus.SEE_OTHER)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/evidence")
@round_assessor
def add_index_evidence(round_: IndexRound, agency: Agency, code: str) -> ResponseReturnValue:
    """Keep files as evidence; each is looked at for itself, and what is refused is named with the reason."""
    place = place_of(round_, agency.id, code)
    sent = [file for file in flask.request.files.getlist("files") if file.filename]
    kept = 0
    for file in sent:
        # One byte more than may be kept is enough to know that it is too large.
        content = file.stream.read(LARGEST_FILE + 1)
        try:
            add_evidence(
                db.session(),
                place,
                content,
                name=file.filename or "",
                by=signed_in_official().id,
                today=local_today(),
                data_dir=_data_dir(),
            )
            kept += 1
        except ServiceError as refusal:
            flask.flash(refusal.text(current_language()), "error")
    db.session.commit()
    if kept:
        flask.flash(gettext("Đã nộp %(number)s tệp.", number=kept), "done")
    if not sent:
        flask.flash(gettext("Chưa chọn tệp nào; hãy chọn tệp rồi bấm nộp."), "error")
    return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)


@blueprint.post(
    "/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/evidence/<uuid:evidence_id>/remove"
)
@round_assessor
def remove_index_evidence(round_: IndexRound, agency: Agency, code: str, evidence_id: UUID) -> ResponseReturnValue:
    """Take a file back before the self-assessment is handed in."""
    place = place_of(round_, agency.id, code)
    evidence = _evidence(place, evidence_id)
    try:
        remove_evidence(db.session(), place, evidence, by=signed_in_official().id, today=local_today())
    except ServiceError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)
    db.session.commit()
    flask.flash(gettext("Đã rút tệp %(name)s.", name=evidence.name), "done")
    return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/evidence/<uuid:evidence_id>")
@round_reader
def index_evidence_file(round_: IndexRound, agency: Agency, code: str, evidence_id: UUID) -> ResponseReturnValue:
    """Download a file of evidence, as it was handed in."""
    evidence = _evidence(place_of(round_, agency.id, code), evidence_id)
    content = read_evidence(evidence, data_dir=_data_dir())
    name, kind, sha256 = evidence.name, evidence.kind, evidence.sha256
    record_download(name, agency_id=agency.id, sha256=sha256)
    response = flask.Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _evidence(place: Place, evidence_id: UUID) -> IndexEvidence:
    found = db.session.get(IndexEvidence, (place.agency_id, evidence_id))
    if found is None or (found.round_id, found.criterion) != (place.round.id, place.leaf.code):
        raise NotFound
    return found


def _data_dir() -> Path:
    data_dir: Path = flask.current_app.config["HAILONG"].data_dir
    return data_dir
