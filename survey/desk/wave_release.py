"""The results of a closed wave on their way to the public: proposed, taken back, and released by a second person."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.wave_seen import changed_meanwhile, version_of
from survey.models.accounts import Official
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.desk_lists import find_draft
from survey.services.waves import draft_release, first_release_day, release_wave, take_back_draft
from survey.web.access import signed_in_official, wave_manager, wave_releaser


@blueprint.post("/desk/waves/<uuid:wave_id>/draft")
@wave_manager
def draft_a_release(wave: Wave) -> ResponseReturnValue:
    """Propose to publish; somebody else does it."""
    if told := changed_meanwhile(wave):
        return told
    draft_release(db.session(), wave, drafted_by=signed_in_official().id, today=local_today())
    first = first_release_day(wave)
    if local_today() < first:
        return _done(
            wave,
            gettext(
                "Đã lập đề nghị công bố. Hãy báo một cán bộ khác có quyền: người đó công bố được từ ngày %(day)s.",
                day=f"{first:%d/%m/%Y}",
            ),
        )
    return _done(wave, gettext("Đã lập đề nghị công bố. Hãy báo một cán bộ khác có quyền để công bố."))


@blueprint.post("/desk/waves/<uuid:wave_id>/draft/withdrawal")
@wave_manager
def take_back_a_draft(wave: Wave) -> ResponseReturnValue:
    """Take back what was proposed and not released yet."""
    if told := changed_meanwhile(wave):
        return told
    take_back_draft(db.session(), wave)
    return _done(wave, gettext("Đã rút đề nghị công bố; đề nghị lại lúc nào cũng được."))


@blueprint.get("/desk/waves/<uuid:wave_id>/release")
@wave_releaser
def wave_release(wave: Wave) -> ResponseReturnValue:
    """Ask once more before results become public, and say what the public will see."""
    draft = find_draft(db.session(), wave)
    return flask.render_template(
        "desk/wave_release.html",
        wave=wave,
        seen=version_of(wave),
        draft=draft,
        drafter=db.session.get(Official, draft.drafted_by) if draft else None,
        is_own_draft=draft is not None and draft.drafted_by == signed_in_official().id,
        first_release_day=first_release_day(wave),
        today=local_today(),
        is_demo=wave.agency.is_demo,
    )


@blueprint.post("/desk/waves/<uuid:wave_id>/release")
@wave_releaser
def release_a_wave(wave: Wave) -> ResponseReturnValue:
    """Publish what another official proposed."""
    if told := changed_meanwhile(wave):
        return told
    release_wave(db.session(), wave, released_by=signed_in_official().id, today=local_today())
    return _done(wave, gettext("Kết quả của đợt khảo sát đã được công bố."))


def _done(wave: Wave, sentence: str) -> ResponseReturnValue:
    number = wave.id
    db.session.commit()
    flask.flash(sentence, "done")
    return flask.redirect(flask.url_for("desk.wave_page", wave_id=number))
