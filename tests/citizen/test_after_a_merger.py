"""What citizens hold in their hands goes on when bodies merge: links of kiosks, and codes on result slips."""

from __future__ import annotations

from datetime import timedelta

import flask
import pytest
from sqlalchemy.orm import Session

from citizen_phone import Phone, key_in
from citizen_world import World
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.slips import SlipIssuer
from survey.services.agencies import add_agency, add_service
from survey.services.agency_changes import record_change
from survey.services.change_plan import plan_change
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.kiosks import revoke_kiosk_links
from survey.services.slip_keys import SlipKeys
from survey.services.slips import Order, SlipError, codes_of, make_batch
from survey.web.kiosk_links import KioskLink, KioskLinks

TODAY = local_today()


@pytest.fixture
def heir(session: Session, world: World) -> ChangeRequest:
    """Ask for the merger of the commune with a neighbour, from today on."""
    other = add_agency(
        session,
        code="X2",
        kind="commune",
        name="UBND xã Bên",
        valid_from=world.commune.valid_from,
        parent=world.province,
    )
    body = NewBody("X3", "UBND phường Hợp Nhất")
    bodies = (world.commune, other)
    return ChangeRequest("merge", TODAY, "NQ 1", bodies, (body,), world.province, "X3")


def kiosk(app: flask.Flask, link: KioskLink) -> str:
    links: KioskLinks = app.extensions["kiosk_links"]
    return f"/K/{links.make(link)}"


def test_kiosks_follow_their_counters_and_revoked_links_stay_revoked(
    app: flask.Flask, phone: Phone, session: Session, world: World, heir: ChangeRequest
) -> None:
    dead = kiosk(app, KioskLink("agency", world.commune.id, 60, TODAY))
    dead_at_counter = kiosk(app, KioskLink("counter", world.plain.id, 60, TODAY))
    revoke_kiosk_links(session, world.commune)
    of_agency = kiosk(app, KioskLink("agency", world.commune.id, 60, TODAY, 1))
    of_counter = kiosk(app, KioskLink("counter", world.plain.id, 60, TODAY, 1))
    record_change(session, heir, by=None, today=TODAY)
    session.commit()

    for link in (dead, dead_at_counter):
        assert phone.client.get(link).status_code == 404
        assert phone.client.get(f"{link}/{world.code}").status_code == 404
    assert "Quầy 5 – Liên thông" in phone.client.get(of_agency).text
    for link in (of_agency, of_counter):
        page = phone.client.get(f"{link}/{world.code}")
        assert phone.client.post(f"{link}/{world.code}", data={"key": key_in(page), "a1": "5"}).status_code == 200
    new = session.get_one(Agency, world.plain.agency_id)
    assert {stored.agency_id for stored in phone.stored()} == {new.id} != {world.commune.id}

    revoke_kiosk_links(session, new)
    session.commit()
    for link in (of_agency, of_counter):
        assert phone.client.get(f"{link}/{world.code}").status_code == 404


def test_slips_of_a_merged_body_are_good_at_its_heir_and_rate_it(
    app: flask.Flask, phone: Phone, session: Session, world: World, heir: ChangeRequest
) -> None:
    keys = SlipKeys(app.config["SECRET_KEY"])
    until = TODAY + timedelta(days=30)
    order = Order(world.commune, world.commune, 1, until, service=world.services[0])
    (code,) = codes_of(make_batch(session, order, keys=keys, today=TODAY), keys)
    issuer = session.get_one(SlipIssuer, world.commune.id).code
    plan = plan_change(session, heir, today=TODAY)
    assert (plan.slips, plan.lost_slips) == (1, 0)
    record_change(session, heir, by=None, today=TODAY)
    session.commit()

    assert f"/T/{world.code}" in phone.client.get(f"/Q/{world.code}").text
    assert phone.client.get(f"/T/{world.code}/{code}").location.startswith(f"/T/{issuer}/{code}")
    page = phone.client.get(f"/T/{issuer}/{code}")
    assert "UBND phường Hợp Nhất" in page.text
    case = page.text.partition('name="case" form="f" value="')[2].partition('"')[0]
    sent = phone.client.post(f"/T/{issuer}/{code}", data={"key": key_in(page), "case": case, "a1": "4"})
    assert phone.client.get(sent.location).status_code == 200
    [stored] = phone.stored()
    new = session.get_one(Agency, world.plain.agency_id)
    assert (stored.agency_id, stored.service_id) == (new.id, world.services[0].id)

    with pytest.raises(SlipError, match="ended on"):
        make_batch(session, order, keys=keys, today=TODAY)


def test_slips_whose_body_nobody_takes_over_say_that_it_asks_no_more(
    app: flask.Flask, phone: Phone, session: Session, world: World
) -> None:
    keys = SlipKeys(app.config["SECRET_KEY"])
    service = add_service(
        session, code="1.009", name="Khác", service_field=world.services[0].service_field, agency=world.department
    )
    order = Order(world.commune, world.department, 1, TODAY, service=service)
    (code,) = codes_of(make_batch(session, order, keys=keys, today=TODAY), keys)
    ends = ChangeRequest("abolish", TODAY, "QĐ 2", (world.department,))
    assert plan_change(session, ends, today=TODAY).lost_slips == 1
    record_change(session, ends, by=None, today=TODAY)
    session.commit()
    issuer = session.get_one(SlipIssuer, world.commune.id).code
    assert "Chưa đến đợt lấy ý kiến" in phone.client.get(f"/T/{issuer}/{code}").text
