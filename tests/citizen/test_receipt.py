from __future__ import annotations

import gzip
import re
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_phone import Phone
from citizen_world import World
from survey.models.accounts import Official
from survey.models.identifiers import local_today
from survey.models.responses import Exclusion, Response, WithdrawalCount
from survey.models.tallies import FoldMark
from survey.services.improvements import write_improvement

TODAY = local_today()


@pytest.fixture
def receipt(phone: Phone, world: World) -> str:
    """Give the path of the receipt of an answer."""
    response = phone.send(world.choice_code, phone.open(world.choice_code), a1="1", o="2", service="2.001")
    return response.location.partition("?")[0]


def age(session: Session, *, days: int) -> None:
    """Let all answers have come some days ago."""
    session.rollback()
    session.execute(update(Response).values(answered_on=TODAY - timedelta(days=days)))
    session.commit()


def test_the_receipt_thanks_and_shows_its_code(client: FlaskClient, receipt: str) -> None:
    response = client.get(receipt)
    assert response.status_code == 200
    code = receipt.rpartition("/")[2]
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in response.text
    assert "Cảm ơn" in response.text
    assert f"{TODAY + timedelta(days=1):%d/%m/%Y}" in response.text


def test_every_address_on_the_receipt_opens(client: FlaskClient, receipt: str) -> None:
    addresses = re.findall(r'<a[^>]+href="([^"]+)"', client.get(receipt).text)
    assert addresses
    assert [client.get(urljoin(receipt, address)).status_code for address in addresses] == [200] * len(addresses)


def test_the_receipt_shows_nothing_that_was_answered(client: FlaskClient, receipt: str) -> None:
    text = client.get(f"{receipt}?lang=en").text.partition("</style>")[2]
    for word in ("issatisfied", "Neutral", "Cấp giấy phép", "Xây dựng", "checked"):
        assert word not in text


def test_a_receipt_is_read_in_any_case_with_or_without_dashes(client: FlaskClient, receipt: str) -> None:
    path, _, code = receipt.rpartition("/")
    assert client.get(f"{path}/{code[:4].lower()}-{code[4:8]}-{code[8:]}").status_code == 200


@pytest.mark.parametrize("path", ["/R/{code}/AAAAAAAAAAAA", "/R/{code}/x", "/R/ABC/AAAAAAAAAAAA", "/R/{code}/%00"])
def test_a_receipt_that_is_none_is_not_found(client: FlaskClient, world: World, path: str) -> None:
    for address in (path, f"{path}/withdraw"):
        response = client.get(address.format(code=world.code))
        assert response.status_code == 404
        assert 'name="receipt"' in response.text
    assert client.post(f"{path.format(code=world.code)}/withdraw").status_code == 404


def test_a_receipt_of_another_counter_is_not_found(client: FlaskClient, world: World, receipt: str) -> None:
    assert client.get(f"/R/{world.code}/{receipt.rpartition('/')[2]}").status_code == 404


def test_the_box_leads_to_the_receipt(client: FlaskClient, world: World, receipt: str) -> None:
    assert client.get("/R").status_code == 200
    code = receipt.rpartition("/")[2]
    response = client.get(f"/R?code={world.choice_code}&receipt={code}&lang=en")
    assert (response.status_code, response.location) == (303, f"{receipt}?lang=en")
    assert client.get("/R?code=x&receipt=y").status_code == 400


def test_withdrawing_asks_first_and_then_erases(
    client: FlaskClient, phone: Phone, session: Session, world: World, receipt: str
) -> None:
    asked = client.get(f"{receipt}/withdraw")
    assert asked.status_code == 200
    assert len(phone.stored()) == 1
    done = client.post(f"{receipt}/withdraw")
    assert done.status_code == 200
    assert "Đã rút lại phiếu" in done.text
    assert phone.stored() == []
    [count] = session.scalars(select(WithdrawalCount)).all()
    assert (count.agency_id, count.wave_id, count.month, count.count) == (
        world.department.id,
        world.wave.id,
        f"{TODAY:%Y-%m}",
        1,
    )
    assert client.get(receipt).status_code == 404
    assert client.post(f"{receipt}/withdraw").status_code == 404


def test_withdrawals_are_counted_up(client: FlaskClient, phone: Phone, session: Session, world: World) -> None:
    for _ in range(2):
        sent = phone.send(world.code, phone.open(world.code), a1="5")
        client.post(f"{sent.location.partition('?')[0]}/withdraw")
    session.rollback()
    assert session.scalars(select(WithdrawalCount.count)).all() == [2]


