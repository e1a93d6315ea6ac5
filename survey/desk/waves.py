"""Waves: what runs where, and for who runs them: open, pause, close, N."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.wave_forms import method_title, title_of
from survey.desk.wave_seen import changed_meanwhile, version_of, version_with
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.sort_key import sort_key
from survey.models.wave_days import DAYS_FOR_LATE_ANSWERS
from survey.queries.desk_lists import list_agencies, list_folded, list_waves, sum_population_sizes
from survey.queries.intake_alerts import count_alerts
from survey.queries.release_basis import find_open_release
from survey.queries.scope import RUNS_SURVEYS
from survey.queries.wave_desk import count_counters, count_counters_below, get_target
from survey.services.waves import (
    close_wave,
    first_release_day,
    first_release_day_of,
    open_wave,
    pause_wave,
    resume_wave,
)
from survey.web.access import (
    current_scope,
    signed_in,
    wave_manager,
    wave_member,
)
from survey.web.lists import Column, list_of

STATES: Final = ("planned", "open", "paused", "closed")
COLUMNS: Final[tuple[Column[Wave], ...]] = (
    Column("name", lazy_gettext("Tên"), by=lambda wave: sort_key(wave.name)),
    Column("agency", lazy_gettext("Cơ quan tổ chức"), by=lambda wave: wave.agency.sort_key),
    Column("days", lazy_gettext("Thời gian"), by=lambda wave: (wave.opens_on, wave.code)),
    Column("kind", lazy_gettext("Cách lấy mẫu"), by=lambda wave: wave.sample_kind),
    Column("state", lazy_gettext("Tình trạng"), by=lambda wave: STATES.index(wave.state)),
)


@blueprint.get("/desk/waves")
@signed_in
def waves() -> ResponseReturnValue:
    """List the waves that reach the subtree, newest first."""
    found = list_waves(db.session(), current_scope())
    listing = list_of(found, COLUMNS, text=_searched, order="-days")
    return flask.render_template(
        "desk/waves.html",
        listing=listing,
        may_plan=current_scope().holds(RUNS_SURVEYS),
        is_demo=any(wave.agency.is_demo for wave in found),
    )


@blueprint.get("/desk/waves/<uuid:wave_id>")
@wave_member
def wave_page(wave: Wave) -> ResponseReturnValue:
    """Show a wave, and what the official may do with it."""
    draft, target = find_open_release(db.session(), wave), get_target(db.session(), wave.id)
    scope = current_scope()
    return flask.render_template(
        "desk/wave.html",
        wave=wave,
        seen=version_with(wave, target, draft),
        questionnaire=title_of(wave.questionnaire_edition),
        method=method_title(wave.method_edition),
        target=target,
        counters=count_counters(db.session(), wave),
        counters_to_come=count_counters_below(db.session(), wave) if wave.state == "planned" else 0,
        draft=draft,
        first_release_day=first_release_day(wave) if wave.state == "closed" else None,
        may_run=scope.runs_surveys(wave.agency.path),
        today=local_today(),
        alerts=count_alerts(db.session(), scope, wave=wave),
        is_demo=wave.agency.is_demo,
    )


@blueprint.get("/desk/waves/<uuid:wave_id>/agencies")
@wave_member
def wave_agencies(wave: Wave) -> ResponseReturnValue:
    """List the agencies of the subtree that a wave covers, with what has come in and N."""
    search = flask.request.args.get("search", "")[:100]
    number = flask.request.args.get("page", 1, type=int)
    page = list_agencies(db.session(), current_scope(), search=search, page=number, below=wave.agency.path)
    ids = [line.id for line in page.lines]
    return flask.render_template(
        "desk/wave_agencies.html",
        wave=wave,
        page=page,
        search=search,
        folded=list_folded(db.session(), wave_id=wave.id, agency_ids=ids),
        may_set=current_scope().stands_above,
        may_import=current_scope().surveys_within(wave.agency.path),
        sizes=sum_population_sizes(db.session(), wave_id=wave.id, agency_ids=ids),
        is_demo=wave.agency.is_demo,
    )


@blueprint.get("/desk/waves/<uuid:wave_id>/closing")
@wave_manager
def wave_closing(wave: Wave) -> ResponseReturnValue:
    """Ask once more before something that cannot be undone."""
    return flask.render_template(
        "desk/wave_closing.html",
        wave=wave,
        seen=version_of(wave),
        first_release_day=first_release_day_of(local_today()),
        late_until=local_today() + timedelta(days=DAYS_FOR_LATE_ANSWERS),
        today=local_today(),
        is_demo=wave.agency.is_demo,
    )


@blueprint.post("/desk/waves/<uuid:wave_id>/open")
@wave_manager
def open_a_wave(wave: Wave) -> ResponseReturnValue:
    """Hand out forms, for the first time or again."""
    if told := changed_meanwhile(wave):
        return told
    if wave.state == "paused":
        resume_wave(db.session(), wave, today=local_today())
    else:
        open_wave(db.session(), wave, today=local_today())
    return _done(wave, gettext("Đợt khảo sát đang mở; các quầy đã nhận phiếu."))


@blueprint.post("/desk/waves/<uuid:wave_id>/pause")
@wave_manager
def pause_a_wave(wave: Wave) -> ResponseReturnValue:
    """Stop handing out forms for a while."""
    if told := changed_meanwhile(wave):
        return told
    pause_wave(db.session(), wave)
    return _done(wave, gettext("Đợt khảo sát đã tạm dừng; phiếu đã phát trước đó vẫn gửi được."))


@blueprint.post("/desk/waves/<uuid:wave_id>/close")
@wave_manager
def close_a_wave(wave: Wave) -> ResponseReturnValue:
    """Close for good."""
    if told := changed_meanwhile(wave):
        return told
    close_wave(db.session(), wave, today=local_today())
    return _done(wave, gettext("Đợt khảo sát đã đóng; phiếu đã phát trước đó còn được nhận bảy ngày."))


def _done(wave: Wave, sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flask.flash(sentence, "done")
    return flask.redirect(flask.url_for("desk.wave_page", wave_id=wave.id))


def _searched(wave: Wave) -> str:
    return f"{wave.code} {wave.name} {wave.name_en or ''} {wave.agency.name}"
