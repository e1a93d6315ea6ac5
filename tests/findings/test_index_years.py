"""What a round is compared with: several rounds of a year, surveys left out for some, codes given again."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from index_world import AFTER, BEFORE, CONTENT, DAY, Row, a_round, freeze, two_rounds
from small_world import World, small_world
from survey.findings import index as index_module
from survey.findings import index_totals
from survey.findings.index import index_findings
from survey.findings.index_result_values import IndexFindings
from survey.findings.index_targets import target_outlook
from survey.models.index_rounds import IndexRound
from survey.models.rubrics import Rubric
from survey.rendering.index_tables import index_tables
from survey.rendering.index_told import component_sentences, few_sentences, main_sentences, movement_sentences
from survey.rendering.index_words import place_words
from survey.services.index_ledger import Entry, place_of, write_score
from survey.services.rubrics import publish_rubric, save_rubric
from survey.web.index_lines import index_lines

SURVEY = ("2.1", "2.2")


def a_world(session: Session, *codes: str, **changed: Any) -> tuple[World, Rubric]:
    world = small_world(session)
    for code in codes:
        world.add_agency(code, parent="P")
    rubric = save_rubric(session, copy.deepcopy(CONTENT) | changed, agency_id=world.agencies["P"].id)
    publish_rubric(session, rubric, today=DAY)
    return world, rubric


def decided(world: World, rubric: Rubric, rows: Mapping[str, Row], *, code: str = "") -> IndexRound:
    made = a_round(world, rubric, 2025, rows)
    made.code, made.name = code or made.code, code or made.name
    made.state = "decided"
    freeze(world.session, made, date(2026, 2, 1))
    return made


def leave_out(world: World, round_: IndexRound, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let too few answer about an agency."""
    unit = world.agencies[code].id
    for leaf in SURVEY:
        write_score(world.session, place_of(round_, unit, leaf), Entry(None, "survey", "few", None, DAY))

    def few(_content: object, _round: object, agency_id: object, scored: set[tuple[object, str]]) -> frozenset[str]:
        return frozenset() if any((agency_id, one) in scored for one in SURVEY) else frozenset(SURVEY)

    monkeypatch.setattr(index_totals, "too_few_answered", few)
    monkeypatch.setattr(index_module, "too_few_answered", few)
    world.session.flush()


def told(findings: IndexFindings, language: str) -> str:
    makers = (main_sentences, few_sentences, movement_sentences, component_sentences)
    return "\n".join(line for make in makers for line in make(findings, language))


def test_an_agency_without_a_survey_part_is_compared_with_no_year_that_has_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = two_rounds(session, merged=False)
    leave_out(rounds.world, rounds.after, "A", monkeypatch)
    found = index_findings(session, rounds.after, today=DAY)
    first = found.agencies[0]
    assert (first.agency.code, first.is_rescaled, first.points) == ("A", True, Fraction(20))
    # Its own maximum of the survey is nothing; that of all is what the rubric has, and no means go beyond it.
    spread = {one.code: one for one in found.components}
    assert (spread["2"].maximum, spread["2.1"].maximum) == (Fraction(10), Fraction(5))
    assert all((one.lost or 0) >= 0 for one in found.components)
    assert (first.change.verdict, first.change.difference) == ("not_comparable", None)
    assert (first.change.breaks, first.change.rank_change, first.change.movement) == (
        ("survey",),
        None,
        "not_comparable",
    )
    assert (found.breaks, found.counts.common) == ((), 4)
    # Places of the others are taken among themselves, and say so.
    assert [(row.change.rank_change, row.change.common) for row in found.agencies[1:]] == [(0, 4)] * 4
    assert "Points and ranks of Department A are not compared with 2025: one of the years has no survey part." in told(
        found, "en"
    ).replace(first.agency.name.text("en"), "Department A")

    # The year after it is the same from the other side, and the rubric is still the same one.
    rounds.after.state = "decided"
    freeze(session, rounds.after, DAY)
    later = a_round(rounds.world, rounds.after.rubric, 2027, {code: AFTER[code] for code in ("A", "B", "F")})
    session.flush()
    found = index_findings(session, later, today=DAY)
    assert found.breaks == ()
    assert [(row.agency.code, row.change.verdict) for row in found.agencies] == [
        ("A", "not_comparable"),
        ("B", "no_evidence"),
        ("F", "no_evidence"),
    ]


