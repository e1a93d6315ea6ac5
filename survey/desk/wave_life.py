"""A wave is made, changed before it opens, opened, extended: each with a page that says what it means."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.wave_forms import ExtensionForm, NamesForm, TargetForm, WaveForm, known_of, known_target, title_of
from survey.desk.wave_seen import changed_meanwhile, has_changed, version_of, who_changed
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.counters_elsewhere import has_counters, list_counters_elsewhere
from survey.queries.desk_lists import list_run_agencies
from survey.queries.wave_desk import (
    find_last_wave,
    find_usual_edition,
    get_target,
    has_chosen_counters,
    suggest_code,
)
from survey.services.errors import WaveError
from survey.services.wave_counters import find_clashes, leave_out_counters
from survey.services.wave_edits import edit_wave, rename_wave, set_target
from survey.services.waves import counters_to_open, extend_wave, plan_wave
from survey.web.access import agency_runner, current_scope, survey_runner, wave_manager
from survey.web.forms import Form
from survey.web.language import current_language
from survey.web.lists import Column, list_of

MOST_NAMED: Final = 20
AGENCY_COLUMNS: Final[tuple[Column[Agency], ...]] = (
    Column("name", lazy_gettext("Cơ quan"), by=lambda agency: agency.sort_key),
    Column("code", lazy_gettext("Mã"), by=lambda agency: agency.code),
)


@blueprint.get("/desk/waves/new")
@survey_runner
def new_wave() -> ResponseReturnValue:
    """Ask for whom a wave is to be run: the wave reaches that agency and everything below it."""
    agencies = list_run_agencies(db.session(), current_scope(), today=local_today())
    if len(agencies) == 1:
        return flask.redirect(flask.url_for("desk.plan_a_wave", agency_id=agencies[0].id))
    listing = list_of(
        agencies, AGENCY_COLUMNS, text=lambda agency: f"{agency.code} {agency.name} {agency.name_en or ''}"
    )
    ids = {agency.id for agency in agencies}
    tops = [agency for agency in agencies if agency.parent_id not in ids]
    return flask.render_template("desk/wave_new.html", listing=listing, tops=tops)


@blueprint.route("/desk/agencies/<uuid:agency_id>/waves/new", methods=["GET", "POST"])
@agency_runner
def plan_a_wave(agency: Agency) -> ResponseReturnValue:
    """Make a wave of an agency; it opens later, by hand."""
    form = WaveForm(data=_suggested(agency)) if flask.request.method == "GET" else WaveForm()
    if not form.validate_on_submit():
        return _show_plan(form, agency)
    try:
        wave = plan_wave(db.session(), form.plan, agency=agency, **form.editions())
    except WaveError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return _show_plan(form, db.session.get_one(Agency, agency.id))
    return _done(wave, gettext("Đã lập đợt khảo sát. Tiếp theo: xem lại các quầy, rồi mở đợt."))


@blueprint.route("/desk/waves/<uuid:wave_id>/edit", methods=["GET", "POST"])
@wave_manager
def edit_a_wave(wave: Wave) -> ResponseReturnValue:
    """Change a wave: everything before it opens, later only its names."""
    kind = WaveForm if wave.state == "planned" else NamesForm
    form = kind(data=known_of(wave)) if flask.request.method == "GET" else kind()
    if not form.validate_on_submit():
        return _show_edit(form, wave)
    if has_changed(wave):
        # What was typed stays; sent once more it stands, in the knowledge of what the other one did.
        flask.flash(who_changed(wave), "warning")
        return _show_edit(form, wave)
    try:
        if isinstance(form, WaveForm):
            edit_wave(db.session(), wave, form.plan, **form.editions())
        else:
            rename_wave(db.session(), wave, name=form.name.data, name_en=form.name_en.data)
    except WaveError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return _show_edit(form, db.session.get_one(Wave, wave.id))
    return _done(wave, gettext("Đã lưu đợt khảo sát."))


@blueprint.get("/desk/waves/<uuid:wave_id>/opening")
@wave_manager
def wave_opening(wave: Wave) -> ResponseReturnValue:
    """Say what opening means, at which counters, and what stands against it."""
    session = db.session()
    counters, clashes = counters_to_open(session, wave), find_clashes(session, wave)
    return flask.render_template(
        "desk/wave_opening.html",
        wave=wave,
        questionnaire=title_of(wave.questionnaire_edition),
        counters=len(counters),
        elsewhere=[] if counters else list_counters_elsewhere(session, wave.agency),
        agencies=len({counter.agency_id for counter in counters}),
        is_chosen=has_chosen_counters(session, wave),
        clashes=clashes[:MOST_NAMED],
        clashing=len(clashes),
        others=list({clash.other.id: clash.other for clash in clashes}.values()),
        seen=version_of(wave),
        today=local_today(),
        is_demo=wave.agency.is_demo,
    )


@blueprint.post("/desk/waves/<uuid:wave_id>/leave-out-busy")
@wave_manager
def leave_out_busy(wave: Wave) -> ResponseReturnValue:
    """Leave out of a planned wave the counters that hand out another wave's forms."""
    if told := changed_meanwhile(wave):
        return told
    clashes = find_clashes(db.session(), wave)
    if clashes:
        leave_out_counters(db.session(), wave, [clash.counter for clash in clashes])
    db.session.commit()
    flask.flash(gettext("Đã bỏ %(number)s quầy đang bận khỏi đợt này.", number=len(clashes)), "done")
    return flask.redirect(flask.url_for("desk.wave_opening", wave_id=wave.id), HTTPStatus.SEE_OTHER)


