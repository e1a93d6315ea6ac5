"""Errors as pages in the reader's language; never a traceback."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import flask
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from survey.db import without_rows
from survey.findings.errors import FindingsError
from survey.services.errors import ServiceError
from survey.web.language import current_language

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What a page of error says: what happened, and what to do next."""

    title: object
    advice: object


PAGES: Final = {
    HTTPStatus.BAD_REQUEST: ErrorPage(
        _("Yêu cầu không đọc được"), _("Hãy quay lại trang trước, kiểm tra những gì đã ghi và gửi lại.")
    ),
    HTTPStatus.NOT_FOUND: ErrorPage(
        _("Không tìm thấy trang này"), _("Địa chỉ có thể đã gõ nhầm, hoặc trang không còn nữa.")
    ),
    HTTPStatus.GONE: ErrorPage(_("Liên kết không còn dùng được"), _("Hãy xin người quản trị một liên kết khác.")),
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorPage(
        _("Trang này không nhận thao tác đó"), _("Hãy quay lại trang trước và dùng các nút trên trang.")
    ),
    HTTPStatus.CONFLICT: ErrorPage(_("Chưa thực hiện được"), _("Hãy quay lại trang trước.")),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorPage(
        _("Nội dung gửi lên quá lớn"), _("Hãy rút ngắn nội dung rồi gửi lại.")
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ErrorPage(
        _("Quá nhiều lần thử trong thời gian ngắn"), _("Hãy đợi ít phút rồi thử lại.")
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ErrorPage(
        _("Hệ thống gặp lỗi"), _("Lỗi đã được ghi lại. Chưa có gì bị thay đổi; hãy thử lại sau.")
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorPage(
        _("Hệ thống đang bận"), _("Chưa có gì được lưu. Hãy thử lại sau ít phút.")
    ),
}


def init_errors(app: flask.Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ServiceError, _refusal)
    app.register_error_handler(FindingsError, _refusal)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _unforeseen)


def error_page(status: HTTPStatus, *, reason: str = "") -> tuple[str, int]:
    """Render the page of an error; ``reason`` is a sentence of our own that replaces the general advice."""
    page = PAGES.get(status, PAGES[HTTPStatus.BAD_REQUEST])
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # The database may be what failed; the page must not need it.
        flask.g.official_here = None
    return flask.render_template("errors/error.html", page=page, status=status, reason=reason), status


def _http_error(error: HTTPException) -> flask.typing.ResponseReturnValue:
    if error.code is None or error.response is not None:
        return error
    if error.code < HTTPStatus.BAD_REQUEST:
        return error
    # To be forbidden something would tell that it exists.
    code = HTTPStatus.NOT_FOUND if error.code == HTTPStatus.FORBIDDEN else HTTPStatus(error.code)
    body, status = error_page(code)
    headers = [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    return flask.Response(body, status, headers, mimetype="text/html")


def _refusal(error: ServiceError | FindingsError) -> flask.typing.ResponseReturnValue:
    return error_page(HTTPStatus.CONFLICT, reason=error.text(current_language()))


def _database_away(error: OperationalError) -> flask.typing.ResponseReturnValue:
    LOG.error("the database cannot be used\n%s", without_rows(error))
    return error_page(HTTPStatus.SERVICE_UNAVAILABLE)


def _unforeseen(error: Exception) -> flask.typing.ResponseReturnValue:
    LOG.error("unforeseen error on %s\n%s", flask.request.endpoint, without_rows(error))
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR)
