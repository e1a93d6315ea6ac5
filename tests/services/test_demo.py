from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.findings.index import decided_findings
from survey.jobs.demo_index import decide_demo_rounds
from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.editions import Questionnaire
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint
from survey.models.index_plans import IndexTask
from survey.models.index_rounds import IndexRound
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.responses import Comment, Response
from survey.models.tallies import FoldMark
from survey.services import demo
from survey.services.accounts import is_password_of
from survey.services.demo import DemoReport, load_demo
from survey.services.demo_answers import Place, draw_days, draw_responses
from survey.services.demo_province import read_demo_file

TODAY = date(2026, 11, 21)
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def _without_ids(session: Session) -> Counter[tuple[Any, ...]]:
    rows = session.execute(
        select(
            Agency.code, Wave.code, Response.answered_on, Response.channel, Response.language, Response.answers,
            Response.key_hash,
        )
        .join(Agency, Agency.id == Response.agency_id)
        .join(Wave, Wave.id == Response.wave_id)
    )  # fmt: skip
    return Counter((*row[:5], tuple(sorted(row[5].items())), row[6]) for row in rows)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every agency have a tenth of its answers, so that the test takes a second."""
    data = read_demo_file()
    for entry in [*data["departments"], *data["communes"], *data["departments"][4]["units"]]:
        entry["responses"] = entry["responses"] if entry["responses"] < 70 else entry["responses"] // 10
    monkeypatch.setattr(demo, "read_demo_file", lambda: data)


@pytest.mark.usefixtures("few")
def test_demo_is_a_folded_province_marked_as_invented_with_three_waves_and_its_officials(session: Session) -> None:
    heard: list[tuple[tuple[str, str], int, int]] = []

    report = load_demo(session, today=TODAY, progress=lambda step, done, total: heard.append((step, done, total)))

    _is_a_province_with_three_waves_at_its_counters(session, report)
    assert {step for step, _, _ in heard} == {demo.ANSWERING, demo.FOLDING}
    _is_marked_and_folded(session)
    _has_rounds_of_the_index(session)
    _knows_n_of_every_month_with_answers(session)
    _has_officials_who_can_sign_in_and_stand_where_they_should(session, report)


def _is_a_province_with_three_waves_at_its_counters(session: Session, report: DemoReport) -> None:
    every = session.scalars(select(Wave).order_by(Wave.index_year)).all()
    (drawn,) = (wave for wave in every if wave.sample_kind == "household")
    assert (drawn.state, drawn.index_year) == ("closed", 2025)
    waves = [wave for wave in every if wave is not drawn]
    assert [(wave.index_year, wave.state, bool(wave.release)) for wave in waves] == [
        (2024, "closed", True),
        (2025, "closed", False),
        (2026, "open", False),
    ]
    edition = session.get_one(QuestionnaireEdition, waves[0].questionnaire_edition_id)
    assert edition.published_on is not None
    assert edition.published_on <= waves[0].opens_on
    release = waves[0].release
    assert release is not None
    assert release.drafted_by != release.released_by
    counters = session.scalar(select(func.count()).select_from(ServicePoint))
    assert counters == 38
    in_open_wave = select(func.count()).where(WaveServicePoint.is_open, WaveServicePoint.wave_id == waves[2].id)
    assert session.scalar(in_open_wave) == counters
    kinds = Counter(session.scalars(select(Agency.kind)))
    assert (kinds["province"], kinds["department"], kinds["commune"]) == (1, 9, 12)
    code = session.get(ServicePointCode, report.counter_code)
    assert code is not None
    assert code.service_point.name == report.counter_name
    assert report.responses == session.scalar(select(func.count()).select_from(Response))


@pytest.fixture
def very_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no agency have more than twelve answers a year, where only their being there and the same matters."""
    data = read_demo_file()
    for entry in [*data["departments"], *data["communes"], *data["departments"][4]["units"]]:
        entry["responses"] = min(entry["responses"], 12)
    monkeypatch.setattr(demo, "read_demo_file", lambda: data)


@pytest.mark.usefixtures("very_few")
def test_demo_is_the_same_on_every_machine(session: Session) -> None:
    attempt = session.begin_nested()
    load_demo(session, today=TODAY)
    first = _without_ids(session)
    attempt.rollback()

    load_demo(session, today=TODAY)

    assert _without_ids(session) == first


def _has_rounds_of_the_index(session: Session) -> None:
    decide_demo_rounds(session)
    rounds = list(session.scalars(select(IndexRound).order_by(IndexRound.year)))
    assert [(one.year, one.state) for one in rounds] == [(2023, "decided"), (2024, "decided"), (2025, "objection")]
    found = decided_findings(session, rounds[1])
    assert found is not None
    assert (found.root.is_demo, found.before_year, bool(found.release)) == (True, 2023, True)
    # Who has too few answers is shown without a rank.
    assert "LG-S01" in [row.agency.code for row in found.agencies if row.rank is None]
    surveyed = [row for row in found.ranked if row.survey]
    assert surveyed
    assert all(row.low < row.points < row.high and row.survey.population for row in surveyed if row.survey)
    assert session.scalar(select(func.count()).select_from(IndexTask)) == 3


