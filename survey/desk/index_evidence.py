"""What an agency hands in for a criterion: points with a note, and files as evidence, taken back and read again."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_leaves import act_on_leaf, judgement_typed, leaf_address, typed_at_leaf
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexEvidence
from survey.services.errors import ServiceError
from survey.services.index_evidence import LARGEST_FILE, add_evidence, read_evidence, remove_evidence
from survey.services.index_ledger import Place, find_score, place_of
from survey.services.index_scoring import self_assess
from survey.web.access import round_assessor, round_reader, signed_in_official
from survey.web.audit import record_download
from survey.web.language import current_language
from survey.web.large_forms import takes
from survey.web.too_large import leave_files

MOST_AT_ONCE: Final = 4 * LARGEST_FILE
_BESIDE_THE_FILES: Final = 64 * 1024
_TAKE_FILES: Final = frozenset(
    {"desk.add_index_evidence", "desk.claim_index_points", "desk.object_to_index_points"},
)


@blueprint.before_request
def _let_files_in() -> None:
    """Scans are large; what is larger still is told so, and what was typed beside the files is kept."""
    if flask.request.endpoint not in _TAKE_FILES or not leave_files(MOST_AT_ONCE + _BESIDE_THE_FILES):
        return
    told = gettext(
        "Các tệp gửi một lần lớn hơn %(most)s MB nên chưa tệp nào được nhận; hãy gửi ít tệp hơn mỗi lần, mỗi tệp tối "
        "đa %(each)s MB.",
        most=MOST_AT_ONCE >> 20,
        each=LARGEST_FILE >> 20,
    )
    flask.flash(told, "error")
    flask.g.files_left = True


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/claim")
@takes(MOST_AT_ONCE)
@round_assessor
def claim_index_points(round_: IndexRound, agency: Agency, code: str) -> ResponseReturnValue:
    """Keep what an agency gives itself, with its note and files; what is refused leaves the rest standing."""
    place = place_of(round_, agency.id, code)
    kept = keep_files(place) + _take_chosen_back(place)
    typed = typed_at_leaf()
    is_blank = not (typed["value"].strip() or typed["text"].strip())
    if is_blank and kept and find_score(db.session(), place) is None:
        # Only files were sent; nobody scored anything.
        return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)
    return act_on_leaf(place, agency, "claim", lambda: self_assess(db.session(), place, judgement_typed()))


@blueprint.post("/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/evidence")
@takes(MOST_AT_ONCE)
@round_assessor
def add_index_evidence(round_: IndexRound, agency: Agency, code: str) -> ResponseReturnValue:
    """Keep files as evidence; each is looked at for itself, and what is refused is named with the reason."""
    place = place_of(round_, agency.id, code)
    if not keep_files(place) and not _sent() and not flask.g.get("files_left"):
        flask.flash(gettext("Chưa chọn tệp nào; hãy chọn tệp rồi bấm nộp."), "error")
    return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)


def keep_files(place: Place) -> int:
    """Keep the files of a form and tell of each that is refused; commits, so that nothing else can lose them."""
    kept = 0
    for file in _sent():
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
    return kept


def _sent() -> list[FileStorage]:
    return [file for file in flask.request.files.getlist("files") if file.filename]


@blueprint.post(
    "/desk/index/rounds/<uuid:round_id>/agencies/<uuid:agency_id>/leaves/<code>/evidence/<uuid:evidence_id>/remove"
)
@round_assessor
def remove_index_evidence(round_: IndexRound, agency: Agency, code: str, evidence_id: UUID) -> ResponseReturnValue:
    """Take a file back before the self-assessment is handed in."""
    place = place_of(round_, agency.id, code)
    _take_back(place, _evidence(place, evidence_id))
    return flask.redirect(leaf_address(place), HTTPStatus.SEE_OTHER)


def _take_back(place: Place, evidence: IndexEvidence) -> None:
    try:
        remove_evidence(db.session(), place, evidence, by=signed_in_official().id, today=local_today())
    except ServiceError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return
    db.session.commit()
    flask.flash(gettext("Đã rút tệp %(name)s.", name=evidence.name), "done")


def _take_chosen_back(place: Place) -> int:
    """Take the file back whose button sent the form; return how many that were."""
    chosen = flask.request.form.get("remove", type=UUID)
    if chosen is None:
        return 0
    _take_back(place, _evidence(place, chosen))
    return 1


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
