"""The report of one wave: every agency right under a body, ranked, and compared with the closed wave before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.agency import find_agency_and_wave
from survey.findings.annual import explained, period_of
from survey.findings.forms import forms_of
from survey.findings.names import wave_name, wording
from survey.findings.summary import summarise
from survey.findings.summary_parts import Period, Tree, read_tree
from survey.findings.values import AnnualFindings, Wording
from survey.models.wave_days import is_final, last_day
from survey.queries.waves import WaveRow, get_wave, list_waves

# As many waves as a series holds, this one among them.
MOST_WAVES: Final = 5


def wave_findings(session: Session, *, wave_id: UUID, today: date, root_id: UUID | None = None) -> AnnualFindings:
    """Make the report of a wave over all agencies right under ``root_id``, or under the body it is run for.

    Changes are measured against the latest closed wave before it that is comparable, else against the very last one.
    A wave that still runs is a preview without any comparison.

    Raises:
        FindingsError: There is no such agency or wave, or the agency takes no part in it.

    """
    asked = get_wave(session, wave_id=wave_id)
    root, wave = find_agency_and_wave(session, root_id or (asked.agency_id if asked else wave_id), wave_id)
    tree = read_tree(session, root, wave.opens_on, last_day(wave))
    is_preview, is_late = wave.state != "closed", not is_final(wave, today)
    # No verdict before the last late answer is in the figures.
    shown = [wave] if is_late else [*_earlier(session, root.id, wave, today), wave]
    form_of = {one.id: form for form, waves in forms_of(session, shown).items() for one in waves}
    periods = [_period(session, tree, one, form_of[one.id]) for one in shown]
    this, earlier = periods[-1], periods[:-1]
    found = summarise(session, tree, this, before=earlier[-1] if earlier else None, earlier=earlier, today=today)
    found = replace(found, wave=wave_name(wave))
    return explained(found, "preview" if is_preview else "late") if is_late else found


def _earlier(session: Session, root_id: UUID, wave: WaveRow, today: date) -> Sequence[WaveRow]:
    """List the closed waves over the same body that ended before this one, oldest first, the comparable ones alone.

    Where none is comparable the last one is named, so that the report says that it is not.
    """
    closed = [
        one
        for one in list_waves(session, agency_id=root_id)
        if is_final(one, today) and one.id != wave.id and one.closes_on < wave.opens_on
    ]
    closed.sort(key=lambda one: (one.opens_on, one.closes_on, one.code))
    form_of = {one.id: form for form, waves in forms_of(session, [*closed, wave]).items() for one in waves}
    same = [one for one in closed if _asked(one, form_of) == _asked(wave, form_of)]
    return same[1 - MOST_WAVES :] if same else closed[-1:]


def _asked(wave: WaveRow, form_of: dict[UUID, str]) -> tuple[str, UUID, str]:
    return form_of[wave.id], wave.method_edition_id, wave.sample_kind


def _period(session: Session, tree: Tree, wave: WaveRow, form: str) -> Period:
    name = wording(wave.name, wave.name_en)
    return period_of(session, tree, Wording(f"đợt “{name.vi}”", f"the wave “{name.en}”"), form, (wave,))