def _is_marked_and_folded(session: Session) -> None:
    assert set(session.scalars(select(Agency.is_demo))) == {True}
    rows = session.execute(
        select(Agency.code, func.sum(FoldMark.n))
        .join(Agency, Agency.id == FoldMark.agency_id)
        .where(FoldMark.dimension == "agency")
        .group_by(Agency.code)
    )
    folded = {row[0]: row[1] for row in rows}
    # Seven answers a year are too few for any figure; nineteen are enough to be shown, too few for an index.
    assert "LG-S01" not in folded
    assert 19 * 2 <= folded["LG-X12"] < 30 * 3
    assert session.scalar(select(func.count()).select_from(Comment)) == 22 * 5


def _knows_n_of_every_month_with_answers(session: Session) -> None:
    known = {
        (row.wave_id, row.agency_id, row.month): row.transactions for row in session.scalars(select(PopulationSize))
    }
    answered = Counter(
        (row.wave_id, row.agency_id, f"{row.answered_on:%Y-%m}")
        for row in session.scalars(select(Response).where(Response.weight.is_(None)))
    )
    assert all(known[key] > count for key, count in answered.items())


def _has_officials_who_can_sign_in_and_stand_where_they_should(session: Session, report: DemoReport) -> None:
    grants = session.execute(
        select(Official.email, Grant.role, Agency.code)
        .join(Grant, Grant.official_id == Official.id)
        .join(Agency, Agency.id == Grant.agency_id)
        .order_by(Official.email)
    )
    assert [tuple(row) for row in grants] == [
        ("congbo@lacgiang.example", "survey_manager", "LG"),
        ("khaosat@lacgiang.example", "survey_manager", "LG"),
        ("soatxet@lacgiang.example", "survey_manager", "LG"),
        ("tuphap@lacgiang.example", "agency_manager", "LG-S03"),
        ("xem.tuphap@lacgiang.example", "viewer", "LG-S03"),
    ]
    for official in report.officials:
        assert is_password_of(session.get(Official, official.id), official.password)
    assert len({official.password for official in report.officials}) == 5


@pytest.mark.usefixtures("very_few")
@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2027, 1, 4), date(2028, 2, 29)])
def test_demo_can_be_loaded_on_any_day(session: Session, today: date) -> None:
    load_demo(session, today=today)

    days = session.scalars(select(Response.answered_on)).all()
    assert max(days) < today
    assert {wave.index_year for wave in session.scalars(select(Wave))} == {
        today.year - 2,
        today.year - 1,
        today.year,
    }


def test_whole_demo_has_tens_of_thousands_of_plausible_answers() -> None:
    data = read_demo_file()
    units = [unit for department in data["departments"] for unit in department.get("units", ())]
    rated = [*data["departments"], *units, *data["communes"]]

    a_year = sum(entry["responses"] for entry in rated)

    assert 20_000 <= 3 * a_year <= 40_000
    assert all(0.7 <= chance <= 1 for entry in rated for chance in entry["satisfied"])
    assert min(entry["responses"] for entry in rated) < 10
    assert any(10 <= entry["responses"] < 30 for entry in rated)
    assert [entry["code"] for entry in rated if entry["satisfied"] == [1.0, 1.0, 1.0]] == ["LG-X11"]
    moved = [entry for entry in rated if max(entry["satisfied"]) - min(entry["satisfied"]) >= 0.04]
    assert 3 <= len(moved) < len(rated) / 2


def test_answers_of_one_citizen_hang_together_and_hit_the_target() -> None:
    content = {
        "questionnaire": "q",
        "edition": "1",
        "title": {},
        "overall": None,
        "elements": [{"code": f"e{n}", "name": {}, "items": [{"code": f"i{n}", "text": {}}]} for n in range(2)],
    }
    days = draw_days("W", "A", count=3000, first=date(2026, 1, 1), last=date(2026, 6, 30))
    wave = Wave(code="W")
    place = Place(uuid4(), uuid4(), uuid4())

    rows = list(
        draw_responses(
            wave,
            Questionnaire.from_content(content),
            agency_id=place.owner_id,
            agency_code="A",
            places=[place],
            satisfied=0.85,
            days=days,
        )
    )

    satisfied = [[level >= 4 for level in row["answers"].values() if level] for row in rows]
    share = sum(map(sum, satisfied)) / sum(map(len, satisfied))
    both = [pair for pair in satisfied if len(pair) == 2]
    together = sum(all(pair) for pair in both) / len(both)
    # 0.85 shifted by the elements' own offsets; independent answers would agree in 0.73 of the cases.
    assert share == pytest.approx(0.857, abs=0.02)
    assert together > 0.76
    assert all(day.weekday() < 5 for day in days)


def test_no_place_of_the_demo_exists_in_vietnam() -> None:
    path = DATA / "commune_old_to_new_2025.csv"
    if not path.exists():
        pytest.skip(f"REAL DATA ABSENT: {path} is not there, so the invented names were not compared with real ones")
    columns = ("new_province", "new_commune", "old_commune", "old_district", "old_province")
    with path.open(encoding="utf-8") as stream:
        real = {row[column].casefold() for row in csv.DictReader(stream) for column in columns}
    data = read_demo_file()

    invented = [data["province"]["name"], *(entry["name"] for entry in data["communes"])]

    for name in invented:
        place = (
            name.casefold().removeprefix("tỉnh ").removeprefix("phường ").removeprefix("xã ").removeprefix("đặc khu ")
        )
        assert not [one for one in real if one.endswith(place)]
    assert all("Lạc Giang" in entry["name"] for entry in data["departments"])
