"""The live gauge of a wave: answers so far, participation, margin, what is missing, and which counters are silent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.findings.gauge import ASSUMED_SHARE, DAYS_OF_PACE, GaugeRow, fill_in, gauge_rows, target_of_wave, total_of
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.queries.agencies import list_agencies
from survey.queries.gauge import CounterIntake, list_counter_intake
from survey.queries.waves import get_wave
from survey.web.access import current_scope, wave_member
from survey.web.lists import Column, list_of

# A counter may well have a quiet day, and is closed on Sundays; a week without one answer is worth a look.
DAYS_OF_SILENCE: Final = 7
COLUMNS: Final[tuple[Column[GaugeRow], ...]] = (
    Column("name", lazy_gettext("Cơ quan"), by=lambda row: row.sort_key),
    Column("answers", lazy_gettext("Phiếu đến nay"), by=lambda row: row.answers, is_number=True),
    Column("needed", lazy_gettext("Còn thiếu"), by=lambda row: row.needed, is_number=True),
    Column("rate", lazy_gettext("Tỷ lệ tham gia"), is_number=True),
    Column("margin", lazy_gettext("Sai số"), is_number=True),
)
SILENT_COLUMNS: Final[tuple[Column[CounterIntake], ...]] = (
    Column("last", lazy_gettext("Phiếu cuối"), by=lambda line: line.last_day or date.min),
    Column("agency", lazy_gettext("Cơ quan"), by=lambda line: (line.agency_sort_key, line.sort_key)),
    Column("name", lazy_gettext("Quầy"), by=lambda line: line.sort_key),
)


@blueprint.get("/desk/waves/<uuid:wave_id>/gauge")
@wave_member
def gauge(wave: Wave) -> ResponseReturnValue:
    """Show how far a wave has come at every agency of the subtree; its cost does not grow with the answers."""
    session, today, scope = db.session(), local_today(), current_scope()
    row = get_wave(session, wave_id=wave.id)
    if row is None:
        raise NotFound
    below = [agency for agency in list_agencies(session, paths=[wave.agency.path]) if scope.reads(agency.path)]
    target = target_of_wave(session, wave_id=wave.id)
    rows = gauge_rows(session, wave=row, agencies=below, target=target, today=today)
    listing = list_of(
        rows, COLUMNS, text=lambda line: f"{line.agency.name.vi} {line.agency.name.en} {line.agency.code}"
    )
    silent = silent_counters(wave, today)
    return flask.render_template(
        "desk/gauge.html",
        wave=wave,
        target=target,
        assumed_share=ASSUMED_SHARE,
        listing=listing,
        rows=fill_in(session, listing.lines, wave=row, today=today),
        total=total_of(rows),
        silent=list_of(silent, SILENT_COLUMNS, text=_searched, prefix="silent-", size=20),
        days_of_silence=DAYS_OF_SILENCE,
        days_of_pace=DAYS_OF_PACE,
        may_run=scope.runs_surveys(wave.agency.path),
        stands_above=scope.stands_above,
        today=today,
        is_demo=wave.agency.is_demo,
    )


def silent_counters(wave: Wave, today: date) -> list[CounterIntake]:
    """Return the counters of the subtree where no answer came in for a week although the wave is open."""
    since = today - timedelta(days=DAYS_OF_SILENCE)
    if wave.state != "open" or wave.opens_on > since or today > wave.closes_on:
        return []
    counters = list_counter_intake(db.session(), current_scope(), wave)
    return [line for line in counters if line.last_day is None or line.last_day <= since]


def _searched(line: CounterIntake) -> str:
    return f"{line.name} {line.name_en or ''} {line.agency_name} {line.agency_name_en or ''}"
