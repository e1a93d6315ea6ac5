"""The maps in docs/examples against the real files they were written for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.responses import Response
from survey.models.tallies import LevelTally
from survey.services.editions import load_builtin_editions
from survey.services.import_lines import BadCell
from survey.services.import_map import read_import_map
from survey.services.imports import ImportedResponses, checked_import, store_import

TODAY = date(2026, 11, 21)
PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT.parent / "shared" / "data"
LONDON = "gp_fft_london_2023_2024.csv"
SOMERVILLE = "somerville_happiness_2011_2015_long.csv"
NHS = "nhs_fft_neas_nhft.csv"

# Counted in the file by hand with csv and Counter: rated lines of each surgery.
LONDON_LINES = {
    "Earls Court Surgery": 1270,
    "Health Partners @ Violet Melchett": 658,
    "The Chelsea Practice": 538,
    "Stanhope Mews West": 526,
    "Scarsdale Medical Centre": 192,
    "Emperor's Gate Surgery": 154,
    "The Abingdon Health Centre": 149,
    "Earls Court Medical Centre": 134,
    "Royal Hospital Chelsea": 104,
    "The Good Practice": 96,
    "Knightsbridge Medical Centre": 61,
}


@pytest.fixture
def editions(session: Session) -> None:
    load_builtin_editions(session, today=TODAY)


def _import(session: Session, name: str, example: str, bad: list[BadCell]) -> ImportedResponses | None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"REAL DATA ABSENT: {path} is not there, so the example {example} was not tried")
    plan = read_import_map(PROJECT / "docs" / "examples" / example)
    with checked_import(session, path, plan, today=TODAY, on_bad_cell=bad.append) as checked:
        return None if checked.bad_cells else store_import(session, checked, today=TODAY)


@pytest.mark.usefixtures("editions")
def test_london_ratings_go_in_whole_and_once(session: Session) -> None:
    bad: list[BadCell] = []

    first = _import(session, LONDON, "london-fft.toml", bad)
    again = _import(session, LONDON, "london-fft.toml", bad)

    assert bad == []
    assert first is not None
    assert again is not None
    assert (first.stored, first.agencies, first.agencies_made) == (3882, 11, 11)
    assert (again.stored, again.already_there, again.agencies_made) == (0, 3882, 0)
    lines = session.execute(
        select(Agency.name, func.count()).join(Response, Response.agency_id == Agency.id).group_by(Agency.name)
    )
    assert {row[0]: row[1] for row in lines} == LONDON_LINES
    levels = session.execute(select(LevelTally.level, func.sum(LevelTally.count)).group_by(LevelTally.level))
    assert {level: int(count) for level, count in levels} == {5: 2616, 4: 901, 3: 181, 2: 94, 1: 71, 0: 19}


@pytest.mark.usefixtures("editions")
def test_somerville_is_refused_with_its_143_values_by_name(session: Session) -> None:
    bad: list[BadCell] = []

    assert _import(session, SOMERVILLE, "somerville.toml", bad) is None

    assert len(bad) == 143
    assert {cell.column for cell in bad} == {"rating_raw"}
    assert Counter(cell.value for cell in bad) == {
        "3.5": 83, "2.5": 24, "4.5": 20, "33.0": 7, "1.5": 3,
        "10.0": 1, "8.0": 1, "62.0": 1, "6.0": 1, "7.0": 1, "9.0": 1,
    }  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Response)) == 0


@pytest.mark.usefixtures("editions")
def test_somerville_goes_in_where_the_user_lists_every_value(session: Session) -> None:
    done = _import(session, SOMERVILLE, "somerville-recoded.toml", [])

    assert done is not None
    # 6,315 respondents, 6 of whom gave nothing but such values.
    assert done.stored == 6309
    ratings = session.scalar(select(func.sum(LevelTally.count)))
    # 23,217 clean answers and 7 times 33, listed as 3.
    assert int(ratings or 0) == 23217 + 7


@pytest.mark.usefixtures("editions")
def test_health_trusts_scale_runs_the_other_way_round(session: Session) -> None:
    done = _import(session, NHS, "nhs.toml", [])

    assert done is not None
    # 4,969 lines, 227 of them with code 7: no answer at all.
    assert (done.stored, done.agencies) == (4742, 2)
    levels = session.execute(select(LevelTally.level, func.sum(LevelTally.count)).group_by(LevelTally.level))
    assert {level: int(count) for level, count in levels} == {5: 3258, 4: 795, 3: 225, 2: 182, 1: 267, 0: 15}
    assert session.scalar(select(Wave.state)) == "closed"
