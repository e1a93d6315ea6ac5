"""A body ends while its forms are out: answers reach whom they were given to, and receipts stay good."""

from __future__ import annotations

from datetime import timedelta

import flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_phone import Phone
from citizen_world import World, plan_open_wave
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.services.agency_changes import record_change
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.waves import close_wave

TODAY = local_today()


def move(session: Session, world: World) -> Agency:
    """Give the commune another code from today on, so that another body takes over its counters."""
    session.rollback()
    body = NewBody("X2", "UBND phường Hoa Sen")
    request = ChangeRequest("move", TODAY, "NQ 1", (world.commune,), (body,), world.province, "X2")
    record_change(session, request, by=None, today=TODAY)
    session.commit()
    return session.scalars(select(Agency).where(Agency.code == "X2")).one()


def test_posters_go_on_for_the_new_body_and_old_receipts_stay_good(
    phone: Phone, client: FlaskClient, session: Session, world: World
) -> None:
    key = phone.open(world.code)
    receipt = phone.send(world.code, key, a1="5").location.partition("?")[0]
    new = move(session, world)
    assert client.get(receipt).status_code == 200
    assert client.get(f"{receipt}/withdraw").status_code == 200
    # The same form again is the same answer, though its counter is another body's now.
    assert phone.send(world.code, key, a1="5").location.partition("?")[0] == receipt
    phone.send(world.code, phone.open(world.code), a1="4")
    assert {stored.agency_id for stored in phone.stored()} == {world.commune.id, new.id}
    assert len(phone.stored()) == 2


def test_a_form_of_the_ended_bodys_own_wave_still_rates_that_body(
    app: flask.Flask, phone: Phone, session: Session, world: World
) -> None:
    close_wave(session, world.wave, today=TODAY - timedelta(days=1))
    own = plan_open_wave(session, world.commune, today=TODAY, code="DOT-X1")
    session.commit()
    key = app.extensions["intake"].keys.issue(service_point_id=world.plain.id, wave_id=own.id, day=TODAY)
    move(session, world)
    assert phone.send(world.code, key, a1="5").status_code == 303
    (stored,) = phone.stored()
    assert (stored.agency_id, stored.wave_id) == (world.commune.id, own.id)
