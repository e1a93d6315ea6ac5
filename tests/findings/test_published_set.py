"""Nobody who adds and subtracts all that is published of a year finds a group that is too small to be told.

The fixed set: the summary of the year and the report of each of its waves, with agencies, fields and channels, and the
report of every agency in every wave.  The attacker takes differences of totals and their parts, and of periods.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.values import AgencyFindings, AnnualFindings, BreakdownRow
from survey.findings.wave import wave_findings
from survey.services.fold import fold

TODAY, SMALLEST = date(2026, 11, 21), 10
WAVES = {"V1": date(2025, 2, 2), "V2": date(2025, 3, 3)}
FIELDS = ("land", "civil", "trade")
CHANNELS = ("qr", "kiosk", "paper")


@pytest.fixture(params=[1, 2, 3])
def world(session: Session, request: pytest.FixtureRequest) -> World:
    dice = random.Random(request.param)  # noqa: S311 -- made-up answers, no secret
    world = small_world(session)
    for wave in WAVES:
        world.add_wave(wave, year=2025, state="closed")
    for code in FIELDS:
        world.add_service(code, agency="A")
    for code in ("D", "E", "F"):
        world.add_agency(code, parent="P", kind="commune")
    for code in "ABCDEF":
        for wave, day in WAVES.items():
            for service in FIELDS:
                for channel in dice.sample(CHANNELS, k=dice.randint(1, 2)):
                    world.answer(
                        code, [dice.choice((2, 4)), 4, 3, 4], times=dice.choice((0, 1, 4, 7, 13, 22)),
                        wave=wave, day=day, service=service, channel=channel,
                    )  # fmt: skip
    fold(session, until=date(2026, 11, 19))
    return world


def test_no_difference_of_published_figures_is_a_group_too_small_to_be_told(world: World) -> None:
    session, root = world.session, world.agencies["P"].id
    year = annual_findings(session, root_id=root, year=2025, today=TODAY)
    waves = {code: wave_findings(session, wave_id=world.waves[code].id, today=TODAY) for code in WAVES}
    agencies = {
        (code, wave): agency_findings(
            session, agency_id=world.agencies[code].id, wave_id=world.waves[wave].id, today=TODAY
        )
        for code in "ABCDEF"
        for wave in WAVES
    }
    differences = [*_of_totals([year, *waves.values()]), *_of_periods(year, waves), *_of_groups(waves, agencies)]
    assert len(differences) > 20
    assert [found for found in differences if 0 < found[1] < SMALLEST or found[1] < 0] == []
    # What is told is told of enough people.
    told = [row.overall.n for found in (year, *waves.values()) for row in found.agencies if row.overall.n is not None]
    assert told
    assert min(told) >= SMALLEST


Difference = tuple[str, int]


def _of_totals(summaries: list[AnnualFindings]) -> Iterator[Difference]:
    for found in summaries:
        shown = [row.overall.n for row in found.agencies if row.overall.n is not None]
        if found.overall.n is not None:
            yield "all less the agencies told", found.overall.n - sum(shown)
        for rows in (found.by_channel, found.by_field):
            if found.overall.n is not None and rows:
                yield f"all less {rows[0].dimension}", found.overall.n - sum(row.measures.n or 0 for row in rows)


def _of_periods(year: AnnualFindings, waves: dict[str, AnnualFindings]) -> Iterator[Difference]:
    parts: dict[str, list[int | None]] = defaultdict(list)
    for found in waves.values():
        parts["P"].append(found.overall.n)
        for row in found.agencies:
            parts[row.agency.code].append(row.overall.n)
    for code, whole in [("P", year.overall.n), *((row.agency.code, row.overall.n) for row in year.agencies)]:
        if whole is not None:
            yield f"{code}: the year less its waves told", whole - sum(n or 0 for n in parts[code])


def _of_groups(
    waves: dict[str, AnnualFindings], agencies: dict[tuple[str, str], AgencyFindings]
) -> Iterator[Difference]:
    """Take from a field or channel of all agencies what each agency's own report tells of it, and from an agency."""
    for code, found in waves.items():
        own = [report for (_, wave), report in agencies.items() if wave == code]
        for row in (*found.by_field, *found.by_channel):
            if row.measures.n is not None:
                told = [_n(report.breakdowns, row) for report in own]
                yield f"{row.member} of all less that of the agencies", row.measures.n - sum(told)
    for report in agencies.values():
        for dimension in ("field", "channel", "verified"):
            shown = [row.measures.n or 0 for row in report.breakdowns if row.dimension == dimension]
            if report.overall.n is not None and shown:
                yield f"{report.agency.code} less its {dimension}", report.overall.n - sum(shown)


def _n(rows: tuple[BreakdownRow, ...], wanted: BreakdownRow) -> int:
    found = [row.measures.n for row in rows if (row.dimension, row.member) == (wanted.dimension, wanted.member)]
    return found[0] or 0 if found else 0
