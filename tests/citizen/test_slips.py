"""The code of a result slip: proves once that somebody was served, and is linked to no answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import flask
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from citizen_phone import Phone, key_in
from citizen_world import World
from survey.citizen.guesses import MOST_OF_ALL_UNKNOWN
from survey.models.agencies import Agency, Service
from survey.models.identifiers import local_today
from survey.models.slips import SlipIssuer, TransactionCode
from survey.services.agencies import add_agency
from survey.services.intake_signal import MOST_OF_A_PHONE
from survey.services.slip_keys import SlipKeys, written_slip_code
from survey.services.slips import Order, codes_of, make_batch
from survey.services.waves import close_wave, pause_wave

ANSWERS = {"a1": "4"}
Slip = Callable[..., tuple[str, str]]


@pytest.fixture
def slip(app: flask.Flask, session: Session, world: World) -> Slip:
    """Give a function that makes one slip of the commune and returns the issuer's code and the slip's."""

    def make(
        *, deciding: Agency | None = None, service: Service | None = None, issuer: Agency | None = None, days: int = 30
    ) -> tuple[str, str]:
        issuer = session.merge(issuer or world.commune)
        today = local_today()
        keys = SlipKeys(app.config["SECRET_KEY"])
        made_on = today + timedelta(days=min(days, 0) - 1)
        order = Order(
            issuer=issuer,
            deciding=session.merge(deciding or world.commune),
            service=service,
            count=1,
            expires_on=today + timedelta(days=days),
        )
        batch = make_batch(session, order, keys=keys, today=made_on)
        (code,) = codes_of(batch, keys)
        session.commit()
        return session.get_one(SlipIssuer, issuer.id).code, code

    return make


def send(phone: Phone, page: TestResponse, address: str, **changes: str) -> TestResponse:
    """Send the form that a page shows, answered."""
    case = page.text.partition('name="case" form="f" value="')[2].partition('"')[0]
    return phone.client.post(address, data={"key": key_in(page), "case": case, **ANSWERS, **changes})


def open_codes(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(TransactionCode)).one()


def test_an_answer_with_a_code_is_verified_and_uses_it_up(
    phone: Phone, session: Session, slip: Slip, world: World
) -> None:
    office, code = slip(deciding=world.department, service=world.services[2])
    page = phone.client.get(f"/T/{office}/{code}")
    assert page.status_code == 200
    assert "Sở Xây dựng" in page.text
    assert "Cấp giấy phép xây dựng" in page.text
    sent = send(phone, page, f"/T/{office}/{code}")
    assert sent.status_code == 303
    (stored,) = phone.stored()
    assert (stored.agency_id, stored.received_by_agency_id) == (world.department.id, world.commune.id)
    assert (stored.verified, stored.channel, stored.service_point_id) == (True, "transaction", None)
    assert stored.service_id == world.services[2].id
    assert open_codes(session) == 0
    thanks = phone.client.get(sent.location)
    assert thanks.status_code == 200
    assert "/withdraw" in thanks.text


def test_the_receipt_of_a_slip_takes_the_answer_back(phone: Phone, slip: Slip, world: World) -> None:
    office, code = slip(deciding=world.department)
    sent = send(phone, phone.client.get(f"/T/{office}/{code}"), f"/T/{office}/{code}")
    path = sent.location.partition("?")[0]
    assert phone.client.post(f"{path}/withdraw").status_code == 200
    assert phone.stored() == []


def test_the_same_form_sent_twice_counts_once_and_shows_the_same_receipt(phone: Phone, slip: Slip) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    first, second = (send(phone, page, f"/T/{office}/{code}") for _ in range(2))
    assert second.location == f"{first.location}&again=1"
    assert [stored.verified for stored in phone.stored()] == [True]


def test_a_second_phone_is_told_and_may_send_without_the_code(phone: Phone, slip: Slip) -> None:
    office, code = slip()
    address = f"/T/{office}/{code}"
    pages = [phone.client.get(address), phone.client.get(address)]
    assert send(phone, pages[0], address).status_code == 303
    refused = send(phone, pages[1], address, comment="Cảm ơn chị Hoa")
    assert refused.status_code == 409
    assert "đã được dùng" in refused.text
    assert "Cảm ơn chị Hoa" in refused.text
    assert f'action="/T/{office}?' in refused.text
    assert len(phone.stored()) == 1
    assert send(phone, refused, f"/T/{office}").status_code == 303
    assert sorted(stored.verified for stored in phone.stored()) == [False, True]


def test_one_unused_slip_that_opens_form_after_form_is_flagged(phone: Phone, slip: Slip) -> None:
    phone.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    issuer, code = slip()
    forms = [phone.client.get(f"/T/{issuer}/{code}") for _ in range(MOST_OF_A_PHONE + 2)]

    for form in forms:
        assert send(phone, form, f"/T/{issuer}").status_code == 303

    assert sorted(answer.burst for answer in phone.stored()) == [False] * MOST_OF_A_PHONE + [True] * 2


def test_two_phones_at_the_same_moment_store_one_verified_answer(
    app: flask.Flask, phone: Phone, session: Session, slip: Slip
) -> None:
    office, code = slip()
    address = f"/T/{office}/{code}"
    pages = [phone.client.get(address) for _ in range(6)]
    found: list[int] = []

    def send_one(page: TestResponse) -> None:
        found.append(send(Phone(app.test_client(), session), page, address).status_code)

    threads = [threading.Thread(target=send_one, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [303, 409, 409, 409, 409, 409]
    assert [stored.verified for stored in phone.stored()] == [True]
    assert open_codes(session) == 0


def test_a_used_code_opens_no_form_and_leads_on(phone: Phone, slip: Slip, world: World) -> None:
    office, code = slip()
    send(phone, phone.client.get(f"/T/{office}/{code}"), f"/T/{office}/{code}")
    page = phone.client.get(f"/T/{office}/{code}")
    assert page.status_code == 404
    assert code in page.text
    assert f'href="/Q/{world.code}?' in page.text


def test_an_expired_slip_opens_no_form(phone: Phone, slip: Slip) -> None:
    office, code = slip(days=-1)
    assert phone.client.get(f"/T/{office}/{code}").status_code == 404


def test_a_slip_is_good_through_its_last_day(phone: Phone, slip: Slip) -> None:
    office, code = slip(days=0)
    assert phone.client.get(f"/T/{office}/{code}").status_code == 200


def test_a_code_of_another_agency_opens_no_form(phone: Phone, slip: Slip, world: World) -> None:
    office, _ = slip()
    _, foreign = slip(issuer=world.department, deciding=world.department)
    assert phone.client.get(f"/T/{office}/{foreign}").status_code == 404


def test_a_slip_changed_to_rate_another_agency_is_not_taken(phone: Phone, slip: Slip, world: World) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    changed = send(phone, page, f"/T/{office}/{code}", case=world.department.id.hex)
    assert changed.status_code == 400
    assert phone.stored() == []


@pytest.mark.parametrize("case", ["", "x" * 32, "0" * 31, "0" * 96, "\u0663" * 32, "{" * 64])
def test_a_broken_case_is_a_new_form_with_what_was_chosen(phone: Phone, slip: Slip, case: str) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    again = send(phone, page, f"/T/{office}/{code}", case=case, comment="Vẫn còn đây")
    assert again.status_code == 400
    assert "Vẫn còn đây" in again.text
    assert phone.stored() == []


def test_the_key_of_one_slip_sends_no_other_one(phone: Phone, session: Session, slip: Slip, world: World) -> None:
    office, code = slip()
    other_office, other = slip(issuer=world.department, deciding=world.department)
    page = phone.client.get(f"/T/{office}/{code}")
    assert send(phone, page, f"/T/{other_office}/{other}").status_code == 400
    assert open_codes(session) == 2


def test_a_code_of_another_service_opens_its_own_form_with_what_was_chosen(
    phone: Phone, session: Session, slip: Slip, world: World
) -> None:
    birth, marriage = (session.merge(service) for service in world.services[:2])
    office, of_birth = slip(service=birth)
    _, of_marriage = slip(service=marriage)
    page = phone.client.get(f"/T/{office}/{of_birth}")

    again = send(phone, page, f"/T/{office}/{of_marriage}", comment="Vẫn còn đây")

    assert again.status_code == 400
    assert marriage.name in again.text
    assert "Vẫn còn đây" in again.text
    assert (phone.stored(), open_codes(session)) == ([], 2)
    assert send(phone, again, f"/T/{office}/{of_marriage}").status_code == 303
    (answer,) = phone.stored()
    assert (answer.service_id, answer.verified, open_codes(session)) == (marriage.id, True, 1)


def test_a_code_is_read_in_any_case_and_grouping(phone: Phone, slip: Slip) -> None:
    office, code = slip()
    typed = written_slip_code(code).lower()
    found = phone.client.get(f"/T/{office}", query_string={"code": typed})
    assert found.location.partition("?")[0] == f"/T/{office}/{code}"
    assert phone.client.get(f"/t/{office.lower()}/{code.lower()}").location.startswith(f"/T/{office}/{code}")


def test_a_mistyped_code_stays_in_the_box(phone: Phone, slip: Slip) -> None:
    office, _ = slip()
    page = phone.client.get(f"/T/{office}", query_string={"code": "ABC-12"})
    assert page.status_code == 404
    assert 'value="ABC-12"' in page.text


def test_a_code_typed_at_a_counter_is_found_with_the_counters_agency(phone: Phone, slip: Slip, world: World) -> None:
    office, code = slip()
    assert phone.client.get(f"/T/{world.code}").status_code == 200
    found = phone.client.get(f"/T/{world.code}/{code}")
    assert found.location.startswith(f"/T/{office}/{code}")


@pytest.mark.parametrize("issuer", ["commune", "province"])
def test_the_form_of_a_counter_leads_to_the_box_once_slips_are_handed_out(
    phone: Phone, slip: Slip, world: World, issuer: str
) -> None:
    link = f'href="/T/{world.code}?lang=en">I have a code on my result slip</a>'
    assert "/T/" not in phone.client.get(f"/Q/{world.code}?lang=en").text
    slip(issuer=world.department)
    assert "/T/" not in phone.client.get(f"/Q/{world.code}?lang=en").text
    office, code = slip(issuer=getattr(world, issuer))
    assert link in phone.client.get(f"/Q/{world.code}?lang=en").text
    assert "I have a code" not in phone.client.get(f"/T/{office}/{code}?lang=en").text


def test_slips_of_the_agency_above_are_found_at_a_counter_too(phone: Phone, slip: Slip, world: World) -> None:
    _, code = slip(issuer=world.province)
    assert phone.client.get(f"/T/{world.code}/{code}").status_code == 303


def test_an_address_of_nobody_leads_to_the_box_of_counters(phone: Phone, world: World) -> None:
    for address in ("/T/WRONG", f"/T/{world.code[:-1]}*", "/T/%F0%9F%92%A9"):
        assert phone.client.get(address).status_code == 404


def test_the_code_of_an_office_typed_as_a_counters_leads_to_its_box(phone: Phone, slip: Slip) -> None:
    office, _ = slip()
    assert phone.client.get(f"/Q/{office}").location.startswith(f"/T/{office}")


def test_after_many_wrong_codes_no_code_is_looked_at(phone: Phone, session: Session, slip: Slip) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    for _ in range(MOST_OF_ALL_UNKNOWN):
        phone.client.application.extensions["citizens"].extensions["slips"]._guesses.note_wrong("", today=local_today())
    waiting = phone.client.get(f"/T/{office}/{code}")
    assert waiting.status_code == 429
    assert waiting.headers["Retry-After"]
    refused = send(phone, page, f"/T/{office}/{code}")
    assert refused.status_code == 429
    assert open_codes(session) == 1
    assert send(phone, refused, f"/T/{office}").status_code == 303
    assert [stored.verified for stored in phone.stored()] == [False]


def test_a_form_without_a_rating_is_shown_again_and_the_code_stays_good(
    phone: Phone, session: Session, slip: Slip
) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    again = send(phone, page, f"/T/{office}/{code}", a1="", comment="Chưa chấm")
    assert again.status_code == 400
    assert "Chưa chấm" in again.text
    assert open_codes(session) == 1
    assert send(phone, again, f"/T/{office}/{code}").status_code == 303


def test_while_no_wave_is_open_the_code_is_kept(phone: Phone, session: Session, slip: Slip, world: World) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    pause_wave(session, session.merge(world.wave))
    session.commit()
    assert phone.client.get(f"/T/{office}/{code}").status_code == 404
    assert send(phone, page, f"/T/{office}/{code}").status_code == 409
    assert open_codes(session) == 1


def test_a_form_handed_out_before_the_wave_closed_still_counts(
    phone: Phone, session: Session, slip: Slip, world: World
) -> None:
    office, code = slip()
    page = phone.client.get(f"/T/{office}/{code}")
    close_wave(session, session.merge(world.wave), today=local_today())
    session.commit()
    assert send(phone, page, f"/T/{office}/{code}").status_code == 303


def test_an_agency_outside_every_wave_has_no_form(phone: Phone, session: Session, slip: Slip) -> None:
    elsewhere = add_agency(session, code="K1", kind="province", name="Tỉnh khác", valid_from=local_today())
    session.commit()
    office, code = slip(issuer=elsewhere, deciding=elsewhere)
    assert phone.client.get(f"/T/{office}/{code}").status_code == 404


def test_nothing_links_an_answer_to_its_code(phone: Phone, session: Session, slip: Slip) -> None:
    office, code = slip()
    send(phone, phone.client.get(f"/T/{office}/{code}"), f"/T/{office}/{code}")
    (stored,) = phone.stored()
    row = " ".join(str(getattr(stored, column.key)) for column in stored.__table__.columns)
    assert code not in row
    session.rollback()
    assert session.scalars(select(TransactionCode)).all() == []
