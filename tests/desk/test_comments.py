"""Comments on the pages: who reads, who moderates, what is taken away."""

from __future__ import annotations

import html
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.audit import AuditEntry
from survey.models.responses import Comment


def write(session: Session, agency: UUID, *texts: str, **decided: object) -> list[UUID]:
    comments = [Comment(agency_id=agency, id=uuid4(), month="2026-11", text=text, **decided) for text in texts]
    for comment in comments:
        if comment.state == "approved":
            comment.shown_text = comment.text
    session.add_all(comments)
    session.commit()
    return [comment.id for comment in comments]


def address(agency: UUID, rest: str = "/comments/moderation") -> str:
    return f"/desk/agencies/{agency}{rest}"


def approve(client: FlaskClient, agency: UUID, comment: UUID, text: str, **more: str) -> int:
    form = {"comment": str(comment), "seen": "waiting", "act": "approve", "text": text, **more}
    return client.post(address(agency), data=form).status_code


def test_what_a_moderator_above_approves_is_read_from_the_fifth_on(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    words = ["Chờ lâu", "Rất <b>tốt</b>", "Thiếu ghế", "Gọn", "Nhanh"]
    ids = write(session, province.health, *words)
    above, agency = sign_in("giamdoc"), sign_in("yte")

    for comment, text in list(zip(ids, words, strict=True))[:4]:
        assert approve(above, province.health, comment, text) == 303
    assert "Chờ lâu" not in agency.get(address(province.health, "/comments")).text
    assert "4 góp ý đã duyệt còn chờ đủ loạt" in above.get(address(province.health)).text

    assert approve(above, province.health, ids[4], words[4]) == 303
    page = agency.get(address(province.health, "/comments")).text
    assert all(html.escape(text) in page for text in words)


def test_personal_data_is_marked_and_the_mask_is_proposed(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    write(session, province.health, "Gọi 0912345678 gặp Cán bộ yte nhé")

    page = sign_in("giamdoc").get(address(province.health)).text

    assert "<mark>0912345678</mark>" in page
    # The name of the account of the agency's own survey manager.
    assert "<mark>Cán bộ yte</mark>" in page
    assert "Gọi [che] gặp [che] nhé</textarea>" in page


def test_a_refusal_keeps_what_was_typed(sign_in: SignIn, province: Province, session: Session) -> None:
    (comment,) = write(session, province.health, "Anh Nam cau có")
    client = sign_in("giamdoc")
    form = {"comment": str(comment), "seen": "waiting", "act": "approve", "text": "Anh Nam dễ mến", "reason": "nháp"}

    response = client.post(address(province.health), data=form)

    assert response.status_code == 422
    assert "không được sửa lời người dân" in response.text
    assert "Anh Nam dễ mến</textarea>" in response.text
    assert 'value="nháp"' in response.text


def test_the_second_moderator_is_told_and_sees_the_decision_and_what_he_typed(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    (comment,) = write(session, province.health, "Chờ lâu")
    assert approve(sign_in("giamdoc"), province.health, comment, "Chờ lâu") == 303

    form = {"comment": str(comment), "seen": "waiting", "act": "hide", "text": "Chờ lâu", "reason": "Trùng ý"}
    response = sign_in("phogiamdoc").post(address(province.health), data=form)

    assert response.status_code == 422
    assert "Người khác vừa duyệt góp ý này" in response.text
    assert "Đã duyệt hiện, Cán bộ giamdoc" in response.text
    assert 'value="Trùng ý"' in response.text


def test_a_hidden_comment_keeps_its_reason_for_moderators_alone(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    (comment,) = write(session, province.health, "Toàn lời thoá mạ")
    above = sign_in("giamdoc")
    form = {"comment": str(comment), "seen": "waiting", "act": "hide", "text": "", "reason": "Xúc phạm"}

    assert above.post(address(province.health), data=form).status_code == 303

    assert "Xúc phạm" in above.get(address(province.health, "/comments/moderation?state=hidden")).text
    assert "thoá mạ" not in sign_in("yte").get(address(province.health, "/comments")).text


@pytest.mark.parametrize("name", ["yte", "xem", "kiemtra", "xa", "khong"])
def test_nobody_moderates_but_who_runs_surveys_above(
    sign_in: SignIn, province: Province, session: Session, name: str
) -> None:
    (comment,) = write(session, province.health, "Chờ lâu")
    client = sign_in(name)

    assert client.get(address(province.health)).status_code == 404
    assert approve(client, province.health, comment, "Chờ lâu") == 404
    session.expire_all()
    assert session.get_one(Comment, (province.health, comment)).state == "waiting"


def test_the_file_holds_what_can_be_read_in_batches_and_is_recorded(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    write(session, province.commune, "=1+1", "hai", "ba", "bốn", "năm", state="approved", batch=1)
    write(session, province.commune, "duyệt rồi, chưa đủ loạt", state="approved")
    write(session, province.commune, "còn chờ")
    write(session, province.commune, "đã ẩn", state="hidden", reason="x")

    response = sign_in("xa").get(address(province.commune, "/comments.csv"))

    lines = response.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "batch;comment"
    assert sorted(lines[1:]) == sorted(["1;'=1+1", "1;hai", "1;ba", "1;bốn", "1;năm"])
    taken = select(AuditEntry).where(AuditEntry.verb == "document.downloaded")
    (entry,) = session.scalars(taken).all()
    assert (entry.subject, entry.agency_id, entry.details) == ("gop-y-99.02.csv", province.commune, {"comments": 5})


def test_who_only_reads_takes_no_comments_away(sign_in: SignIn, province: Province) -> None:
    for name in ("xem", "kiemtra", "yte"):
        assert sign_in(name).get(address(province.commune, "/comments.csv")).status_code == 404


def test_without_comments_every_page_says_what_comes_next(sign_in: SignIn, province: Province) -> None:
    above = sign_in("giamdoc")

    assert "Chưa có loạt góp ý nào để đọc." in sign_in("xa").get(address(province.commune, "/comments")).text
    assert "Không còn góp ý nào chờ duyệt" in above.get(address(province.commune)).text
    assert "Không có góp ý nào chờ duyệt." in above.get("/desk/comments").text


def test_the_backlog_leads_to_each_agency_that_waits(sign_in: SignIn, province: Province, session: Session) -> None:
    write(session, province.health, "a", "b")

    page = sign_in("giamdoc").get("/desk/comments").text

    assert address(province.health) in page
    assert address(province.commune) not in page
    assert sign_in("xa").get("/desk/comments").status_code == 404


@pytest.mark.parametrize("form", [{}, {"comment": "x"}, {"comment": str(uuid4()), "act": "approve", "seen": "waiting"}])
def test_a_form_that_names_no_comment_is_answered_with_a_sentence(
    sign_in: SignIn, province: Province, form: dict[str, str]
) -> None:
    response = sign_in("giamdoc").post(address(province.health), data=form)

    assert response.status_code == 422
    assert "Không còn góp ý này" in response.text


def test_earlier_batches_are_a_page_further(sign_in: SignIn, province: Province, session: Session) -> None:
    for batch in range(1, 7):
        write(session, province.health, *[f"loạt {batch}"] * 5, state="approved", batch=batch)
    client = sign_in("yte")

    page = client.get(address(province.health, "/comments")).text
    assert "loạt 3" in page
    assert "loạt 2" not in page

    earlier = client.get(address(province.health, "/comments?before=3")).text
    assert "loạt 2" in earlier
    assert "Về các loạt mới nhất" in earlier
    assert client.get(address(province.health, "/comments?before=x")).status_code == 200
    assert "loạt 6" in client.get(address(province.health, f"/comments?before={'9' * 30}")).text
    assert client.get(address(province.health, f"/comments?before=-{'9' * 30}")).status_code == 200
