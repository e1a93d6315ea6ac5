"""A file of a questionnaire: tried out first, and kept as a draft only when somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.admin.blueprint import blueprint
from survey.admin.edition_lists import edition_listing
from survey.db import db
from survey.findings.continuity import root_edition
from survey.models.editions import Questionnaire, content_sha256
from survey.queries.waves import list_edition_contents
from survey.services.audit import record
from survey.services.edition_changes import changes_of
from survey.services.edition_mapping import edition_name
from survey.services.edition_places import Places
from survey.services.editions import (
    LARGEST_FILE,
    faults_of_edition,
    find_edition,
    load_questionnaire_edition,
    parse_edition,
)
from survey.services.errors import EditionError
from survey.web.access import root_survey_runner
from survey.web.language import current_language
from survey.web.large_forms import takes

_FILE_NAME: Final = "phieu.toml"
_MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong with a file, for who mends it; ``line`` is None where no single line is to blame."""

    line: int | None
    place: str
    words: str


class _FaultyFileError(Exception):
    """A file that cannot be loaded as it is."""

    def __init__(self, *faults: FaultLine) -> None:
        super().__init__()
        self.faults = faults


@blueprint.post("/admin/questionnaires")
@takes(LARGEST_FILE)
@root_survey_runner
def upload_questionnaire() -> ResponseReturnValue:
    """Try a file out: name every fault with its line and remedy, or show what it holds; nothing is stored."""
    sent = flask.request.files.get("file")
    source = sent.read() if sent else b""
    try:
        content = _read(source, name=(sent.filename if sent else None) or _FILE_NAME)
    except _FaultyFileError as error:
        return _refused(error)
    known = {
        name: other for name, other in list_edition_contents(db.session()).items() if name != edition_name(content)
    }
    read = Questionnaire.from_content(content)
    stored = find_edition(db.session(), content)
    return flask.render_template(
        "admin/questionnaire_check.html",
        read=read,
        source=source.decode("utf-8-sig"),
        stored=stored,
        is_the_same=stored is not None and stored.sha256 == content_sha256(content),
        changes=changes_of(read, known),
        continued=root_edition(content, known.get),
    )


@blueprint.post("/admin/questionnaires/drafts")
@takes(LARGEST_FILE)
@root_survey_runner
def keep_questionnaire() -> ResponseReturnValue:
    """Keep the file that was just shown as a draft."""
    try:
        content = _read(flask.request.form.get("source", "").encode(), name=_FILE_NAME)
    except _FaultyFileError as error:
        return _refused(error)
    edition = load_questionnaire_edition(db.session(), content, published_on=None)
    record(db.session(), "questionnaire.loaded", subject=edition_name(content))
    db.session.commit()
    flask.flash(gettext("Đã lưu bản nháp. Hãy xem thử rồi công bố, hoặc bỏ."), "done")
    return flask.redirect(flask.url_for("admin.questionnaire", edition_id=edition.id))


def _read(source: bytes, *, name: str) -> dict[str, Any]:
    """Return the content of a file without faults.

    Raises:
        _FaultyFileError: It names every fault.

    """
    if not source:
        raise _FaultyFileError(FaultLine(None, "", gettext("Chưa chọn tệp nào; hãy chọn một tệp TOML.")))
    try:
        content = parse_edition(source, name=name)
    except EditionError as error:
        raise _FaultyFileError(FaultLine(None, "", error.text(current_language()))) from error
    if faults := faults_of_edition(db.session(), content):
        places, language = Places(source.decode("utf-8-sig")), current_language()
        told = faults[:_MOST_SHOWN]
        lines = [FaultLine(places.line_of(each.place), each.place, each.text(language)) for each in told]
        if more := len(faults) - len(told):
            lines.append(FaultLine(None, "", gettext("và %(number)s lỗi nữa", number=more)))
        raise _FaultyFileError(*lines)
    return content


def _refused(error: _FaultyFileError) -> ResponseReturnValue:
    return flask.render_template("admin/questionnaires.html", listing=edition_listing(), faults=error.faults), 400
