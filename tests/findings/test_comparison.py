"""An agency beside its kind: the mean by hand, and withheld where it would tell what another has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import sqrt

import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.comparison import comparison
from survey.findings.trend_values import Comparison, ComparisonLine
from survey.services.fold import fold

TODAY = date(2026, 11, 21)
SATISFIED, NOT = [5, 5, 5, 5], [2, 2, 2, 2]


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    for code in ("D", "E"):
        world.add_agency(code, parent="P")
    for code, satisfied in (("A", 80), ("B", 60), ("D", 50), ("E", 90)):
        world.answer(code, SATISFIED, times=satisfied)
        world.answer(code, NOT, times=100 - satisfied)
    world.answer("C", SATISFIED, times=100)
    return world


def close(world: World) -> None:
    world.waves["W"].state = "closed"
    world.session.flush()


def found(world: World, agency: str = "A", *, reads: Callable[[str], bool] | None = None) -> Comparison:
    fold(world.session, until=TODAY)
    own = world.agencies[agency]
    return comparison(
        world.session,
        agency_id=own.id,
        wave_id=world.waves["W"].id,
        reads=reads or (lambda path: path.startswith(own.path)),
        today=TODAY,
    )


def whole(one: Comparison) -> ComparisonLine:
    return one.lines[0]


def test_the_mean_counts_each_department_alike_and_leaves_the_commune_out(world: World) -> None:
    close(world)
    line = whole(found(world))

    assert line.mean is not None
    assert (line.agencies, line.mean.n) == (4, 400)
    assert line.mean.value == pytest.approx((0.8 + 0.6 + 0.5 + 0.9) / 4)
    # Everybody rated all items alike, so that a share varies as p (1 - p) / (n - 1).
    variances = [p * (1 - p) / 99 for p in (0.8, 0.6, 0.5, 0.9)]
    assert line.mean.standard_error == pytest.approx(sqrt(sum(variances)) / 4)
    assert line.mean.ci.high - line.mean.value == pytest.approx(1.959964 * sqrt(sum(variances)) / 4, rel=1e-6)
    # The agency is part of the mean: three quarters of its own error, and a quarter of each other's.
    difference = line.verdict.difference
    assert difference is not None
    assert difference.value == pytest.approx(0.1)
    assert difference.standard_error == pytest.approx(sqrt(variances[0] * (3 / 4) ** 2 + sum(variances[1:]) / 16))
    assert line.verdict.words == "higher"


def test_the_own_figure_is_that_of_its_page(world: World) -> None:
    line = whole(found(world))
    page = agency_findings(world.session, agency_id=world.agencies["A"].id, wave_id=world.waves["W"].id, today=TODAY)

    assert line.own == page.overall.share_satisfied


@pytest.mark.parametrize(("agency", "said"), [("A", "higher"), ("B", "lower"), ("D", "lower"), ("E", "higher")])
def test_the_words_say_above_or_below(world: World, agency: str, said: str) -> None:
    close(world)

    assert whole(found(world, agency)).verdict.words == said


def test_while_the_wave_runs_nothing_is_concluded(world: World) -> None:
    one = found(world)

    assert not one.has_verdicts
    assert (whole(one).verdict.difference, whole(one).verdict.words) == (None, "open")
    assert whole(one).mean is not None


def test_fewer_than_three_others_that_he_may_not_read_and_there_is_no_mean(world: World) -> None:
    readable = (world.agencies["A"].path, world.agencies["B"].path)
    line = whole(found(world, reads=lambda path: path.startswith(readable)))

    assert (line.mean, line.verdict.difference) == (None, None)
    assert line.own is not None


def test_who_reads_all_of_them_may_read_the_mean_of_two(world: World) -> None:
    for code in ("D", "E"):
        world.agencies[code].kind = "unit"
    world.session.flush()

    assert whole(found(world)).mean is None
    everything = whole(found(world, reads=lambda _path: True))
    assert everything.mean is not None
    assert everything.agencies == 2


def test_an_agency_without_figures_is_not_in_the_mean(world: World) -> None:
    world.add_agency("F", parent="P")
    world.answer("F", NOT, times=9)
    one = found(world)

    assert one.kind_size == 5
    assert whole(one).agencies == 4


def test_an_agency_without_figures_sees_the_mean_and_no_verdict(world: World) -> None:
    world.add_agency("F", parent="P")
    close(world)
    line = whole(found(world, "F"))

    assert line.own is None
    assert line.mean is not None
    assert line.agencies == 4
    assert line.verdict.words == "too_few"


def test_every_element_stands_beside_its_own_mean(world: World) -> None:
    one = found(world)

    assert [line.name.en for line in one.lines[1:]] == ["Access", "Staff"]
    assert all(line.mean is not None for line in one.lines)


def test_a_body_without_kin_is_compared_with_nobody(world: World) -> None:
    for agency in ("P", "C"):
        assert found(world, agency).kind_size == 1
        assert whole(found(world, agency)).mean is None


def test_a_body_that_ended_before_the_wave_is_none_of_its_kind(world: World) -> None:
    world.agencies["E"].valid_to = date(2025, 7, 1)
    world.session.flush()

    assert found(world).kind_size == 3
