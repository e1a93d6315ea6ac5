"""The result of a round: ranks with sets, classes, movement against the frozen year before, what costs points."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from index_world import DAY, Rounds, freeze, merge, two_rounds
from survey.findings.frozen import thaw
from survey.findings.index import decided_findings, findings_of_round, frozen_result, index_findings
from survey.findings.index_result_values import IndexFindings
from survey.models.audit import AuditEntry
from survey.models.index_rounds import IndexParticipant, IndexResult
from survey.models.index_sources import ExternalSeries, ExternalValue, ExternalYear
from survey.rendering.index_told import movement_sentences
from survey.services.errors import RoundError
from survey.services.index_ledger import Entry, Judgement, place_of, write_score
from survey.services.index_participants import set_participation
from survey.services.index_results import correct_points


@pytest.fixture
def rounds(session: Session) -> Rounds:
    return two_rounds(session)


def test_a_round_tells_ranks_classes_movement_and_what_costs_points(session: Session) -> None:
    rounds = two_rounds(session, merged=False)
    found = index_findings(session, rounds.after, today=DAY)

    assert [(row.agency.code, row.points, row.rank) for row in found.agencies] == [
        ("A", Fraction("19.5"), 1),
        ("B", Fraction("18.7"), 2),
        ("E", Fraction("14.5"), 3),
        ("D", Fraction(12), 4),
        ("F", Fraction("6.1"), 5),
    ]
    first, second, third = found.agencies[:3]
    assert first.low < first.points < first.high <= first.maximum
    assert (first.rank_low, first.rank_high, second.rank_low) == (1, 1, 2)
    assert (first.class_code, first.is_class_certain) == ("good", True)
    assert found.agencies[3].possible_classes == ("fair", "")
    assert (first.change.verdict, first.change.difference, first.change.rank_change) == ("rose", Fraction("3.5"), 1)
    assert (first.change.previous_rank, first.change.previous_of, first.change.movement) == (2, 5, "up")
    assert (second.change.verdict, second.change.movement) == ("fell", "down")
    assert (third.change.verdict, third.change.movement) == ("no_evidence", "same")
    # Less than what the surveys leave open.
    assert (found.agencies[4].change.difference, found.agencies[4].change.verdict) == (Fraction("0.1"), "no_evidence")
    counts = found.counts
    assert (counts.score_up, counts.score_down, counts.score_same, counts.score_real_up) == (2, 1, 2, 1)
    assert (counts.rank_up, counts.rank_down, counts.rank_same, counts.common) == (1, 1, 3, 5)
    assert (found.breaks, found.before_year) == ((), 2025)
    id_of = {code: agency.id for code, agency in rounds.world.agencies.items()}
    assert (found.mean, found.above_mean) == (Fraction("14.16"), (id_of["A"], id_of["B"], id_of["E"]))

    spread = next(one for one in found.components if one.code == "1.2")
    assert (spread.best, spread.last, spread.lost) == (
        (id_of["A"],),
        (id_of["F"],),
        Fraction(5) - Fraction("13.75") / 5,
    )
    assert [one.code for one in third.most_lost()] == ["1.2", "2.1", "2.2"]
    weak = {one.code: one for one in found.weaknesses}
    assert (weak["1.2"].nothing, weak["1.2"].low) == ((id_of["F"],), (id_of["D"], id_of["E"], id_of["F"]))
    cost = found.element_costs[0]
    assert cost.code == "2.1"
    assert cost.low < cost.lost < cost.high
    survey = first.survey
    assert survey is not None
    assert (survey.points, survey.maximum, survey.n) == (9.5, Fraction(10), 400)


def test_a_merged_body_is_measured_against_its_parts_and_ranks_of_other_units_are_not_subtracted(
    session: Session, rounds: Rounds
) -> None:
    found = index_findings(session, rounds.after, today=DAY)
    merged = found.agency(rounds.world.agencies["M"].id)
    assert merged is not None
    assert [(part.code, part.points, part.weight) for part in merged.change.parts] == [
        ("D", Fraction(12), Fraction(1, 2)),
        ("E", Fraction("14.5"), Fraction(1, 2)),
    ]
    assert (merged.change.previous, merged.change.difference, merged.change.weights) == (
        Fraction("13.25"),
        Fraction("1.75"),
        "equal",
    )
    assert (merged.change.verdict, merged.change.previous_rank, merged.change.is_converted) == ("rose", None, True)
    assert found.breaks == ("units",)
    # Scores of those that stayed are compared, their places are not.
    stayed = found.agency(rounds.world.agencies["A"].id)
    assert stayed is not None
    assert (stayed.change.verdict, stayed.change.previous_rank, stayed.change.previous_of) == ("rose", 2, 5)
    assert (stayed.change.rank_change, stayed.change.movement) == (None, "not_comparable")
    assert (found.counts.rank_up, found.counts.common) == (0, 4)


def test_a_decided_result_stays_as_it_was_and_a_correction_is_another_version(session: Session, rounds: Rounds) -> None:
    round_ = rounds.after
    with pytest.raises(RoundError, match="is in the stage preparation"):
        freeze(session, round_, DAY)
    round_.state = "decided"
    first = freeze(session, round_, DAY)
    assert freeze(session, round_, date(2027, 1, 5)).id == first.id
    session.commit()
    decided = decided_findings(session, round_)
    assert decided is not None
    assert (decided.version, decided.decided_on, decided.agencies[0].points) == (1, DAY, Fraction("19.5"))

    place = place_of(round_, rounds.world.agencies["A"].id, "1.1")
    with pytest.raises(RoundError, match="needs a reason"):
        correct_points(session, place, Judgement(Fraction(4), "", None, DAY))
    correct_points(session, place, Judgement(Fraction(4), "Nhầm cột", None, DAY))
    assert findings_of_round(session, round_, today=DAY) == decided
    with pytest.raises(RoundError, match="needs a note"):
        freeze(session, round_, DAY)
    second = freeze(session, round_, DAY, note="Sửa tiêu chí 1.1 của A")
    session.commit()
    now, then = decided_findings(session, round_), decided_findings(session, round_, version=1)
    assert now is not None
    assert then == decided
    assert now.version == 2
    assert now.note.startswith("Sửa tiêu chí 1.1 của A. Theo đó đổi: điểm của 1 cơ quan, hạng của 2 cơ quan")
    assert [(row.agency.code, row.points) for row in now.agencies[:2]] == [
        ("B", Fraction("18.7")),
        ("A", Fraction("18.5")),
    ]
    kept = session.get_one(IndexResult, first.id)
    assert (kept.superseded_on, second.superseded_on) == (DAY, None)
    assert {"index.result_frozen", "index.corrected"} <= set(session.scalars(select(AuditEntry.verb)))


def test_indexes_of_others_stand_beside_and_change_nothing(session: Session, rounds: Rounds) -> None:
    alone = index_findings(session, rounds.after, today=DAY)
    series = ExternalSeries(code="papi", name="PAPI", publisher="UNDP", unit="điểm", higher_is_better=True)
    session.add(series)
    session.flush()
    for year, sets in ((2024, "63"), (2025, "34"), (2026, "34")):
        common = {"series_id": series.id, "year": year}
        session.add(
            ExternalYear(**common, components=[], unit_set=sets, source="papi.org.vn", sha256="", imported_on=DAY)
        )
        for unit, total in (("P", 40 + year - 2024), ("Q", 41)):
            session.add(ExternalValue(**common, unit=unit, unit_name=unit, total=Fraction(total), components={}))
    session.flush()
    found = index_findings(session, rounds.after, today=DAY)
    assert found.agencies == alone.agencies
    (outside,) = found.outside
    (places,) = outside.units
    assert [(step.year, step.rank, step.change, step.breaks) for step in places.steps] == [
        (2024, 2, None, ()),
        (2025, 1, None, ("units",)),
        (2026, 1, 0, ()),
    ]


def test_years_that_are_counted_otherwise_are_not_compared_and_who_is_not_ranked_says_why(
    session: Session, rounds: Rounds
) -> None:
    world, round_ = rounds.world, rounds.after
    # Only this year goes without a survey: the rest stands for the maximum.
    round_.survey_is_run = False
    part = session.get_one(IndexParticipant, (round_.id, world.agencies["F"].id))
    set_participation(session, part, round_, counts=False, joined_on=date(2026, 9, 1), left_on=None, note="Từ tháng 9")
    place = place_of(round_, world.agencies["B"].id, "1.2")
    write_score(session, place, Entry(Fraction(5), "appraisal", "Bằng A", None, DAY))
    write_score(
        session,
        place_of(round_, world.agencies["M"].id, "1.2"),
        Entry(None, "appraisal", "Chưa chấm", None, DAY),
    )
    found = index_findings(session, round_, today=DAY)
    assert [(row.agency.code, row.points, row.rank, row.tied) for row in found.agencies] == [
        ("A", Fraction(20), 1, 1),
        ("B", Fraction(20), 1, 1),
        ("M", Fraction(8), 3, 0),
        ("F", Fraction(2), None, 0),
    ]
    assert found.breaks == ("survey", "units", "unscored")
    assert {row.change.verdict for row in found.ranked} == {"not_comparable"}
    assert found.counts.common == 0
    first, third, last = found.agencies[0], found.agencies[2], found.agencies[3]
    assert (first.low, first.high, first.survey, first.is_rescaled) == (first.points, first.points, None, True)
    assert (third.unscored, last.note, last.joined_on) == (("1.2",), "Từ tháng 9", date(2026, 9, 1))
    area = next(one for one in found.components if one.code == "1")
    # What nobody scored of M counts nothing: (10 + 10 + 4) / 3.
    assert (area.maximum, area.mean, area.lost) == (Fraction(10), Fraction(8), Fraction(2))
    unscored = next(one for one in found.components if one.code == "1.2")
    assert (unscored.mean, unscored.lowest, [one.last for one in found.components if one.code == "2"]) == (
        Fraction(10, 3),
        0,
        [],
    )
    # Decided, the cell says so too; what was left out with the survey stays empty.
    frozen = thaw(IndexFindings, frozen_result(found, version=1, note="", decided_on=DAY))
    parts = {one.code: one for one in frozen.agencies[2].components}
    assert (third.components[2].points, parts["1.2"].points, parts["1.2"].is_unscored) == (None, 0, True)
    assert (parts["2.1"].points, parts["2"].points) == (None, None)


def test_of_a_body_that_took_over_a_part_nothing_is_compared(session: Session) -> None:
    rounds = two_rounds(session, merged=False)
    merge(rounds.world, "E", into="N", share=0.4)
    session.add(IndexParticipant(round_id=rounds.after.id, agency_id=rounds.world.agencies["N"].id))
    session.flush()
    found = index_findings(session, rounds.after, today=DAY)
    parted = found.agency(rounds.world.agencies["N"].id)
    assert parted is not None
    assert (parted.change.verdict, parted.change.breaks, parted.unscored) == (
        "not_comparable",
        ("unit",),
        ("1.1", "1.2", "2.1", "2.2"),
    )
    assert found.breaks == ("units", "unscored")
    # What was scored for nobody would pass for a fall of all, decided or not.
    for unit in ("A", "B", "D", "E", "F"):
        place = place_of(rounds.after, rounds.world.agencies[unit].id, "1.1")
        write_score(session, place, Entry(None, "appraisal", "Rút", None, DAY))
    rounds.after.state = "decided"
    found = index_findings(session, rounds.after, today=DAY)
    assert found.breaks == ("units", "unscored")
    told = " ".join(movement_sentences(found, "en"))
    assert "Points and ranks are not compared with 2025: there are criteria that nobody scored." in told
