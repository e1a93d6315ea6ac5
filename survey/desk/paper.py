"""Paper forms: print numbered sheets for a counter, and see how many came back."""

from __future__ import annotations

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
from survey.jobs.paper import series_pdf
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.paper import PaperSeries
from survey.queries.counters import get_questionnaire
from survey.queries.counters_elsewhere import list_counters_elsewhere
from survey.queries.desk_lists import list_counters, list_waves_over
from survey.queries.paper import count_returns_below, find_series, list_series
from survey.services.paper import PaperError, PaperOrder, print_series, sheet_number
from survey.web.access import agency_manager, current_scope, signed_in_official
from survey.web.audit import record_download
from survey.web.language import current_language
from survey.web.lists import Column, list_of

# A page must not wait longer for its PDF; the command prints any number.
MOST_AT_ONCE: Final = 100
MOST_LISTED: Final = 5000
COLUMNS: Final[tuple[Column[PaperSeries], ...]] = (
    Column("day", _("Ngày in"), by=lambda one: one.printed_on),
    Column("number", _("Số tờ từ – đến"), by=lambda one: (one.wave.code, one.first_number)),
    Column("where", _("Cơ quan, quầy"), by=lambda one: (one.agency.sort_key, _counter_key(one))),
    Column("language", _("Ngôn ngữ"), by=lambda one: one.language),
    Column("pdf", "PDF"),
)


@blueprint.get("/desk/agencies/<uuid:agency_id>/paper")
@agency_manager
def paper(agency: Agency) -> ResponseReturnValue:
    """List the sheets that were printed and how many came back, and offer to print more."""
    return _show(agency, "")


@blueprint.post("/desk/agencies/<uuid:agency_id>/paper")
@agency_manager
def print_paper(agency: Agency) -> ResponseReturnValue:
    """Give out numbers for more sheets."""
    form = flask.request.form
    wave = next((wave for wave in _waves(agency) if str(wave.id) == form.get("wave")), None)
    points = {str(point.id): point for point in list_counters(db.session(), agency)}
    sheets = int(form["sheets"]) if form.get("sheets", "").isascii() and form.get("sheets", "").isdecimal() else 0
    if wave is None or not 1 <= sheets <= MOST_AT_ONCE:
        problem = gettext("Hãy chọn đợt và số tờ từ 1 đến %(most)s.", most=MOST_AT_ONCE)
        return _show(agency, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    questionnaire = get_questionnaire(db.session(), wave.questionnaire_edition_id)
    language = form.get("language", "vi")
    order = PaperOrder(
        wave=wave,
        agency=agency,
        service_point=points.get(form.get("counter", "")),
        edition_id=wave.questionnaire_edition_id,
        language=language if language in questionnaire.title else "vi",
        sheets=sheets,
    )
    try:
        print_series(db.session(), order=order, by=signed_in_official().id, today=local_today())
    except PaperError as refusal:
        db.session.rollback()
        return _show(agency, refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã cấp số cho các tờ; hãy tải PDF ở dòng đầu bảng rồi in."), "done")
    return flask.redirect(flask.url_for("desk.paper", agency_id=agency.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/agencies/<uuid:agency_id>/paper/<uuid:series_id>.pdf")
@agency_manager
def paper_pdf(agency: Agency, series_id: UUID) -> ResponseReturnValue:
    """Download the sheets of a series; the same sheets each time."""
    series = find_series(db.session(), series_id, agency=agency)
    if series is None:
        raise NotFound
    name = f"phieu-giay-{series.wave.code}-{series.first_number}-{series.last_number}.pdf"
    content, agency_id = series_pdf(db.session(), series), agency.id
    record_download(name, agency_id=agency_id)
    response = flask.Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _waves(agency: Agency) -> list[Wave]:
    today = local_today()
    waves = list_waves_over(db.session(), agency)
    return [wave for wave in waves if wave.state != "closed" and wave.closes_on >= today]


def _show(agency: Agency, problem: str) -> str:
    waves, series = _waves(agency), list_series(db.session(), agency, limit=MOST_LISTED)
    known = {one.wave_id: one.wave for one in series} | {wave.id: wave for wave in waves}
    counters = list_counters(db.session(), agency)
    languages = {tag for wave in waves for tag in get_questionnaire(db.session(), wave.questionnaire_edition_id).title}
    return flask.render_template(
        "desk/paper.html",
        agency=agency,
        waves=waves,
        counters=counters,
        elsewhere=[] if counters else list_counters_elsewhere(db.session(), agency),
        manages=current_scope().manages,
        languages_of_forms=sorted(languages, key=lambda tag: (tag != "vi", tag)),
        series=series,
        listing=list_of(series, COLUMNS, text=_searched, order="-day"),
        returns=[(wave, count_returns_below(db.session(), agency, wave_id=wave.id)) for wave in known.values()],
        number=sheet_number,
        most=MOST_AT_ONCE,
        problem=problem,
        is_demo=agency.is_demo,
    )


def _searched(one: PaperSeries) -> str:
    counter = one.service_point.name if one.service_point else ""
    return f"{one.agency.name} {counter} {one.wave.name} {one.wave.code}"


def _counter_key(one: PaperSeries) -> str:
    return one.service_point.sort_key if one.service_point else ""
