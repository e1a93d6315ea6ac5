"""A body's figures over the years, as it was and on today's map."""

from __future__ import annotations

from datetime import date
from math import sqrt

import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.errors import FindingsError
from survey.findings.history import history_of
from survey.findings.history_values import AgencyHistory, HistoryLine, View
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.services.fold import fold

JULY = date(2025, 7, 1)


@pytest.fixture
def world(session: Session) -> World:
    """Departments A and B became M on 1 July 2025; the waves of 2024 and 2025 are closed, the one of 2026 runs."""
    world = small_world(session)
    for year in (2024, 2025):
        world.add_wave(f"W{year}", year=year, state="closed")
    add_body(world, "M")
    change(world, "merge", ("A", "M", 1.0), ("B", "M", 1.0))
    return world


def add_body(world: World, code: str, *, since: date = JULY) -> None:
    world.add_agency(code, parent="P").valid_from = since


def change(world: World, kind: str, *parts: tuple[str, str, float | None], on: date = JULY) -> AgencyChange:
    made = AgencyChange(kind=kind, effective_on=on, decision="QĐ 1", recorded_on=on, carried_out_on=on)
    for old, new, share in parts:
        former = world.agencies[old]
        if old != new:
            former.valid_to = on
        made.parts.append(AgencyChangePart(from_agency_id=former.id, to_agency_id=world.agencies[new].id, share=share))
    world.session.add(made)
    world.session.flush()
    return made


def rate(world: World, agency: str, *, satisfied: int, others: int, year: int, month: int = 2) -> None:
    for level, times in ((4, satisfied), (3, others)):
        wave = "W" if year == 2026 else f"W{year}"
        world.answer(agency, [level] * 4, times=times, wave=wave, day=date(year, month, 2))


def history(world: World, agency: str, view: View = "today") -> AgencyHistory:
    fold(world.session, until=date(2026, 11, 19))
    return history_of(world.session, agency_id=world.agencies[agency].id, view=view)


def line(world: World, agency: str, year: int, view: View = "today") -> HistoryLine:
    (found,) = [each for each in history(world, agency, view).lines if each.year == year]
    return found


def test_a_merged_bodys_baseline_is_its_parts_weighted_by_their_transactions(world: World) -> None:
    rate(world, "A", satisfied=90, others=10, year=2024)
    rate(world, "B", satisfied=20, others=20, year=2024)
    for agency, size in (("A", 100), ("B", 300)):
        months = dict.fromkeys(("2024-01", "2024-02", "2024-03"), size)
        world.set_population_size(agency, months, wave="W2024")
    found = line(world, "M", 2024)
    # By hand: N is 300 and 900; p = 0.25 · 0.9 + 0.75 · 0.5, V = Σ w² p (1 - p) / (n - 1).
    share = found.overall.share_satisfied
    assert share is not None
    assert (found.status, found.weighting, found.is_converted) == ("converted", "population", True)
    assert share.value == pytest.approx(0.25 * 0.9 + 0.75 * 0.5)
    by_hand = sqrt(0.25**2 * 0.9 * 0.1 / 99 + 0.75**2 * 0.5 * 0.5 / 39)
    assert share.standard_error == pytest.approx(by_hand, rel=1e-6)
    assert share.ci.low < share.value < share.ci.high
    assert share.n == 140
    said = [(part.agency.code, part.n, part.population_size, part.weight) for part in found.parts]
    assert sorted(said) == [("A", 100, 300, 0.25), ("B", 40, 900, 0.75)]
    assert [each.share_satisfied.value for each in found.elements if each.share_satisfied] == pytest.approx([0.6] * 2)


