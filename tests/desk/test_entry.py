from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.paper import InvalidSheet, PaperSeries
from survey.models.responses import Response
from survey.queries.paper import count_returns
from survey.queries.responses import sum_erased
from survey.services.agencies import add_service_point
from survey.services.paper import PaperOrder, print_series, sheet_number

TODAY = local_today()


@pytest.fixture
def series(session: Session, province: Province) -> PaperSeries:
    """Give ten printed sheets of the open wave, for any counter of the commune."""
    wave, commune = session.get_one(Wave, province.open), session.get_one(Agency, province.commune)
    order = PaperOrder(wave, commune, None, wave.questionnaire_edition_id, "vi", 10)
    made = print_series(session, order=order, by=None, today=TODAY)
    session.commit()
    return made


def send(client: FlaskClient, province: Province, *, channel: str = "paper", **fields: str) -> TestResponse:
    address = f"/desk/agencies/{province.commune}/entry?wave={province.open}&counter={province.counter}"
    return client.post(f"{address}&channel={channel}", data={"_act": "store", "_day": f"{TODAY}", **fields})


def entered(session: Session, province: Province) -> list[Response]:
    session.rollback()
    return list(
        session.scalars(
            select(Response).where(Response.agency_id == province.commune, Response.wave_id == province.open)
        )
    )


def number(series: PaperSeries, at: int = 1) -> str:
    return sheet_number(series.wave.code, at)


