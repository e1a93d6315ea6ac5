"""The trend of an agency: figures by hand, verdicts for closed waves alone, and where nothing runs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from analysis.comparison import newcombe
from analysis.multiplicity import holm
from small_world import METHOD, QUESTIONNAIRE, World, small_world
from survey.findings.agency import agency_findings
from survey.findings.errors import FindingsError
from survey.findings.trend import MOST_WAVES, agency_trend
from survey.findings.trend_values import AgencyTrend
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.editions import content_sha256
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.fold import fold

TODAY = date(2026, 11, 21)
SATISFIED, NOT = [5, 5, 5, 5], [2, 2, 2, 2]


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def year(world: World, code: str, number: int, satisfied: int, others: int, **wave: object) -> None:
    """Close a wave of a year in which so many were satisfied with everything, and so many with nothing."""
    world.add_wave(code, year=number, state="closed", **wave)
    day = date(number, 2, 2)
    world.answer("A", SATISFIED, times=satisfied, wave=code, day=day)
    world.answer("A", NOT, times=others, wave=code, day=day)


def trend(world: World, agency: str = "A") -> AgencyTrend:
    fold(world.session, until=TODAY)
    return agency_trend(world.session, agency_id=world.agencies[agency].id, today=TODAY)


def words(found: AgencyTrend) -> dict[str, str]:
    return {point.wave.code: point.change.words for point in found.points}


def test_every_wave_has_the_figure_of_its_own_page(world: World) -> None:
    year(world, "W24", 2024, 60, 40)
    year(world, "W25", 2025, 90, 10)
    found = trend(world)

    assert [point.wave.code for point in found.points] == ["W24", "W25", "W"]
    for point in found.points[:2]:
        page = agency_findings(world.session, agency_id=world.agencies["A"].id, wave_id=point.wave.id, today=TODAY)
        # The shares of the five levels stand on the page of the wave alone.
        assert point.overall == replace(page.overall, level_shares=None)
        assert point.channels == page.channels
    assert [point.index.value for point in found.points if point.index] == [0.6, 0.9]


def test_the_change_is_newcombe_s_and_its_words_are_those_of_holm(world: World) -> None:
    for code, number, satisfied in (("W22", 2022, 60), ("W23", 2023, 75), ("W24", 2024, 74), ("W25", 2025, 40)):
        year(world, code, number, satisfied, 100 - satisfied)
    found = trend(world)

    indices = [point.index for point in found.points[:4]]
    assert all(index is not None for index in indices)
    by_hand = [newcombe(earlier=one, later=two) for one, two in pairwise(indices) if one and two]
    assert [point.change.difference.ci for point in found.points[1:4] if point.change.difference] == [
        difference.ci for difference in by_hand
    ]
    adjusted = holm([difference.p_value for difference in by_hand])
    # 60 to 75 of 100 alone: p = 0.02; among three comparisons 0.045, still evidence.
    assert [p_value < 0.05 for p_value in adjusted] == [True, False, True]
    assert words(found) == {
        "W22": "new", "W23": "improved", "W24": "no_evidence", "W25": "declined", "W": "open",
    }  # fmt: skip
    assert found.comparisons == 3


def test_a_difference_that_is_evidence_alone_may_be_none_in_a_family(world: World) -> None:
    year(world, "W23", 2023, 60, 40)
    year(world, "W24", 2024, 74, 26)
    assert words(trend(world))["W24"] == "improved"

    year(world, "W21", 2021, 62, 38)
    year(world, "W22", 2022, 61, 39)

    assert words(trend(world))["W24"] == "no_evidence"


def test_a_wave_that_runs_has_a_figure_and_no_verdict(world: World) -> None:
    year(world, "W25", 2025, 50, 50)
    world.answer("A", SATISFIED, times=100)
    last = trend(world).points[-1]

    assert not last.is_closed
    assert last.index is not None
    assert (last.change.difference, last.change.words) == (None, "open")


def test_too_few_answers_give_neither_figure_nor_verdict(world: World) -> None:
    year(world, "W24", 2024, 50, 50)
    year(world, "W25", 2025, 9, 0)
    found = trend(world)

    assert found.points[1].index is None
    assert words(found)["W25"] == "too_few"


def test_a_wave_without_figure_is_stepped_over_and_no_line_is_drawn_to_it(world: World) -> None:
    year(world, "W23", 2023, 50, 50)
    year(world, "W24", 2024, 5, 0)
    year(world, "W25", 2025, 90, 10)
    last = trend(world).points[2]

    assert last.against is not None
    assert (last.against.code, last.joined, last.change.words) == ("W23", False, "improved")


def other_form(world: World) -> QuestionnaireEdition:
    content = {**QUESTIONNAIRE, "edition": "2"}
    edition = QuestionnaireEdition(
        questionnaire="small", edition="2", content=content, sha256=content_sha256(content), published_on=TODAY
    )
    world.session.add(edition)
    world.session.flush()
    return edition


def test_another_questionnaire_breaks_the_trend_and_the_next_of_the_old_form_goes_on(world: World) -> None:
    year(world, "W23", 2023, 50, 50)
    year(world, "W24", 2024, 90, 10, questionnaire=other_form(world))
    year(world, "W25", 2025, 80, 20)
    found = trend(world)

    assert found.points[1].breaks == ("questionnaire",)
    assert words(found)["W24"] == "not_comparable"
    assert found.points[1].change.difference is None
    assert found.points[2].breaks == ()
    assert found.points[2].against is not None
    assert found.points[2].against.code == "W23"


def test_another_method_or_kind_of_sample_breaks_the_trend(world: World) -> None:
    year(world, "W24", 2024, 50, 50)
    year(world, "W25", 2025, 80, 20, sample_kind="transactions")
    method = MethodEdition(code="other", content={**METHOD, "code": "other"}, sha256=uuid4().hex)
    world.session.add(method)
    world.session.flush()
    world.waves["W25"].method_edition_id = method.id
    world.session.flush()

    assert trend(world).points[1].breaks == ("method", "sample")


def change(world: World, former: str, latter: str, day: date) -> None:
    made = AgencyChange(kind="merge", effective_on=day, decision="NQ", recorded_on=day, recorded_by=None)
    made.parts.append(
        AgencyChangePart(
            from_agency_id=world.agencies[former].id, to_agency_id=world.agencies[latter].id, share=1.0, takes_over=True
        )
    )
    world.session.add(made)
    world.session.flush()


def test_what_came_in_from_outside_makes_a_body_another_one(world: World) -> None:
    year(world, "W24", 2024, 50, 50)
    year(world, "W25", 2025, 80, 20)
    change(world, "B", "A", date(2025, 7, 1))
    assert words(trend(world))["W25"] == "improved"

    change(world, "B", "A", date(2025, 3, 1))
    found = trend(world)

    assert found.points[1].breaks == ("unit",)
    assert words(found)["W25"] == "not_comparable"


def test_a_merger_within_a_body_leaves_the_body_what_it_was(world: World) -> None:
    year(world, "W24", 2024, 50, 50)
    year(world, "W25", 2025, 80, 20)
    change(world, "B", "A", date(2025, 3, 1))

    assert words(trend(world, "P"))["W25"] == "improved"


def test_a_changed_mix_of_channels_is_told(world: World) -> None:
    year(world, "W24", 2024, 50, 50)
    world.add_wave("W25", year=2025, state="closed")
    for channel, times in (("qr", 75), ("paper", 25)):
        world.answer("A", SATISFIED, times=times, wave="W25", day=date(2025, 2, 2), channel=channel)
    found = trend(world)

    assert [point.channels_moved for point in found.points[:2]] == [False, True]


def test_elements_are_compared_between_the_last_two_closed_waves(world: World) -> None:
    for code, number, answer in (("W24", 2024, [5, 2, 2, 5]), ("W25", 2025, [5, 5, 5, 5])):
        world.add_wave(code, year=number, state="closed")
        world.answer("A", answer, times=40, wave=code, day=date(number, 2, 2))
        world.answer("A", NOT, times=40, wave=code, day=date(number, 2, 2))
    found = trend(world)

    assert [(element.name.en, element.change.words) for element in found.elements] == [
        ("Access", "no_evidence"),
        ("Staff", "improved"),
    ]
    assert found.elements_of is not None
    assert found.elements_against is not None
    assert (found.elements_of.code, found.elements_against.code, found.element_comparisons) == ("W25", "W24", 2)


def test_without_answers_there_is_a_trend_without_figures(world: World) -> None:
    found = trend(world)

    assert [point.index for point in found.points] == [None]
    assert found.elements == ()


def test_only_the_latest_waves_are_told_and_the_others_counted(world: World) -> None:
    for number in range(2010, 2010 + MOST_WAVES + 2):
        world.add_wave(f"W{number}", year=number, state="closed")
    world.agencies["A"].valid_from = date(2010, 1, 1)
    world.session.flush()
    found = trend(world)

    assert (len(found.points), found.earlier) == (MOST_WAVES, 3)
    assert found.points[-1].wave.code == "W"


def test_waves_before_a_body_began_are_not_its_trend(world: World) -> None:
    year(world, "W19", 2019, 0, 0)

    assert [point.wave.code for point in trend(world).points] == ["W"]


def test_more_waves_agencies_and_answers_cost_no_more_statements(world: World) -> None:
    def asked() -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(world.session.get_bind(), "before_cursor_execute", note)
        agency_trend(world.session, agency_id=world.agencies["P"].id, today=TODAY)
        event.remove(world.session.get_bind(), "before_cursor_execute", note)
        return count

    year(world, "W25", 2025, 10, 10)
    few = asked()
    for number in (2021, 2022, 2023, 2024):
        year(world, f"W{number}", number, 60, 60)
    world.add_agency("D", parent="P")
    fold(world.session, until=TODAY)

    assert asked() == few


def test_an_unknown_agency_is_refused(world: World) -> None:
    with pytest.raises(FindingsError):
        agency_trend(world.session, agency_id=uuid4(), today=TODAY)
