"""Editions of questionnaires: listed, checked and loaded from files, shown, published; and chosen for counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.admin.blueprint import blueprint
from survey.db import db
from survey.models.agencies import Agency
from survey.models.editions import Questionnaire
from survey.models.identifiers import local_today
from survey.models.questionnaire import QuestionnaireEdition
from survey.queries.desk_lists import list_counters
from survey.services.audit import Detail, record
from survey.services.edition_choice import choose_edition
from survey.services.edition_faults import Fault
from survey.services.edition_places import line_of
from survey.services.edition_writing import edition_toml
from survey.services.editions import (
    faults_of_edition,
    is_fixed,
    list_questionnaire_editions,
    load_questionnaire_edition,
    parse_edition,
    publish_edition,
)
from survey.services.errors import EditionError
from survey.web.access import agency_manager, root_survey_runner
from survey.web.language import current_language

_FILE_NAME: Final = "phieu.toml"


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong with a file, for who mends it; ``line`` is None where no single line is to blame."""

    line: int | None
    place: str
    words: str


@blueprint.get("/admin/questionnaires")
@root_survey_runner
def questionnaires() -> ResponseReturnValue:
    """List the editions of the questionnaires, and take a file of a new one."""
    return _listed(())


@blueprint.post("/admin/questionnaires")
@root_survey_runner
def upload_questionnaire() -> ResponseReturnValue:
    """Try a file out: name every fault with its line and remedy, or keep it as a draft to look at."""
    sent = flask.request.files.get("file")
    source = sent.read() if sent else b""
    if not source:
        return _listed((FaultLine(None, "", gettext("Chưa chọn tệp nào; hãy chọn một tệp TOML.")),))
    try:
        content = parse_edition(source, name=(sent.filename if sent else None) or _FILE_NAME)
    except EditionError as error:
        return _listed((FaultLine(None, "", error.text(current_language())),))
    faults = faults_of_edition(db.session(), content)
    if faults:
        return _listed(tuple(_fault_line(source, fault) for fault in faults))
    edition = load_questionnaire_edition(db.session(), content, published_on=None)
    record(db.session(), "questionnaire.loaded", subject=_name(edition))
    db.session.commit()
    flask.flash(gettext("Tệp không có lỗi; dưới đây là phiếu đọc được từ tệp."), "done")
    return flask.redirect(flask.url_for("admin.questionnaire", edition_id=edition.id))


@blueprint.get("/admin/questionnaires/<uuid:edition_id>")
@root_survey_runner
def questionnaire(edition_id: UUID) -> ResponseReturnValue:
    """Show what an edition asks, in both languages, and publish it where it is a draft."""
    edition = _edition(edition_id)
    return flask.render_template(
        "admin/questionnaire.html",
        edition=edition,
        read=Questionnaire.from_content(edition.content),
        is_fixed=is_fixed(db.session(), edition),
    )


@blueprint.get("/admin/questionnaires/<uuid:edition_id>.toml")
@root_survey_runner
def questionnaire_file(edition_id: UUID) -> ResponseReturnValue:
    """Download an edition as the file it can be loaded from: a template for the next."""
    edition = _edition(edition_id)
    name = f"{edition.questionnaire}-{edition.edition}.toml"
    return flask.Response(
        edition_toml(edition.content),
        mimetype="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.post("/admin/questionnaires/<uuid:edition_id>/publish")
@root_survey_runner
def publish_questionnaire(edition_id: UUID) -> ResponseReturnValue:
    """Publish a draft; it never changes again."""
    edition = _edition(edition_id)
    publish_edition(db.session(), edition, today=local_today())
    record(db.session(), "questionnaire.published", subject=_name(edition))
    db.session.commit()
    flask.flash(gettext("Phiếu đã công bố; từ nay dùng được và không thể sửa."), "done")
    return flask.redirect(flask.url_for("admin.questionnaire", edition_id=edition.id))


@blueprint.get("/admin/agencies/<uuid:agency_id>/edition")
@agency_manager
def edition_choice(agency: Agency) -> ResponseReturnValue:
    """Show the counters of an agency and the editions that they can hand out."""
    return flask.render_template(
        "admin/edition_choice.html",
        agency=agency,
        counters=list_counters(db.session(), agency),
        editions=[edition for edition in list_questionnaire_editions(db.session()) if edition.published_on],
        is_demo=agency.is_demo,
    )


@blueprint.post("/admin/agencies/<uuid:agency_id>/edition")
@agency_manager
def choose_an_edition(agency: Agency) -> ResponseReturnValue:
    """Let one counter of an agency, or all, hand out another edition from now on."""
    edition = _edition(flask.request.form.get("edition", ""))
    wanted = flask.request.form.get("counter", "")
    counters = [one for one in list_counters(db.session(), agency) if wanted in {"", str(one.id)}]
    choice = choose_edition(db.session(), edition, counters=counters)
    details: dict[str, Detail] = {"counters": choice.moved, "waves": [wave.code for wave in choice.waves]}
    record(db.session(), "questionnaire.chosen", subject=_name(edition), agency_id=agency.id, details=details)
    db.session.commit()
    waves = ", ".join(wave.code for wave in choice.waves) or "–"
    flask.flash(gettext("%(number)s quầy đã chuyển sang đợt %(waves)s.", number=choice.moved, waves=waves), "done")
    if choice.has_population_sizes:
        flask.flash(gettext("Hãy ghi lại số hồ sơ N cho từng đợt: N cũ gồm cả các quầy vừa chuyển."), "note")
    return flask.redirect(flask.url_for("admin.edition_choice", agency_id=agency.id))


def _listed(faults: tuple[FaultLine, ...]) -> ResponseReturnValue:
    page = flask.render_template(
        "admin/questionnaires.html", editions=list_questionnaire_editions(db.session()), faults=faults
    )
    return page, 400 if faults else 200


def _fault_line(source: bytes, fault: Fault) -> FaultLine:
    line = line_of(source.decode("utf-8-sig"), fault.place)
    return FaultLine(line, fault.place, fault.text(current_language()))


def _edition(key: Any) -> QuestionnaireEdition:  # noqa: ANN401  an id, or what a form sent for one
    try:
        edition = db.session.get(QuestionnaireEdition, UUID(str(key)))
    except ValueError as error:
        raise NotFound from error
    if edition is None:
        raise NotFound
    return edition


def _name(edition: QuestionnaireEdition) -> str:
    return f"{edition.questionnaire}/{edition.edition}"
