from __future__ import annotations

from datetime import date
from uuid import UUID

import flask
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from small_world import DAY, small_world
from survey.db import db
from survey.models.responses import Response, WithdrawalCount
from survey.services import withdrawals
from survey.services.withdrawals import Withdrawal, withdraw_response


def withdraw(session: Session, agency_id: UUID, key_hash: str, today: date = DAY) -> Withdrawal:
    return withdraw_response(session, agency_ids=[agency_id], key_hash=key_hash, today=today)


def test_an_official_erases_what_was_entered_and_not_what_a_citizen_sent(session: Session) -> None:
    world = small_world(session)
    world.answer("A", [5, 5, 5, 5])
    agency_id = world.agencies["A"].id
    response = session.scalars(select(Response).where(Response.agency_id == agency_id)).one()
    erase = {"agency_ids": [agency_id], "key_hash": response.key_hash, "today": DAY, "is_correction": True}

    assert response.channel == "qr"
    assert withdraw_response(session, **erase) is Withdrawal.NOT_FOUND
    response.channel = "assisted"
    session.flush()
    assert withdraw_response(session, **erase) is Withdrawal.DONE


def test_a_withdrawal_that_overtakes_another_is_counted_once(
    app: flask.Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: who comes second reads when the first is done")
    world = small_world(session)
    world.answer("A", [5, 5, 5, 5])
    agency_id = world.agencies["A"].id
    key_hash = session.scalars(select(Response.key_hash).where(Response.agency_id == agency_id)).one()
    session.commit()
    lock_mark = withdrawals.lock_mark

    def overtaken(slower: Session, **of: UUID) -> None:
        monkeypatch.setattr(withdrawals, "lock_mark", lock_mark)
        with app.app_context(), Session(db.engine) as faster:
            assert withdraw(faster, agency_id, key_hash) is Withdrawal.DONE
            faster.commit()
        lock_mark(slower, **of)

    monkeypatch.setattr(withdrawals, "lock_mark", overtaken)
    assert withdraw(session, agency_id, key_hash) is Withdrawal.NOT_FOUND
    assert session.scalar(select(func.sum(WithdrawalCount.count)).where(WithdrawalCount.agency_id == agency_id)) == 1
