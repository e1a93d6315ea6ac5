"""Two officials at one wave: whoever decided by an older page is told what another did since, and loses nothing."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.models.fieldwork import Wave, WaveTarget
from survey.models.releases import Release
from survey.queries.release_basis import find_open_release
from survey.queries.wave_desk import find_last_change, get_target
from survey.web.filters import clock

_SHOWN: Final = 16


def version_of(wave: Wave) -> str:
    """Return what changes with everything of a wave that its pages show and its buttons depend on."""
    return version_with(wave, get_target(db.session(), wave.id), find_open_release(db.session(), wave))


def version_with(wave: Wave, target: WaveTarget | None, draft: Release | None) -> str:
    """Return the same for a page that has read target and draft anyway."""
    parts = (
        wave.code, wave.name, wave.name_en, wave.state, wave.sample_kind, wave.index_year, wave.opens_on,
        wave.closes_on, wave.questionnaire_edition_id, wave.method_edition_id,
        target and (target.margin, target.design_effect, target.participation),
        draft and (draft.version, draft.drafted_by, draft.drafted_on),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_SHOWN]


def has_changed(wave: Wave) -> bool:
    """Return whether the wave is not any more as the page showed it on which a button was pressed."""
    seen = flask.request.form.get("seen", "")
    return bool(seen) and seen != version_of(wave)


def changed_meanwhile(wave: Wave) -> ResponseReturnValue | None:
    """Send back to the wave, with a word on who changed it, whoever pressed a button of an older page."""
    if not has_changed(wave):
        return None
    flask.flash(who_changed(wave), "warning")
    return flask.redirect(flask.url_for("desk.wave_page", wave_id=wave.id), HTTPStatus.SEE_OTHER)


def who_changed(wave: Wave) -> str:
    """Say who changed a wave last, and when; what is asked for now was not done."""
    last = find_last_change(db.session(), wave)
    told: str = gettext(
        "%(name)s vừa thay đổi đợt này (%(time)s), nên điều bạn vừa gửi chưa được thực hiện. Hãy xem lại đợt như hiện "
        "nay rồi làm lại nếu vẫn cần.",
        name=(last and last.name) or gettext("Người khác"),
        time=clock(last.at) if last else "?",
    )
    return told
