from __future__ import annotations

import flask
import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Forbidden, ServiceUnavailable

from page_audit import AuditingClient
from survey.services.errors import WaveError

REASONS: dict[str, Exception] = {
    "forbidden": Forbidden(),
    "away": ServiceUnavailable(),
    "locked": OperationalError("SELECT 1", {}, Exception("database is locked")),
    "broken": ZeroDivisionError("secret detail"),
    "refused": WaveError(vi="Đợt này đã đóng.", en="This wave is closed."),
}


@pytest.fixture
def client(app: flask.Flask) -> AuditingClient:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/desk/breaks/<reason>")
    def breaks(reason: str) -> str:
        raise REASONS[reason]

    return AuditingClient(app, app.response_class)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/khong-co", 404, "Không tìm thấy trang này"),
        ("/desk/breaks/forbidden", 404, "Không tìm thấy trang này"),
        ("/desk/breaks/away", 503, "Hệ thống đang bận"),
        ("/desk/breaks/locked", 503, "Chưa có gì được lưu"),
        ("/desk/breaks/broken", 500, "Hệ thống gặp lỗi"),
        ("/desk/breaks/refused", 409, "Đợt này đã đóng."),
    ],
)
def test_an_error_is_a_page_in_vietnamese(client: AuditingClient, path: str, status: int, words: str) -> None:
    response = client.get(path)

    assert response.status_code == status
    assert '<html lang="vi">' in response.text
    assert words in response.text
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize(("path", "words"), [("/khong-co", "Page not found"), ("/desk/breaks/refused", "is closed")])
def test_an_error_speaks_english_to_who_asks_for_it(client: AuditingClient, path: str, words: str) -> None:
    response = client.get(f"{path}?lang=en")

    assert '<html lang="en">' in response.text
    assert words in response.text


def test_a_wrong_method_says_which_are_right(client: AuditingClient) -> None:
    response = client.delete("/sign-in")

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "Trang này không nhận thao tác đó" in response.text


def test_a_body_of_a_megabyte_is_too_large(client: AuditingClient) -> None:
    response = client.post("/sign-in", data={"email": "x" * 2**20, "password": "x"})

    assert response.status_code == 413
    assert "Nội dung gửi lên quá lớn" in response.text


def test_too_many_attempts_from_one_address_wait(client: AuditingClient) -> None:
    statuses = {client.post("/sign-in", data={}).status_code for _ in range(101)}

    assert statuses == {422, 429}
