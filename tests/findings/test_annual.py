from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from analysis.comparison import newcombe
from analysis.results import Estimate
from small_world import QUESTIONNAIRE, World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.comparison import comparison
from survey.findings.errors import FindingsError
from survey.findings.trend import agency_trend
from survey.findings.values import AnnualFindings, Measures, RankedAgency
from survey.models.editions import content_sha256
from survey.models.questionnaire import QuestionnaireEdition
from survey.rendering.sentences import risen_and_fallen, waiting
from survey.services.fold import fold

TODAY = date(2026, 11, 21)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    world.add_wave("W25", year=2025, state="closed")
    world.add_wave("W24", year=2024, state="closed")
    return world


def answer(world: World, agency: str, *, satisfied: int, others: int, year: int = 2025, wave: str = "") -> None:
    """Store respondents who rate every item 4, and others who rate every item 3."""
    wave, day = wave or f"W{year - 2000}", date(year, 2, 2)
    world.answer(agency, [4, 4, 4, 4], times=satisfied, wave=wave, day=day)
    world.answer(agency, [3, 3, 3, 3], times=others, wave=wave, day=day)


def annual(world: World, year: int = 2025, *, include_open: bool = False) -> AnnualFindings:
    fold(world.session, until=date(2026, 11, 19))
    root = world.agencies["P"].id
    return annual_findings(world.session, root_id=root, year=year, today=TODAY, include_open=include_open)


def by_code(found: AnnualFindings) -> dict[str, RankedAgency]:
    return {row.agency.code: row for row in found.agencies}


def share(found: Estimate | None) -> float:
    assert found is not None
    return found.value


def test_agencies_stand_best_first_and_those_with_too_few_answers_last(world: World) -> None:
    answer(world, "A", satisfied=60, others=40)
    answer(world, "B", satisfied=90, others=10)
    answer(world, "C", satisfied=20, others=0)
    found = annual(world)
    assert [(row.agency.code, row.rank) for row in found.agencies] == [("B", 1), ("A", 2), ("C", None)]
    assert [share(row.overall.share_satisfied) for row in found.agencies] == [0.9, 0.6, 1.0]
    assert by_code(found)["C"].points is None
    assert (found.n, found.weighting, found.is_draft) == (220, "pooled", True)
    assert share(found.overall.share_satisfied) == pytest.approx(170 / 220)


def test_agencies_that_cannot_be_told_apart_share_their_ranks_in_the_sets(world: World) -> None:
    answer(world, "A", satisfied=80, others=20)
    answer(world, "B", satisfied=81, others=19)
    answer(world, "C", satisfied=10, others=90)
    sets = {code: (row.rank, row.rank_low, row.rank_high) for code, row in by_code(annual(world)).items()}
    assert sets == {"B": (1, 1, 2), "A": (2, 1, 2), "C": (3, 3, 3)}


def test_the_summary_and_the_agency_report_say_the_same(world: World) -> None:
    world.add_agency("A1", parent="A", kind="unit")
    answer(world, "A", satisfied=60, others=40)
    answer(world, "A1", satisfied=30, others=20)
    answer(world, "B", satisfied=33, others=7)
    found = annual(world)
    for code, row in by_code(found).items():
        report = agency_findings(
            world.session, agency_id=world.agencies[code].id, wave_id=world.waves["W25"].id, today=TODAY
        )
        told = (without_level_shares(report.overall), report.points, report.participation)
        assert (row.overall, row.points, row.participation) == told
        assert row.elements == tuple(without_level_shares(element.measures) for element in report.elements)
    whole = agency_findings(world.session, agency_id=world.agencies["P"].id, wave_id=world.waves["W25"].id, today=TODAY)
    assert (found.overall, found.n) == (whole.overall, whole.n)


def without_level_shares(measures: Measures) -> Measures:
    """Return what a summary tells of measures: the shares of the five levels stand in the agency's own report."""
    return replace(measures, level_shares=None)


