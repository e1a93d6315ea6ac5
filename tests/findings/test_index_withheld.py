"""What a wave withholds no round of the index tells by way of the year, unless the year's summary tells it already."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from released_world import answered_world, publish_wave, publish_year
from survey.findings import index_survey
from survey.findings.index_survey import _withheld
from survey.findings.publication import released_summary
from survey.queries.released import find_released


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_year_withholds_whom_a_wave_withholds_but_not_whom_its_summary_shows(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = answered_world(session)
    wave, year = publish_wave(session, world.waves["W"]), publish_year(session, world.agencies["P"], 2026)
    session.flush()
    version = find_released(session, year.code)
    assert version is not None
    shown = {row.agency.code for row in released_summary(session, version).agencies if not row.overall.is_suppressed}
    assert "B" in shown
    assert "C" not in shown
    ids = [world.agencies[code].id for code in ("B", "C")]
    monkeypatch.setattr(index_survey, "withheld_agencies", lambda *_: frozenset(ids))

    behind = [world.waves["W"].id]
    assert _withheld(session, wave, behind) == set(ids)
    assert _withheld(session, year, behind) == {ids[1]}
    assert _withheld(session, year, []) == frozenset()
