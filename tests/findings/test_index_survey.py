"""From a released wave or year into the total of an agency, with the interval of its elements together."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.findings.errors import FindingsError
from survey.findings.index import decided_findings, index_findings
from survey.findings.index_survey import survey_of_round
from survey.findings.index_totals import round_totals
from survey.jobs.index_decision import correct_round, decide_round
from survey.models.index_rounds import IndexRound
from survey.models.releases import AnnualRelease, Release
from survey.models.responses import Response
from survey.queries.index_desk import list_releases_for
from survey.queries.release_basis import checksum_of_counts
from survey.services.fold import fold
from survey.services.index_ledger import Judgement, content_of, place_of
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.index_scoring import take_survey
from survey.services.rubric_file import read_builtin
from survey.services.rubrics import publish_rubric, save_rubric

DAYS = [date(2026, 12, day) for day in (1, 2, 3, 4)]


def a_round(world: World, pooled: dict[str, str] | None = None, **rule: Any) -> IndexRound:
    """Plan a round of the departments A and B by a rubric with two satisfaction leaves of five points."""
    content = read_builtin("departments-2026") | {"rubric": "own"} | rule
    criterion = content["areas"][6]["criteria"][2]  # five elements; the small form has two
    criterion["parts"] = [part | {"maximum": "5"} for part in (criterion["parts"][0], criterion["parts"][2])]
    if pooled is not None:
        criterion["parts"] = [{**criterion["parts"][0], "maximum": "10", "formula": pooled}]
        del criterion["parts"][0]["element"]
    root = world.agencies["P"]
    rubric = save_rubric(world.session, content, agency_id=root.id)
    publish_rubric(world.session, rubric, today=DAY)
    wish = RoundWish("R", "Kỳ", None, 2026, *DAYS)
    return plan_round(world.session, root, rubric, wish, agencies=[world.agencies["A"], world.agencies["B"]], by=None)


def released(world: World, wave: str) -> Release:
    fold(world.session, until=DAY)
    world.release(wave)
    world.session.commit()
    release: Release = world.session.scalars(select(Release).where(Release.wave_id == world.waves[wave].id)).one()
    release.basis = checksum_of_counts(world.session, [world.waves[wave].id])
    return release


def test_answers_of_a_released_wave_become_points_with_one_interval(session: Session) -> None:
    world = small_world(session)
    round_ = a_round(world)
    world.answer("A", [5, 5, 5, 5], times=80)
    world.answer("A", [2, 5, 2, 2], times=20)
    world.answer("B", [5, 5, 5, 5], times=12)
    release = released(world, "W")

    found = survey_of_round(session, round_, release)
    take_survey(session, round_, release, found, by=None, today=DAY)

    # B has too few answers for an index figure.
    agency = world.agencies["A"].id
    assert list(found) == [agency]
    assert found[agency].values == {"7.3.1": Fraction(4, 5), "7.3.3": Fraction(9, 10)}
    total = round_totals(session, round_)[agency]
    assert (total.points, total.components["7.3"].points) == (Fraction("8.5"), Fraction("8.5"))
    assert total.low < total.points < total.high
    # The two elements err together: less than both ends added up, more than if they were independent.
    arms = [5 * (high - low) for low, high in found[agency].ends.values()]
    assert (arms[0] ** 2 + arms[1] ** 2) ** 0.5 < float(total.high - total.low) + 0.02 < sum(arms) + 0.04
    # B's survey is left out by its rubric: the rest stands for the hundred points, and the agency is named.
    without = round_totals(session, round_)[world.agencies["B"].id]
    assert without.is_rescaled
    assert without.components["7.3"].maximum == 0
    assert not {"7.3.1", "7.3.3"} & set(without.unscored)
    lines = index_findings(session, round_, today=DAY).agencies
    assert {line.agency.code: line.too_few_answered for line in lines} == {"A": False, "B": True}
    release.basis = "another"
    with pytest.raises(FindingsError, match="did not move since"):
        survey_of_round(session, round_, release)


def test_elements_of_one_pooled_leaf_cost_together_what_it_lost_by_its_formula(session: Session) -> None:
    world = small_world(session)
    round_ = a_round(world, pooled={"kind": "linear", "nothing_at": "0.5", "all_at": "0.95"})
    world.answer("A", [5, 5, 5, 5], times=60)
    world.answer("A", [2, 5, 2, 2], times=40)
    release = released(world, "W")
    found = survey_of_round(session, round_, release)
    take_survey(session, round_, release, found, by=None, today=DAY)

    row = index_findings(session, round_, today=DAY).agencies[0]
    assert row.survey is not None
    whole = row.survey
    value = next(iter(found[row.agency.id].values.values()))
    lost = float(whole.maximum * (Fraction("0.95") - value) / Fraction("0.45"))
    assert 0 < value < Fraction("0.95")
    assert len(whole.elements) == 2
    assert sum(one.lost for one in whole.elements) == pytest.approx(lost)
    assert lost == pytest.approx(float(whole.maximum) - whole.points)
    assert all(one.low < one.lost < one.high for one in whole.elements)


def test_a_survey_with_a_design_brings_points_by_its_weights_and_clusters(session: Session) -> None:
    world = small_world(session)
    world.add_wave("H", state="closed", sample_kind="household")
    round_ = a_round(world, without_survey="refuse")
    for cluster, weight, satisfied in (("a", 1.0, 12), ("b", 3.0, 18), ("c", 2.0, 17), ("d", 2.0, 9)):
        ids = world.answer("A", [4, 4, 4, 4], times=satisfied, wave="H")
        ids += world.answer("A", [4, 3, 3, 3], times=20 - satisfied, wave="H")
        drawn = {"weight": weight, "cluster": cluster, "stratum": "1"}
        owner = world.agencies["A"].id
        session.execute(update(Response).where(Response.agency_id == owner, Response.id.in_(ids)).values(**drawn))
    release = released(world, "H")

    found = survey_of_round(session, round_, release)
    take_survey(session, round_, release, found, by=None, today=DAY)

    agency = world.agencies["A"].id
    whole = found[agency].part.points
    # All rate the first element 4; with the second (12·1 + 18·3 + 17·2 + 9·2) / (20·1 + 20·3 + 40·2) are satisfied.
    assert found[agency].values == {"7.3.1": Fraction(1), "7.3.3": Fraction(118, 160)}
    # Four clusters of one stratum: residuals by cluster, their spread, and t with three degrees of freedom.
    residuals = [
        weight * (satisfied - 20 * 118 / 160) / 160 for weight, satisfied in ((1, 12), (3, 18), (2, 17), (2, 9))
    ]
    variance = 4 / 3 * sum(one**2 for one in residuals)
    assert whole.standard_error == pytest.approx(5 * variance**0.5)
    assert (whole.degrees_of_freedom, whole.n) == (3, 80)
    line = index_findings(session, round_, today=DAY).agency(agency)
    assert line is not None
    assert line.survey is not None
    assert (line.survey.n, line.survey.share is not None, line.low < line.points < line.high) == (80, True, True)
    # A rubric without a rule for it counts nothing for B, and names what is not scored.
    assert {"7.3.1", "7.3.3"} <= set(round_totals(session, round_)[world.agencies["B"].id].unscored)


def test_a_released_year_brings_the_points_of_its_waves_together(session: Session) -> None:
    world = small_world(session)
    world.waves["W"].state = "closed"
    world.add_wave("X", state="closed")
    round_ = a_round(world)
    world.answer("A", [5, 5, 5, 5], times=20)
    world.answer("A", [2, 5, 5, 2], times=20, wave="X")
    released(world, "W")
    released(world, "X")
    year = AnnualRelease(
        agency_id=world.agencies["P"].id, year=2026, form="small/1", drafted_by=uuid4(), drafted_on=DAY,
        released_by=uuid4(), released_on=DAY,
        basis=checksum_of_counts(session, [world.waves[code].id for code in ("W", "X")]),
    )  # fmt: skip
    session.add(year)
    session.flush()

    # Neither wave alone would do: forty answered in the year, twenty in each.
    offered = [(release.kind, wave.code if wave else None) for release, wave in list_releases_for(session, round_)]
    assert offered == [("wave", "W"), ("wave", "X"), ("annual", None)]
    found = survey_of_round(session, round_, year)
    agency = world.agencies["A"].id
    assert found[agency].values == {"7.3.1": Fraction(1, 2), "7.3.3": Fraction(1)}
    assert found[agency].part.points.n == 40
    take_survey(session, round_, year, found, by=None, today=DAY)
    told = index_findings(session, round_, today=DAY)
    assert (told.release, told.questionnaire, told.method_edition) == (year.code, "small/1", "small-method")
    year.form = "other/1"
    with pytest.raises(FindingsError, match="released results"):
        survey_of_round(session, round_, year)


def test_a_correction_keeps_what_stood_behind_the_survey_though_the_counts_moved(session: Session) -> None:
    world = small_world(session)
    round_ = a_round(world)
    world.answer("A", [5, 5, 5, 5], times=80)
    world.answer("A", [2, 5, 2, 2], times=20)
    world.answer("B", [5, 5, 5, 5], times=50)
    release = released(world, "W")
    take_survey(session, round_, release, survey_of_round(session, round_, release), by=None, today=DAY)
    round_.state = "decided"
    session.flush()
    decide_round(session, round_, by=None, today=DAY)
    first = decided_findings(session, round_)
    assert first is not None
    assert first.questionnaire

    # The release no longer has these counts: without what was frozen nothing would be known of any agency's survey.
    release.basis = "another"
    session.flush()
    leaf = next(one for one in content_of(round_).leaves.values() if one.source != "satisfaction")
    place = place_of(round_, world.agencies["B"].id, leaf.code)
    correct_round(session, place, Judgement(Fraction(1), "Nhầm", None, DAY), public_note="Nhầm")
    second = decided_findings(session, round_)
    assert second is not None
    assert (second.questionnaire, second.method_edition, second.element_costs) == (
        first.questionnaire,
        first.method_edition,
        first.element_costs,
    )
    kept = {row.agency.id: row.survey for row in first.agencies}
    assert {row.agency.id: row.survey for row in second.agencies} == kept
    assert all(one is not None and one.share is not None for one in kept.values())
