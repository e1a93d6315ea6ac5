"""Which counters take part in a wave: all below its agency, less the exceptions; searched, and changed in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.wave_seen import changed_meanwhile, version_of
from survey.models.fieldwork import Wave
from survey.queries.desk_lists import plain
from survey.queries.wave_desk import WaveCounter, has_chosen_counters, list_counters_of, list_wave_counters
from survey.rendering import numbers
from survey.services.wave_counters import join_counters, leave_out_counters
from survey.web.access import current_scope, wave_manager, wave_member
from survey.web.language import current_language
from survey.web.lists import Column, list_of

COLUMNS: Final[tuple[Column[WaveCounter], ...]] = (
    Column("agency", lazy_gettext("Cơ quan"), by=lambda line: (line.agency_sort_key, line.sort_key)),
    Column("name", lazy_gettext("Quầy"), by=lambda line: line.sort_key),
    Column("state", lazy_gettext("Trong đợt này"), by=lambda line: (not line.is_open, not line.is_known)),
)


@blueprint.get("/desk/waves/<uuid:wave_id>/counters")
@wave_member
def counters_of_wave(wave: Wave) -> ResponseReturnValue:
    """List the counters below a wave's agency that lie in the subtree, and whether each takes part."""
    lines = list_wave_counters(db.session(), current_scope(), wave)
    is_chosen = has_chosen_counters(db.session(), wave)
    return flask.render_template(
        "desk/wave_counters.html",
        wave=wave,
        listing=list_of(lines, COLUMNS, text=_searched),
        taking_part=sum(takes_part(wave, line, is_chosen=is_chosen) for line in lines),
        in_all=len(lines),
        is_chosen=is_chosen,
        takes_part=takes_part,
        may_run=current_scope().runs_surveys(wave.agency.path) and wave.state != "closed",
        seen=version_of(wave),
        is_demo=wave.agency.is_demo,
    )


@blueprint.post("/desk/waves/<uuid:wave_id>/counters")
@wave_manager
def choose_counters(wave: Wave) -> ResponseReturnValue:
    """Let the counters that are ticked, or all that were found, join the wave or be left out of it."""
    if told := changed_meanwhile(wave):
        return told
    wanted = flask.request.form.get("act", "")
    back = flask.url_for("desk.counters_of_wave", wave_id=wave.id, search=flask.request.form.get("search") or None)
    ids = _found(wave) if wanted.endswith("-found") else _ticked()
    counters = list_counters_of(db.session(), wave, ids)
    if not counters:
        flask.flash(gettext("Chưa chọn quầy nào; hãy đánh dấu các quầy rồi bấm lại."), "warning")
        return flask.redirect(back, HTTPStatus.SEE_OTHER)
    if wanted.startswith("join"):
        number = join_counters(db.session(), wave, counters)
        sentence = ngettext("Đã thêm %(n)s quầy vào đợt.", "Đã thêm %(n)s quầy vào đợt.", number, n=_count(number))
    else:
        number = leave_out_counters(db.session(), wave, counters)
        sentence = ngettext("Đã bỏ %(n)s quầy khỏi đợt.", "Đã bỏ %(n)s quầy khỏi đợt.", number, n=_count(number))
    db.session.commit()
    flask.flash(sentence, "done")
    return flask.redirect(back, HTTPStatus.SEE_OTHER)


def takes_part(wave: Wave, line: WaveCounter, *, is_chosen: bool) -> bool:
    """Return whether a counter hands out the wave's forms, will, or did."""
    if wave.state == "planned":
        return line.is_known or not is_chosen
    return line.is_known if wave.state == "closed" else line.is_open


def _found(wave: Wave) -> Sequence[UUID]:
    """Return all counters that the search of the page finds, on every page of it."""
    words = plain(flask.request.form.get("search", "")).split()
    lines = list_wave_counters(db.session(), current_scope(), wave)
    return [line.id for line in lines if all(word in plain(_searched(line)) for word in words)]


def _ticked() -> Sequence[UUID]:
    ids = []
    for text in flask.request.form.getlist("counter"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def _searched(line: WaveCounter) -> str:
    return f"{line.name} {line.name_en or ''} {line.agency_name} {line.agency_name_en or ''} {line.agency_code}"


def _count(number: int) -> str:
    return numbers.count(number, current_language())