def test_without_every_n_the_parts_weigh_as_their_answers(world: World) -> None:
    rate(world, "A", satisfied=90, others=10, year=2024)
    rate(world, "B", satisfied=20, others=20, year=2024)
    world.set_population_size("A", dict.fromkeys(("2024-01", "2024-02", "2024-03"), 100), wave="W2024")
    found = line(world, "M", 2024)
    assert found.overall.share_satisfied is not None
    assert found.weighting == "answers"
    assert found.overall.share_satisfied.value == pytest.approx((90 + 20) / 140)
    assert sorted(part.weight or 0 for part in found.parts) == pytest.approx([40 / 140, 100 / 140])


def test_a_line_says_how_the_figure_of_the_body_came_about(world: World) -> None:
    rate(world, "A", satisfied=90, others=10, year=2024)
    rate(world, "B", satisfied=20, others=20, year=2024)
    assert [line(world, code, 2024).basis for code in ("A", "P")] == ["own", "pooled"]


def test_nothing_is_converted_where_a_part_is_withheld_so_that_nobody_finds_it_by_subtracting(world: World) -> None:
    rate(world, "A", satisfied=90, others=10, year=2024)
    rate(world, "B", satisfied=9, others=0, year=2024)
    found = line(world, "M", 2024)
    assert (found.status, found.overall.n, found.overall.share_satisfied) == ("incomplete", None, None)
    # Fewer than ten are not even folded.
    assert {part.agency.code: part.n for part in found.parts} == {"A": 100, "B": 0}


def test_a_part_that_nobody_answered_for_leaves_the_whole_without_a_figure(world: World) -> None:
    rate(world, "A", satisfied=90, others=10, year=2024)
    found = line(world, "M", 2024)
    assert (found.status, found.overall.is_suppressed) == ("incomplete", True)


def test_as_it_was_each_body_stands_with_its_own_figures(world: World) -> None:
    rate(world, "A", satisfied=90, others=10, year=2024)
    rate(world, "B", satisfied=20, others=20, year=2024)
    rate(world, "M", satisfied=30, others=30, year=2026)
    lines = history(world, "M", "as_was").lines
    said = [(each.year, each.agency.code, each.status, each.overall.n) for each in lines]
    assert said[0] == (2026, "M", "own", 60)
    assert {row for row in said if row[0] == 2024} == {(2024, "A", "own", 100), (2024, "B", "own", 40)}
    assert [each.overall.n for each in history(world, "A").lines if each.year == 2024] == [100]


def test_a_wave_through_which_the_merger_fell_is_converted_from_all_three(world: World) -> None:
    world.waves["W2025"].closes_on = world.waves["W2025"].closed_on = date(2025, 12, 31)
    rate(world, "A", satisfied=90, others=10, year=2025)
    rate(world, "B", satisfied=20, others=20, year=2025)
    rate(world, "M", satisfied=30, others=30, year=2025, month=9)
    found = line(world, "M", 2025)
    assert found.overall.share_satisfied is not None
    assert {part.agency.code for part in found.parts} == {"A", "B", "M"}
    assert found.overall.share_satisfied.value == pytest.approx(140 / 200)


def test_until_a_body_made_in_mid_wave_has_a_figure_its_parts_stand_for_it(world: World) -> None:
    world.waves["W2025"].closes_on = world.waves["W2025"].closed_on = date(2025, 12, 31)
    rate(world, "A", satisfied=90, others=10, year=2025)
    rate(world, "B", satisfied=20, others=20, year=2025)
    rate(world, "M", satisfied=9, others=0, year=2025, month=9)
    found = line(world, "M", 2025)
    assert (found.status, found.is_of_before, found.overall.n) == ("converted", True, 140)
    assert {part.agency.code for part in found.parts} == {"A", "B"}
    rate(world, "M", satisfied=30, others=30, year=2025, month=10)
    found = line(world, "M", 2025)
    assert (found.is_of_before, found.overall.n) == (False, 209)


def test_a_part_without_a_figure_is_named_alone_where_the_body_began_in_mid_wave(world: World) -> None:
    world.waves["W2025"].closes_on = world.waves["W2025"].closed_on = date(2025, 12, 31)
    rate(world, "A", satisfied=90, others=10, year=2025)
    found = line(world, "M", 2025)
    assert (found.status, found.overall.is_suppressed) == ("incomplete", True)
    assert {part.agency.code for part in found.parts if part.overall.is_suppressed} == {"B"}


