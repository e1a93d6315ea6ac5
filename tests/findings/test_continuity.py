"""Where a trend runs on over a change of edition, and where it breaks."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from small_world import QUESTIONNAIRE, World, small_world
from survey.findings.annual import annual_findings
from survey.findings.errors import FindingsError
from survey.findings.values import AnnualFindings
from survey.models.editions import content_sha256
from survey.models.questionnaire import QuestionnaireEdition
from survey.services.fold import fold

TODAY = date(2026, 11, 21)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    world.add_wave("W24", year=2024, state="closed")
    return world


def edition(world: World, name: str, *, to: str = "1", **how: str) -> QuestionnaireEdition:
    """Publish an edition that continues an older one; ``how`` says of single items that they are not the same."""
    content: dict[str, Any] = copy.deepcopy(QUESTIONNAIRE) | {"edition": name}
    for item in [item for element in content["elements"] for item in element["items"]] + [content["overall"]]:
        said = how.get(item["code"], "same")
        item["maps_to"] = (
            {"how": "new"} if said == "new" else {"how": said, "edition": f"small/{to}", "item": item["code"]}
        )
    return publish(world, content)


def publish(world: World, content: dict[str, Any]) -> QuestionnaireEdition:
    row = QuestionnaireEdition(
        questionnaire="small",
        edition=content["edition"],
        content=content,
        sha256=content_sha256(content),
        published_on=TODAY,
    )
    world.session.add(row)
    world.session.flush()
    return row


def answer(world: World, wave: str, *, satisfied: int, others: int, agency: str = "A") -> None:
    day = world.waves[wave].opens_on
    world.answer(agency, [5, 5, 5, 5], times=satisfied, wave=wave, day=day)
    world.answer(agency, [2, 2, 2, 2], times=others, wave=wave, day=day)
    fold(world.session, until=TODAY)


def annual(world: World, **options: Any) -> AnnualFindings:
    return annual_findings(world.session, root_id=world.agencies["P"].id, year=2025, today=TODAY, **options)


def verdicts(found: AnnualFindings) -> set[str]:
    return {found.overall_change.verdict, *(row.change.verdict for row in found.agencies if row.rank)}


def two_years(world: World, newer: QuestionnaireEdition) -> AnnualFindings:
    world.add_wave("W25", year=2025, state="closed", questionnaire=newer)
    answer(world, "W24", satisfied=50, others=50)
    answer(world, "W25", satisfied=90, others=10)
    return annual(world)


def test_a_trend_runs_on_where_every_item_is_the_same(world: World) -> None:
    found = two_years(world, edition(world, "2"))
    assert verdicts(found) == {"improved"}
    assert found.score_up == 1


def test_a_trend_runs_on_through_an_edition_between(world: World) -> None:
    edition(world, "2")
    assert verdicts(two_years(world, edition(world, "3", to="2"))) == {"improved"}


@pytest.mark.parametrize("how", ["reworded", "new"])
def test_a_trend_breaks_where_one_item_is_reworded_or_new(world: World, how: str) -> None:
    found = two_years(world, edition(world, "2", b2=how))
    assert verdicts(found) == {"not_comparable"}
    assert (found.score_up, found.overall_change.difference) == (0, None)


def test_a_trend_breaks_through_a_reworded_edition_between(world: World) -> None:
    edition(world, "2", a1="reworded")
    assert verdicts(two_years(world, edition(world, "3", to="2"))) == {"not_comparable"}


def test_a_trend_breaks_where_an_item_of_the_older_edition_is_gone(world: World) -> None:
    newer = copy.deepcopy(edition(world, "2").content) | {"edition": "3"}
    del newer["elements"][1]["items"][1]
    for item in [item for element in newer["elements"] for item in element["items"]] + [newer["overall"]]:
        item["maps_to"]["edition"] = "small/2"
    assert verdicts(two_years(world, publish(world, newer))) == {"not_comparable"}


def test_a_trend_breaks_where_the_same_items_stand_in_other_elements(world: World) -> None:
    newer = copy.deepcopy(edition(world, "2").content) | {"edition": "3"}
    moved = newer["elements"][1]["items"].pop()
    newer["elements"][0]["items"].append(moved)
    assert verdicts(two_years(world, publish(world, newer))) == {"not_comparable"}


def test_waves_of_a_year_whose_editions_are_the_same_are_added_up(world: World) -> None:
    world.add_wave("W25", year=2025, state="closed")
    world.add_wave("W25B", year=2025, state="closed", questionnaire=edition(world, "2"))
    answer(world, "W25", satisfied=30, others=10)
    answer(world, "W25B", satisfied=10, others=30)
    found = annual(world)
    assert (found.n, {wave.code for wave in found.waves}, found.other_waves) == (80, {"W25", "W25B"}, ())


def test_waves_of_a_year_that_ask_other_things_are_never_added_up_but_named(world: World) -> None:
    world.add_wave("W25", year=2025, state="closed")
    world.add_wave("W25B", year=2025, state="closed", questionnaire=edition(world, "2", a1="new"))
    answer(world, "W25", satisfied=30, others=10)
    answer(world, "W25B", satisfied=10, others=50, agency="B")
    most = annual(world)
    assert (most.n, [wave.code for wave in most.waves]) == (60, ["W25B"])
    assert [(wave.code, wave.questionnaire_edition) for wave in most.other_waves] == [("W25", "1")]
    other = annual(world, form="small/1")
    assert (other.n, [wave.code for wave in other.waves]) == (40, ["W25"])


def test_a_form_is_found_by_every_edition_that_asks_the_same_and_by_no_other(world: World) -> None:
    world.add_wave("W25", year=2025, state="closed")
    same = edition(world, "2")
    world.add_wave("W25B", year=2025, state="closed", questionnaire=same)
    world.add_wave("W25C", year=2025, state="closed", questionnaire=edition(world, "3", a1="new"))
    answer(world, "W25C", satisfied=50, others=50)
    for name in ("small/1", "small/2"):
        assert {wave.code for wave in annual(world, form=name).waves} == {"W25", "W25B"}
    with pytest.raises(FindingsError, match=r"No wave of 2025 asks the form small/9; choose one of small/1, small/3\."):
        annual(world, form="small/9")


def test_a_year_is_compared_with_what_the_year_before_asked_alike(world: World) -> None:
    world.add_wave("W25", year=2025, state="closed")
    world.add_wave("W24B", year=2024, state="closed", questionnaire=edition(world, "2", a1="new"))
    answer(world, "W24", satisfied=20, others=20)
    answer(world, "W24B", satisfied=100, others=100, agency="B")
    answer(world, "W25", satisfied=95, others=5)
    assert annual(world).overall_change.verdict == "improved"
