"""What a year's summary and a wave's report say beyond the ranking."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from analysis.proportions import wilson
from analysis.results import Estimate
from question_world import question_world
from small_world import METHOD, World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.chosen import chosen_comparison
from survey.findings.errors import FindingsError
from survey.findings.values import AnnualFindings, BreakdownRow
from survey.findings.wave import wave_findings
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.editions import content_sha256
from survey.models.questionnaire import MethodEdition
from survey.models.responses import Response
from survey.rendering import summary_sentences as told
from survey.rendering.annual_tables import annual_tables
from survey.rendering.exclusion_tables import effect_missing
from survey.services.exclusions import Choice, exclude_responses
from survey.services.fold import fold

TODAY = date(2026, 11, 21)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    for year in (2023, 2024, 2025):
        world.add_wave(f"W{year - 2000}", year=year, state="closed")
    return world


def answer(world: World, agency: str, satisfied: int, others: int, year: int = 2025, **more: str) -> None:
    for level, times in ((4, satisfied), (3, others)):
        day = date(year, 2, 2)
        world.answer(agency, [level] * 4, times=times, wave=f"W{year - 2000}", day=day, **more)  # type: ignore[arg-type]


def annual(world: World) -> AnnualFindings:
    fold(world.session, until=date(2026, 11, 19))
    return annual_findings(world.session, root_id=world.agencies["P"].id, year=2025, today=TODAY)


def wave(world: World, code: str) -> AnnualFindings:
    fold(world.session, until=date(2026, 11, 19))
    return wave_findings(world.session, wave_id=world.waves[code].id, today=TODAY)


def share(found: Estimate | None) -> float:
    assert found is not None
    return round(found.value, 4)


def test_a_year_tells_its_series_its_elements_and_who_is_alike(world: World) -> None:
    for year, satisfied in ((2023, 50), (2024, 60), (2025, 90)):
        answer(world, "A", satisfied, 100 - satisfied, year)
    answer(world, "B", 88, 12)
    answer(world, "C", 10, 90)
    found = annual(world)
    assert [point.year for point in found.series] == [2023, 2024, 2025]
    assert [share(point.index) for point in found.series] == [0.5, 0.6, 0.6267]
    assert [point.change.verdict for point in found.series] == ["new", "no_evidence", "no_evidence"]
    assert found.series[-1].change == found.overall_change
    assert [change.verdict for change in found.element_changes] == ["no_evidence", "no_evidence"]
    # A and B cannot be told apart, C can: the places are those of the ranking.
    assert [row.agency.code for row in found.agencies] == ["A", "B", "C"]
    assert found.alike == ((0, 1), (2, 2))
    assert found.forms is not None
    assert (found.forms.received, found.forms.valid, found.answered, found.n) == (300, 300, 3, 300)
    assert found.points is not None
    assert found.points.value == 2.5  # two parts of 2 points, 62,67 % of each cut to two decimals
    assert "từ hạng 1 đến hạng 2" in told.alike(found, "vi")
    codes = annual_tables(found, "vi").keys()
    assert {"forms", "whole", "levels", "alike", "series", "ranking", "points"} <= codes


def test_another_method_breaks_the_series_and_nothing_is_compared(world: World) -> None:
    content = copy.deepcopy(METHOD) | {"code": "other-method"}
    method = MethodEdition(code="other-method", content=content, sha256=content_sha256(content))
    world.session.add(method)
    world.session.flush()
    world.waves["W24"].method_edition_id = method.id
    answer(world, "A", 60, 40, 2024)
    answer(world, "A", 90, 10)
    found = annual(world)
    assert found.series[-1].breaks == ("method",)
    assert found.overall_change.verdict == "not_comparable"
    assert {change.verdict for change in found.element_changes} == {"not_comparable"}
    assert "đứt chuỗi: cách tính khác" in str(annual_tables(found, "vi")["series"].rows)


def test_a_body_whose_territory_changed_is_not_compared_but_the_others_are(world: World) -> None:
    for year in (2024, 2025):
        for code in ("A", "B", "C"):
            answer(world, code, 80 if year == 2025 else 40, 20 if year == 2025 else 60, year)
    change = AgencyChange(kind="merge", effective_on=date(2025, 1, 20), decision="QĐ 1", recorded_on=TODAY)
    change.parts = [AgencyChangePart(from_agency_id=world.agencies["C"].id, to_agency_id=world.agencies["A"].id)]
    world.session.add(change)
    world.session.flush()
    rows = {row.agency.code: row for row in annual(world).agencies}
    assert {code: (row.breaks, row.change.verdict) for code, row in rows.items()} == {
        "A": (("unit",), "not_comparable"),
        "B": ((), "improved"),
        "C": (("unit",), "not_comparable"),
    }
    # What went from one to the other within the province leaves the province what it was.
    assert annual(world).overall_change.verdict == "improved"


def test_fields_are_told_without_what_an_agency_must_withhold(world: World) -> None:
    for code in ("land", "civil"):
        world.add_service(code, agency="A")
    answer(world, "A", 20, 5, service="land")
    answer(world, "A", 20, 5, service="civil")
    answer(world, "B", 30, 0, service="land")
    fields = by_name(annual(world).by_field)
    assert {name: row.measures.n for name, row in fields.items()} == {"Lĩnh vực civil": 25, "Lĩnh vực land": 55}
    assert share(fields["Lĩnh vực land"].measures.share_satisfied) == 0.9091


def by_name(rows: tuple[BreakdownRow, ...]) -> dict[str, BreakdownRow]:
    return {row.name.vi: row for row in rows}


def test_a_wave_is_compared_with_the_comparable_wave_before_it(world: World) -> None:
    for year, satisfied in ((2024, 40), (2025, 80)):
        for code in ("A", "B"):
            answer(world, code, satisfied, 100 - satisfied, year)
    found = wave(world, "W25")
    assert found.wave is not None
    assert (found.wave.code, found.year, found.against and found.against.vi) == ("W25", 2025, "đợt “Đợt W24”")
    assert (found.overall_change.verdict, found.agencies[0].change.verdict) == ("improved", "improved")
    year = annual(world)
    assert (found.overall, found.agencies, found.alike) == (year.overall, year.agencies, year.alike)
    assert "So với đợt “Đợt W24”" in annual_tables(found, "vi")["whole"].columns[4].heading


def test_an_open_wave_is_a_preview_and_the_first_one_has_nothing_before(world: World) -> None:
    world.answer("A", [4, 4, 4, 4], times=40)
    preview = wave(world, "W")
    assert (preview.overall_change.verdict, preview.agencies[0].change.movement) == ("preview", "preview")
    answer(world, "A", 40, 10, 2023)
    assert wave(world, "W23").overall_change.verdict == "new"


def test_a_change_of_the_mix_is_taken_apart_from_what_people_said(world: World) -> None:
    for year, kiosk in ((2024, 20), (2025, 80)):
        answer(world, "A", 60, 40, year, channel="qr")
        answer(world, "A", kiosk - 2, 2, year, channel="kiosk")
    found = annual(world)
    assert found.fixed_mix is not None
    assert found.overall_change.difference is not None
    assert found.fixed_mix.within + found.fixed_mix.mix == pytest.approx(found.overall_change.difference.value)
    assert found.series[-1].channels_moved
    # 100 of 120 came by QR: (100 × 0,6 + 20 × 0,975) / 120.
    assert share(found.fixed_mix.share) == 0.6625
    assert "do cơ cấu kênh khác đi" in told.fixed_mix(found, "vi")


def test_chosen_agencies_are_held_together_by_holm_and_never_compared_with_their_own_parts(world: World) -> None:
    for code, satisfied in (("A", 90), ("B", 60), ("C", 88)):
        answer(world, code, satisfied, 100 - satisfied)
    fold(world.session, until=date(2026, 11, 19))
    ids = [world.agencies[code].id for code in ("A", "B", "C", "P")]
    found = chosen_comparison(
        world.session, issuer_id=ids[3], agency_ids=ids, wave_id=world.waves["W25"].id, today=TODAY
    )
    names = [one.agency.code for one in found.agencies]
    words = {(names[pair.first], names[pair.second]): pair.words for pair in found.pairs}
    assert (found.comparisons, words["A", "B"], words["A", "C"], words["B", "C"]) == (
        3,
        "higher",
        "no_evidence",
        "lower",
    )
    assert {said for (first, second), said in words.items() if "P" in (first, second)} == {"nested"}
    with pytest.raises(FindingsError, match="Choose 2 to 12"):
        chosen_comparison(
            world.session, issuer_id=ids[3], agency_ids=ids[:1], wave_id=world.waves["W25"].id, today=TODAY
        )


def test_groups_and_questions_are_domains_of_a_survey_with_a_design(session: Session) -> None:
    world = question_world(session)
    world.waves["Q"].state, world.waves["Q"].sample_kind = "closed", "household"
    for cluster in range(8):
        for sex, level, times in ((1, 5, 3), (1, 2, 2), (2, 2, 4), (3, 5, 2)):
            ids = world.answer("A", {"a1": level, "b1": level, "sex": sex}, wave="Q", times=times)
            drawn = {"cluster": str(cluster), "weight": 3.0 if sex == 1 else 1.0}
            session.execute(
                update(Response)
                .where(Response.id.in_(ids), Response.agency_id == world.agencies["A"].id)
                .values(**drawn)
            )
    fold(session, until=date(2026, 11, 19))
    found = annual_findings(session, root_id=world.agencies["P"].id, year=2026, today=TODAY, form="asking/1")
    groups = [(row.name.vi, row.measures.n, row.measures.share_satisfied) for row in found.by_group]
    assert (*groups[0][:2], share(groups[0][2])) == ("Giới tính – Nam", 40, 0.6)
    assert found.by_group[0].measures.share_satisfied != found.overall.share_satisfied
    # Sixteen who are all satisfied are each known to be; the whole less the two other groups would tell it too.
    assert groups[1:] == [("Giới tính – Nữ", None, None), ("Giới tính – Khác", None, None)]
    (sex,) = [one for one in found.questions if one.code == "sex"]
    assert (sex.n, [option.count for option in sex.options]) == (88, [40, 32, 16])
    # (3 · 40) of (3 · 40 + 32 + 16); eight clusters, not 88 single respondents.
    first = sex.options[0].share
    assert first
    assert first.value == pytest.approx(120 / 168)
    assert first.ci != wilson(successes=40, n=88).ci


def test_what_the_exclusions_did_is_told_of_ten_or_more_once_the_wave_is_final(world: World) -> None:
    for agency, satisfied in (("A", 60), ("B", 50)):
        answer(world, agency, satisfied, 40)
    # Test answers of one counter's first day: twelve of A, four of B.
    for agency, times in (("A", 12), ("B", 4)):
        world.answer(agency, [5, 5, 5, 5], times=times, wave="W25", day=date(2025, 1, 20))
    ids = [world.agencies[code].id for code in ("A", "B")]
    session, day = world.session, date(2025, 1, 20)
    exclude_responses(
        session, wave_id=world.waves["W25"].id, agency_ids=ids, choice=Choice(None, day, day), rule="test",
        reason="Thử máy", by=None, today=TODAY,
    )  # fmt: skip
    found = annual(world)
    assert [(row.count, row.code) for row in found.exclusions] == [(16, "test")]
    # B's four are in neither line: the year less A's own report would tell what they said.
    assert [(row.member, row.measures.n, share(row.measures.share_satisfied)) for row in found.exclusion_effect] == [
        ("with", 202, round(122 / 202, 4)),
        ("without", 190, round(110 / 190, 4)),
    ]
    table = annual_tables(found, "vi")["exclusion_effect"]
    assert [row[1] for row in table.rows] == [202, 190]
    own = agency_findings(session, agency_id=ids[1], wave_id=world.waves["W25"].id, today=TODAY)
    assert own.exclusion_effect == ()
    assert "quá ít phiếu bị loại" in effect_missing(own, "vi")
    world.waves["W25"].state = "open"
    session.flush()
    assert agency_findings(session, agency_id=ids[0], wave_id=world.waves["W25"].id, today=TODAY).exclusion_effect == ()