def test_a_body_moved_in_mid_wave_goes_on_with_what_was_answered_before(world: World) -> None:
    world.waves["W2025"].closes_on = world.waves["W2025"].closed_on = date(2025, 12, 31)
    add_body(world, "C2")
    change(world, "move", ("C", "C2", 1.0))
    rate(world, "C", satisfied=90, others=10, year=2025)
    found = line(world, "C2", 2025)
    assert (found.status, found.agency.code, found.overall.n, found.is_of_before) == ("own", "C", 100, True)


def test_the_own_answers_stand_alone_where_the_wave_reached_only_the_new_body(world: World) -> None:
    world.waves["W2025"].closes_on = world.waves["W2025"].closed_on = date(2025, 12, 31)
    rate(world, "M", satisfied=30, others=30, year=2025, month=9)
    found = line(world, "M", 2025)
    assert (found.status, found.overall.n, found.agency.code) == ("own", 60, "M")


def test_what_was_split_cannot_be_converted(world: World) -> None:
    add_body(world, "M1")
    add_body(world, "M2")
    change(world, "split", ("C", "M1", None), ("C", "M2", 0.4))
    rate(world, "C", satisfied=90, others=10, year=2024)
    for code in ("M1", "M2"):
        found = line(world, code, 2024)
        assert (found.status, found.overall.is_suppressed) == ("not_comparable", True)
        assert [part.agency.code for part in found.parts] == ["C"]
        assert not [each for each in history(world, code, "as_was").lines if each.year == 2024]


def test_a_moved_body_goes_on_with_its_own_figures(world: World) -> None:
    add_body(world, "C2")
    change(world, "move", ("C", "C2", 1.0))
    rate(world, "C", satisfied=90, others=10, year=2024)
    found = line(world, "C2", 2024)
    assert (found.status, found.agency.code, found.overall.n) == ("own", "C", 100)


def test_a_renamed_body_stands_under_the_name_of_the_time(world: World) -> None:
    made = change(world, "rename", ("C", "C", 1.0))
    made.parts[0].old_name, made.parts[0].new_name = "Xã Cũ", world.agencies["C"].name
    rate(world, "C", satisfied=90, others=10, year=2024)
    rate(world, "C", satisfied=30, others=30, year=2026)
    names = {each.year: each.agency.name.vi for each in history(world, "C", "as_was").lines}
    assert (names[2024], names[2026]) == ("Xã Cũ", world.agencies["C"].name)


def test_bodies_of_two_provinces_are_put_together_over_the_waves_of_a_year(world: World) -> None:
    world.add_agency("Q", parent=None, kind="province").valid_to = None
    world.add_agency("D", parent="Q")
    world.add_wave("W2024-Q", year=2024, state="closed", root="Q")
    add_body(world, "N")
    change(world, "merge", ("C", "N", 1.0), ("D", "N", 1.0))
    rate(world, "C", satisfied=90, others=10, year=2024)
    for level, times in ((4, 20), (3, 20)):
        world.answer("D", [level] * 4, times=times, wave="W2024-Q", day=date(2024, 2, 2))
    found = line(world, "N", 2024)
    assert {wave.code for wave in found.waves} == {"W2024", "W2024-Q"}
    assert found.overall.share_satisfied is not None
    assert found.overall.share_satisfied.value == pytest.approx(110 / 140)


def test_a_wave_that_nobody_answered_yet_is_not_said_to_lack_parts(world: World) -> None:
    found = line(world, "M", 2024)
    assert (found.status, found.overall.is_suppressed, found.parts) == ("own", True, ())


def test_there_is_no_history_of_nobody(world: World) -> None:
    with pytest.raises(FindingsError):
        history_of(world.session, agency_id=world.waves["W"].id)
