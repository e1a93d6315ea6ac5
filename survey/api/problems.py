"""Errors of the API as RFC 9457 says, in the language that was asked for."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

import flask
import marshmallow as ma
from werkzeug.exceptions import HTTPException

from survey.db import DatabaseUnavailableError, without_rows
from survey.services.errors import ServiceError
from survey.services.slips import RetryError

LOG: Final = logging.getLogger(__name__)
MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = "30"
_TITLES: Final = {
    400: ("Yêu cầu không đọc được", "The request cannot be read"),
    401: ("Cần có khoá API còn hiệu lực", "A valid API key is needed"),
    403: ("Khoá này không có quyền đó", "This key may not do that"),
    404: ("Không tìm thấy", "Not found"),
    405: ("Địa chỉ này không nhận thao tác đó", "This address does not take that method"),
    409: ("Mâu thuẫn với yêu cầu trước", "In conflict with an earlier request"),
    413: ("Nội dung gửi lên quá lớn", "The body is too large"),
    415: ("Nội dung phải là JSON", "The body must be JSON"),
    422: ("Nội dung chưa đúng", "The content is not right"),
    429: ("Quá nhiều yêu cầu", "Too many requests"),
    500: ("Hệ thống gặp lỗi", "The system failed"),
    503: ("Hệ thống đang bận", "The system is busy"),
}


class Problem(ma.Schema):
    """A problem as RFC 9457 says; ``errors`` names the fields that are wrong."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    errors = ma.fields.Dict()


class RefusalError(Exception):
    """A request that the API turns away; ``detail`` in Vietnamese and in English."""

    def __init__(self, status: HTTPStatus, *, vi: str, en: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(en)
        self.status, self.vi, self.en, self.headers = status, vi, en, headers or {}


def init_problems(api: flask.Flask) -> None:
    """Answer every error with a problem."""
    api.register_error_handler(HTTPException, _http_error)
    api.register_error_handler(RefusalError, _refusal)
    api.register_error_handler(ServiceError, _service_error)
    api.register_error_handler(DatabaseUnavailableError, _away)
    api.register_error_handler(Exception, _unforeseen)


def problem(
    status: int,
    *,
    detail: tuple[str, str] | None = None,
    errors: object = None,
    headers: dict[str, str] | None = None,
) -> flask.Response:
    """Return a problem; ``detail`` is a sentence in Vietnamese and in English."""
    language = flask.request.accept_languages.best_match(["vi", "en"], "vi")
    place = 1 if language == "en" else 0
    title = _TITLES.get(status, _TITLES[400])[place]
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail[place]
    if errors:
        body["errors"] = errors
    response = flask.jsonify(body)
    response.status_code = status
    response.mimetype = MEDIA_TYPE
    response.headers["Content-Language"] = str(language)
    response.headers.update(headers or {})
    return response


def _http_error(error: HTTPException) -> flask.Response | HTTPException:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error
    data = getattr(error, "data", None) or {}
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    # The headers of an error in reading the body are the library's own.
    return problem(status, errors=data.get("messages"), headers=headers)


def _refusal(refusal: RefusalError) -> flask.Response:
    return problem(refusal.status, detail=(refusal.vi, refusal.en), headers=refusal.headers)


def _service_error(error: ServiceError) -> flask.Response:
    status = HTTPStatus.CONFLICT if isinstance(error, RetryError) else HTTPStatus.UNPROCESSABLE_ENTITY
    return problem(status, detail=(error.vi, error.en))


def _away(error: DatabaseUnavailableError) -> flask.Response:
    LOG.warning("the database cannot be used: %s", error)
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": RETRY_SECONDS})


def _unforeseen(error: Exception) -> flask.Response:
    LOG.error("unforeseen error on %s\n%s", flask.request.endpoint, without_rows(error))
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR)
