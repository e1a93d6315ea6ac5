"""Another edition in the middle of a round: what the survey brought, and what objections decided, is not made wrong."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

import index_world
from index_world import CONTENT, DAY, Rounds, two_rounds
from survey.findings.index import index_findings
from survey.findings.index_totals import round_totals
from survey.models.index_sources import IndexIndicator
from survey.models.rubrics import Rubric
from survey.services.errors import RoundError
from survey.services.index_carrying import awaits_survey, change_rubric
from survey.services.index_foresight import foresee
from survey.services.index_indicators import take_indicators
from survey.services.index_ledger import Entry, find_score, list_changes, place_of, write_score
from survey.services.index_objections import Decision, decide_objection, object_to
from survey.services.index_participants import take_out
from survey.services.rubrics import publish_rubric, save_rubric

LATE = date(2030, 1, 1)
INDICATOR = {"source": "indicator", "indicator": "x", "formula": {"kind": "share"}}
LEADERS = {"source": "survey", "survey": "leaders", "formula": {"kind": "share"}}
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def rounds(session: Session) -> Rounds:
    found = two_rounds(session, merged=False)
    found.after.state, found.after.objection_until, found.after.decision_until = "objection", LATE, LATE
    session.flush()
    return found


def edition(rounds: Rounds, number: str, change: Change) -> Rubric:
    content = deepcopy(CONTENT) | {"edition": number}
    change(content)
    rubric = save_rubric(rounds.world.session, content, agency_id=rounds.world.agencies["P"].id)
    publish_rubric(rounds.world.session, rubric, today=DAY)
    return rubric


def dropped(content: dict[str, Any]) -> None:
    content["areas"][1]["criteria"].pop()
    content["areas"][1]["maximum"], content["maximum"] = "5", "15"


def moved(content: dict[str, Any]) -> None:
    for criterion, maximum in zip(content["areas"][1]["criteria"], ("9", "1"), strict=True):
        criterion["maximum"] = maximum


def judged(content: dict[str, Any]) -> None:
    content["areas"][1]["criteria"][1] = content["areas"][0]["criteria"][1] | {"code": "2.2"}


def bent(content: dict[str, Any]) -> None:
    content["areas"][1]["criteria"][0]["formula"] = {"kind": "linear", "nothing_at": "0.5", "all_at": "1"}


def conditional(content: dict[str, Any]) -> None:
    for criterion in content["areas"][1]["criteria"]:
        criterion["requires"] = ["1.2"]


def test_survey_points_are_taken_again_where_the_new_edition_counts_them_otherwise(rounds: Rounds) -> None:
    session, round_, agency = rounds.world.session, rounds.after, rounds.world.agencies["A"].id
    same = edition(rounds, "same", lambda content: content["areas"][0]["criteria"][0].update(maximum="5"))
    before = round_totals(session, round_)[agency]
    assert not foresee(session, round_, same).survey_again
    assert change_rubric(session, round_, same, by=None, today=DAY) == []
    assert (before, awaits_survey(session, round_)) == (round_totals(session, round_)[agency], False)

    for number, change in enumerate((dropped, moved, judged, bent)):
        with session.begin_nested() as trial:
            other = edition(rounds, f"e{number}", change)
            foreseen = foresee(session, round_, other)
            lost = change_rubric(session, round_, other, by=None, today=DAY)
            total, told = round_totals(session, round_)[agency], index_findings(session, round_, today=DAY)
            assert (foreseen.survey_again, lost) == (True, ["2.1", "2.2"])
            # Nothing of the survey counts, it is not told as too few answers, and the ledger has it.
            assert (total.points, total.low, total.high, total.is_rescaled) == (10, 10, 10, False)
            assert "2.1" in total.unscored
            assert not any(one.too_few_answered for one in told.agencies)
            assert awaits_survey(session, round_)
            changes = list_changes(session, round_id=round_.id, agency_id=agency, criterion="2.1")
            assert [one.points_after for one in changes] == [Fraction("4.75"), None]
            trial.rollback()
        session.expire_all()


def test_a_basis_of_another_rubric_stops_no_page_and_leaves_the_interval_of_each_leaf(rounds: Rounds) -> None:
    session, round_, agency = rounds.world.session, rounds.after, rounds.world.agencies["E"].id
    found = {}
    for change in (dropped, moved, judged, bent, conditional):
        # As rounds were that changed their rubric before the survey's points were taken back with it.
        round_.rubric = edition(rounds, change.__name__, change)
        session.flush()
        lines = index_findings(session, round_, today=DAY).agencies
        line = next(line for line in lines if line.agency.id == agency)
        total = round_totals(session, round_)[agency]
        assert line.low <= line.points <= line.high
        found[change.__name__] = (total.points, total.low, total.high)
    # 57 to 63 % of five points; of nine and one the arms are longer than both added up.
    assert found["dropped"] == (10, Fraction("9.85"), Fraction("10.15"))
    assert found["moved"] == (Fraction("13.3"), Fraction("12.95"), Fraction("13.64"))
    # F has nothing for 1.2, which both require: it has no survey points, and no interval either.
    none = round_totals(session, round_)[rounds.world.agencies["F"].id]
    assert (none.points, none.low, none.high, none.unrounded) == (1, 1, 1, 1)


def test_no_objection_moves_what_people_answered_or_an_agency_that_was_taken_out(rounds: Rounds) -> None:
    session, round_, agency = rounds.world.session, rounds.after, rounds.world.agencies["A"].id
    with pytest.raises(RoundError, match=r"2\.1 come from the released satisfaction survey"):
        object_to(session, place_of(round_, agency, "2.1"), text="Thấp", points_asked=None, by=None, today=DAY)
    objection = object_to(session, place_of(round_, agency, "1.1"), text="Thấp", points_asked=None, by=None, today=DAY)
    objection.criterion = "2.1"  # one from before
    session.flush()
    with pytest.raises(RoundError, match="do not change by objections"):
        decide_objection(session, round_, objection, Decision("accepted", Fraction(0), "Sửa", None, DAY))
    objection.criterion = "1.1"
    session.flush()
    take_out(session, round_, agency, reason="Giải thể", by=None, today=DAY)
    with pytest.raises(RoundError, match="was taken out"):
        decide_objection(session, round_, objection, Decision("accepted", Fraction(1), "Sửa", None, DAY))


def test_indicators_taken_again_leave_alone_what_an_objection_decided(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = deepcopy(CONTENT)
    content["areas"][0]["criteria"][0] |= INDICATOR
    content["areas"][0]["criteria"][1] |= LEADERS
    monkeypatch.setattr(index_world, "CONTENT", content)
    for name in ("BEFORE", "AFTER"):
        rows = {code: ("0.5", "0.5", *row[2:]) for code, row in getattr(index_world, name).items()}
        monkeypatch.setattr(index_world, name, rows)
    rounds = two_rounds(session, merged=False)
    round_, agencies = rounds.after, rounds.world.agencies
    round_.state, round_.objection_until, round_.decision_until = "appraisal", LATE, LATE
    figure = {"year": 2026, "source": "x", "imported_on": DAY}
    leaders = {"indicator": "leaders:1.2", "n": 40, "low": Fraction("0.8"), "high": Fraction("0.9")}
    session.add_all(
        IndexIndicator(agency_id=agencies[code].id, indicator="x", value=Fraction("0.4"), **figure) for code in "AB"
    )
    session.add(IndexIndicator(agency_id=agencies["A"].id, value=Fraction("0.85"), **leaders, **figure))
    session.flush()
    assert take_indicators(session, round_, by=None, today=DAY).written == 3

    round_.state = "objection"
    session.flush()
    place = place_of(round_, agencies["A"].id, "1.1")
    objection = object_to(session, place, text="Thấp", points_asked=None, by=None, today=DAY)
    decide_objection(session, round_, objection, Decision("accepted", Fraction(1), "Đúng", None, DAY))
    with pytest.raises(RoundError, match="is over, and no indicators"):
        take_indicators(session, round_, by=None, today=DAY)
    round_.state = "appraisal"
    session.flush()
    write_score(session, place_of(round_, agencies["B"].id, "1.1"), Entry(Fraction("0.1"), "appraisal", "", None, DAY))
    taken = take_indicators(session, round_, by=None, today=DAY)
    assert (taken.written, [(one.code, code) for one, code in taken.kept]) == (2, [("A", "1.1")])
    score = find_score(session, place)
    assert score is not None
    assert (score.points, score.stage) == (5, "decision")

    # Another maximum of a leaf that a survey of others brings: its interval is counted anew with it.
    content = deepcopy(content) | {"edition": "2", "maximum": "24"}
    content["areas"][0]["maximum"] = "14"
    content["areas"][0]["criteria"][0]["maximum"] = "6"
    content["areas"][0]["criteria"][1]["maximum"] = "8"
    other = save_rubric(session, content, agency_id=agencies["P"].id)
    publish_rubric(session, other, today=DAY)
    assert change_rubric(session, round_, other, by=None, today=DAY) == []
    score = find_score(session, place_of(round_, agencies["A"].id, "1.2"))
    assert score is not None
    assert score.basis is not None
    told = {key: score.basis["other"][key] for key in ("points", "low", "high")}
    assert told == pytest.approx({"points": 6.8, "low": 6.4, "high": 7.2})
    assert take_indicators(session, round_, by=None, today=DAY).kept == taken.kept
