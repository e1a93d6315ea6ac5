"""Editions of questionnaires: listed, shown as citizens would see them, published; and chosen for counters."""

from __future__ import annotations

from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.admin.blueprint import blueprint
from survey.admin.edition_lists import edition_listing
from survey.db import db
from survey.models.agencies import Agency
from survey.models.editions import Questionnaire
from survey.models.identifiers import local_today
from survey.models.questionnaire import QuestionnaireEdition
from survey.queries.desk_lists import list_counters
from survey.services.audit import Detail, record
from survey.services.edition_choice import choose_edition
from survey.services.edition_writing import edition_toml, next_edition
from survey.services.editions import (
    discard_draft,
    is_fixed,
    list_questionnaire_editions,
    publish_edition,
)
from survey.web.access import agency_manager, root_survey_runner
from survey.web.audit import record_download
from survey.web.language import current_language


@blueprint.get("/admin/questionnaires")
@root_survey_runner
def questionnaires() -> ResponseReturnValue:
    """List the editions of the questionnaires, and take a file of a new one."""
    return flask.render_template("admin/questionnaires.html", listing=edition_listing(), faults=())


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


@blueprint.get("/admin/questionnaires/<uuid:edition_id>/preview")
@root_survey_runner
def questionnaire_preview(edition_id: UUID) -> ResponseReturnValue:
    """Show the form of an edition as citizens would see it, with their policy and without a key."""
    read = Questionnaire.from_content(_edition(edition_id).content)
    back = flask.url_for("admin.questionnaire", edition_id=edition_id)
    show = flask.current_app.extensions["form_preview"]
    page: flask.Response = show(read, flask.request.args.get("lang") or current_language(), back=back)
    return page


@blueprint.get("/admin/questionnaires/<uuid:edition_id>.toml")
@root_survey_runner
def questionnaire_file(edition_id: UUID) -> ResponseReturnValue:
    """Download an edition as the file it can be loaded from, or with ``?next=1`` as one filled in for the next."""
    edition = _edition(edition_id)
    written = next_edition(edition.content) if flask.request.args.get("next") else edition.content
    name = f"{edition.questionnaire}-{written['edition']}.toml"
    content = edition_toml(written)
    record_download(name, agency_id=None)
    return flask.Response(
        content,
        mimetype="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.post("/admin/questionnaires/<uuid:edition_id>/publish")
@root_survey_runner
def publish_questionnaire(edition_id: UUID) -> ResponseReturnValue:
    """Publish a draft; it never changes again."""
    edition = _edition(edition_id)
    publish_edition(db.session(), edition, today=local_today())
    record(db.session(), "questionnaire.published", subject=edition_name(edition))
    db.session.commit()
    flask.flash(gettext("Phiếu đã công bố; từ nay dùng được và không thể sửa."), "done")
    return flask.redirect(flask.url_for("admin.questionnaire", edition_id=edition.id))


@blueprint.post("/admin/questionnaires/<uuid:edition_id>/discard")
@root_survey_runner
def discard_questionnaire(edition_id: UUID) -> ResponseReturnValue:
    """Throw a draft away; what is published stays."""
    edition = _edition(edition_id)
    discard_draft(db.session(), edition)
    record(db.session(), "questionnaire.discarded", subject=edition_name(edition))
    db.session.commit()
    flask.flash(gettext("Đã bỏ bản nháp."), "done")
    return flask.redirect(flask.url_for("admin.questionnaires"))


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
    key = flask.request.form.get("edition", type=UUID)
    edition = db.session.get(QuestionnaireEdition, key) if key else None
    if edition is None:
        flask.flash(gettext("Hãy chọn một phiên bản trong danh sách; chưa có gì thay đổi."), "error")
        return flask.redirect(flask.url_for("admin.edition_choice", agency_id=agency.id))
    wanted = flask.request.form.get("counter", "")
    counters = [one for one in list_counters(db.session(), agency) if wanted in {"", str(one.id)}]
    choice = choose_edition(db.session(), edition, counters=counters)
    details: dict[str, Detail] = {"counters": choice.moved, "waves": [wave.code for wave in choice.waves]}
    record(db.session(), "questionnaire.chosen", subject=edition_name(edition), agency_id=agency.id, details=details)
    db.session.commit()
    waves = ", ".join(wave.code for wave in choice.waves) or "–"
    flask.flash(gettext("%(number)s quầy đã chuyển sang đợt %(waves)s.", number=choice.moved, waves=waves), "done")
    if choice.has_population_sizes:
        flask.flash(gettext("Hãy ghi lại số hồ sơ N cho từng đợt: N cũ gồm cả các quầy vừa chuyển."), "note")
    return flask.redirect(flask.url_for("admin.edition_choice", agency_id=agency.id))


def _edition(edition_id: UUID) -> QuestionnaireEdition:
    edition = db.session.get(QuestionnaireEdition, edition_id)
    if edition is None:
        raise NotFound
    return edition


def edition_name(edition: QuestionnaireEdition) -> str:
    """Return the name of an edition, as ``counter/2026``."""
    return f"{edition.questionnaire}/{edition.edition}"
