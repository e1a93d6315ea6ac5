"""Two officials at once, each on a connection of his own: the second is told, nothing is lost and nothing is double."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID, uuid4

import flask
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from index_world import AFTER, CONTENT, DAY, a_round
from small_world import small_world
from survey.db import db
from survey.jobs.index_decision import decide_round
from survey.models.index_rounds import IndexResult, IndexRound
from survey.models.index_scores import IndexEvidence, IndexObjection, IndexScoreChange
from survey.services.errors import RoundError
from survey.services.index_evidence import add_evidence
from survey.services.index_ledger import Judgement, Place, find_score, place_of
from survey.services.index_objections import Decision, decide_objection, object_to
from survey.services.index_participants import take_out
from survey.services.index_rounds import move_round
from survey.services.index_scoring import appraise, self_assess, submit_self_assessment
from survey.services.rubrics import publish_rubric, save_rubric

ONE, TWO = uuid4(), uuid4()
Act = Callable[[Session, Place], object]


class Meeting:
    """A round in which two officials press their buttons at the same moment."""

    def __init__(self, engine: Engine, round_id: UUID, agency_id: UUID) -> None:
        # As the pages do: on SQLite a writer asks for the lock before he reads.
        self.engine = engine.execution_options(sqlite_begin="IMMEDIATE")
        self.round_id, self.agency_id = round_id, agency_id

    def at(self, stage: str) -> None:
        with Session(self.engine) as session:
            session.get_one(IndexRound, self.round_id).state = stage
            session.commit()

    def do(self, act: Act) -> object:
        with Session(self.engine) as session:
            found = act(session, place_of(session.get_one(IndexRound, self.round_id), self.agency_id, "1.1"))
            session.commit()
            return found

    def both(self, first: Act, second: Act) -> list[str]:
        """Let both begin together; return what each was told, "" where all went well, in the order of the sentences."""
        barrier = threading.Barrier(2)

        def press(act: Act) -> str:
            barrier.wait(10)
            try:
                self.do(act)
            except RoundError as refusal:
                return refusal.en
            return ""

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(press, (first, second)))

    def count(self, table: type[IndexScoreChange | IndexObjection | IndexResult]) -> int:
        with Session(self.engine) as session:
            wanted = select(func.count()).select_from(table).where(table.round_id == self.round_id)
            return session.scalar(wanted) or 0


@pytest.fixture
def meeting(app: flask.Flask, session: Session) -> Iterator[Meeting]:
    world = small_world(session)
    for code in ("D", "E", "F", "M"):
        world.add_agency(code, parent="P")
    rubric = save_rubric(session, CONTENT, agency_id=world.agencies["P"].id)
    publish_rubric(session, rubric, today=DAY)
    round_ = a_round(world, rubric, 2026, AFTER)
    found = round_.id, world.agencies["A"].id
    session.commit()
    session.close()
    with app.app_context():
        yield Meeting(db.engine, *found)


def given(points: str, by: UUID, revision: int | None = None) -> Judgement:
    return Judgement(Fraction(points), f"của {by}", by, DAY, revision=revision)


def test_of_two_who_press_at_once_the_second_is_told_and_nothing_is_lost(meeting: Meeting) -> None:
    # Two appraisers on one leaf.
    meeting.at("appraisal")
    before = meeting.count(IndexScoreChange)
    told = meeting.both(
        lambda session, place: appraise(session, place, given("4", ONE, 1)),
        lambda session, place: appraise(session, place, given("3", TWO, 1)),
    )
    assert told[0] == ""
    assert "Somebody else has just changed the points of 1.1" in told[1]
    assert meeting.count(IndexScoreChange) == before + 1

    # An appraiser against who ends the appraisal: either he was first, or he is told; never points after the stage.
    told = meeting.both(
        lambda session, place: appraise(session, place, given("2", ONE)),
        lambda session, place: move_round(session, place.round, to="objection", today=DAY),
    )
    assert told[0] == ""
    assert told[1] == "" or "this is done in: appraisal" in told[1]
    with Session(meeting.engine) as session:
        assert session.get_one(IndexRound, meeting.round_id).state == "objection"
    changes = before + 1 + (told[1] == "")
    assert meeting.count(IndexScoreChange) == changes

    # The same objection twice, then two decisions on it.
    def objected(session: Session, place: Place) -> object:
        return object_to(session, place, text="Đã gửi", points_asked=None, by=None, today=DAY)

    assert [bool(one) for one in meeting.both(objected, objected)] == [False, True]
    assert meeting.count(IndexObjection) == 1

    def decided(by: UUID, points: str) -> Act:
        def decide(session: Session, place: Place) -> object:
            objection = session.scalars(select(IndexObjection)).one()
            decision = Decision("partly", Fraction(points), "Có dấu", by, DAY)
            return decide_objection(session, place.round, objection, decision)

        return decide

    told = meeting.both(decided(ONE, "1"), decided(TWO, "1.5"))
    assert (told[0], "Somebody has decided" in told[1]) == ("", True)
    assert meeting.count(IndexScoreChange) == changes + 1

    # Deciding the round twice freezes one result.
    meeting.at("decision")

    def freeze(session: Session, place: Place) -> object:
        return decide_round(session, place.round, by=ONE, today=date(2027, 2, 1))

    # The second finds it decided by the same figures.
    assert meeting.both(freeze, freeze) == ["", ""]
    assert meeting.count(IndexResult) == 1


def test_a_file_sent_while_the_stage_ends_is_kept_or_its_sender_is_told_and_two_alike_are_both_kept(
    meeting: Meeting, tmp_path: Path
) -> None:
    def sent(session: Session, place: Place) -> object:
        return add_evidence(session, place, b"%PDF-1.7", name="a.pdf", by=ONE, today=DAY, data_dir=tmp_path)

    meeting.at("self_assessment")
    assert meeting.both(sent, sent) == ["", ""]
    told = meeting.both(sent, lambda session, place: move_round(session, place.round, to="appraisal", today=DAY))
    assert told[0] == ""
    assert told[1] == "" or "this is done in: self-assessment" in told[1]
    with Session(meeting.engine) as session:
        assert session.get_one(IndexRound, meeting.round_id).state == "appraisal"
        assert session.scalar(select(func.count()).select_from(IndexEvidence)) == 2 + (told[1] == "")


def test_who_hands_in_while_a_colleague_still_scores_takes_what_was_there_or_the_colleague_is_told(
    meeting: Meeting,
) -> None:
    meeting.at("self_assessment")
    told = meeting.both(
        lambda session, place: self_assess(session, place, given("2", ONE)),
        lambda session, place: submit_self_assessment(session, place.round, place.agency_id, by=TWO, today=DAY),
    )
    assert told[0] == ""
    assert told[1] == "" or "was handed in" in told[1]
    with Session(meeting.engine) as session:
        score = find_score(session, place_of(session.get_one(IndexRound, meeting.round_id), meeting.agency_id, "1.1"))
        assert score is not None
        assert (score.points == 2) == (told[1] == "")

    meeting.at("decision")
    told = meeting.both(
        lambda session, place: decide_round(session, place.round, by=ONE, today=DAY),
        lambda session, place: take_out(session, place.round, place.agency_id, reason="Nhầm", by=TWO, today=DAY),
    )
    assert told[0] == ""
    assert told[1] == "" or "is decided and cannot change" in told[1]
