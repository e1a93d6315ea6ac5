from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_world import World, make_world
from survey.models.responses import Comment, Exclusion, IntakeMeter, Response, WithdrawalCount
from survey.models.tallies import FoldMark
from survey.services.responses import NewResponse, Outcome, store_response, store_responses
from survey.services.withdrawals import Withdrawal, withdraw_response

DAY = date(2026, 11, 21)
STORED, DUPLICATE = Outcome.STORED, Outcome.DUPLICATE


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session, today=DAY)
    session.commit()
    return made


@pytest.fixture
def new(world: World) -> NewResponse:
    """Give an answer at the plain counter."""
    return NewResponse(
        agency_id=world.commune.id,
        wave_id=world.wave.id,
        questionnaire_edition_id=world.wave.questionnaire_edition_id,
        received_by_agency_id=world.commune.id,
        service_point_id=world.plain.id,
        answered_on=DAY,
        ten_minutes=57,
        channel="qr",
        language="vi",
        answers={"a1": 5},
        key_hash="first",
        candidate_agency_ids=(world.commune.id,),
    )


@pytest.fixture
def choice(new: NewResponse, world: World) -> NewResponse:
    """Give an answer at a counter that takes in cases of two agencies."""
    return replace(new, candidate_agency_ids=(world.commune.id, world.department.id), service_point_id=world.choice.id)


def test_a_batch_tells_for_each_answer_whether_it_is_new(session: Session, new: NewResponse) -> None:
    assert store_response(session, new) is STORED
    batch = [replace(new, key_hash=key) for key in ("second", "first", "third", "second")]
    assert store_responses(session.connection(), batch) == [STORED, DUPLICATE, STORED, DUPLICATE]
    assert sorted(session.scalars(select(Response.key_hash))) == ["first", "second", "third"]


def test_only_what_is_new_leaves_comments_and_marks_on_the_meter(session: Session, new: NewResponse) -> None:
    batch = [replace(new, key_hash=key, comment=key) for key in ("a", "b", "a")]
    store_responses(session.connection(), batch)
    store_responses(session.connection(), batch)
    assert sorted(session.scalars(select(Comment.text))) == ["a", "b"]
    [meter] = session.scalars(select(IntakeMeter)).all()
    assert (meter.count, meter.ten_minutes, meter.day) == (2, 57, DAY)


def test_an_answer_without_a_time_is_not_metered(session: Session, new: NewResponse) -> None:
    store_response(session, replace(new, ten_minutes=None))
    assert session.scalars(select(IntakeMeter)).all() == []


def test_one_form_counts_once_whichever_agency_it_rates(session: Session, world: World, choice: NewResponse) -> None:
    other = replace(choice, agency_id=world.department.id)
    assert store_responses(session.connection(), [choice, other, choice]).count(STORED) == 1
    assert store_response(session, other) is DUPLICATE
    assert store_response(session, choice) is DUPLICATE


def test_plain_answers_and_answers_with_a_choice_go_in_one_batch(
    session: Session, new: NewResponse, choice: NewResponse
) -> None:
    batch = [replace(choice, key_hash="x"), new, replace(choice, key_hash="y"), new]
    assert store_responses(session.connection(), batch).count(STORED) == 3


def test_an_empty_batch_does_nothing(session: Session) -> None:
    assert store_responses(session.connection(), []) == []


def test_an_answer_of_a_wave_that_is_not_there_is_refused_by_the_database(session: Session, new: NewResponse) -> None:
    with pytest.raises(IntegrityError):
        store_response(session, replace(new, wave_id=uuid4()))


def withdraw(session: Session, world: World, *, today: date = DAY) -> Withdrawal:
    agency_ids = [world.commune.id, world.department.id]
    return withdraw_response(session, agency_ids=agency_ids, key_hash="first", today=today)


def mark(session: Session, world: World, dimension: str, member: str, *, folded_until: date) -> None:
    session.add(
        FoldMark(
            agency_id=world.commune.id,
            wave_id=world.wave.id,
            dimension=dimension,
            member=member,
            folded_until=folded_until,
            n=10,
        )
    )
    session.flush()


def stale_scopes(session: Session) -> set[str]:
    return set(session.scalars(select(FoldMark.member).where(FoldMark.stale == 1)))


@pytest.fixture
def stored(session: Session, world: World, new: NewResponse) -> Response:
    store_response(session, replace(new, service_id=world.services[0].id))
    return session.scalars(select(Response)).one()


def test_a_withdrawn_answer_leaves_a_count_and_nothing_else(session: Session, world: World, stored: Response) -> None:
    assert stored.key_hash == "first"
    assert withdraw(session, world) is Withdrawal.DONE
    assert session.scalars(select(Response)).all() == []
    assert session.scalars(select(WithdrawalCount.count)).all() == [1]
    assert withdraw(session, world) is Withdrawal.NOT_FOUND


def test_the_time_to_withdraw_ends_with_the_next_day(session: Session, world: World, stored: Response) -> None:
    assert withdraw(session, world, today=date(2026, 11, 23)) is Withdrawal.TOO_LATE
    assert withdraw(session, world, today=date(2026, 11, 22)) is Withdrawal.DONE
    assert stored


@pytest.mark.usefixtures("stored")
def test_tallies_that_hold_the_answer_become_stale_and_no_others(session: Session, world: World) -> None:
    field = str(world.services[0].service_field_id)
    mark(session, world, "agency", "", folded_until=DAY)
    mark(session, world, "service_point", str(world.plain.id), folded_until=DAY)
    mark(session, world, "service_point", str(world.choice.id), folded_until=DAY)
    mark(session, world, "field", field, folded_until=DAY)
    mark(session, world, "language", "en", folded_until=DAY)
    mark(session, world, "language", "vi", folded_until=date(2026, 11, 20))
    withdraw(session, world)
    assert stale_scopes(session) == {"", str(world.plain.id), field}


def test_an_excluded_answer_goes_with_its_exclusion_and_marks_nothing_twice(
    session: Session, world: World, stored: Response
) -> None:
    session.add(
        Exclusion(
            agency_id=stored.agency_id,
            response_id=stored.id,
            rule="test",
            reason="thử máy",
            excluded_on=DAY,
        )
    )
    mark(session, world, "agency", "", folded_until=DAY)
    assert withdraw(session, world) is Withdrawal.DONE
    session.commit()
    assert session.scalars(select(Exclusion)).all() == []
    assert stale_scopes(session) == set()
