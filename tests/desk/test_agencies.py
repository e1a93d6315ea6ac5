from __future__ import annotations

from flask.testing import FlaskClient

from desk_fixtures import SignIn


def test_a_stranger_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    response = client.get("/desk/agencies?search=y")

    assert response.status_code == 302
    assert response.location == "/sign-in?next=/desk/agencies?search%3Dy"


def test_the_bare_host_leads_a_stranger_to_sign_in(client: FlaskClient) -> None:
    response = client.get("/", follow_redirects=True)

    assert response.status_code == 200
    assert response.request.path == "/sign-in"


def test_an_official_sees_his_subtree_and_nothing_else(sign_in: SignIn) -> None:
    page = sign_in("yte").get("/desk/agencies").text

    assert "Sở Y tế" in page
    assert "Bệnh viện 10" in page
    assert "Xã Đông Hà" not in page


def test_agencies_are_found_without_marks_and_capitals(sign_in: SignIn) -> None:
    page = sign_in("xem").get("/desk/agencies?search=DONG+ha").text

    assert "Xã Đông Hà" in page
    assert "Sở Y tế" not in page


def test_a_search_without_result_says_what_to_do(sign_in: SignIn) -> None:
    assert "Hãy thử ít chữ hơn" in sign_in("xem").get("/desk/agencies?search=zzz").text


def test_an_official_without_a_role_is_told_who_can_help(sign_in: SignIn) -> None:
    assert "chưa được giao cơ quan nào" in sign_in("khong").get("/desk/agencies").text


def test_a_page_beyond_the_last_is_the_last(sign_in: SignIn) -> None:
    assert "Sở Y tế" in sign_in("xem").get("/desk/agencies?page=99").text


def test_a_page_that_is_no_number_is_the_first(sign_in: SignIn) -> None:
    assert "Sở Y tế" in sign_in("xem").get("/desk/agencies?page=x").text


def test_the_list_cannot_be_posted_to(sign_in: SignIn) -> None:
    assert sign_in("xem").post("/desk/agencies").status_code == 405