def test_a_change_carries_newcombes_interval_and_a_verdict(world: World) -> None:
    answer(world, "A", satisfied=50, others=50, year=2024)
    answer(world, "A", satisfied=90, others=10)
    answer(world, "B", satisfied=50, others=50, year=2024)
    answer(world, "B", satisfied=52, others=48)
    answer(world, "C", satisfied=30, others=10)
    rows = by_code(annual(world))
    change = rows["A"].change
    assert change.previous is not None
    assert change.difference is not None
    assert rows["A"].overall.share_satisfied is not None
    expected = newcombe(earlier=change.previous, later=rows["A"].overall.share_satisfied)
    assert (change.difference.value, change.difference.ci) == (pytest.approx(0.4), expected.ci)
    assert {code: row.change.verdict for code, row in rows.items()} == {
        "A": "improved",
        "B": "no_evidence",
        "C": "new",
    }


def test_verdicts_are_held_to_the_family_of_all_agencies(world: World) -> None:
    # Alone, 60 → 74 of 100 has p = 0.035; among eight agencies Holm asks for less than 0.05 / 8 of the smallest.
    codes = ["A", "B", "C"] + [world.add_agency(f"X{at}", parent="P").code for at in range(5)]
    for code in codes:
        answer(world, code, satisfied=60, others=40, year=2024)
        answer(world, code, satisfied=74 if code == "A" else 60, others=26 if code == "A" else 40)
    change = by_code(annual(world))["A"].change
    assert change.difference is not None
    assert change.difference.ci.low > 0
    assert change.verdict == "no_evidence"


def test_a_movement_is_real_only_where_the_sets_of_both_years_do_not_overlap(world: World) -> None:
    for code, before, now in (("A", 30, 95), ("B", 60, 60), ("C", 90, 58)):
        answer(world, code, satisfied=before, others=100 - before, year=2024)
        answer(world, code, satisfied=now, others=100 - now)
    found = annual(world)
    moved = {
        code: (row.change.previous_rank, row.rank, row.change.rank_change, row.change.movement)
        for code, row in by_code(found).items()
    }
    assert moved == {"A": (3, 1, 2, "up"), "B": (2, 2, 0, "same"), "C": (1, 3, -2, "down")}
    assert (found.score_up, found.score_down) == (1, 1)
    assert (found.rank_up, found.rank_down, found.rank_same) == (1, 1, 1)


def test_a_movement_within_the_noise_cannot_be_told(world: World) -> None:
    for code, before, now in (("A", 50, 52), ("B", 51, 51), ("C", 52, 50)):
        answer(world, code, satisfied=before, others=100 - before, year=2024)
        answer(world, code, satisfied=now, others=100 - now)
    rows = by_code(annual(world))
    assert (rows["A"].change.rank_change, rows["A"].change.movement) == (2, "cannot_tell")


def test_another_questionnaire_makes_years_not_comparable(world: World) -> None:
    content = copy.deepcopy(QUESTIONNAIRE)
    content["edition"] = "2"
    other = QuestionnaireEdition(
        questionnaire="small", edition="2", content=content, sha256=content_sha256(content), published_on=TODAY
    )
    world.session.add(other)
    world.session.flush()
    world.waves["W24"].questionnaire_edition_id = other.id
    answer(world, "A", satisfied=50, others=50, year=2024)
    answer(world, "A", satisfied=90, others=10)
    found = annual(world)
    change = by_code(found)["A"].change
    assert (change.verdict, change.movement, change.difference) == ("not_comparable", "not_comparable", None)
    assert found.overall_change.verdict == "not_comparable"
    assert (found.score_up, found.rank_same) == (0, 0)


def test_waves_of_a_year_that_ask_the_same_are_added_up(world: World) -> None:
    world.add_wave("W25B", year=2025, state="closed")
    answer(world, "A", satisfied=30, others=10)
    answer(world, "A", satisfied=10, others=30, wave="W25B")
    found = annual(world)
    assert (share(found.overall.share_satisfied), found.n) == (0.5, 80)
    assert {wave.code for wave in found.waves} == {"W25", "W25B"}


def test_waves_of_different_kinds_of_sample_are_never_added_up(world: World) -> None:
    world.add_wave("H25", year=2025, state="closed", sample_kind="household")
    answer(world, "A", satisfied=30, others=10)
    with pytest.raises(FindingsError, match="H25, W25 of 2025 differ"):
        annual(world)


def test_an_open_wave_is_named_and_left_out(world: World) -> None:
    world.add_wave("O25", year=2025)
    answer(world, "A", satisfied=30, others=10)
    answer(world, "A", satisfied=0, others=40, wave="O25")
    found = annual(world)
    assert ([wave.code for wave in found.waves], [wave.en for wave in found.open_waves]) == (["W25"], ["Wave O25"])
    assert share(found.overall.share_satisfied) == 0.75


