"""N of a whole wave from a file: tried out and shown first, kept only when somebody agrees to what was shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.errors import ServiceError
from survey.services.population_import import COLUMNS, PopulationPlan, plan_population, store_population
from survey.services.table_file import LARGEST_FILE, read_table
from survey.services.table_headings import known_headings
from survey.web.access import current_scope, wave_surveyor
from survey.web.language import current_language
from survey.web.large_forms import takes

MOST_SHOWN: Final = 100


@blueprint.get("/desk/waves/<uuid:wave_id>/population")
@wave_surveyor
def population_file(wave: Wave) -> ResponseReturnValue:
    """Ask for a file of N, and show how it has to look."""
    return _show(wave)


@blueprint.post("/desk/waves/<uuid:wave_id>/population")
@takes(LARGEST_FILE)
@wave_surveyor
def try_population_file(wave: Wave) -> ResponseReturnValue:
    """Try a file of N out: what it would add and change, and every bad line; nothing is kept."""
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        return _show(wave, refusal=gettext("Chưa chọn tệp nào; hãy chọn một tệp CSV hoặc XLSX."))
    return _planned(wave, sent.read(), sent.filename)


@blueprint.post("/desk/waves/<uuid:wave_id>/population/keep")
@takes(LARGEST_FILE)
@wave_surveyor
def keep_population_file(wave: Wave) -> ResponseReturnValue:
    """Keep N of the file that was just shown, all of it or nothing."""
    name, lines = flask.request.form.get("name", "")[:100], flask.request.form.get("lines", "")
    try:
        plan = plan_population(
            db.session(), wave, read_table(lines.encode(), name=name), may_set=current_scope().stands_above
        )
    except ServiceError as refusal:
        return _show(wave, refusal=refusal.text(current_language()))
    if plan.bad or plan.digest != flask.request.form.get("digest"):
        # Somebody else set N in between, or the wave changed: what would be kept is not what was agreed to.
        flask.flash(gettext("Từ lúc kiểm tra đã có thay đổi; hãy xem lại rồi xác nhận một lần nữa."), "warning")
        return _show(wave, plan=plan, name=name)
    number = store_population(db.session(), wave, plan, today=local_today(), name=name)
    db.session.commit()
    flask.flash(gettext("Đã lưu %(number)s số hồ sơ.", number=number), "done")
    return flask.redirect(flask.url_for("desk.wave_agencies", wave_id=wave.id), HTTPStatus.SEE_OTHER)


def _planned(wave: Wave, content: bytes, name: str) -> ResponseReturnValue:
    try:
        table = read_table(content, name=name, known=known_headings(COLUMNS))
        plan = plan_population(db.session(), wave, table, may_set=current_scope().stands_above)
    except ServiceError as refusal:
        return _show(wave, refusal=refusal.text(current_language()))
    return _show(wave, plan=plan, name=name)


def _show(wave: Wave, *, plan: PopulationPlan | None = None, name: str = "", refusal: str = "") -> ResponseReturnValue:
    page = flask.render_template(
        "desk/population_file.html",
        wave=wave,
        plan=plan,
        name=name,
        refusal=refusal,
        most=MOST_SHOWN,
        is_demo=wave.agency.is_demo,
    )
    is_refused = bool(refusal) or bool(plan and plan.bad)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
