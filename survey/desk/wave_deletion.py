"""A wave that was never opened is deleted, after a page that asks once more."""

from __future__ import annotations

from http import HTTPStatus

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.wave_seen import changed_meanwhile, version_of
from survey.models.fieldwork import Wave
from survey.services.errors import WaveError
from survey.services.wave_deletion import delete_wave
from survey.web.access import wave_manager
from survey.web.language import current_language


@blueprint.get("/desk/waves/<uuid:wave_id>/deletion")
@wave_manager
def wave_deletion(wave: Wave) -> ResponseReturnValue:
    """Ask once more before a wave that was never opened is deleted."""
    return flask.render_template(
        "desk/wave_deletion.html", wave=wave, seen=version_of(wave), is_demo=wave.agency.is_demo
    )


@blueprint.post("/desk/waves/<uuid:wave_id>/deletion")
@wave_manager
def delete_a_wave(wave: Wave) -> ResponseReturnValue:
    """Delete a wave that was never opened."""
    if told := changed_meanwhile(wave):
        return told
    code, number = wave.code, wave.id
    try:
        delete_wave(db.session(), wave)
    except WaveError as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return flask.redirect(flask.url_for("desk.wave_page", wave_id=number), HTTPStatus.SEE_OTHER)
    db.session.commit()
    flask.flash(gettext("Đã xoá đợt %(code)s.", code=code), "done")
    return flask.redirect(flask.url_for("desk.waves"), HTTPStatus.SEE_OTHER)
