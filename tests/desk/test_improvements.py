from __future__ import annotations

from flask.testing import FlaskClient

from desk_fixtures import SignIn
from desk_province import Province


def write(client: FlaskClient, province: Province, text: str, text_en: str = "") -> int:
    address = f"/desk/agencies/{province.commune}/improvement"
    return client.post(address, data={"text": text, "text_en": text_en}).status_code


def test_the_newest_line_is_shown_to_citizens_and_earlier_ones_stay_in_the_history(
    sign_in: SignIn, province: Province, client: FlaskClient
) -> None:
    official = sign_in("xa")
    assert "chưa viết câu nào" in official.get(f"/desk/agencies/{province.commune}/improvement").text
    assert write(official, province, "Đã thêm ghế chờ.") == 303
    assert write(official, province, "Mở cửa sáng thứ bảy <b>từ 7 giờ</b>.", "Open on Saturdays.") == 303

    history = official.get(f"/desk/agencies/{province.commune}/improvement").text
    assert "Đã thêm ghế chờ." in history
    public = client.get("/ket-qua/99.02").text
    assert "Mở cửa sáng thứ bảy &lt;b&gt;từ 7 giờ&lt;/b&gt;." in public
    assert "Đã thêm ghế chờ." not in public
    assert "Open on Saturdays." in client.get("/ket-qua/99.02?lang=en").text


def test_an_empty_line_takes_the_earlier_one_away(sign_in: SignIn, province: Province, client: FlaskClient) -> None:
    official = sign_in("xa")
    write(official, province, "Đã thêm ghế chờ.")
    assert write(official, province, "") == 303
    assert "ghế chờ" not in client.get("/ket-qua/99.02").text


def test_a_line_that_is_too_long_or_only_english_is_refused(sign_in: SignIn, province: Province) -> None:
    official = sign_in("xa")
    assert write(official, province, "ý" * 301) == 422
    assert write(official, province, "", "Only English") == 422


def test_only_who_manages_the_agency_writes(sign_in: SignIn, province: Province) -> None:
    for name in ("xem", "kiemtra", "yte"):
        assert write(sign_in(name), province, "Một câu") == 404