def test_of_two_rounds_of_a_year_each_agency_is_compared_with_the_one_it_was_in(session: Session) -> None:
    world, rubric = a_world(session, "D", "E", "F")
    decided(world, rubric, {"A": BEFORE["A"]}, code="X1")
    decided(world, rubric, {"D": BEFORE["D"], "E": BEFORE["E"]}, code="X2")
    rows: dict[str, Row] = {"A": AFTER["A"], "D": ("5", "5", "0.9", "0.9"), "E": BEFORE["E"], "F": BEFORE["F"]}
    found = index_findings(session, a_round(world, rubric, 2026, rows), today=DAY)
    assert [(row.agency.code, row.change.verdict, row.change.previous) for row in found.agencies] == [
        ("A", "rose", Fraction(16)),
        ("D", "rose", Fraction(12)),
        ("E", "no_evidence", Fraction("14.5")),
        ("F", "new", None),
    ]
    assert (found.agencies[1].change.rank_change, found.agencies[1].change.common) == (1, 2)
    assert (found.breaks, len(found.before_sha256), found.counts.common) == ((), 2, 3)


def test_places_are_told_among_the_units_of_both_years(session: Session) -> None:
    world, rubric = a_world(session, "D", "E", "F", "G")
    decided(world, rubric, BEFORE)
    rows: dict[str, Row] = {
        "G": ("5", "5", "1", "1"),
        "A": ("5", "5", "0.97", "0.97"),
        "B": ("4", "4", "0.7", "0.7"),
        "F": ("5", "4", "0.9", "0.9"),
    }
    found = index_findings(session, a_round(world, rubric, 2026, rows), today=DAY)
    own = next(row for row in found.agencies if row.agency.code == "A")
    assert (own.change.rank_change, own.change.previous_rank, own.rank, own.change.common) == (1, 2, 2, 3)
    assert "tăng 1 bậc trong 3 cơ quan có ở cả hai năm (năm trước thứ 2/5, nay thứ 2/4)" in told(found, "vi")
    assert "1 place up among the 3 of both years (from 2/5 to 2/4)" in told(found, "en")
    assert place_words(own.change, "vi") == "tăng 1 bậc trong 3 cơ quan có ở cả hai năm"


def test_points_that_are_all_the_same_have_no_first_and_no_last(session: Session) -> None:
    content = copy.deepcopy(CONTENT)
    content["maximum"], content["areas"][0]["maximum"] = "20.5", "10.5"
    content["areas"][0]["criteria"][0]["maximum"] = "5.5"
    world, rubric = a_world(session, *"KLMNXYZ", **content)
    row: Row = ("5", "5", "0.9", "0.9")
    same = a_round(world, rubric, 2026, dict.fromkeys("ABKLMNXYZ", row))
    found = index_findings(session, same, today=DAY)
    vi, en = told(found, "vi"), told(found, "en")
    assert "19,00/20,5;" in vi
    assert "Tất cả bằng điểm nhau: 19,00 điểm." in vi
    assert "Điều hành: tất cả bằng nhau, 10,00/10,50." in vi
    assert not {"Đứng đầu", "Cuối bảng", "cao nhất", "41/2"} & {part for part in vi.split("\n") if part}
    assert "Đứng đầu" not in vi
    assert "Cuối bảng" not in vi
    assert "All have the same points: 19.00." in en
    alone = index_findings(session, a_round(world, rubric, 2027, {"A": row}), today=DAY)
    assert "Only one agency is ranked, out of 20.5 points." in told(alone, "en")
    assert "1 units" not in told(alone, "en")
    assert "1 agencies" not in told(alone, "en")

    # Seven share the best place of an area: five are named, the others counted.
    rows: dict[str, Row] = {code: ("5", "5", "0.8", "0.8") if code in "AB" else row for code in "ABKLMNXYZ"}
    apart = index_findings(session, a_round(world, rubric, 2028, rows), today=DAY)
    assert "và 2 cơ quan khác (9,00)" in told(apart, "vi")
    assert "and 2 more (9.00)" in told(apart, "en")


def test_bodies_that_share_a_code_are_told_apart(session: Session) -> None:
    world, rubric = a_world(session, "F", "15", "15n")
    old, new = world.agencies["15"], world.agencies["15n"]
    old.valid_to = new.valid_from = date(2026, 7, 1)
    session.flush()
    new.code = "15"
    session.flush()
    rows = {"15": AFTER["A"], "15n": BEFORE["F"], "F": BEFORE["D"]}
    round_ = a_round(world, rubric, 2026, rows)
    found = index_findings(session, round_, today=DAY)
    line, other = found.agency(old.id), found.agency(new.id)
    assert line is not None
    assert other is not None
    assert (line.points, line.rank, other.points, other.rank) == (Fraction("19.5"), 1, Fraction(6), 3)
    assert (target_outlook(found, new.id, k=1).rank, target_outlook(found, old.id, k=1).rank) == (3, 1)
    area = next(one for one in found.components if one.code == "1")
    assert (area.best, area.last) == ((old.id,), (new.id,))
    assert f"best {old.name_en or old.name} (10.00), last {new.name_en or new.name} (1.00)" in told(found, "en")
    assert index_tables(found, "vi")

    round_.state = "decided"
    freeze(session, round_, DAY)
    lines = index_lines(session, 2026, agency_ids={new.id})
    assert [(one["agency_code"], one["points"]) for one in lines] == [("15", 6.0)]
