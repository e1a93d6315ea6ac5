from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from question_world import question_world
from small_world import DAY, World
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.values import QuestionFindings
from survey.rendering.agency_tables import agency_tables
from survey.rendering.csv import agency_csv, annual_questions_csv
from survey.services.fold import fold

TODAY = date(2026, 11, 21)


@pytest.fixture
def world(session: Session) -> World:
    return question_world(session)


def questions(world: World, agency: str = "A") -> dict[str, QuestionFindings]:
    fold(world.session, until=DAY)
    found = agency_findings(
        world.session, agency_id=world.agencies[agency].id, wave_id=world.waves["Q"].id, today=TODAY
    )
    return {question.code: question for question in found.questions}


def test_a_question_has_its_options_with_shares_of_those_who_chose_one(world: World) -> None:
    world.answer("A", {"a1": 5, "visits": 1}, wave="Q", times=30)
    world.answer("A", {"a1": 5, "visits": 2}, wave="Q", times=10)
    world.answer("A", {"a1": 5, "visits": 0}, wave="Q", times=5)
    visits = questions(world)["visits"]
    assert (visits.n, visits.no_opinion) == (40, 5)
    first, second = visits.options
    assert (first.count, second.count) == (30, 10)
    assert first.share is not None
    assert first.share.value == 0.75
    assert (round(first.share.ci.low, 4), round(first.share.ci.high, 4), first.share.n) == (0.5981, 0.8581, 40)


def test_under_ten_nothing_but_the_wording_is_told(world: World) -> None:
    world.answer("A", {"a1": 5, "visits": 1}, wave="Q", times=9)
    world.answer("A", {"a1": 5}, wave="Q", times=11)
    visits = questions(world)["visits"]
    assert (visits.n, visits.no_opinion, visits.wording.en) == (None, None, "Số lần đến (en)")
    assert {(option.count, option.share) for option in visits.options} == {(None, None)}


def test_reasons_are_shares_of_those_who_gave_any_and_may_add_up_to_more(world: World) -> None:
    world.answer("A", {"a1": 1, "why": 0b011}, wave="Q", times=10)
    world.answer("A", {"a1": 5, "why": 0b001}, wave="Q", times=10)
    why = questions(world)["why"]
    assert (why.n, why.no_opinion, why.several) == (20, None, True)
    assert [option.share.value for option in why.options if option.share] == [1.0, 0.5, 0.0]


def test_an_option_that_describes_under_ten_people_is_withheld_with_the_next_smallest(world: World) -> None:
    world.answer("A", {"a1": 5, "sex": 1}, wave="Q", times=40)
    world.answer("A", {"a1": 5, "sex": 2}, wave="Q", times=20)
    world.answer("A", {"a1": 5, "sex": 3}, wave="Q", times=3)
    assert [option.count for option in questions(world)["sex"].options] == [40, None, None]


def test_a_body_leaves_out_an_agency_that_withholds_the_question(world: World) -> None:
    world.answer("A", {"a1": 5, "visits": 1}, wave="Q", times=20)
    world.answer("B", {"a1": 5, "visits": 2}, wave="Q", times=4)
    world.answer("B", {"a1": 5}, wave="Q", times=10)
    visits = questions(world, "P")["visits"]
    assert visits.n == 20


def test_a_body_withholds_an_option_that_subtracting_would_give_away(world: World) -> None:
    world.answer("A", {"a1": 5, "sex": 1}, wave="Q", times=30)
    world.answer("A", {"a1": 5, "sex": 3}, wave="Q", times=20)
    world.answer("B", {"a1": 5, "sex": 1}, wave="Q", times=30)
    world.answer("B", {"a1": 5, "sex": 3}, wave="Q", times=4)
    options = questions(world, "P")["sex"].options
    assert options[2].count is None


def test_the_year_tells_them_too_and_never_pools_them_with_ratings(world: World) -> None:
    world.answer("A", {"a1": 1, "visits": 2, "w1": 4}, wave="Q", times=40)
    fold(world.session, until=DAY)
    world.waves["Q"].state = "closed"
    world.session.flush()
    found = annual_findings(world.session, root_id=world.agencies["P"].id, year=2026, today=TODAY)
    assert {question.code: question.n for question in found.questions}["w1"] == 40
    assert found.overall.share_satisfied is not None
    assert found.overall.share_satisfied.value == 0.0
    assert found.overall.levels == (40, 0, 0, 0, 0)


def test_documents_tell_them_in_a_table_of_their_own(world: World) -> None:
    world.answer("A", {"a1": 4, "visits": 2, "sex": 1}, wave="Q", times=40)
    fold(world.session, until=DAY)
    found = agency_findings(world.session, agency_id=world.agencies["A"].id, wave_id=world.waves["Q"].id, today=TODAY)
    rows = agency_tables(found, "vi")["questions"].rows
    assert rows[1][:3] == ("Số lần đến (n = 40)", "Nhiều", 40)
    assert "perception,visits" in agency_csv(found, "vi").decode("utf-8")


def test_an_edition_without_such_questions_has_no_table(world: World) -> None:
    world.answer("A", [4, 4, 4, 4], times=40)
    fold(world.session, until=DAY)
    found = agency_findings(world.session, agency_id=world.agencies["A"].id, wave_id=world.waves["W"].id, today=TODAY)
    assert found.questions == ()
    assert "questions" not in agency_tables(found, "vi")


def test_the_file_of_a_years_other_questions_has_a_line_for_each_option(world: World) -> None:
    world.answer("A", {"a1": 5, "visits": 1}, wave="Q", times=30)
    world.answer("A", {"a1": 5, "visits": 2}, wave="Q", times=10)
    fold(world.session, until=DAY)
    found = annual_findings(
        world.session, root_id=world.agencies["P"].id, year=DAY.year, today=TODAY, include_open=True, form="asking/1"
    )
    lines = annual_questions_csv(found).decode().splitlines()
    assert lines[0].startswith("index_year,status,data,agency_code,agency,scope,code,name,statistic,estimate")
    assert {line.split(",")[3] for line in lines[1:]} == {"P"}
    assert any("perception,visits,Số lần đến – Một,share_1,0.75," in line for line in lines)
    assert any("perception,visits,Số lần đến – Nhiều,answers_2,10," in line for line in lines)