def test_the_next_day_is_still_in_time(client: FlaskClient, phone: Phone, session: Session, receipt: str) -> None:
    age(session, days=1)
    assert "Rút lại phiếu này" in client.get(receipt).text
    assert client.post(f"{receipt}/withdraw").status_code == 200
    assert phone.stored() == []


def test_after_the_next_day_the_answer_stays(client: FlaskClient, phone: Phone, session: Session, receipt: str) -> None:
    age(session, days=2)
    page = client.get(receipt)
    assert page.status_code == 200
    assert "Thời hạn rút lại đã hết" in page.text
    assert "/withdraw" not in page.text
    assert client.get(f"{receipt}/withdraw").status_code == 410
    assert client.post(f"{receipt}/withdraw").status_code == 410
    assert len(phone.stored()) == 1


@pytest.mark.parametrize("path", ["", "/withdraw"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused_in_words(client: FlaskClient, receipt: str, path: str, method: str) -> None:
    if (path, method) == ("/withdraw", "POST"):
        return
    response = client.open(f"{receipt}{path}", method=method)
    assert response.status_code == 405
    assert "mã ở quầy" in response.text


def test_it_says_whether_the_answer_is_stored_counted_or_excluded(
    client: FlaskClient, session: Session, receipt: str
) -> None:
    assert "sẽ được tính vào kết quả sau ngày" in client.get(receipt).text
    session.rollback()
    response = session.scalars(select(Response)).one()
    mark = {"agency_id": response.agency_id, "wave_id": response.wave_id, "dimension": "agency", "member": ""}
    session.add(FoldMark(**mark, folded_until=TODAY, n=10))
    session.commit()
    assert "đã được tính vào kết quả" in client.get(receipt).text
    excluded = {"rule": "test", "reason": "Thử", "excluded_on": TODAY}
    session.add(Exclusion(agency_id=response.agency_id, response_id=response.id, **excluded))
    session.commit()
    assert "không được tính vào kết quả, theo một quy tắc" in client.get(receipt).text
    assert "is not counted" in client.get(f"{receipt}?lang=en").text


def test_it_names_where_the_results_can_be_read(client: FlaskClient, phone: Phone, world: World, receipt: str) -> None:
    plain = phone.send(world.code, phone.open(world.code), a1="1").location
    assert 'href="/ket-qua/X1"' in client.get(plain).text
    assert client.get("/ket-qua/X1").status_code == 200

    # This counter takes in cases of two agencies: to name one of them would tell which service was chosen.
    page = client.get(receipt).text
    assert 'href="/ket-qua"' in page
    assert "/ket-qua</a>" in page
    assert client.get("/ket-qua").status_code == 200


def test_it_shows_as_text_what_the_agency_changed(
    client: FlaskClient, session: Session, world: World, receipt: str
) -> None:
    assert "Đã thay đổi nhờ" not in client.get(receipt).text
    session.rollback()
    official = Official(email="a@b.example", name="A", password=None, fs_uniquifier="1")
    session.add(official)
    session.flush()
    write_improvement(session, world.commune, text="Thêm <b>ghế</b>", text_en="More seats", by=official.id, today=TODAY)
    session.commit()
    page = client.get(receipt).text
    assert "Thêm &lt;b&gt;ghế&lt;/b&gt;" in page
    assert f"{TODAY:%d/%m/%Y}" in page
    assert "More seats" in client.get(f"{receipt}?lang=en").text
    assert len(gzip.compress(client.get(receipt).data)) < 4096


def test_what_the_owner_of_the_counter_changed_is_said_in_its_name(
    client: FlaskClient, phone: Phone, session: Session, world: World
) -> None:
    session.rollback()
    official = Official(email="a@b.example", name="A", password=None, fs_uniquifier="1")
    session.add(official)
    world.plain.serves_agency_id = world.department.id
    session.flush()
    write_improvement(session, world.commune, text="Thêm ghế", text_en="", by=official.id, today=TODAY)
    session.commit()
    page = client.get(phone.send(world.code, phone.open(world.code), a1="1").location).text
    assert "<p>Thêm ghế</p>" in page
    assert f"UBND phường Hoa Sữa, ngày {TODAY:%d/%m/%Y}" in page