def test_a_sheet_is_stored_with_its_channel_and_its_day(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    client = sign_in("xa")
    day = max(TODAY - timedelta(days=3), series.wave.opens_on)
    response = send(client, province, _sheet=number(series), _day=f"{day}", a1="5", b1="0", o="2")

    assert response.status_code == 303
    [stored] = entered(session, province)
    assert (stored.channel, stored.answered_on, stored.answers) == ("paper", day, {"a1": 5, "b1": 0, "o": 2})
    page = client.get(response.location).text
    assert f"Đã lưu tờ {number(series)}. Đến nay: 1 tờ hợp lệ, thu về 1 trên 10 tờ đã in. Mã biên nhận: " in page
    assert f'value="{day:%d/%m/%Y}"' in page
    assert not re.search(r'name="(a1|b1|o)" value="[0-9]', page)


def test_the_same_sheet_entered_twice_is_one_answer_and_says_so(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    client = sign_in("xa")
    send(client, province, _sheet=number(series), a1="5")
    again = send(client, province, _sheet="00001-" + number(series)[-1].lower(), a1="1")

    assert again.status_code == 422
    assert "đã được nhập từ trước" in again.text
    assert [one.answers for one in entered(session, province)] == [{"a1": 5}]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"_sheet": " ", "a1": "5"}, "Chưa ghi số tờ"),
        ({"_sheet": "00001-?", "a1": "5"}, "không đúng của đợt"),
        ({"_sheet": "\x00\u202e1", "a1": "5"}, "“1” không đúng của đợt"),
        ({"_sheet": "unprinted", "a1": "5"}, "chưa từng được in"),
        ({"a1": "9"}, "Câu “Tiếp cận: chỉ dẫn, chỗ ngồi, thiết bị” có số không hợp lệ"),
        ({}, "Chưa có mức nào"),
        ({"a1": "5", "zz": "1"}, "không thuộc lựa chọn nào"),
        ({"a1": "5", "_day": f"{TODAY + timedelta(days=1)}"}, f"muộn nhất là hôm nay, {TODAY:%d/%m/%Y}"),
        ({"a1": "5", "_day": "1999-01-01"}, "phải trong đợt"),
        ({"a1": "5", "_day": "x"}, "còn ở tương lai"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_kept_in_the_boxes(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries, fields: dict[str, str], said: str
) -> None:
    if fields.get("_sheet") == "unprinted":
        fields = {**fields, "_sheet": number(series, 11)}
    response = send(sign_in("xa"), province, **{"_sheet": number(series), **fields})

    assert response.status_code == 422
    assert said in response.text
    # Exactly one box is where to go on; of a wrong digit it is that digit's own.
    [box] = re.findall(r"<(?:input|textarea)[^>]* autofocus", response.text)
    assert ("aria-invalid" in box and 'id="q-a1"' in box) or fields.get("a1") != "9"
    assert entered(session, province) == []


def test_a_sheet_of_another_agency_is_not_entered_here(sign_in: SignIn, province: Province, session: Session) -> None:
    wave, health = session.get_one(Wave, province.open), session.get_one(Agency, province.health)
    add_service_point(session, agency=health, name="Quầy một cửa", today=TODAY)
    foreign = print_series(
        session, order=PaperOrder(wave, health, None, wave.questionnaire_edition_id, "vi", 1), by=None, today=TODAY
    )
    session.commit()

    for act in ("store", "invalid"):
        response = send(sign_in("xa"), province, _act=act, _sheet=number(foreign, foreign.first_number), a1="5")

        assert response.status_code == 422
        assert "in cho quầy hoặc cơ quan khác" in response.text
    assert entered(session, province) == []


def test_an_assisted_answer_counts_once_however_often_it_is_sent(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client = sign_in("xa")
    page = client.get(
        f"/desk/agencies/{province.commune}/entry?wave={province.open}&counter={province.counter}&channel=assisted"
    ).text
    [key] = re.findall(r'name="_key" value="([^"]+)"', page)
    first = send(client, province, channel="assisted", _key=key, _language="en", a1="3")
    second = send(client, province, channel="assisted", _key=key, a1="1")

    assert (first.status_code, second.status_code) == (303, 422)
    [stored] = entered(session, province)
    assert (stored.channel, stored.language, stored.answers) == ("assisted", "en", {"a1": 3})
    assert send(client, province, channel="assisted", _key="x", a1="3").status_code == 422


def test_what_was_entered_by_mistake_is_erased_by_sheet_or_receipt_until_the_next_day(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    client = sign_in("xa")
    day = max(TODAY - timedelta(days=10), series.wave.opens_on)
    send(client, province, _sheet=number(series), _day=f"{day}", a1="5")
    erased = send(client, province, _act="withdraw", _wrong=number(series))
    assert "hãy để trống ô góp ý" in client.get(erased.location).text
    assert "Chưa ghi số tờ hoặc mã biên nhận" in send(client, province, _act="withdraw").text
    assert entered(session, province) == []
    saved = send(client, province, _sheet=number(series), _day=f"{day}", a1="4")
    receipt = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", client.get(saved.location).text)
    assert receipt
    assert send(client, province, _act="withdraw", _wrong=receipt[0]).status_code == 303
    assert entered(session, province) == []
    assert send(client, province, _act="withdraw", _wrong=receipt[0]).status_code == 422
    # No citizen took anything back.
    gone = sum_erased(session, wave_ids=[series.wave_id], agency_ids=[province.commune])
    assert (gone.withdrawn, gone.corrected) == (0, 2)


def test_a_sheet_number_as_long_as_a_receipt_is_still_a_sheet_number(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    series.wave.code = "SM-2026"
    session.commit()
    client, typed = sign_in("xa"), number(series)
    assert len(typed.replace("-", "")) == 12
    send(client, province, _sheet=typed, a1="5")
    assert send(client, province, _act="withdraw", _wrong=typed).status_code == 303
    assert entered(session, province) == []


def test_a_sheet_that_cannot_be_read_counts_as_returned_until_it_is_read_after_all(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    client = sign_in("xa")
    send(client, province, _sheet=number(series, 1), a1="5")
    for _ in range(2):
        send(client, province, _act="invalid", _sheet=number(series, 2))
    session.rollback()
    owners = [province.commune]
    found = count_returns(session, wave_id=province.open, agency_ids=owners, owners=owners)
    assert (found.issued, found.returned, found.valid) == (10, 2, 1)
    send(client, province, _sheet=number(series, 2), a1="5")
    session.rollback()
    assert session.scalars(select(InvalidSheet)).all() == []


def test_a_sheet_of_a_folded_day_counts_on_the_first_day_that_is_not(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    from survey.models.tallies import FoldMark  # noqa: PLC0415  only here

    folded = TODAY - timedelta(days=4)
    mark = {"agency_id": province.commune, "wave_id": province.open, "dimension": "agency", "member": ""}
    session.add(FoldMark(**mark, folded_until=folded, n=0))
    session.commit()
    send(sign_in("xa"), province, _sheet=number(series), _day=f"{folded - timedelta(days=1)}", a1="5")
    [stored] = entered(session, province)
    assert stored.answered_on == folded + timedelta(days=1)


def test_after_seven_days_nothing_more_is_entered(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries
) -> None:
    closed_on = TODAY - timedelta(days=8)
    session.execute(update(Wave).where(Wave.id == province.open).values(state="closed", closed_on=closed_on))
    session.commit()
    response = send(sign_in("xa"), province, _sheet=number(series), _day=f"{closed_on}", a1="5")
    assert response.status_code == 422
    assert "Đã quá 7 ngày" in response.text


@pytest.mark.parametrize("name", ["xem", "kiemtra", "yte", "khong"])
def test_only_who_manages_the_agency_enters_answers(
    sign_in: SignIn, province: Province, session: Session, series: PaperSeries, name: str
) -> None:
    assert send(sign_in(name), province, _sheet=number(series), a1="5").status_code == 404
    assert entered(session, province) == []