def test_a_preview_with_open_waves_gives_no_verdict(world: World) -> None:
    answer(world, "A", satisfied=50, others=50)
    world.answer("A", [4, 4, 4, 4], times=90, day=date(2026, 2, 2))
    found = annual(world, 2026, include_open=True)
    assert found.is_draft
    assert share(found.overall.share_satisfied) == 1.0
    assert {row.change.verdict for row in found.agencies} | {found.overall_change.verdict} == {"preview"}


def test_a_wave_closed_early_shows_its_last_day_and_waits_for_late_answers(world: World) -> None:
    wave, of = world.waves["W25"], {"agency_id": world.agencies["A"].id}
    answer(world, "A", satisfied=20, others=80, year=2024)
    answer(world, "A", satisfied=80, others=20)
    annual(world)
    world.answer("A", [4, 4, 4, 4], times=7, wave="W25", day=date(2026, 11, 20))
    wave.closed_on, wave.closes_on = TODAY - timedelta(days=9), date(2026, 12, 31)
    late = annual(world)
    assert {row.change.verdict for row in late.agencies} | {late.overall_change.verdict} == {"late"}
    assert late.waves[0].closes_on == wave.closed_on
    assert "còn nhận phiếu phát trước khi đóng" in risen_and_fallen(late, "vi")
    assert agency_trend(world.session, **of, today=TODAY).points[1].change.words == "late"
    beside = comparison(world.session, **of, wave_id=wave.id, reads=lambda _path: True, today=TODAY)
    assert not beside.has_verdicts
    found = agency_findings(world.session, **of, wave_id=wave.id, today=TODAY)
    assert "7 phiếu đã nhận còn chờ được tính" in waiting(found, "vi")

    wave.closed_on -= timedelta(days=1)
    assert annual(world).overall_change.verdict == "improved"
    assert agency_trend(world.session, **of, today=TODAY).points[1].change.words == "improved"
    found = agency_findings(world.session, **of, wave_id=wave.id, today=TODAY)
    assert "7 phiếu đã nhận không có trong số liệu" in waiting(found, "vi")


def test_a_year_with_nothing_but_open_waves_has_no_figures(world: World) -> None:
    world.answer("A", [4, 4, 4, 4], times=90, day=date(2026, 2, 2))
    found = annual(world, 2026)
    assert (found.waves, found.n, found.overall.is_suppressed, found.is_draft) == ((), 0, True, True)
    assert [row.rank for row in found.agencies] == [None, None, None]


def test_it_is_a_draft_until_every_wave_of_the_year_is_released(world: World) -> None:
    answer(world, "A", satisfied=30, others=10)
    world.release("W25")
    assert not annual(world).is_draft
    world.add_wave("W25B", year=2025, state="closed")
    assert annual(world).is_draft


def test_a_year_without_waves_or_an_unknown_root_is_refused(world: World) -> None:
    with pytest.raises(FindingsError, match="no wave of 2019"):
        annual(world, 2019)
    with pytest.raises(FindingsError, match="no such agency"):
        annual_findings(world.session, root_id=uuid4(), year=2025, today=TODAY)


def test_agencies_that_did_not_exist_in_the_year_are_left_out(world: World) -> None:
    world.agencies["B"].valid_from = date(2026, 7, 1)
    world.agencies["C"].valid_to = date(2025, 1, 1)
    answer(world, "A", satisfied=30, others=10)
    assert list(by_code(annual(world))) == ["A"]


def test_the_number_of_statements_does_not_depend_on_the_agencies(world: World) -> None:
    def count() -> int:
        seen: list[str] = []
        event.listen(world.session.get_bind(), "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        annual_findings(world.session, root_id=world.agencies["P"].id, year=2025, today=TODAY)
        return len(seen)

    answer(world, "A", satisfied=30, others=10)
    answer(world, "A", satisfied=30, others=10, year=2024)
    annual(world)
    few = count()
    for number in range(20):
        code = world.add_agency(f"X{number}", parent="P", kind="commune").code
        answer(world, code, satisfied=30, others=10)
        answer(world, code, satisfied=30, others=10, year=2024)
    annual(world)
    assert count() == few <= 40