@blueprint.route("/desk/waves/<uuid:wave_id>/extension", methods=["GET", "POST"])
@wave_manager
def extend_a_wave(wave: Wave) -> ResponseReturnValue:
    """Move the last day on which forms are handed out to a later one."""
    form = ExtensionForm()
    if not form.validate_on_submit():
        return _show("desk/wave_extension.html", form, wave)
    if told := changed_meanwhile(wave):
        return told
    try:
        extend_wave(db.session(), wave, closes_on=form.closes_on.day, today=local_today())
    except WaveError as refusal:
        db.session.rollback()
        form.closes_on.errors = [refusal.text(current_language())]
        return _show("desk/wave_extension.html", form, db.session.get_one(Wave, wave.id))
    last = wave.closes_on
    return _done(wave, gettext("Đợt khảo sát phát phiếu đến hết ngày %(day)s.", day=f"{last:%d/%m/%Y}"))


@blueprint.route("/desk/waves/<uuid:wave_id>/target", methods=["GET", "POST"])
@wave_manager
def wave_target(wave: Wave) -> ResponseReturnValue:
    """Say how precise every agency's figure is to be; the gauge works out the answers that takes."""
    form = TargetForm()
    if flask.request.method == "GET":
        form = TargetForm(data=known_target(get_target(db.session(), wave.id)))
    if not form.validate_on_submit():
        return _show("desk/wave_target.html", form, wave)
    if told := changed_meanwhile(wave):
        return told
    try:
        set_target(
            db.session(),
            wave,
            margin=form.margin.value / 100,
            design_effect=form.design_effect.value,
            participation=form.participation.value / 100,
        )
    except WaveError as refusal:
        db.session.rollback()
        form.margin.errors = [refusal.text(current_language())]
        return _show("desk/wave_target.html", form, db.session.get_one(Wave, wave.id))
    db.session.commit()
    flask.flash(gettext("Đã lưu mục tiêu."), "done")
    return flask.redirect(flask.url_for("desk.gauge", wave_id=wave.id), HTTPStatus.SEE_OTHER)


def _suggested(agency: Agency) -> dict[str, str]:
    session, today = db.session(), local_today()
    last = find_last_wave(session, agency)
    usual = last.questionnaire_edition if last else find_usual_edition(session)
    code, number = suggest_code(session, f"{agency.code}-{today.year}")
    name = gettext("Khảo sát tại quầy năm %(year)s", year=today.year)
    return {
        "code": code,
        "name": gettext("%(name)s, đợt %(number)s", name=name, number=number) if number > 1 else name,
        "opens_on": today.isoformat(),
        "closes_on": date(today.year, 12, 31).isoformat(),
        "index_year": str(today.year),
        "sample_kind": "self_selected",
        **({"questionnaire_edition": str(usual.id)} if usual else {}),
        **({"method_edition": str(last.method_edition_id)} if last else {}),
    }


def _show_plan(form: WaveForm, agency: Agency) -> ResponseReturnValue:
    is_bare = not has_counters(db.session(), agency)
    page = flask.render_template(
        "desk/wave_form.html",
        form=form,
        agency=agency,
        wave=None,
        is_bare=is_bare,
        elsewhere=list_counters_elsewhere(db.session(), agency) if is_bare else [],
        is_demo=agency.is_demo,
    )
    return page, _status(form)


def _show_edit(form: Form, wave: Wave) -> ResponseReturnValue:
    page = flask.render_template(
        "desk/wave_form.html",
        form=form,
        agency=wave.agency,
        wave=wave,
        seen=version_of(wave),
        is_demo=wave.agency.is_demo,
    )
    return page, _status(form)


def _show(template: str, form: Form, wave: Wave) -> ResponseReturnValue:
    page = flask.render_template(
        template, form=form, wave=wave, seen=version_of(wave), today=local_today(), is_demo=wave.agency.is_demo
    )
    return page, _status(form)


def _status(form: Form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def _done(wave: Wave, sentence: str) -> ResponseReturnValue:
    number = wave.id
    db.session.commit()
    flask.flash(sentence, "done")
    return flask.redirect(flask.url_for("desk.wave_page", wave_id=number), HTTPStatus.SEE_OTHER)
